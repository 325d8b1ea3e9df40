/** The parameters of /api/series and /api/explain as one engine query. */
import type { Engine } from "../../../core/query/engine.ts";
import type { Query } from "../../../core/query/query.ts";
import type { SeriesSelector } from "../../../core/series/series.ts";
import type { Asked } from "../context.ts";
import { badParameter } from "../fault-answer.ts";
import { engineMethod } from "../grafana/reduced.ts";
import type { PanelMethod } from "../grafana/series-target.ts";
import { type ClosedRange, rangeOfData } from "./data-range.ts";
import { flagOf, instantOf, integerOf, nanosecondsOf, onlyKnown, textOf, wordOf } from "./parameters.ts";
import { namedSeries } from "./series-selectors.ts";

/** `mean`, `last` and `count` are made of the engine's cells. */
export const SERIES_METHODS = ["raw", "envelope", "m4", "nearest", "min", "max", "mean", "last", "count", "stats"] as const;
type SeriesMethod = PanelMethod | "stats";
const POINTS_DEFAULT = 1000;
const POINTS_MAX = 1_000_000;
/** Names a request may have. */
export const SERIES_PARAMETERS = [
  ...["device", "bus", "channel", "db", "message", "signal", "sa", "merge", "group", "method"],
  ...["from", "to", "points", "step", "origin", "edges", "neighbours", "invalid", "text", "format", "shape"],
];

export interface SeriesRequest {
  readonly query: Query;
  readonly method: SeriesMethod;
  /** Places of selectors whose series are left out where they have no data. */
  readonly optional: ReadonlySet<number>;
}

/** Faults: `request/bad-parameter`; what `logs`, `dbcs` and `heard` throw where names or the range have to be looked up. */
export async function seriesQuery({ url, app, request }: Asked): Promise<SeriesRequest> {
  const params = url.searchParams;
  onlyKnown(params, SERIES_PARAMETERS);
  const method = wordOf(params, "method", SERIES_METHODS) ?? "envelope";
  const fromNs = instantOf(params, "from", app.now());
  const toNs = instantOf(params, "to", app.now());
  if (fromNs !== null && toNs !== null && toNs < fromNs) throw badParameter('"to" lies before "from"');
  const points = integerOf(params, "points", 1, POINTS_MAX) ?? POINTS_DEFAULT;
  const step = nanosecondsOf(params, "step");
  if (step !== null && step <= 0n) throw badParameter('"step" must be at least 1 ns');
  const edges = wordOf(params, "edges", ["cut", "whole"]);
  const { selectors, optional } = await namedSeries(params, app.engine, request.signal);
  const isOne =
    points === 1 && ONE_VALUE.has(method) && ["step", "origin", "edges"].every((name) => textOf(params, name) === null);
  const range = step !== null || method === "raw" ? null : await closed({ fromNs, toNs }, selectors, app.engine, request.signal);
  const cut = edges ?? (method === "stats" || isOne ? "cut" : "whole");
  const query: Query = {
    selectors,
    fromNs,
    toNs,
    method: method === "stats" ? method : engineMethod(method),
    grid: {
      kind: "fixed",
      originNs: isOne ? (range?.fromNs ?? 0n) : (nanosecondsOf(params, "origin") ?? 0n),
      stepNs: step ?? (range === null ? 1n : stepOf(range, points)),
    },
    wholeBuckets: cut === "whole" && method !== "raw",
    neighbours: flagOf(params, "neighbours"),
    keepInvalid: wordOf(params, "invalid", ["gap", "keep"]) === "keep",
    budgetBytes: app.budgetBytes,
    budgetPoints: null,
  };
  return { query, method, optional };
}

/** With `points=1` these say one value of the range itself, as alert rules want it: its bucket is the range. */
const ONE_VALUE = new Set<SeriesMethod>(["mean", "last", "count"]);

/** Range ÷ points, rounded up. */
function stepOf({ fromNs, toNs }: ClosedRange, points: number): bigint {
  const stepNs = (toNs - fromNs + BigInt(points) - 1n) / BigInt(points);
  return stepNs > 0n ? stepNs : 1n;
}

interface OpenRange {
  readonly fromNs: bigint | null;
  readonly toNs: bigint | null;
}

/** An open end is that of the data of all devices asked. */
async function closed(
  { fromNs, toNs }: OpenRange,
  selectors: readonly SeriesSelector[],
  engine: Engine,
  signal: AbortSignal,
): Promise<ClosedRange> {
  if (fromNs !== null && toNs !== null) return { fromNs, toNs };
  const ranges: ClosedRange[] = [];
  for (const device of new Set(selectors.map((selector) => selector.device)))
    ranges.push(await rangeOfData(device, engine, signal));
  const known = ranges.filter((one) => one.toNs > one.fromNs);
  const least = known.reduce<bigint | null>((a, one) => (a === null || one.fromNs < a ? one.fromNs : a), null);
  const most = known.reduce<bigint | null>((a, one) => (a === null || one.toNs > a ? one.toNs : a), null);
  return { fromNs: fromNs ?? least ?? 0n, toNs: toNs ?? most ?? 0n };
}
