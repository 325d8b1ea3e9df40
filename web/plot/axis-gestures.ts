/** Wheel and drag on the value axes left of the plot, and on the time axis below it (viewer.md §4, "Pointer"). */
import { onEscape } from "./escape.ts";
import { pointIn } from "./gestures.ts";
import { wheelAct } from "./wheel.ts";

export interface ValueAxisTarget {
  /** A press that may become a drag. */
  begin(): void;
  /** Escape: all is as it was before the press. */
  cancel(): void;
  zoom(x: number, y: number, factor: number): void;
  pan(x: number, y: number, byY: number): void;
  /** Limits by a range drawn with Shift. */
  range(x: number, fromY: number, toY: number): void;
  scroll(byY: number): void;
  click(x: number, y: number): void;
  fit(x: number, y: number): void;
  menu(x: number, y: number, clientX: number, clientY: number): void;
  /** Dragged sideways: the axis goes elsewhere. */
  carry(x: number, y: number, event: PointerEvent): void;
}

const DECIDE_PX = 6; // by then it is clear whether the drag goes up and down or sideways
const CLICK_PX = 4;

export function listenToValueAxes(area: HTMLElement, target: ValueAxisTarget): void {
  let press: { readonly x: number; readonly y: number; last: number; kind: "undecided" | "pan" | "range" } | null = null;
  area.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const { x, y } = pointIn(area, event);
      const act = wheelAct(event);
      if (act.kind === "zoom") target.zoom(x, y, act.factor);
      else if (act.kind === "scroll") target.scroll(act.byY);
    },
    { passive: false },
  );
  area.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    const { x, y } = pointIn(area, event);
    press = { x, y, last: y, kind: event.shiftKey ? "range" : "undecided" };
    target.begin();
    area.setPointerCapture(event.pointerId);
  });
  area.addEventListener("pointermove", (event) => {
    if (press === null) return;
    const { x, y } = pointIn(area, event);
    const [byX, byY] = [Math.abs(x - press.x), Math.abs(y - press.y)];
    if (press.kind === "undecided" && Math.max(byX, byY) >= DECIDE_PX) {
      if (byX > byY) {
        area.releasePointerCapture(event.pointerId);
        target.carry(press.x, press.y, event);
        press = null;
        return;
      }
      press.kind = "pan";
    }
    if (press.kind === "pan") {
      target.pan(press.x, press.y, y - press.last);
      press.last = y;
    }
  });
  area.addEventListener("pointerup", (event) => {
    if (press === null) return;
    const { y } = pointIn(area, event);
    if (press.kind === "range" && Math.abs(y - press.y) >= CLICK_PX)
      target.range(press.x, Math.min(press.y, y), Math.max(press.y, y));
    else if (press.kind !== "pan") target.click(press.x, press.y);
    press = null;
  });
  area.addEventListener("pointercancel", () => {
    press = null;
  });
  onEscape(() => {
    if (press === null) return false;
    if (press.kind === "pan") target.cancel();
    press = null;
    return true;
  });
  area.addEventListener("dblclick", (event) => {
    const { x, y } = pointIn(area, event);
    target.fit(x, y);
  });
  area.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    const { x, y } = pointIn(area, event);
    target.menu(x, y, event.clientX, event.clientY);
  });
}

export interface TimeAxisTarget {
  zoom(factor: number, atX: number): void;
  drag(byX: number): void;
  /** While a range is drawn; null: gone. */
  select(range: { readonly fromX: number; readonly toX: number } | null): void;
  show(fromX: number, toX: number): void;
  click(x: number): void;
  wheelScrolls(): boolean;
  fitAll(): void;
  menu(clientX: number, clientY: number): void;
}

/** CSS px from the plot's left edge, which is `gutter()` right of the element's. */
export function listenToTimeAxis(area: HTMLElement, gutter: () => number, target: TimeAxisTarget): void {
  let fromX: number | null = null;
  const xOf = (event: MouseEvent): number => pointIn(area, event).x - gutter();
  const ends = (a: number, b: number) => ({ fromX: Math.min(a, b), toX: Math.max(a, b) });
  area.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const act = wheelAct(event, target.wheelScrolls());
      if (act.kind === "pan") target.drag(act.byX);
      else if (act.kind === "zoom") target.zoom(act.factor, xOf(event));
    },
    { passive: false },
  );
  area.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    fromX = xOf(event);
    area.setPointerCapture(event.pointerId);
  });
  area.addEventListener("pointermove", (event) => {
    if (fromX !== null && Math.abs(xOf(event) - fromX) >= CLICK_PX) target.select(ends(fromX, xOf(event)));
  });
  area.addEventListener("pointerup", (event) => {
    if (fromX === null) return;
    const range = ends(fromX, xOf(event));
    fromX = null;
    target.select(null);
    if (range.toX - range.fromX < CLICK_PX) target.click(range.fromX);
    else target.show(range.fromX, range.toX);
  });
  area.addEventListener("pointercancel", () => {
    fromX = null;
    target.select(null);
  });
  onEscape(() => {
    if (fromX === null) return false;
    fromX = null;
    target.select(null);
    return true;
  });
  area.addEventListener("dblclick", target.fitAll);
  area.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    target.menu(event.clientX, event.clientY);
  });
}
