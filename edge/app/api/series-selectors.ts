/** Which series the parameters of /api/series name: every combination of their lists, patterns as the names they mean. */
import type { Engine } from "../../../core/query/engine.ts";
import type { ChannelSelector, SeriesSelector } from "../../../core/series/series.ts";
import { badParameter } from "../fault-answer.ts";
import { namesMeant } from "../grafana/expand.ts";
import { isPattern } from "../grafana/pattern.ts";
import type { Values } from "../grafana/series-target.ts";
import { flagOf, listsOf, neededText, numbersOf, textsOf, wordOf } from "./parameters.ts";

const SERIES_MAX = 500;

export interface NamedSeries {
  readonly selectors: readonly SeriesSelector[];
  /** Places of selectors that a pattern means: series left out of the answer where they have no data. */
  readonly optional: ReadonlySet<number>;
}

/** Devices slowest, signals fastest, each series once. Faults: `request/bad-parameter`, `storage/*`. */
export async function namedSeries(params: URLSearchParams, engine: Engine, signal: AbortSignal): Promise<NamedSeries> {
  neededText(params, "device", "the device's id, from /api/catalogue");
  const devices = listsOf(params, "device");
  const channels = plainChannels(params);
  const makers = channels.length > 0 ? plainSelectors(params, channels) : signalSelectors(params);
  const found = new Map<string, { readonly selector: SeriesSelector; readonly isOptional: boolean }>();
  for (const device of devices) {
    for (const { values, selectorOf } of makers) {
      const named = { ...values, device };
      const isOptional = Object.values(named).some(isPattern);
      const meant = isOptional ? await namesMeant(named, engine, signal) : [named];
      for (const one of meant.length === 0 ? [named] : meant) {
        const selector = selectorOf(one);
        const key = JSON.stringify(selector);
        if (!found.has(key)) found.set(key, { selector, isOptional });
      }
      if (found.size > SERIES_MAX)
        throw badParameter(`${found.size} series are more than one request may ask for (${SERIES_MAX})`);
    }
  }
  const all = [...found.values()];
  return {
    selectors: all.map(({ selector }) => selector),
    optional: new Set(all.flatMap(({ isOptional }, at) => (isOptional ? [at] : []))),
  };
}

/** Names, which may be patterns, and what is made of them when they are known. */
interface SelectorMaker {
  readonly values: Values;
  readonly selectorOf: (values: Values) => SeriesSelector;
}

function signalSelectors(params: URLSearchParams): readonly SelectorMaker[] {
  const bus = wordOf(params, "bus", ["can", "lin"]);
  const isMerged = flagOf(params, "merge");
  const channels = orNone(numbersOf(params, "channel", 1, 255));
  const addresses = orNone(numbersOf(params, "sa", 0, 255));
  const signals = listsOf(params, "signal");
  if (signals.length === 0)
    throw badParameter('"signal" is missing: the name of a signal (or "channel" of a measurement), from /api/signals');
  const names = orNone(listsOf(params, "db")).flatMap((db) =>
    orNone(listsOf(params, "message")).flatMap((message) =>
      signals.map((signal): Values => ({ ...(db === null ? {} : { db }), ...(message === null ? {} : { message }), signal })),
    ),
  );
  return channels.flatMap((channel) =>
    addresses.flatMap((sourceAddress) =>
      names.map((values): SelectorMaker => {
        const where = {
          ...(bus === null ? {} : { bus: bus === "can" ? ("CAN" as const) : ("LIN" as const) }),
          ...(channel === null ? {} : { channel }),
          ...(sourceAddress === null ? {} : { sourceAddress }),
          ...(isMerged ? { merge: true } : {}),
        };
        return { values, selectorOf: ({ device = "", signal = "", ...more }) => ({ device, ...where, ...more, signal }) };
      }),
    ),
  );
}

const orNone = <One>(list: readonly One[]): readonly (One | null)[] => (list.length === 0 ? [null] : list);

/** Channels of measurement files: without a signal, `channel` is a name. A number alone is that of a bus, whose signal is missing. */
function plainChannels(params: URLSearchParams): readonly string[] {
  const channels = listsOf(params, "channel");
  const isBus = textsOf(params, "group").length === 0 && channels.length === 1 && /^(ch)?\d+$/i.test(channels[0] ?? "");
  return textsOf(params, "signal").length > 0 || isBus ? [] : channels;
}

function plainSelectors(params: URLSearchParams, channels: readonly string[]): readonly SelectorMaker[] {
  const signalOnly = ["bus", "db", "message", "sa", "merge"].find((name) => textsOf(params, name).length > 0);
  if (signalOnly !== undefined)
    throw badParameter(`"${signalOnly}" belongs to signals; a channel of a measurement has "group" and "channel"`);
  const selectorOf = ({ device = "", group, channel = "" }: Values): ChannelSelector => ({
    kind: "channel",
    device,
    ...(group === undefined ? {} : { group }),
    channel,
  });
  return orNone(listsOf(params, "group")).flatMap((group) =>
    channels.map((channel) => ({ values: { ...(group === null ? {} : { group }), channel }, selectorOf })),
  );
}
