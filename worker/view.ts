/** One window of some series: every sample where they are few, cells of one column each where they are many. */

import type { Engine, OnWork } from "../core/query/engine.ts";
import { addLedgers, emptyLedger, type Ledger } from "../core/query/ledger.ts";
import type { Query } from "../core/query/query.ts";
import type { SeriesAnswer } from "../core/series/series.ts";
import type { ViewAnswer, ViewQuery, ViewSeries } from "./api.ts";

/** Samples are drawn one by one up to this many per column (viewer.md §4, "Sparse"). */
const SPARSE_PER_COLUMN = 2;

interface Part {
  readonly series: ReadonlyMap<number, ViewSeries>;
  readonly ledger: Ledger;
}

/**
 * Series that should be sparse are asked raw, with a limit; those that turn out to be dense, and all others, as m4 cells. At most two
 * passes over the window; the first is cheap because a sparse window is small.
 */
export async function answerView(engine: Engine, query: ViewQuery, signal: AbortSignal, onWork: OnWork): Promise<ViewAnswer> {
  const startedMs = performance.now();
  const limit = SPARSE_PER_COLUMN * query.columns;
  const all = query.series.map((_, i) => i);
  const raw = await ask(
    engine,
    query,
    all.filter((i) => (query.series[i]?.samplesExpected ?? 0) <= limit),
    true,
    signal,
    onWork,
  );
  const few = new Map([...raw.series].filter(([, series]) => countOf(series) <= limit + 2));
  const cells = await ask(
    engine,
    query,
    all.filter((i) => !few.has(i)),
    false,
    signal,
    onWork,
  );
  const series = all.flatMap((i) => few.get(i) ?? cells.series.get(i) ?? []);
  return { series, ledger: addLedgers(raw.ledger, cells.ledger), elapsedMs: performance.now() - startedMs };
}

const countOf = (series: ViewSeries): number => series.segments.reduce((sum, segment) => sum + segment.timesNs.length, 0);

async function ask(
  engine: Engine,
  view: ViewQuery,
  indexes: readonly number[],
  every: boolean,
  signal: AbortSignal,
  onWork: OnWork,
): Promise<Part> {
  if (indexes.length === 0) return { series: new Map(), ledger: emptyLedger };
  const query: Query = {
    selectors: indexes.flatMap((i) => view.series[i]?.selector ?? []),
    fromNs: view.fromNs,
    toNs: view.fromNs + view.stepNs * BigInt(view.columns),
    method: every ? "raw" : "m4",
    grid: { kind: "fixed", originNs: view.fromNs, stepNs: view.stepNs },
    wholeBuckets: false,
    neighbours: true,
    budgetBytes: null,
    // Enough to see that there are too many.
    budgetPoints: every ? SPARSE_PER_COLUMN * view.columns + 4 : null,
  };
  const run = engine.query(query, signal, onWork);
  const series = new Map<number, ViewSeries>();
  for await (const answer of run.series) {
    const index = indexes[answer.selector];
    if (index !== undefined && !series.has(index)) series.set(index, viewSeries(answer, every));
  }
  return { series, ledger: run.ledger() };
}

const viewSeries = ({ labels, unit, decimals, valueTable, segments, notices }: SeriesAnswer, every: boolean): ViewSeries => ({
  every,
  labels,
  unit,
  decimals,
  valueTable,
  segments: [...segments].sort((a, b) => (a.baseNs < b.baseNs ? -1 : a.baseNs > b.baseNs ? 1 : 0)),
  notices,
});

/** Buffers to hand over instead of copying. */
export const buffersOf = (answer: ViewAnswer): ArrayBuffer[] =>
  answer.series.flatMap(({ segments }) =>
    segments.flatMap(({ timesNs, values }) => [timesNs.buffer, values.buffer]).filter((buffer) => buffer instanceof ArrayBuffer),
  );
