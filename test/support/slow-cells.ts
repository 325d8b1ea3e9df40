/** Cells of buckets from plain samples, one after the other: the oracle for the kernel's reductions. */

export interface Sample {
  readonly time: number;
  readonly value: number;
}

export interface SlowGrid {
  readonly originNs: number;
  readonly stepNs: number;
  readonly bucketCount: number;
  /** One cell more before and behind. */
  readonly neighbours: boolean;
  /** Half open; samples outside belong to the neighbours, or to nothing. */
  readonly fromNs: number;
  readonly toNs: number;
}

export type CellKind = "envelope" | "m4" | "nearest" | "stats";

/** Words of every cell, as core/kernel/output.ts lays them out (without the padding of `stats`). `samples` in stored order. */
export function slowCells(samples: readonly Sample[], grid: SlowGrid, kind: CellKind): number[][] {
  // Sorting is stable: of equal times the first stored stays first.
  const sorted = [...samples].sort((a, b) => a.time - b.time);
  const extra = grid.neighbours ? 1 : 0;
  const buckets = Array.from({ length: grid.bucketCount + 2 * extra }, (): Sample[] => []);
  for (const sample of sorted) {
    const isBefore = sample.time < grid.fromNs;
    const isBehind = sample.time >= grid.toNs;
    if ((isBefore || isBehind) && !grid.neighbours) continue;
    const inside = Math.floor((sample.time - grid.originNs) / grid.stepNs) + extra;
    buckets[isBefore ? 0 : isBehind ? buckets.length - 1 : inside]?.push(sample);
  }
  return buckets.map((bucket) => CELL_OF[kind](bucket));
}

const CELL_OF: Readonly<Record<CellKind, (bucket: readonly Sample[]) => number[]>> = {
  envelope: extremes,
  m4: (bucket) => [...extremes(bucket), ...ends(bucket)],
  nearest: ends,
  stats: (bucket) => {
    const finite = bucket.map(({ value }) => value).filter(Number.isFinite);
    const sum = finite.reduce((total, value) => total + value, 0);
    const squares = finite.reduce((total, value) => total + value * value, 0);
    return [finite.length, sum, squares, ...extremes(bucket).slice(0, 2), ...ends(bucket)];
  },
};

/** min max tMin tMax of the finite values; of equal values the earliest. */
function extremes(bucket: readonly Sample[]): number[] {
  let [min, max, timeOfMin, timeOfMax] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, Number.NaN];
  for (const { time, value } of bucket) {
    if (!Number.isFinite(value)) continue;
    if (value < min) [min, timeOfMin] = [value, time];
    if (value > max) [max, timeOfMax] = [value, time];
  }
  return [min, max, timeOfMin, timeOfMax];
}

/** first tFirst last tLast, whatever the value. */
function ends(bucket: readonly Sample[]): number[] {
  const [first, last] = [bucket[0], bucket.at(-1)];
  return [first?.value ?? Number.NaN, first?.time ?? Number.NaN, last?.value ?? Number.NaN, last?.time ?? Number.NaN];
}
