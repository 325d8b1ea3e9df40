/** What the cells of one bucket say of a range at once: count, min, max, mean, first and last; the rest needs every sample in turn. */
import type { Engine, OnWork } from "../../core/query/engine.ts";
import type { StatsSegment } from "../../core/series/series.ts";
import type { QuickStatistics, StatisticsQuery } from "../api.ts";
import { windowOf } from "./samples.ts";

/** One answer per series, in the order of the query; half open range. No sample leaves the kernel. */
export async function quickStatisticsOf(
  engine: Engine,
  { series, fromNs, toNs }: Pick<StatisticsQuery, "series" | "fromNs" | "toNs">,
  signal: AbortSignal,
  onWork: OnWork,
): Promise<QuickStatistics[]> {
  const found: QuickStatistics[] = series.map(() => ({ count: 0 }));
  const selectors = series.map(({ selector }) => selector);
  for await (const { selector, stats } of engine.query(windowOf(selectors, fromNs, toNs, "stats"), signal, onWork).series) {
    const sorted = [...(stats ?? [])].sort((a, b) => (a.baseNs < b.baseNs ? -1 : a.baseNs > b.baseNs ? 1 : 0));
    found[selector] = together(sorted);
  }
  return found;
}

function together(segments: readonly StatsSegment[]): QuickStatistics {
  let [count, sum, min, max] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let first: number | null = null;
  let last = Number.NaN;
  for (const { counts, sums, mins, maxs, firsts, lasts } of segments) {
    for (let row = 0; row < counts.length; row++) {
      count += counts[row] ?? 0;
      sum += sums[row] ?? 0;
      min = Math.min(min, mins[row] ?? min);
      max = Math.max(max, maxs[row] ?? max);
      first ??= firsts[row] ?? null;
      last = lasts[row] ?? last;
    }
  }
  return count === 0 || first === null ? { count: 0 } : { count, min, max, mean: sum / count, first, last };
}
