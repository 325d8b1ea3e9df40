/** From cells to the points of an answer, by method. */

import type { Segment, StatsSegment } from "../series/series.ts";
import { floorDiv } from "../time.ts";
import { type CellKind, type CellPart, combineCell, type Sample, WORDS } from "./cell-part.ts";
import type { Method } from "./query.ts";

/** The cells a method is made of. With neighbours an envelope needs first and last too. */
export function cellKindOf(method: Exclude<Method, "raw">, neighbours: boolean): CellKind {
  if (method === "nearest" || method === "stats") return method;
  if (method === "m4" || neighbours) return "m4";
  return "envelope";
}

/** Logs that share a bucket (the border between two splits): its cell goes to the earlier one. Parts come in the order of the logs. */
export function mergeParts(parts: readonly CellPart[]): CellPart[] {
  const owners = new Map<number, { part: CellPart; cell: number }>();
  let last = Number.NEGATIVE_INFINITY;
  return parts.map((part) => {
    const { words } = WORDS[part.kind];
    const isBehind = (part.buckets[0] ?? Number.POSITIVE_INFINITY) > last;
    const kept: number[] = [];
    part.buckets.forEach((bucket, i) => {
      const owner = isBehind ? undefined : owners.get(bucket);
      if (!owner) {
        kept.push(i);
        return;
      }
      combineCell(
        part.kind,
        owner.part.cells,
        owner.cell * words,
        part.cells,
        i * words,
        Number(part.baseNs - owner.part.baseNs),
      );
    });
    const mine =
      kept.length === part.buckets.length
        ? part
        : {
            ...part,
            buckets: Float64Array.from(kept, (i) => part.buckets[i] ?? 0),
            cells: Float64Array.from(kept.flatMap((i) => [...part.cells.subarray(i * words, (i + 1) * words)])),
          };
    mine.buckets.forEach((bucket, cell) => {
      owners.set(bucket, { part: mine, cell });
      if (bucket > last) last = bucket;
    });
    return mine;
  });
}

/** Points of one part in ascending time. `originNs`: absolute start of bucket 0. */
export function pointsOf(part: CellPart, method: Exclude<Method, "raw" | "stats">, originNs: bigint, stepNs: bigint): Segment {
  const times: number[] = [];
  const values: number[] = [];
  const put = (time: number, value: number) => {
    times.push(time);
    values.push(value);
  };
  if (method === "nearest") putNearest(part, Number(originNs - part.baseNs), Number(stepNs), put);
  else putExtremes(part, method, put);
  return {
    file: part.file,
    session: part.session,
    baseNs: part.baseNs,
    timesNs: Float64Array.from(times),
    values: Float64Array.from(values),
  };
}

function putExtremes(
  part: CellPart,
  method: "envelope" | "m4" | "min" | "max",
  put: (time: number, value: number) => void,
): void {
  const { words, min, first } = WORDS[part.kind];
  const { cells } = part;
  const word = (at: number) => cells[at] ?? Number.NaN;
  const points: [number, number][] = [];
  for (let at = 0; at < cells.length; at += words) {
    points.length = 0;
    const add = (time: number, value: number) => {
      if (!Number.isNaN(time) && !points.some(([t, v]) => t === time && Object.is(v, value))) points.push([time, value]);
    };
    if (method === "m4" && first >= 0) add(word(at + first + 1), word(at + first));
    if (method !== "max") add(word(at + min + 2), word(at + min));
    if (method !== "min") add(word(at + min + 3), word(at + min + 1));
    if (method === "m4" && first >= 0) add(word(at + first + 3), word(at + first + 2));
    points.sort(([a], [b]) => a - b);
    for (const [time, value] of points) put(time, value);
  }
}

/**
 * The sample nearest to each grid point from the one at or before the first sample to the one at or before the last; of two equally near the
 * later one; a sample that several grid points take is given once (golden seed-http README, "sampling rule").
 */
function putNearest(part: CellPart, originNs: number, stepNs: number, put: (time: number, value: number) => void): void {
  const { buckets, cells } = part;
  const count = buckets.length;
  let lastTime = Number.NaN;
  const once = (time: number, value: number) => {
    if (time === lastTime) return;
    lastTime = time;
    put(time, value);
  };
  for (let i = 0; i < count; i++) {
    const bucket = buckets[i] ?? 0;
    const firstTime = cells[i * 4 + 1] ?? 0;
    const first = cells[i * 4] ?? 0;
    // Grid points of the empty buckets before this one, and its own start: between the last sample before and the first one here.
    const hasBefore = i > 0;
    const beforeTime = hasBefore ? (cells[i * 4 - 1] ?? 0) : Number.NaN;
    const before = hasBefore ? (cells[i * 4 - 2] ?? 0) : Number.NaN;
    const start = hasBefore ? (buckets[i - 1] ?? 0) + 1 : bucket;
    if (hasBefore) {
      // Grid points nearer to the sample before take it, the others the one here; both appear at most once.
      const isNearerBefore = (grid: number) => originNs + grid * stepNs - beforeTime < firstTime - (originNs + grid * stepNs);
      if (isNearerBefore(start)) once(beforeTime, before);
      if (!isNearerBefore(bucket)) once(firstTime, first);
    } else once(firstTime, first);
  }
}

export function statsOf(part: CellPart, originNs: bigint, stepNs: bigint): StatsSegment {
  const { words } = WORDS.stats;
  const column = (w: number) => Float64Array.from(part.buckets, (_, i) => part.cells[i * words + w] ?? 0);
  const counts = column(0);
  const finiteOnly = (w: number) => column(w).map((value, i) => (counts[i] ? value : Number.NaN));
  return {
    file: part.file,
    session: part.session,
    baseNs: part.baseNs,
    startsNs: part.buckets.map((bucket) => Number(originNs + BigInt(bucket) * stepNs - part.baseNs)),
    counts,
    sums: column(1),
    sumsOfSquares: column(2),
    mins: finiteOnly(3),
    maxs: finiteOnly(4),
    firsts: column(5),
    lasts: column(7),
  };
}

/** Segments with the nearest samples outside the range joined to the ones they belong to, or as segments of their own. */
export function withNeighbours(segments: readonly Segment[], parts: readonly CellPart[]): Segment[] {
  const before = best(
    parts,
    (part) => part.before,
    (a, b) => a.timeNs > b.timeNs,
  );
  const after = best(
    parts,
    (part) => part.after,
    (a, b) => a.timeNs < b.timeNs,
  );
  const joined = [...segments];
  const join = (part: CellPart, sample: Sample, isBefore: boolean) => {
    const at = joined.findIndex((segment) => segment.file === part.file);
    const segment = joined[at] ?? {
      file: part.file,
      session: part.session,
      baseNs: part.baseNs,
      timesNs: new Float64Array(),
      values: new Float64Array(),
    };
    const time = Number(sample.timeNs - segment.baseNs);
    const withSample: Segment = {
      ...segment,
      timesNs: Float64Array.from(isBefore ? [time, ...segment.timesNs] : [...segment.timesNs, time]),
      values: Float64Array.from(isBefore ? [sample.value, ...segment.values] : [...segment.values, sample.value]),
    };
    if (at >= 0) joined[at] = withSample;
    else if (isBefore) joined.unshift(withSample);
    else joined.push(withSample);
  };
  if (before) join(before.part, before.sample, true);
  if (after) join(after.part, after.sample, false);
  return joined;
}

function best(
  parts: readonly CellPart[],
  sampleOf: (part: CellPart) => Sample | null,
  isBetter: (a: Sample, b: Sample) => boolean,
): { part: CellPart; sample: Sample } | null {
  let found: { part: CellPart; sample: Sample } | null = null;
  for (const part of parts) {
    const sample = sampleOf(part);
    if (sample && (!found || isBetter(sample, found.sample))) found = { part, sample };
  }
  return found;
}

/** Number of the bucket that holds a time. */
export const bucketOf = (timeNs: bigint, originNs: bigint, stepNs: bigint): bigint => floorDiv(timeNs - originNs, stepNs);
