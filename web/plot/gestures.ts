/** Wheel, drag, pinch, long press and double click on the plot (viewer.md §4, "Pointer"). CSS px from the plot's top left corner. */
import type { Cursors } from "../state/model.ts";
import { onEscape } from "./escape.ts";
import { wheelAct } from "./wheel.ts";

export interface Box {
  readonly fromX: number;
  readonly fromY: number;
  readonly toX: number;
  readonly toY: number;
}

export interface GestureTarget {
  /** A press that may become a drag. */
  begin(): void;
  /** Escape: all is as it was before the press. */
  cancel(): void;
  /** `factor` > 1 shows more time. */
  zoom(factor: number, atX: number): void;
  /** Positive drags the picture to the right and down; `y` says which stripe. Values follow only with Ctrl. */
  drag(byX: number, byY: number, y: number, withValues: boolean): void;
  /** Two fingers moved up or down: values of that stripe. */
  dragValues(byY: number, y: number): void;
  /** The rectangle drawn with Shift, while it grows; null: gone. */
  box(box: Box | null): void;
  /** `pressY` says in which stripe it began. */
  zoomTo(box: Box, pressY: number): void;
  /** The stripes, where more are open than fit. */
  scroll(byY: number): void;
  wheelScrolls(): boolean;
  measure(fromX: number, toX: number): void;
  /** The cursor whose line is under the pointer. */
  cursorAt(x: number): keyof Cursors | null;
  moveCursor(which: keyof Cursors, x: number): void;
  fit(x: number, y: number): void;
  click(x: number, y: number, withCtrl: boolean): void;
  /** null: the pointer left. */
  hover(x: number | null, y: number): void;
  menu(x: number, y: number, clientX: number, clientY: number): void;
}

const CLICK_PX = 4; // a shorter movement is a click
const LONG_PRESS_MS = 400;

interface Point {
  readonly x: number;
  readonly y: number;
}

export const pointIn = (area: HTMLElement, event: MouseEvent): Point => {
  const box = area.getBoundingClientRect();
  return { x: event.clientX - box.left, y: event.clientY - box.top };
};

/** `area` covers the plot exactly. Returns nothing: it lives as long as the page. */
export function listenToGestures(area: HTMLElement, target: GestureTarget): void {
  area.addEventListener(
    "wheel",
    (event) => {
      event.preventDefault();
      const { x, y } = pointIn(area, event);
      const act = wheelAct(event, target.wheelScrolls());
      if (act.kind === "pan") target.drag(act.byX, 0, y, false);
      else if (act.kind === "zoom") target.zoom(act.factor, x);
      else target.scroll(act.byY);
    },
    { passive: false },
  );
  area.addEventListener("dblclick", (event) => {
    const { x, y } = pointIn(area, event);
    target.fit(x, y);
  });
  area.addEventListener("contextmenu", (event) => {
    event.preventDefault();
    const { x, y } = pointIn(area, event);
    target.menu(x, y, event.clientX, event.clientY);
  });
  // A press on the plot takes the focus out of text fields, and shows no ring: the keys are the page's.
  area.addEventListener("mousedown", (event) => {
    event.preventDefault();
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  });
  // A finger that is lifted leaves its crosshair, so that the values can be read.
  area.addEventListener("pointerleave", (event) => {
    if (event.pointerType !== "touch") target.hover(null, 0);
  });
  listenToPointers(area, target);
}

type Drag =
  | { readonly kind: "pan" }
  | { readonly kind: "box" }
  | { readonly kind: "measure" }
  | { readonly kind: "cursor"; readonly which: keyof Cursors };

function listenToPointers(area: HTMLElement, target: GestureTarget): void {
  const fingers = new Map<number, Point>();
  let drag: Drag = { kind: "pan" };
  let start: Point = { x: 0, y: 0 };
  let hasMoved = false;
  let pressing = 0;

  const startOf = (event: PointerEvent): Drag => {
    const which = target.cursorAt(start.x);
    if (event.shiftKey) return { kind: "box" };
    if (event.altKey) return { kind: "measure" };
    return which === null ? { kind: "pan" } : { kind: "cursor", which };
  };

  area.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    area.setPointerCapture(event.pointerId);
    const point = pointIn(area, event);
    fingers.set(event.pointerId, point);
    clearTimeout(pressing);
    if (fingers.size > 1) return;
    start = point;
    hasMoved = false;
    drag = startOf(event);
    target.begin();
    if (event.pointerType === "touch") pressing = window.setTimeout(longPress, LONG_PRESS_MS);
  });

  function longPress(): void {
    if (hasMoved || fingers.size !== 1) return;
    drag = { kind: "cursor", which: "a" };
    hasMoved = true;
    target.moveCursor("a", start.x);
  }

  area.addEventListener("pointermove", (event) => {
    const now = pointIn(area, event);
    const before = fingers.get(event.pointerId);
    if (before === undefined) {
      target.hover(now.x, now.y);
      return;
    }
    if (fingers.size === 2) {
      hasMoved = true;
      pinch(fingers, event.pointerId, now, target);
      fingers.set(event.pointerId, now);
      return;
    }
    if (!hasMoved && Math.hypot(now.x - start.x, now.y - start.y) < CLICK_PX) return; // keep the press as the start
    hasMoved = true;
    clearTimeout(pressing);
    moved(now, before, event);
    fingers.set(event.pointerId, now);
  });

  function moved(now: Point, before: Point, event: PointerEvent): void {
    if (drag.kind === "pan") {
      area.classList.add("dragging");
      target.drag(now.x - before.x, now.y - before.y, start.y, event.ctrlKey || event.metaKey);
    } else if (drag.kind === "box") target.box(boxOf(start, now));
    else if (drag.kind === "measure") target.measure(start.x, now.x);
    else target.moveCursor(drag.which, now.x);
  }

  const end = (event: PointerEvent): void => {
    if (!fingers.delete(event.pointerId)) return;
    clearTimeout(pressing);
    area.classList.remove("dragging");
    const now = pointIn(area, event);
    if (drag.kind === "box") target.box(null);
    if (event.type === "pointerup" && fingers.size === 0) {
      if (!hasMoved) target.click(now.x, now.y, event.ctrlKey || event.metaKey);
      else if (drag.kind === "box") target.zoomTo(boxOf(start, now), start.y);
    }
    target.hover(now.x, now.y);
  };
  area.addEventListener("pointerup", end);
  area.addEventListener("pointercancel", end);
  onEscape(() => {
    if (fingers.size === 0) return false;
    fingers.clear(); // what the pointer still does is nobody's
    clearTimeout(pressing);
    area.classList.remove("dragging");
    if (drag.kind === "box") target.box(null);
    if (hasMoved) target.cancel();
    return true;
  });
}

const boxOf = (a: Point, b: Point): Box => ({
  fromX: Math.min(a.x, b.x),
  fromY: Math.min(a.y, b.y),
  toX: Math.max(a.x, b.x),
  toY: Math.max(a.y, b.y),
});

/** Time at the midpoint stays; both fingers moving the same way up or down move values. */
function pinch(fingers: ReadonlyMap<number, Point>, moved: number, now: Point, target: GestureTarget): void {
  const other = [...fingers].find(([id]) => id !== moved)?.[1];
  const before = fingers.get(moved);
  if (other === undefined || before === undefined) return;
  const [was, is] = [Math.abs(before.x - other.x), Math.abs(now.x - other.x)];
  if (was > 10 && is > 10) target.zoom(Math.min(2, Math.max(0.5, was / is)), (now.x + other.x) / 2);
  if (Math.abs(now.y - before.y) > Math.abs(now.x - before.x)) target.dragValues((now.y - before.y) / 2, (now.y + other.y) / 2);
}
