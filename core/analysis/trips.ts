/** Trips by the gap rule: samples no more than a gap apart belong together; and what happened to each series on the way. */
import type { Column } from "./align.ts";
import { eachRow } from "./align.ts";
import type { Stretch } from "./events.ts";

/** Of the samples of one series in one trip; NaN where there are none. */
export interface TripValues {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly first: number;
  readonly last: number;
  /** Σ value · time until the next sample of the trip, s: of a speed in m/s the distance in m. */
  readonly integral: number;
}

export interface Trip extends Stretch {
  /** In the order of the columns. */
  readonly values: readonly TripValues[];
}

interface Growing {
  count: number;
  min: number;
  max: number;
  sum: number;
  first: number;
  last: number;
  lastTimeNs: number;
  integral: number;
}

/**
 * A trip begins with a sample that lies more than `gapNs` behind the one before, or is the first. `counts` says which rows are travel at all (all
 * without it); trips shorter than `leastNs` are left out. Both ends are samples of the trip.
 */
export function tripsOf(
  columns: readonly Column[],
  gapNs: number,
  leastNs: number,
  counts: ((values: Float64Array) => boolean) | null = null,
): readonly Trip[] {
  const trips: Trip[] = [];
  const stretches: Stretch[] = [];
  let open: { startNs: number; endNs: number } | null = null;
  eachRow(columns, "all", (timeNs, values) => {
    if (values.every(Number.isNaN) || (counts !== null && !counts(values))) return;
    if (open !== null && timeNs - open.endNs <= gapNs) open.endNs = timeNs;
    else {
      open = { startNs: timeNs, endNs: timeNs };
      stretches.push(open);
    }
  });
  for (const stretch of stretches)
    if (stretch.endNs - stretch.startNs >= leastNs)
      trips.push({ ...stretch, values: columns.map((column) => valuesOf(column, stretch, gapNs)) });
  return trips;
}

/** Both ends of the stretch are in it. */
function valuesOf({ timesNs, values }: Column, { startNs, endNs }: Stretch, gapNs: number): TripValues {
  const all: Growing = {
    count: 0,
    min: Number.POSITIVE_INFINITY,
    max: Number.NEGATIVE_INFINITY,
    sum: 0,
    first: Number.NaN,
    last: Number.NaN,
    lastTimeNs: 0,
    integral: 0,
  };
  for (let row = firstAtOrAfter(timesNs, startNs); row < timesNs.length; row++) {
    const timeNs = timesNs[row] ?? 0;
    const value = values[row] ?? Number.NaN;
    if (timeNs > endNs) break;
    if (Number.isNaN(value)) continue;
    const sinceNs = timeNs - all.lastTimeNs;
    if (all.count > 0 && sinceNs <= gapNs) all.integral += (all.last * sinceNs) / 1e9;
    if (all.count === 0) all.first = value;
    all.count++;
    all.sum += value;
    all.min = Math.min(all.min, value);
    all.max = Math.max(all.max, value);
    all.last = value;
    all.lastTimeNs = timeNs;
  }
  const isEmpty = all.count === 0;
  const { count, first, last, integral, sum } = all;
  return {
    count,
    first,
    last,
    integral,
    min: isEmpty ? Number.NaN : all.min,
    max: isEmpty ? Number.NaN : all.max,
    mean: sum / count,
  };
}

function firstAtOrAfter(timesNs: Float64Array, limitNs: number): number {
  let low = 0;
  let high = timesNs.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((timesNs[middle] ?? 0) < limitNs) low = middle + 1;
    else high = middle;
  }
  return low;
}
