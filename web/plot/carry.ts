/** Dragging signals by pointer: a chip follows, a mark shows where it would go, Escape gives up. */
import { el } from "../dom.ts";
import type { SeriesId } from "../state/model.ts";
import type { Target } from "../state/moves.ts";

export interface CarryHost {
  /** Place of a point of the window. */
  placeAt(clientX: number, clientY: number): Target;
  mark(target: Target | null): void;
  drop(ids: readonly SeriesId[], target: Target): void;
}

const START_PX = 6; // less is a click

/** Starts with a pressed button; nothing happens until the pointer has moved. */
export function carry(ids: readonly SeriesId[], label: string, press: PointerEvent, host: CarryHost, atOnce = false): void {
  const chip = el("div", { class: "carried", role: "status" }, label);
  let isOn = false;

  function move(event: PointerEvent): void {
    if (!isOn) {
      if (!atOnce && Math.hypot(event.clientX - press.clientX, event.clientY - press.clientY) < START_PX) return;
      isOn = true;
      document.body.append(chip);
      document.body.classList.add("carrying");
    }
    chip.style.transform = `translate(${event.clientX + 12}px, ${event.clientY + 12}px)`;
    const target = host.placeAt(event.clientX, event.clientY);
    chip.classList.toggle("removes", target.kind === "remove");
    host.mark(target);
  }
  function end(): void {
    host.mark(null);
    chip.remove();
    document.body.classList.remove("carrying");
    removeEventListener("pointermove", move);
    removeEventListener("pointerup", drop);
    removeEventListener("pointercancel", end);
    removeEventListener("keydown", giveUp, true);
  }
  function drop(event: PointerEvent): void {
    const target = isOn ? host.placeAt(event.clientX, event.clientY) : null;
    end();
    if (target !== null) host.drop(ids, target);
  }
  function giveUp(event: KeyboardEvent): void {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    end();
  }
  addEventListener("pointermove", move);
  addEventListener("pointerup", drop);
  addEventListener("pointercancel", end);
  addEventListener("keydown", giveUp, true);
}
