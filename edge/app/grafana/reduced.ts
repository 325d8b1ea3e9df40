/** What the dialect makes of the engine's cells: means, counts and last values as points. */
import type { Method } from "../../../core/query/query.ts";
import type { Segment, SeriesAnswer, StatsSegment } from "../../../core/series/series.ts";
import { floorDiv } from "../../../core/time.ts";
import type { PanelMethod } from "./series-target.ts";

/** The engine's method behind one of the dialect's. */
export function engineMethod(method: PanelMethod): Method {
  if (method === "mean" || method === "count") return "stats";
  return method === "last" ? "m4" : method;
}

/** `mean`, `count`: one point per bucket that has samples, at its start. `last`: the bucket's last sample at its own time. Others as they are. */
export function reduced<Answer extends Pick<SeriesAnswer, "segments" | "stats">>(
  answer: Answer,
  method: PanelMethod,
  stepNs: bigint,
  originNs = 0n,
): Answer {
  if (method === "mean" || method === "count")
    return { ...answer, segments: (answer.stats ?? []).map((part) => ofStats(part, method)), stats: null };
  if (method === "last")
    return { ...answer, segments: answer.segments.map((segment) => lastOfEach(segment, Number(stepNs), originNs)) };
  return answer;
}

function ofStats(part: StatsSegment, method: "mean" | "count"): Segment {
  const values = method === "count" ? part.counts : part.sums.map((sum, i) => sum / (part.counts[i] ?? 0));
  return { file: part.file, session: part.session, baseNs: part.baseNs, timesNs: part.startsNs, values };
}

/** Of the points of a bucket the latest; of equal times the one that was stored last, which stands last. */
function lastOfEach(segment: Segment, stepNs: number, originNs: bigint): Segment {
  const { timesNs, values, baseNs } = segment;
  const shiftNs = Number(baseNs - originNs - floorDiv(baseNs - originNs, BigInt(stepNs)) * BigInt(stepNs));
  const bucketOf = (row: number): number => Math.floor(((timesNs[row] ?? 0) + shiftNs) / stepNs);
  const rows: number[] = [];
  for (let row = 0; row < timesNs.length; row++)
    if (row + 1 === timesNs.length || bucketOf(row) !== bucketOf(row + 1)) rows.push(row);
  return {
    ...segment,
    timesNs: Float64Array.from(rows, (row) => timesNs[row] ?? 0),
    values: Float64Array.from(rows, (row) => values[row] ?? Number.NaN),
  };
}
