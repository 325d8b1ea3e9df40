/** What the engine answers to /api/series, in the method that was asked for. */
import type { Engine, QueryRun } from "../../../core/query/engine.ts";
import type { SeriesAnswer } from "../../../core/series/series.ts";
import { reduced } from "../grafana/reduced.ts";
import type { Writing } from "../stream.ts";
import type { SeriesRequest } from "./series-query.ts";

/** Series that a pattern means and that have no data are left out, but for the last where nothing else is there to say why. */
export function answersTo(
  { query, method, optional }: SeriesRequest,
  engine: Engine,
  { signal, onWork }: Writing,
): Pick<QueryRun, "series" | "ledger"> {
  const run = engine.query(query, signal, onWork);
  async function* series(): AsyncGenerator<SeriesAnswer> {
    let spare: SeriesAnswer | null = null;
    let isGiven = false;
    for await (const answer of run.series) {
      const made = method === "stats" ? answer : reduced(answer, method, query.grid.stepNs, originOf(query.grid));
      if (optional.has(answer.selector) && isEmpty(made)) {
        spare = made;
        continue;
      }
      isGiven = true;
      yield made;
    }
    if (!isGiven && spare !== null) yield spare;
  }
  return { series: series(), ledger: run.ledger };
}

const originOf = (grid: SeriesRequest["query"]["grid"]): bigint => (grid.kind === "fixed" ? grid.originNs : 0n);

const isEmpty = ({ segments, stats }: SeriesAnswer): boolean =>
  segments.every(({ timesNs }) => timesNs.length === 0) && (stats ?? []).every(({ startsNs }) => startsNs.length === 0);
