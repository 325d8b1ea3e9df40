/** The samples next to the range, to which a curve inside it goes on (design §6, "Pictures"). */
import type { DecodeRange } from "../kernel/decode.ts";
import type { Segment } from "../series/series.ts";
import { earlier, later, type Sample } from "./known-samples.ts";
import type { LaneEdges } from "./lane-edges.ts";

/** Another split's neighbour counts up to this far from the range; it is what the recording of two splits may be apart. */
export const REACH_OVER_SPLITS_NS = 2_000_000_000n;

interface TimedSample {
  readonly timeNs: bigint;
  readonly value: number;
}

/** What one log has of a series around the range. */
export interface Around {
  readonly file: string;
  readonly session: string;
  readonly baseNs: bigint;
  /** Last sample before the range, first one behind it. */
  readonly before: TimedSample | null;
  readonly after: TimedSample | null;
  readonly isInside: boolean;
}

/** One bucket that is the range: the pass that finds neighbours where the kernel gives columns. */
export const aroundOutput = (range: DecodeRange) => ({
  kind: "nearest" as const,
  originNs: Number(range.fromNs - range.baseNs),
  stepNs: Math.max(1, Number(range.toNs - range.fromNs)),
  bucketCount: 1,
  neighbours: true,
});

/** Of a series that has these lanes. */
export function aroundOf(
  where: { readonly file: string; readonly session: string; readonly baseNs: bigint },
  lanes: readonly LaneEdges[],
): Around {
  const timed = (sample: Sample | null): TimedSample | null =>
    sample && { value: sample.value, timeNs: where.baseNs + BigInt(sample.time) };
  return {
    ...where,
    before: timed(lanes.reduce<Sample | null>((best, { before }) => later(best, before), null)),
    after: timed(lanes.reduce<Sample | null>((best, { after }) => earlier(best, after), null)),
    isInside: lanes.some(({ isInside }) => isInside),
  };
}

/**
 * Segments with the samples joined that a line from inside the range, or across it, leads to: of the same session, and from another split
 * only if it is near, or if all of the session counts. `arounds` in the order of the logs.
 */
export function withNeighbours(
  segments: readonly Segment[],
  arounds: readonly Around[],
  range: { readonly fromNs: bigint | null; readonly toNs: bigint | null },
  isWholeSession = false,
): Segment[] {
  const reachNs = isWholeSession ? null : REACH_OVER_SPLITS_NS;
  const joined = [...segments];
  for (const session of new Set(arounds.map((around) => around.session))) {
    const own = arounds.filter((around) => around.session === session);
    const before = beforeOf(own, range.fromNs, reachNs);
    const after = afterOf(own, range.toNs, reachNs);
    const isInside = own.some((around) => around.isInside);
    if (before?.before && (isInside || after)) join(joined, before, before.before, true);
    if (after?.after && (isInside || before)) join(joined, after, after.after, false);
  }
  return joined;
}

function beforeOf(arounds: readonly Around[], fromNs: bigint | null, reachNs: bigint | null): Around | null {
  const first = arounds.find(({ isInside, after }) => isInside || after);
  let best: Around | null = null;
  for (const around of arounds) {
    if (!around.before || fromNs === null) continue;
    if (reachNs !== null && around !== first && around.before.timeNs < fromNs - reachNs) continue;
    if (!best?.before || around.before.timeNs >= best.before.timeNs) best = around;
  }
  return best;
}

function afterOf(arounds: readonly Around[], toNs: bigint | null, reachNs: bigint | null): Around | null {
  const last = arounds.findLast(({ isInside, before }) => isInside || before);
  let best: Around | null = null;
  for (const around of arounds) {
    if (!around.after || toNs === null) continue;
    if (reachNs !== null && around !== last && around.after.timeNs > toNs + reachNs) continue;
    if (!best?.after || around.after.timeNs < best.after.timeNs) best = around;
  }
  return best;
}

/** To the file's segment, or as one of its own. */
function join(segments: Segment[], { file, session, baseNs }: Around, { timeNs, value }: TimedSample, isBefore: boolean): void {
  const at = segments.findIndex((segment) => segment.file === file);
  const segment = segments[at] ?? { file, session, baseNs, timesNs: new Float64Array(), values: new Float64Array() };
  const time = Number(timeNs - segment.baseNs);
  const withSample: Segment = {
    ...segment,
    timesNs: Float64Array.from(isBefore ? [time, ...segment.timesNs] : [...segment.timesNs, time]),
    values: Float64Array.from(isBefore ? [value, ...segment.values] : [...segment.values, value]),
    // The neighbour comes from a cell, which knows the nearest double only.
    ...(segment.rests
      ? { rests: Float64Array.from(isBefore ? [Number.NaN, ...segment.rests] : [...segment.rests, Number.NaN]) }
      : {}),
  };
  if (at >= 0) segments[at] = withSample;
  else segments.push(withSample);
}
