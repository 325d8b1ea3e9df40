/** The reductions of a query over samples that are sorted by time (`oracle.ts`): one bucket after the other, nothing clever. */
import type { Sample } from "./oracle.ts";

/** Buckets [originNs + k·stepNs, + stepNs), in ns since the session's start like the samples. */
export interface OracleGrid {
  readonly originNs: number;
  readonly stepNs: number;
}

/** An extreme, and every time in its bucket at which it occurs, ascending: which one a reader gives is not laid down. */
export interface Extreme {
  readonly value: number;
  readonly timesNs: readonly number[];
}

export interface OracleCell {
  readonly bucket: number;
  readonly startNs: number;
  readonly count: number;
  readonly first: Sample;
  readonly last: Sample;
  readonly min: Extreme;
  readonly max: Extreme;
  /** Of the finite values, rounded at the end only. */
  readonly sum: number;
  readonly sumOfSquares: number;
}

const DAY_NS = 86_400_000_000_000;

/** The grid of step `stepNs` aligned to 1970 for a session that starts at `startNs`. */
export function epochGrid(startNs: bigint, stepNs: number): OracleGrid {
  return { originNs: -Number(startNs % BigInt(stepNs)), stepNs };
}

/** The seed's grid: midnight UTC of the day of the first sample in the range. */
export function midnightGrid(startNs: bigint, samples: readonly Sample[], stepNs: number): OracleGrid {
  const first = samples[0]?.timeNs ?? 0;
  const sinceMidnight = Number((startNs + BigInt(first)) % BigInt(DAY_NS));
  return { originNs: first - sinceMidnight, stepNs };
}

/** Samples with fromNs ≤ time < toNs. */
export function within(samples: readonly Sample[], fromNs: number, toNs: number): Sample[] {
  return samples.filter(({ timeNs }) => timeNs >= fromNs && timeNs < toNs);
}

/** The range widened to all buckets it touches. */
export function wholeBuckets(grid: OracleGrid, fromNs: number, toNs: number): { readonly fromNs: number; readonly toNs: number } {
  const start = (timeNs: number): number => grid.originNs + Math.floor((timeNs - grid.originNs) / grid.stepNs) * grid.stepNs;
  if (toNs <= fromNs) return { fromNs: start(fromNs), toNs: start(fromNs) };
  return { fromNs: start(fromNs), toNs: start(toNs - 1) + grid.stepNs };
}

/** The last sample before the range and the first behind it. */
export function neighbours(
  samples: readonly Sample[],
  fromNs: number,
  toNs: number,
): { before: Sample | null; after: Sample | null } {
  return {
    before: samples.filter(({ timeNs }) => timeNs < fromNs).at(-1) ?? null,
    after: samples.find(({ timeNs }) => timeNs >= toNs) ?? null,
  };
}

/** Sum without rounding on the way (Shewchuk's partial sums). */
export function exactSum(values: readonly number[]): number {
  const partials: number[] = [];
  for (let x of values) {
    let kept = 0;
    for (let y of partials) {
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
      const high = x + y;
      const low = y - (high - x);
      if (low !== 0) partials[kept++] = low;
      x = high;
    }
    partials.length = kept;
    partials.push(x);
  }
  return partials.reduceRight((sum, part) => sum + part, 0);
}

function extreme(samples: readonly Sample[], pick: (...values: number[]) => number): Extreme {
  const value = samples.reduce((best, sample) => pick(best, sample.value), samples[0]?.value ?? Number.NaN);
  return { value, timesNs: samples.filter((sample) => sample.value === value).map(({ timeNs }) => timeNs) };
}

/** One cell per bucket with samples, ascending: envelope, m4, min, max and stats in one. Empty buckets are left out. */
export function cellsOf(samples: readonly Sample[], grid: OracleGrid): OracleCell[] {
  const buckets = new Map<number, Sample[]>();
  for (const sample of samples) {
    const bucket = Math.floor((sample.timeNs - grid.originNs) / grid.stepNs);
    const list = buckets.get(bucket) ?? [];
    list.push(sample);
    buckets.set(bucket, list);
  }
  return [...buckets].flatMap(([bucket, list]) => {
    const [first, last] = [list[0], list.at(-1)];
    if (!first || !last) return [];
    const values = list.map(({ value }) => value).filter(Number.isFinite);
    return {
      bucket,
      startNs: grid.originNs + bucket * grid.stepNs,
      count: list.length,
      first,
      last,
      min: extreme(list, Math.min),
      max: extreme(list, Math.max),
      sum: exactSum(values),
      sumOfSquares: exactSum(values.map((value) => value * value)),
    };
  });
}

/**
 * The sample nearest to each grid point, from the point at or before the first sample to the one at or before the last. Of two equally
 * near the later one (of equal times the one stored last); a sample taken by several points is given once.
 */
export function nearest(samples: readonly Sample[], grid: OracleGrid): Sample[] {
  const [first, last] = [samples[0], samples.at(-1)];
  if (!first || !last) return [];
  const pointOf = (sample: Sample): number => Math.floor((sample.timeNs - grid.originNs) / grid.stepNs);
  const taken: Sample[] = [];
  let i = 0;
  for (let k = pointOf(first); k <= pointOf(last); k++) {
    const pointNs = grid.originNs + k * grid.stepNs;
    const distance = (row: number): number => Math.abs((samples[row]?.timeNs ?? Number.POSITIVE_INFINITY) - pointNs);
    while (i + 1 < samples.length && distance(i + 1) <= distance(i)) i++; // times ascend, so the nearest never moves back
    const best = samples[i];
    if (best && taken.at(-1) !== best) taken.push(best);
  }
  return taken;
}
