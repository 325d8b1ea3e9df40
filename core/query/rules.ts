/** From what is asked for to what the kernel looks for: selectors × databases → rules, and back from lanes to series. */
import type { RecordStream } from "../bus/layout.ts";
import { maxDataRaw } from "../dbc/codes.ts";
import { isWideInteger } from "../dbc/exact-integer.ts";
import type { Dbc, DbcMessage, DbcSignal } from "../dbc/model.ts";
import type { TransportChoice } from "../dbc/transport-choice.ts";
import type { AskedOutput, Rule } from "../kernel/decode.ts";
import type { SignalLabels, SignalSelector } from "../series/series.ts";
import { type Binder, type BoundBy, exactIdsOf } from "./binding.ts";
import type { Query } from "./query.ts";

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
  transports: readonly TransportChoice[] = [],
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
      for (const way of ways.length === 0 ? [null] : ways)
        rules.push({ rule: ruleOf(bus, channel, message, dbc, asked, query, taken, way), dbc, asked, binding });
    }
  }
  return rules;
}

function ruleOf(
  bus: "CAN" | "LIN",
  channel: number,
  message: DbcMessage,
  dbc: Dbc,
  asked: readonly AskedSignal[],
  query: Pick<Query, "keepInvalid" | "method">,
  takenIds: readonly number[],
  way: TransportChoice | null,
): Rule {
  const pgn = way === null ? message.pgn : way.pgn;
  const signals = asked.map(({ signal }): AskedOutput => {
    // Samples themselves are given to the last digit; what is reduced is made of doubles.
    const output = query.method === "raw" && isWideInteger(signal) ? "raw" : "physical";
    const maxRaw = pgn === null || query.keepInvalid ? null : limitOf(signal);
    return { signal, output, ...(maxRaw === null ? {} : { maxRaw }) };
  });
  const { id, extended } = message;
  const exact = { kind: "exact", bus, channel, id, extended } as const;
  if (way !== null && pgn === null) return { key: exact, message, signals, transport: way.transport, addressing: way.addressing };
  if (way !== null && pgn !== null)
    return { key: { kind: "group", bus, channel, pgn }, message, signals, transport: way.transport };
  if (message.pgn === null) return { key: exact, message, signals };
  return {
    key: { kind: "group", bus, channel, pgn: message.pgn },
    message,
    signals,
    except: [...exactIdsOf(dbc, message.pgn), ...takenIds],
  };
}

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
