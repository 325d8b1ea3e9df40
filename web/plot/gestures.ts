/** Wheel, drag, pinch and double click on the plot (viewer.md §4, "Pointer"). Events are folded into one change per frame. */
import { wheelFactor } from "../state/view.ts";

export interface GestureTarget {
  /** CSS px from the plot's left edge; `factor` > 1 shows more time. */
  zoom(factor: number, atX: number): void;
  /** CSS px; positive drags the picture to the right. */
  drag(byX: number): void;
  fit(x: number, y: number): void;
  click(x: number, y: number): void;
  /** null: the pointer left. */
  hover(x: number | null, y: number): void;
}

const CLICK_PX = 4; // a shorter movement is a click

/** `area` covers the plot exactly. Returns nothing: it lives as long as the page. */
export function listenToGestures(area: HTMLElement, target: GestureTarget): void {
  const place = (event: MouseEvent): { x: number; y: number } => {
    const box = area.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  area.addEventListener(
    "wheel",
    (event) => {
      if (event.altKey) return; // the area scrolls
      event.preventDefault();
      const { x } = place(event);
      if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) target.drag(-(event.deltaX || event.deltaY));
      else target.zoom(wheelFactor(event.deltaY, event.deltaMode === 1 ? 1 : event.deltaMode === 2 ? 2 : 0, event.ctrlKey), x);
    },
    { passive: false },
  );
  area.addEventListener("dblclick", (event) => {
    const { x, y } = place(event);
    target.fit(x, y);
  });
  // A finger that is lifted leaves its crosshair, so that the values can be read.
  area.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch") target.hover(null, 0);
  });
  listenToPointers(area, target, place);
}

interface Finger {
  x: number;
  y: number;
}

function listenToPointers(area: HTMLElement, target: GestureTarget, place: (event: MouseEvent) => Finger): void {
  const fingers = new Map<number, Finger>();
  let travelled = 0;

  area.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    area.setPointerCapture(event.pointerId);
    fingers.set(event.pointerId, place(event));
    travelled = 0;
  });
  area.addEventListener("pointermove", (event) => {
    const now = place(event);
    const before = fingers.get(event.pointerId);
    if (before === undefined) {
      target.hover(now.x, now.y);
      return;
    }
    travelled += Math.abs(now.x - before.x) + Math.abs(now.y - before.y);
    if (fingers.size === 2) pinch(fingers, event.pointerId, now, target);
    else if (travelled >= CLICK_PX) {
      target.drag(now.x - before.x);
      area.classList.add("dragging");
    } else return; // not moved far enough yet: keep the press as the start
    fingers.set(event.pointerId, now);
  });
  const end = (event: PointerEvent): void => {
    if (!fingers.delete(event.pointerId)) return;
    area.classList.remove("dragging");
    const { x, y } = place(event);
    if (event.type === "pointerup" && travelled < CLICK_PX && fingers.size === 0) target.click(x, y);
    target.hover(x, y);
  };
  area.addEventListener("pointerup", end);
  area.addEventListener("pointercancel", end);
}

/** Time at the midpoint stays; both fingers moving the same way pan. */
function pinch(fingers: ReadonlyMap<number, Finger>, moved: number, now: Finger, target: GestureTarget): void {
  const other = [...fingers].find(([id]) => id !== moved)?.[1];
  const before = fingers.get(moved);
  if (other === undefined || before === undefined) return;
  const [was, is] = [Math.abs(before.x - other.x), Math.abs(now.x - other.x)];
  if (was > 10 && is > 10) target.zoom(Math.min(2, Math.max(0.5, was / is)), (now.x + other.x) / 2);
}
