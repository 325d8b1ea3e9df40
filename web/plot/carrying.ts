/** Signals dragged over the plot, from a legend row, an axis or the tree: which place is under the pointer, and the mark that shows it. */
import { el } from "../dom.ts";
import type { SeriesId } from "../state/model.ts";
import type { Target } from "../state/moves.ts";
import type { Arrangement } from "./arrange.ts";
import { carry } from "./carry.ts";
import { markOf, placeAt } from "./places.ts";
import { TIME_AXIS_PX } from "./time-row.ts";

export interface Carrying {
  /** The drop mark. */
  readonly mark: HTMLElement;
  show(target: Target | null): void;
  /** `atOnce`: without the few pixels that tell a drag from a click. */
  start(ids: readonly SeriesId[], label: string, event: PointerEvent, atOnce: boolean, drop: (target: Target) => void): void;
}

/** `stripes` scrolls; `widthPx` is its inner width. */
export function createCarrying(stripes: HTMLElement, latest: () => Arrangement | null, widthPx: () => number): Carrying {
  const mark = el("div", { class: "drop-mark", hidden: true });

  function show(target: Target | null): void {
    const now = latest();
    const found = target === null || now === null ? null : markOf(target, now.boxes, now.gutter, widthPx());
    mark.hidden = found === null;
    if (found === null) return;
    mark.className = `drop-mark ${found.kind}`;
    for (const side of ["left", "top", "width", "height"] as const) mark.style[side] = `${found[side]}px`;
  }

  /** On a legend row it means before that row; outside the plot, off it. */
  function placeOfWindow(clientX: number, clientY: number): Target {
    const now = latest();
    const { left, right, top, bottom } = stripes.getBoundingClientRect();
    const isOver = clientX >= left && clientX <= right && clientY >= top && clientY <= bottom + TIME_AXIS_PX;
    if (now === null || !isOver) return { kind: "remove" };
    const under = document.elementFromPoint(clientX, clientY)?.closest<HTMLElement>(".legend-row");
    const stripe = Number(under?.closest<HTMLElement>(".legend")?.dataset.stripe);
    if (under?.dataset.series !== undefined) return { kind: "before", stripe, id: under.dataset.series };
    return placeAt(now.boxes, now.state, now.gutter, clientX - left, clientY - top + stripes.scrollTop);
  }

  return {
    mark,
    show,
    start: (ids, label, event, atOnce, drop) =>
      carry(ids, label, event, { placeAt: placeOfWindow, mark: show, drop: (_ids, target) => drop(target) }, atOnce),
  };
}
