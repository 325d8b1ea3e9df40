/** Where a signal said "not available": ticks of 3 px at the baseline (viewer.md §4, "Gaps"). */
import type { View } from "../state/view.ts";
import { rowsInView } from "./columns.ts";
import type { Held } from "./data.ts";
import type { Paint } from "./paint.ts";

const TICK_PX = 3;

/** One tick a column, in the fill colour that is set. Device px. */
export function drawTicks(
  paint: Paint,
  { series }: Held,
  view: View,
  box: { left: number; width: number; bottom: number },
): void {
  const { context, ratio } = paint;
  const height = Math.round(TICK_PX * ratio);
  const width = Math.max(1, Math.round(ratio));
  let before = -1;
  for (const { segment, start, end } of rowsInView(series.segments, view, box.width)) {
    const { timesNs, values } = segment;
    const aheadNs = Number(segment.baseNs - view.fromNs);
    for (let row = start; row < end; row++) {
      if (!Number.isNaN(values[row] ?? 0)) continue;
      const column = Math.floor((aheadNs + (timesNs[row] ?? 0)) / Number(view.stepNs));
      if (column === before || column < 0 || column >= box.width) continue;
      context.fillRect(box.left + column, Math.round(box.bottom) - height, width, height);
      before = column;
    }
  }
}
