/** CAN signals as a kind of series: the selectors of one device answered from its logs, each read once. */

import { isDecodable } from "../dbc/geometry.ts";
import type { Library } from "../dbc/library.ts";
import { isOfOneObject, type Notice } from "../fault.ts";
import type { SeriesAnswer, SignalSelector } from "../series/series.ts";
import { Binder, claims } from "./binding.ts";
import { askedLabels, DeviceSeries } from "./device-series.ts";
import type { OnWork } from "./engine.ts";
import { pace } from "./pace.ts";
import type { EngineParts } from "./parts.ts";
import type { Query } from "./query.ts";
import { isEmptyRange, widened, withReach } from "./range.ts";
import { unreadable, withinBudget } from "./readable-logs.ts";
import { type AskedSignal, askedSignals } from "./rules.ts";
import type { SeriesSource, SourceAnswer } from "./series-source.ts";
import { reachOverSplits } from "./session-reach.ts";
import { forcedOn, isLongMessage, noTransports } from "./transports.ts";

/** While one log is decoded, the next is opened and read. */
const LOGS_AT_ONCE = 2;

export const canSignals = (parts: EngineParts): SeriesSource => ({
  answer: (...asked) => queryDevice(parts, ...asked),
});

async function queryDevice(
  parts: EngineParts,
  device: string,
  numbers: readonly number[],
  query: Query,
  budget: { leftBytes: number | null },
  signal: AbortSignal,
  onWork?: OnWork,
): Promise<SourceAnswer> {
  const selectors = numbers
    .map((i) => query.selectors[i])
    .filter((selector) => selector !== undefined && selector.kind !== "channel");
  const library = await parts.library(signal);
  const { dbcs, notices: dbcNotices } = library;
  const asked = askedSignals(selectors, dbcs).filter(({ signal: one }) => isDecodable(one));
  const range = widened(query);
  const notices: Notice[] = [...dbcNotices];
  const messages = [...new Set(asked.map(({ message }) => message))];
  const isLong = messages.some(isLongMessage);
  const logs = isEmptyRange(range)
    ? []
    : await parts.catalogue.logsInRange({ device, ...withReach(query, range, isLong) }, signal);
  const binder = await binderFor(parts, library, device, asked, selectors, signal);
  const { readable, isOverBudget } = withinBudget(asked.length > 0 ? logs : [], budget, notices);
  const forced = forcedOn(library.bindings, device, query.transport);
  // Messages of transport protocols are whole only where all their frames are.
  const { choices } =
    isLong && query.spread !== true
      ? await (await import("./found-transports.ts")).transportsOf(parts, readable, messages, forced, signal)
      : noTransports;
  const work = new DeviceSeries(parts, device, selectors, query, range, asked, binder, choices);
  const bytesAll = readable.reduce((sum, log) => sum + log.sizeBytes, 0);
  const host = pace(parts.host, signal, bytesAll, onWork);
  for await (const { item, error, result } of inOrder(readable, LOGS_AT_ONCE, (log) =>
    query.spread ? work.readSpread(log, host) : work.read(log, host),
  )) {
    if (result) result();
    else if (isOfOneObject(error)) notices.push(unreadable(item.key, error.fault));
    else throw error;
  }
  if (query.neighbours === "session" && query.method !== "stats" && !isEmptyRange(range)) {
    const all = await parts.catalogue.logsInRange({ device, fromNs: null, toNs: null }, signal);
    await reachOverSplits(work, all, new Set(readable.map(({ key }) => key)), range, host);
  }
  notices.push(...work.notices, ...work.bindingNotices(), ...work.losses.notices());
  const why = { binder, notAvailable: work.ledger.notAvailable };
  const series: SeriesAnswer[] = [];
  for (const [i, selector] of selectors.entries()) {
    const number = numbers[i] ?? 0;
    const found = work.answers(i, number, notices);
    series.push(...found);
    if (found.length > 0) continue;
    // Where the budget ended the reading, that is the reason, and it is told already.
    const { whyEmpty } = await import("./why-empty.ts");
    const reason = isOverBudget || query.spread ? null : await whyEmpty(parts, selector, dbcs, logs, range, why, signal);
    series.push(emptyAnswer(selector, number, reason === null ? notices : [{ severity: "warning", text: reason }, ...notices]));
  }
  return { series, ledger: work.ledger, files: work.files, rules: work.rules };
}

/** Databases are compared only where some know the same frames and the selector does not say which. */
async function binderFor(
  parts: EngineParts,
  library: Library,
  device: string,
  asked: readonly AskedSignal[],
  selectors: readonly SignalSelector[],
  signal: AbortSignal,
): Promise<Binder> {
  const hasRivals = asked.some(
    ({ dbc, message, selectors: numbers }) =>
      numbers.some((i) => selectors[i]?.db === undefined) &&
      library.dbcs.some((other) => other !== dbc && claims(other, message)),
  );
  return new Binder(library, device, hasRivals ? await parts.channelIds(device, signal) : new Map());
}

/** Outcomes in the order of the items, with a few of them at work at once. */
async function* inOrder<Item, Result>(items: readonly Item[], atOnce: number, work: (item: Item) => Promise<Result>) {
  const running: Promise<{ item: Item; result: Result | null; error: unknown }>[] = [];
  const start = (item: Item) =>
    running.push(
      work(item).then(
        (result) => ({ item, result, error: null }),
        (error: unknown) => ({ item, result: null, error }),
      ),
    );
  for (const item of items) {
    start(item);
    const first = running.length >= atOnce ? running.shift() : undefined;
    if (first) yield await first;
  }
  for (const left of running) yield await left;
}

function emptyAnswer(selector: SignalSelector, number: number, notices: readonly Notice[]): SeriesAnswer {
  return {
    selector: number,
    labels: askedLabels(selector),
    unit: "",
    decimals: null,
    valueTable: null,
    segments: [],
    stats: null,
    notices,
  };
}
