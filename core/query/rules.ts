/** From what is asked for to what the kernel looks for: selectors × databases → rules, and back from lanes to series. */
import type { RecordStream } from "../bus/layout.ts";
import { maxDataRaw } from "../dbc/codes.ts";
import { isWideInteger } from "../dbc/exact-integer.ts";
import type { Dbc, DbcMessage, DbcSignal } from "../dbc/model.ts";
import type { AskedOutput, Rule } from "../kernel/decode.ts";
import type { SignalLabels, SignalSelector } from "../series/series.ts";
import { type Binder, type BoundBy, exactIdsOf } from "./binding.ts";
import type { Query } from "./query.ts";
import type { FoundTransport } from "./transports.ts";

/** One signal of one message of one database that a selector names. */
export interface AskedSignal {
  /** Numbers of the selectors that ask for it. */
  readonly selectors: readonly number[];
  readonly dbc: Dbc;
  readonly message: DbcMessage;
  readonly signal: DbcSignal;
}

/** A rule of the kernel with the signals behind it, in the same order. */
export interface AskedRule {
  readonly rule: Rule;
  readonly dbc: Dbc;
  readonly asked: readonly AskedSignal[];
  /** named: the selector says which database; else why it is this one. */
  readonly binding: "named" | BoundBy;
}

/** Signals that the selectors name, each once; databases in order, messages by identifier. */
export function askedSignals(selectors: readonly SignalSelector[], dbcs: readonly Dbc[]): AskedSignal[] {
  const found: { selectors: number[]; dbc: Dbc; message: DbcMessage; signal: DbcSignal }[] = [];
  for (const dbc of dbcs) {
    const wanted = selectors
      .map((selector, i) => ({ selector, i }))
      .filter(({ selector }) => databaseOf(selector, dbcs).includes(dbc));
    if (wanted.length === 0) continue;
    const names = new Map<string, { selector: SignalSelector; i: number }[]>();
    for (const one of wanted) names.set(one.selector.signal, [...(names.get(one.selector.signal) ?? []), one]);
    for (const message of dbc.messages) {
      for (const signal of message.signals) {
        const asking = (names.get(signal.name) ?? []).filter(
          ({ selector }) => selector.message === undefined || selector.message === message.name,
        );
        if (asking.length > 0) found.push({ selectors: asking.map(({ i }) => i), dbc, message, signal });
      }
    }
  }
  return found;
}

/** Databases a selector means: of names that differ in case only, the exact one, else the first; all of them when it names none. */
export function databaseOf(selector: Pick<SignalSelector, "db">, dbcs: readonly Dbc[]): readonly Dbc[] {
  const { db } = selector;
  if (db === undefined) return dbcs;
  const exact = dbcs.find((dbc) => dbc.name === db) ?? dbcs.find((dbc) => dbc.name.toLowerCase() === db.toLowerCase());
  return exact ? [exact] : [];
}

/** Rules for one log, on each of its channels that a selector allows. */
export function rulesFor(
  signals: readonly AskedSignal[],
  selectors: readonly SignalSelector[],
  channels: readonly { readonly bus: "CAN" | "LIN"; readonly channel: number }[],
  query: Pick<Query, "keepInvalid" | "method">,
  binder: Binder,
  transports: readonly FoundTransport[] = [],
): AskedRule[] {
  const rules: AskedRule[] = [];
  // The identifiers of a LIN bus are few and small: a database of CAN would fit by accident. Where there is CAN, LIN is asked for by name.
  const unnamedBus = channels.some(({ bus }) => bus === "CAN") ? "CAN" : "LIN";
  for (const { bus, channel } of channels) {
    const byMessage = new Map<DbcMessage, AskedSignal[]>();
    for (const signal of signals) {
      const { dbc, message } = signal;
      const asking = signal.selectors.filter((i) => {
        const selector = selectors[i];
        if (!selector || (selector.bus ?? unnamedBus) !== bus || (selector.channel ?? channel) !== channel) return false;
        return selector.db !== undefined || binder.boundBy(bus, channel, dbc, message) !== null;
      });
      if (asking.length > 0) byMessage.set(message, [...(byMessage.get(message) ?? []), { ...signal, selectors: asking }]);
    }
    for (const [message, asked] of byMessage) {
      const [first] = asked;
      if (!first) continue;
      const { dbc } = first;
      const isNamed = asked.some((one) => one.selectors.some((i) => selectors[i]?.db !== undefined));
      const binding = isNamed ? "named" : (binder.boundBy(bus, channel, dbc, message) ?? "named");
      const taken = isNamed || message.pgn === null ? [] : binder.takenIds(bus, channel, dbc, message.pgn);
      const ways = bus === "CAN" ? transports.filter((one) => one.channel === channel && one.message === message) : [];
      const wanted = { bus, channel, message, dbc, asked, query, sources: sourcesOf(asked, selectors) };
      // A group that also comes in frames of its own is one series with them.
      const alsoFrames = ways.find((way) => way.hasFrames);
      if (ways.length === 0 || alsoFrames)
        rules.push({ rule: frameRule(wanted, taken, alsoFrames?.pgn ?? message.pgn), dbc, asked, binding });
      for (const way of ways) rules.push({ rule: transportRule(wanted, way), dbc, asked, binding });
    }
  }
  return rules;
}

/** A message of a channel, and the signals of it that are wanted. */
interface Wanted {
  readonly bus: "CAN" | "LIN";
  readonly channel: number;
  readonly message: DbcMessage;
  readonly dbc: Dbc;
  readonly asked: readonly AskedSignal[];
  readonly query: Pick<Query, "keepInvalid" | "method">;
  /** Senders, if every selector names one. */
  readonly sources: readonly number[] | null;
}

function sourcesOf(asked: readonly AskedSignal[], selectors: readonly SignalSelector[]): readonly number[] | null {
  const named = new Set<number>();
  for (const { selectors: numbers } of asked) {
    for (const i of numbers) {
      const address = selectors[i]?.sourceAddress;
      if (address === undefined) return null;
      named.add(address);
    }
  }
  return [...named];
}

/** The message in frames: by parameter group if it has one, or is known to be one by the way it also comes. */
function frameRule(wanted: Wanted, takenIds: readonly number[], pgn: number | null): Rule {
  const { bus, channel, message, dbc } = wanted;
  const { id, extended } = message;
  const signals = outputsOf(wanted, pgn);
  if (pgn === null) return { key: { kind: "exact", bus, channel, id, extended }, message, signals };
  const others = exactIdsOf(dbc, pgn).filter((other) => message.pgn !== null || other !== id);
  return { key: { kind: "group", bus, channel, pgn }, message, signals, except: [...others, ...takenIds], ...ofSenders(wanted) };
}

/** The message put together. */
function transportRule(wanted: Wanted, { transport, addressing, pgn }: FoundTransport): Rule {
  const { bus, channel, message } = wanted;
  const { id, extended } = message;
  const signals = outputsOf(wanted, pgn);
  return pgn === null
    ? { key: { kind: "exact", bus, channel, id, extended }, message, signals, transport, addressing }
    : { key: { kind: "group", bus, channel, pgn }, message, signals, transport, ...ofSenders(wanted) };
}

const ofSenders = ({ sources }: Wanted): Pick<Rule, "sources"> => (sources === null ? {} : { sources });

const outputsOf = ({ asked, query }: Wanted, pgn: number | null): AskedOutput[] =>
  asked.map(({ signal }): AskedOutput => {
    // Samples themselves are given to the last digit; what is reduced is made of doubles.
    const output = query.method === "raw" && isWideInteger(signal) ? "raw" : "physical";
    const maxRaw = pgn === null || query.keepInvalid ? null : limitOf(signal);
    return { signal, output, ...(maxRaw === null ? {} : { maxRaw }) };
  });

/** Above it lie J1939 codes. A factor beyond all doubles makes NaN of data too: nothing there to tell codes by. */
function limitOf(signal: DbcSignal): number | null {
  const hasNumbers = Number.isFinite(signal.factorNumber) && Number.isFinite(signal.offsetNumber);
  return hasNumbers ? maxDataRaw(signal) : null;
}

/** Channels that the record layouts allow; null when a channel member is too wide to say without reading. */
export function channelsOf(streams: readonly RecordStream[]): { bus: "CAN" | "LIN"; channel: number }[] | null {
  const found = new Map<string, { bus: "CAN" | "LIN"; channel: number }>();
  const CHANNELS_MAX = 16;
  for (const stream of streams) {
    for (const { frame } of stream.layouts) {
      if (frame?.kind !== "data") continue;
      const field = frame.busChannel;
      if (field?.kind === "bits" && 2 ** field.bitCount > CHANNELS_MAX) return null;
      const channels =
        field === null
          ? [0]
          : field.kind === "constant"
            ? [field.value]
            : Array.from({ length: 2 ** field.bitCount }, (_, i) => i);
      for (const channel of channels) found.set(`${frame.bus}${channel}`, { bus: frame.bus, channel });
    }
  }
  return [...found.values()].sort((a, b) => Number(a.bus === "LIN") - Number(b.bus === "LIN") || a.channel - b.channel);
}

/** Channels that selectors name; null if one of them does not say which. */
export function namedChannels(selectors: readonly SignalSelector[]): { bus: "CAN" | "LIN"; channel: number }[] | null {
  const found = new Map<string, { bus: "CAN" | "LIN"; channel: number }>();
  for (const { bus, channel } of selectors) {
    if (bus === undefined || channel === undefined) return null;
    found.set(`${bus}${channel}`, { bus, channel });
  }
  return [...found.values()];
}

/** Labels of the series that one lane belongs to. */
export function labelsOf(device: string, rule: AskedRule, asked: AskedSignal, sourceAddress: number | null): SignalLabels {
  const { bus, channel } = rule.rule.key;
  return { device, bus, channel, db: rule.dbc.name, message: asked.message.name, sourceAddress, signal: asked.signal.name };
}

/** Does the selector want this very series (names were compared before)? */
export function wants(selector: SignalSelector, labels: SignalLabels): boolean {
  return (
    (selector.bus ?? labels.bus) === labels.bus &&
    (selector.channel ?? labels.channel) === labels.channel &&
    (selector.sourceAddress === undefined || selector.sourceAddress === labels.sourceAddress)
  );
}
