/** From cells to the points of an answer, by method. */

import type { Segment, StatsSegment } from "../series/series.ts";
import { floorDiv } from "../time.ts";
import { type CellKind, type CellPart, combineCell, WORDS } from "./cell-part.ts";
import type { Method } from "./query.ts";

/** The cells a method is made of. With neighbours an envelope needs first and last too. */
export function cellKindOf(method: Exclude<Method, "raw">, neighbours: boolean): CellKind {
  if (method === "nearest" || method === "stats") return method;
  if (method === "m4" || neighbours) return "m4";
  return "envelope";
}

/** Logs that share a bucket (the border between two splits): its cell goes to the earlier one. Parts come in the order of the logs and stay as they are. */
export function mergeParts(parts: readonly CellPart[], stepNs: bigint): CellPart[] {
  const owners = new Map<BucketKey, { part: CellPart; cell: number }>();
  const zeroNs = parts[0]?.originNs ?? 0n;
  let last: BucketKey = Number.NEGATIVE_INFINITY;
  return parts.map((part) => {
    const { words } = WORDS[part.kind];
    const keyOf = keysFrom((part.originNs - zeroNs) / stepNs);
    const isBehind = part.buckets.length === 0 || keyOf(part.buckets[0] ?? 0) > last;
    const kept: number[] = [];
    part.buckets.forEach((bucket, i) => {
      const owner = isBehind ? undefined : owners.get(keyOf(bucket));
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
    const isWhole = kept.length === part.buckets.length;
    const mine = {
      ...part,
      buckets: isWhole ? part.buckets : Float64Array.from(kept, (i) => part.buckets[i] ?? 0),
      // A copy, which cells of later parts may go into.
      cells: isWhole
        ? part.cells.slice()
        : Float64Array.from(kept.flatMap((i) => [...part.cells.subarray(i * words, (i + 1) * words)])),
    };
    mine.buckets.forEach((bucket, cell) => {
      const key = keyOf(bucket);
      owners.set(key, { part: mine, cell });
      if (key > last) last = key;
    });
    return mine;
  });
}

/** Number of a bucket counted from a common one: a bigint only where a double would not be exact. */
type BucketKey = number | bigint;

function keysFrom(shift: bigint): (bucket: number) => BucketKey {
  const near = Number(shift);
  return (bucket) => (Number.isSafeInteger(near + bucket) ? near + bucket : shift + BigInt(bucket));
}

/** Points of one part in ascending time. */
export function pointsOf(part: CellPart, method: Exclude<Method, "raw" | "stats">, stepNs: bigint): Segment {
  const times: number[] = [];
  const values: number[] = [];
  const put = (time: number, value: number) => {
    times.push(time);
    values.push(value);
  };
  if (method === "nearest") putNearest(part, Number(part.originNs - part.baseNs), Number(stepNs), put);
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

export function statsOf(part: CellPart, stepNs: bigint): StatsSegment {
  const { words } = WORDS.stats;
  const column = (w: number) => Float64Array.from(part.buckets, (_, i) => part.cells[i * words + w] ?? 0);
  const counts = column(0);
  const finiteOnly = (w: number) => column(w).map((value, i) => (counts[i] ? value : Number.NaN));
  return {
    file: part.file,
    session: part.session,
    baseNs: part.baseNs,
    startsNs: part.buckets.map((bucket) => Number(part.originNs + BigInt(bucket) * stepNs - part.baseNs)),
    counts,
    sums: column(1),
    sumsOfSquares: column(2),
    mins: finiteOnly(3),
    maxs: finiteOnly(4),
    firsts: column(5),
    lasts: column(7),
  };
}

/** Number of the bucket that holds a time. */
export const bucketOf = (timeNs: bigint, originNs: bigint, stepNs: bigint): bigint => floorDiv(timeNs - originNs, stepNs);
