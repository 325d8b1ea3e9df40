/** The parameters of /api/series and /api/explain as one engine query. */
import type { Engine } from "../../../core/query/engine.ts";
import type { Method, Query } from "../../../core/query/query.ts";
import type { ChannelSelector, SeriesSelector } from "../../../core/series/series.ts";
import type { Asked } from "../context.ts";
import { badParameter } from "../fault-answer.ts";
import { listIn } from "../grafana/target-text.ts";
import { rangeOfData } from "./data-range.ts";
import { flagOf, instantOf, integerOf, nanosecondsOf, neededText, onlyKnown, textOf, textsOf, wordOf } from "./parameters.ts";

const METHODS: readonly Method[] = ["raw", "envelope", "m4", "nearest", "min", "max", "stats"];
const SERIES_MAX = 500;
const POINTS_DEFAULT = 1000;
const POINTS_MAX = 1_000_000;
/** Names a request may have. */
export const SERIES_PARAMETERS = [
  ...["device", "bus", "channel", "db", "message", "signal", "sa", "merge", "group", "method"],
  ...["from", "to", "points", "step", "origin", "edges", "neighbours", "invalid", "text", "format", "shape"],
];

/** Faults: `request/bad-parameter`; what `logs` and `heard` throw where the range has to be looked up. */
export async function seriesQuery({ url, app, request }: Asked): Promise<Query> {
  const params = url.searchParams;
  onlyKnown(params, SERIES_PARAMETERS);
  const selectors = selectorsOf(params);
  const method = wordOf(params, "method", METHODS) ?? "envelope";
  const fromNs = instantOf(params, "from", app.now());
  const toNs = instantOf(params, "to", app.now());
  if (fromNs !== null && toNs !== null && toNs < fromNs) throw badParameter('"to" lies before "from"');
  const stepNs = method === "raw" ? 1n : await stepOf(params, { fromNs, toNs }, selectors, app.engine, request.signal);
  const cut = wordOf(params, "edges", ["cut", "whole"]) ?? (method === "stats" ? "cut" : "whole");
  return {
    selectors,
    fromNs,
    toNs,
    method,
    grid: { kind: "fixed", originNs: nanosecondsOf(params, "origin") ?? 0n, stepNs },
    wholeBuckets: cut === "whole" && method !== "raw",
    neighbours: flagOf(params, "neighbours"),
    keepInvalid: wordOf(params, "invalid", ["gap", "keep"]) === "keep",
    budgetBytes: app.budgetBytes,
    budgetPoints: null,
  };
}

/** Every combination of the values given more than once, signals fastest. */
function selectorsOf(params: URLSearchParams): readonly SeriesSelector[] {
  const device = neededText(params, "device", "the device's id, from /api/catalogue");
  const channels = plainChannels(params);
  if (channels.length > 0) return withinMost(plainSelectors(params, device, channels));
  const bus = wordOf(params, "bus", ["can", "lin"]);
  const channel = integerOf(params, "channel", 1, 255);
  const sourceAddress = integerOf(params, "sa", 0, 255);
  const db = textOf(params, "db");
  const common = {
    device,
    ...(bus === null ? {} : { bus: bus === "can" ? ("CAN" as const) : ("LIN" as const) }),
    ...(channel === null ? {} : { channel }),
    ...(db === null ? {} : { db }),
    ...(sourceAddress === null ? {} : { sourceAddress }),
    ...(flagOf(params, "merge") ? { merge: true } : {}),
  };
  // A variable of Grafana with several values arrives as one list.
  const signals = textsOf(params, "signal").flatMap(listIn);
  if (signals.length === 0)
    throw badParameter('"signal" is missing: the name of a signal (or "channel" of a measurement), from /api/signals');
  const messages = textsOf(params, "message").flatMap(listIn);
  const selectors = (messages.length === 0 ? [null] : messages).flatMap((message) =>
    signals.map((signal) => ({ ...common, ...(message === null ? {} : { message }), signal })),
  );
  return withinMost(selectors);
}

/** Channels of measurement files: without a signal, `channel` is a name. A number alone is that of a bus, whose signal is missing. */
function plainChannels(params: URLSearchParams): readonly string[] {
  const channels = textsOf(params, "channel");
  const isBus = textsOf(params, "group").length === 0 && channels.length === 1 && /^\d+$/.test(channels[0] ?? "");
  return textsOf(params, "signal").length > 0 || isBus ? [] : channels;
}

function plainSelectors(params: URLSearchParams, device: string, channels: readonly string[]): readonly ChannelSelector[] {
  const signalOnly = ["bus", "db", "message", "sa", "merge"].find((name) => textsOf(params, name).length > 0);
  if (signalOnly !== undefined)
    throw badParameter(`"${signalOnly}" belongs to signals; a channel of a measurement has "group" and "channel"`);
  const groups = textsOf(params, "group");
  return (groups.length === 0 ? [null] : groups).flatMap((group) =>
    channels.map((channel) => ({ kind: "channel" as const, device, ...(group === null ? {} : { group }), channel })),
  );
}

function withinMost(selectors: readonly SeriesSelector[]): readonly SeriesSelector[] {
  if (selectors.length > SERIES_MAX)
    throw badParameter(`${selectors.length} series are more than one request may ask for (${SERIES_MAX})`);
  return selectors;
}

interface OpenRange {
  readonly fromNs: bigint | null;
  readonly toNs: bigint | null;
}

/** `step` in ns, else the range ÷ `points`, rounded up. An open range is the data's own. */
async function stepOf(
  params: URLSearchParams,
  range: OpenRange,
  selectors: readonly SeriesSelector[],
  engine: Engine,
  signal: AbortSignal,
): Promise<bigint> {
  const step = nanosecondsOf(params, "step");
  if (step !== null && step <= 0n) throw badParameter('"step" must be at least 1 ns');
  if (step !== null) return step;
  const points = BigInt(integerOf(params, "points", 1, POINTS_MAX) ?? POINTS_DEFAULT);
  const device = selectors[0]?.device ?? "";
  const own = range.fromNs === null || range.toNs === null ? await rangeOfData(device, engine, signal) : { fromNs: 0n, toNs: 0n };
  const lengthNs = (range.toNs ?? own.toNs) - (range.fromNs ?? own.fromNs);
  const stepNs = (lengthNs + points - 1n) / points;
  return stepNs > 0n ? stepNs : 1n;
}
