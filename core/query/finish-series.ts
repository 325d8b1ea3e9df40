/** The last step of every series: what the logs gave becomes segments or rows, in time order and within the budget of points. */
import type { Notice } from "../fault.ts";
import type { Segment, StatsSegment } from "../series/series.ts";
import type { CellPart } from "./cell-part.ts";
import type { QueryRange } from "./log-plan.ts";
import { type Around, withNeighbours } from "./neighbours.ts";
import { mergeParts, pointsOf, statsOf } from "./points.ts";
import type { Query } from "./query.ts";
import { cutToBudget, inTimeOrder } from "./segments.ts";

/** What was found of one series, log by log in their order. */
export interface FoundSeries {
  readonly parts: readonly CellPart[];
  /** Of method `raw`. */
  readonly segments: readonly Segment[];
  readonly arounds: readonly Around[];
  /** Raw points that no budget has room for. */
  readonly dropped: number;
}

export interface FinishedSeries {
  readonly segments: readonly Segment[];
  readonly stats: readonly StatsSegment[] | null;
  readonly notice: Notice | null;
}

/** null: nothing of the series lies in the range. */
export function finishSeries(found: FoundSeries, query: Query, range: QueryRange): FinishedSeries | null {
  const { method, grid, neighbours, budgetPoints } = query;
  // "nearest" holds for each log by itself, as on the seed's grid.
  const isMerged = grid.kind === "fixed" && method !== "nearest";
  const parts = isMerged ? mergeParts(found.parts, grid.stepNs) : found.parts;
  if (method === "stats") {
    const rows = parts.map((part) => statsOf(part, grid.stepNs)).filter((part) => part.counts.length > 0);
    const cut = cutToBudget(rows, budgetPoints);
    return rows.length === 0 ? null : { segments: [], stats: cut.parts, notice: cut.notice };
  }
  let segments: readonly Segment[] = method === "raw" ? found.segments : parts.map((part) => pointsOf(part, method, grid.stepNs));
  if (neighbours !== false) segments = withNeighbours(segments, found.arounds, range, neighbours === "session");
  segments = inTimeOrder(segments.filter((segment) => segment.timesNs.length > 0));
  const cut = cutToBudget(segments, budgetPoints, found.dropped);
  return segments.length === 0 ? null : { segments: cut.parts, stats: null, notice: cut.notice };
}
