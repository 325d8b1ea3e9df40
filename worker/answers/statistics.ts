/** Statistics of some series over a range, from every sample: min, max, mean, rms, σ, time-weighted mean, rates, gaps, shares. */
import type { Engine, OnWork } from "../../core/query/engine.ts";
import type { SeriesStatistics, StatisticsQuery, ValueShare } from "../api.ts";
import { windowOf } from "./samples.ts";

/** So many samples are held at once; a longer range is read in parts. */
const PART_SAMPLES = 4_000_000;
/** Rates are exact up to so many intervals, from every second, third … interval above. */
const INTERVALS_MAX = 4_000_000;
const SHARES_MAX = 64;

/** One answer per series, in the order of the query. Half open range; a value holds until the next sample, but not across a gap. */
export async function statisticsOf(
  engine: Engine,
  query: StatisticsQuery,
  signal: AbortSignal,
  onWork: OnWork,
): Promise<SeriesStatistics[]> {
  const sums = query.series.map(({ gapNs, samplesExpected, shares }) => accumulate(gapNs, samplesExpected, shares));
  const expected = query.series.reduce((sum, s) => sum + s.samplesExpected, 0);
  const parts = BigInt(Math.max(1, Math.ceil(expected / PART_SAMPLES)));
  const spanNs = query.toNs - query.fromNs;
  for (let part = 0n; part < parts; part++) {
    const fromNs = query.fromNs + (spanNs * part) / parts;
    const toNs = query.fromNs + (spanNs * (part + 1n)) / parts;
    const selectors = query.series.map((s) => s.selector);
    for await (const { selector, segments } of engine.query(windowOf(selectors, fromNs, toNs, "raw"), signal, onWork).series) {
      const sorted = [...segments].sort((a, b) => (a.baseNs < b.baseNs ? -1 : a.baseNs > b.baseNs ? 1 : 0));
      for (const { baseNs, timesNs, values, session } of sorted) {
        sums[selector]?.add(Number(baseNs - query.fromNs), timesNs, values, session);
      }
    }
  }
  return sums.map((sum) => sum.done(query.fromNs));
}

/** Sum with the lost digits kept (Neumaier): a million terms stay as good as one. */
function exactSum() {
  let sum = 0;
  let lost = 0;
  return {
    add(term: number): void {
      const next = sum + term;
      lost += Math.abs(sum) >= Math.abs(term) ? sum - next + term : term - next + sum;
      sum = next;
    },
    // Past all numbers the lost digits are none.
    value: (): number => (Number.isFinite(sum) ? sum + lost : sum),
  };
}

/** Deviation from the mean as it grows (Welford): the square of the mean, taken off at the end, would leave nothing of clocks and positions. */
function deviation() {
  let [count, mean, squares] = [0, 0, 0];
  return {
    add(value: number): void {
      count++;
      const before = value - mean;
      mean += before / count;
      squares += before * (value - mean);
    },
    sigma: (): number => Math.sqrt(squares / count),
  };
}

function accumulate(gapNs: number, samplesExpected: number, wantsShares: boolean) {
  const [sum, squares, weighted, heldNs] = [exactSum(), exactSum(), exactSum(), exactSum()];
  const spread = deviation();
  const every = Math.max(1, Math.ceil(samplesExpected / INTERVALS_MAX));
  const intervals: number[] = [];
  const shares = new Map<number, number>();
  let [count, min, max, gaps, seen] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  let first: { readonly timeNs: number; readonly value: number } | null = null;
  let last: { readonly timeNs: number; readonly value: number; readonly session: string } | null = null;

  function between(timeNs: number, session: string): void {
    if (last === null) return;
    const ns = timeNs - last.timeNs;
    if (session !== last.session || ns > gapNs) {
      gaps++;
      return;
    }
    if (seen++ % every === 0) intervals.push(ns);
    weighted.add(last.value * ns);
    heldNs.add(ns);
    if (wantsShares && (shares.has(last.value) || shares.size < SHARES_MAX)) {
      shares.set(last.value, (shares.get(last.value) ?? 0) + ns);
    }
  }

  return {
    add(aheadNs: number, timesNs: Float64Array, values: Float64Array, session: string): void {
      for (let row = 0; row < timesNs.length; row++) {
        const value = values[row] ?? Number.NaN;
        if (Number.isNaN(value)) continue;
        const timeNs = aheadNs + (timesNs[row] ?? 0);
        between(timeNs, session);
        count++;
        sum.add(value);
        squares.add(value * value);
        if (value < min) min = value;
        if (value > max) max = value;
        first ??= { timeNs, value };
        spread.add(value - first.value); // neighbours differ exactly, however far from zero
        last = { timeNs, value, session };
      }
    },
    done(originNs: bigint): SeriesStatistics {
      if (count === 0 || first === null || last === null) return { count: 0, gaps: 0 };
      const mean = sum.value() / count;
      const held = heldNs.value();
      const sorted = Float64Array.from(intervals).sort();
      const rateHz = (share: number): number | null => {
        const ns = sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
        return ns === undefined || ns <= 0 ? null : 1e9 / ns;
      };
      return {
        count,
        gaps,
        min,
        max,
        mean,
        rms: Math.sqrt(squares.value() / count),
        sigma: spread.sigma(),
        weightedMean: held > 0 ? weighted.value() / held : mean,
        // A long interval is a low rate: the slowest hundredth is at the far end.
        rateHz: rateHz(0.5),
        slowRateHz: rateHz(0.99),
        first: { timeNs: originNs + BigInt(first.timeNs), value: first.value },
        last: { timeNs: originNs + BigInt(last.timeNs), value: last.value },
        shares: sharesOf(shares, held),
      };
    },
  };
}

const sharesOf = (shares: ReadonlyMap<number, number>, heldNs: number): ValueShare[] =>
  heldNs <= 0 ? [] : [...shares].map(([value, ns]) => ({ value, share: ns / heldNs })).sort((a, b) => b.share - a.share);
