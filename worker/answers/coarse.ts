/** A first picture of a large recording: samples from evenly spread places, there long before every record was read. */
import type { Engine } from "../../core/query/engine.ts";
import type { Query } from "../../core/query/query.ts";
import type { ViewAnswer, ViewQuery } from "../api.ts";
import { viewSeries } from "./view.ts";

/** More columns than pieces of a log are read: each piece shows its own samples. */
const COLUMNS_MAX = 512;

/** Series in the order of the query; one without a sample in any of the places has no segments. */
export async function coarseView(engine: Engine, view: ViewQuery, signal: AbortSignal): Promise<ViewAnswer> {
  const startedMs = performance.now();
  const together = BigInt(Math.max(1, Math.ceil(view.columns / COLUMNS_MAX)));
  const query: Query = {
    selectors: view.series.map(({ selector }) => selector),
    fromNs: view.fromNs,
    toNs: view.fromNs + view.stepNs * BigInt(view.columns),
    method: "m4",
    grid: { kind: "fixed", originNs: view.fromNs, stepNs: view.stepNs * together },
    wholeBuckets: false,
    neighbours: false,
    spread: true,
    budgetBytes: null,
    budgetPoints: null,
  };
  const run = engine.query(query, signal);
  const found = new Map<number, ViewAnswer["series"][number]>();
  for await (const answer of run.series) if (!found.has(answer.selector)) found.set(answer.selector, viewSeries(answer));
  const series = view.series.flatMap((_, i) => found.get(i) ?? []);
  return { series, ledger: run.ledger(), elapsedMs: performance.now() - startedMs };
}
