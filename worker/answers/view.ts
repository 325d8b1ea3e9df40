/** One window of some series: every sample where they are few, cells of one column each where they are many. */

import type { Engine, OnWork } from "../../core/query/engine.ts";
import { addLedgers, emptyLedger, type Ledger } from "../../core/query/ledger.ts";
import type { Query } from "../../core/query/query.ts";
import type { SeriesAnswer } from "../../core/series/series.ts";
import type { ViewAnswer, ViewQuery, ViewSeries } from "../api.ts";
import { countIn, withNeighbours } from "./neighbours.ts";

/** Samples are drawn one by one up to this many per column (viewer.md §4, "Sparse"). */
const SPARSE_PER_COLUMN = 2;

interface Part {
  readonly series: ReadonlyMap<number, ViewSeries>;
  readonly ledger: Ledger;
}

/**
 * First as m4 cells, which bring the samples next to the window along. If nothing was reduced these are all samples; otherwise series
 * that should be sparse are asked once more, raw and with a limit: a sparse window is small, so the second pass is cheap.
 */
export async function answerView(engine: Engine, query: ViewQuery, signal: AbortSignal, onWork: OnWork): Promise<ViewAnswer> {
  const startedMs = performance.now();
  const limit = SPARSE_PER_COLUMN * query.columns;
  const window = { fromNs: query.fromNs, toNs: query.fromNs + query.stepNs * BigInt(query.columns) };
  const all = query.series.map((_, i) => i);
  const cells = await ask(engine, query, all, "m4", signal, onWork);
  const given = [...cells.series.values()].reduce((sum, { segments }) => sum + countIn(segments, window), 0);
  if (cells.ledger.samples <= given) {
    const series = all.flatMap((i) => marked(cells.series.get(i), limit) ?? []);
    return { series, ledger: cells.ledger, elapsedMs: performance.now() - startedMs };
  }
  const few = all.filter((i) => (query.series[i]?.samplesExpected ?? 0) <= limit);
  const raw = await ask(engine, query, few, "raw", signal, onWork);
  const series = all.flatMap((i) => {
    const [cell, own] = [cells.series.get(i), raw.series.get(i)];
    if (cell === undefined) return [];
    if (own === undefined || countIn(own.segments, window) > limit) return [cell];
    return [{ ...own, every: true, segments: withNeighbours(own.segments, cell.segments, window) }];
  });
  return { series, ledger: addLedgers(cells.ledger, raw.ledger), elapsedMs: performance.now() - startedMs };
}

/** All its samples are there; drawn one by one if they are few enough. */
const marked = (series: ViewSeries | undefined, limit: number): ViewSeries | undefined =>
  series && { ...series, every: series.segments.reduce((sum, s) => sum + s.timesNs.length, 0) <= limit + 2 };

async function ask(
  engine: Engine,
  view: ViewQuery,
  indexes: readonly number[],
  method: "raw" | "m4",
  signal: AbortSignal,
  onWork: OnWork,
): Promise<Part> {
  if (indexes.length === 0) return { series: new Map(), ledger: emptyLedger };
  const query: Query = {
    selectors: indexes.flatMap((i) => view.series[i]?.selector ?? []),
    fromNs: view.fromNs,
    toNs: view.fromNs + view.stepNs * BigInt(view.columns),
    method,
    grid: { kind: "fixed", originNs: view.fromNs, stepNs: view.stepNs },
    wholeBuckets: false,
    neighbours: "session",
    budgetBytes: null,
    // Enough to see that there are too many.
    budgetPoints: method === "raw" ? SPARSE_PER_COLUMN * view.columns + 4 : null,
  };
  const run = engine.query(query, signal, onWork);
  const series = new Map<number, ViewSeries>();
  for await (const answer of run.series) {
    const index = indexes[answer.selector];
    if (index !== undefined && !series.has(index)) series.set(index, viewSeries(answer));
  }
  return { series, ledger: run.ledger() };
}

export const viewSeries = ({ labels, unit, decimals, valueTable, segments, notices }: SeriesAnswer): ViewSeries => ({
  every: false,
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
    segments
      .flatMap(({ timesNs, values, rests }) => [timesNs.buffer, values.buffer, ...(rests ? [rests.buffer] : [])])
      .filter((buffer) => buffer instanceof ArrayBuffer),
  );
