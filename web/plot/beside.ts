/** What is held beside a view: the columns of one view more on each side, so that panning is answered without a question. */
import type { Segment } from "../../core/series/series.ts";
import type { View } from "../state/view.ts";
import { rowsInView } from "./columns.ts";
import type { Held } from "./data.ts";

/** Views that are held at once: one to the left, the view, one to the right. */
const VIEWS = 3;
/** Samples are drawn one by one up to this many per column (worker/answers/view.ts). */
const SPARSE_PER_COLUMN = 2;

/** Of the same columns as the view, so that cells of one are cells of the other. */
export const besideOf = ({ fromNs, stepNs }: View, columns: number): { readonly view: View; readonly columns: number } => ({
  view: { fromNs: fromNs - stepNs * BigInt(columns), stepNs },
  columns: VIEWS * columns,
});

/** Whether a view lies within an answer, on its columns. */
export function holds(held: Held | null | undefined, view: View, columns: number): held is Held {
  if (!held || held.isOld === true || held.view.stepNs !== view.stepNs) return false;
  const aheadNs = view.fromNs - held.view.fromNs;
  return aheadNs >= 0n && aheadNs % view.stepNs === 0n && aheadNs / view.stepNs + BigInt(columns) <= BigInt(held.columns);
}

/**
 * The answer for a view out of a wider one, equal to what the engine would give: the last cell before the view ends with the last sample before it,
 * the first behind begins with the first. null: it does not hold the view, or not whether its samples are few enough to be drawn one by one.
 */
export function cutOut(held: Held | null | undefined, view: View, columns: number): Held | null {
  if (!holds(held, view, columns)) return null;
  const limit = SPARSE_PER_COLUMN * columns;
  const rows = rowsInView(held.series.segments, view, columns);
  const points = rows.reduce((sum, { start, end }) => sum + end - start, 0);
  // Two may be neighbours. In between nobody knows which way the engine would have gone.
  const isSparse = points <= limit;
  if (!isSparse && points <= limit + 4) return null;
  if (isSparse && !held.series.every) return null;
  const segments = rows.map(({ segment, start, end }) => sliced(segment, start, end));
  return { series: { ...held.series, every: isSparse, segments }, view, columns };
}

const sliced = (segment: Segment, start: number, end: number): Segment => ({
  ...segment,
  timesNs: segment.timesNs.subarray(start, end),
  values: segment.values.subarray(start, end),
  ...(segment.rests ? { rests: segment.rests.subarray(start, end) } : {}),
});
