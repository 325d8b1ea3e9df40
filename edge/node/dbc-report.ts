/** What is in a database, for a person: a summary, then each message with its signals as they lie in the payload. */
import { idText } from "../../core/bus/id-text.ts";
import { isDecodable } from "../../core/dbc/geometry.ts";
import type { Dbc, DbcMessage, DbcSignal } from "../../core/dbc/model.ts";
import { semanticHash } from "../../core/dbc/semantic-hash.ts";
import { type Cell, tableText } from "./table.ts";

/** The summary, then a piece per message: a large database is printed as it goes. */
export function* dbcReport(dbc: Dbc): Generator<string> {
  yield summary(dbc);
  for (const message of dbc.messages) yield `\n${headOf(message)}${signalsOf(message)}`;
}

function summary(dbc: Dbc): string {
  const { messages, nodes } = dbc;
  const count = (is: (message: DbcMessage) => boolean): number => messages.filter(is).length;
  const signals = messages.reduce((sum, { signals: own }) => sum + own.length, 0);
  const kinds = [
    [count(({ j1939 }) => j1939), "J1939"],
    [count(({ fd }) => fd), "CAN FD"],
    [count(({ signals: own }) => own.some(({ selectedBy }) => selectedBy !== null)), "multiplexed (* selects)"],
  ] as const;
  const shown = kinds.flatMap(([number, kind]) => (number === 0 ? [] : [`${number} ${kind}`]));
  const what = [some(messages.length, "message"), some(signals, "signal"), some(nodes.length, "node"), ...shown];
  const lines = [
    `${dbc.name}${dbc.version === "" ? "" : `, version ${cut(dbc.version)}`} (${dbc.encoding})`,
    what.join(", "),
    ...(dbc.comment === null ? [] : [firstLine(dbc.comment)]),
    ...(dbc.warnings.length === 0 ? [] : [`${some(dbc.warnings.length, "warning")}, on stderr`]),
    `meaning ${semanticHash(dbc)}`,
  ];
  return `${lines.join("\n")}\n`;
}

const some = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;

function headOf(message: DbcMessage): string {
  const { id, extended, name, lengthBytes, cycleMs, senders, comment } = message;
  const hex = idText(id, extended);
  const format = message.pgn !== null ? `J1939 group ${message.pgn}` : message.fd ? "CAN FD" : "";
  const parts = [
    `0x${hex} ${name}`,
    some(lengthBytes, "byte"),
    ...(format === "" ? [] : [format]),
    ...(cycleMs === null ? [] : [`every ${cycleMs} ms`]),
    ...(senders.length === 0 ? [] : [`from ${cut(senders.join(" "))}`]),
  ];
  return `${parts.join(", ")}\n${comment === null ? "" : `  ${firstLine(comment)}\n`}`;
}

const HEADS = ["  signal", "bits", "order", "type", "factor", "offset", "min", "max", "unit", "when", "values"];

function signalsOf(message: DbcMessage): string {
  const rows = inPlace(message).map(({ signal, depth }): Cell[] => [
    `${"  ".repeat(depth + 1)}${signal.name}${signal.selector ? " *" : ""}`,
    `${signal.start}|${signal.lengthBits}`,
    signal.byteOrder === "little" ? "Intel" : "Motorola",
    !isDecodable(signal) ? "not decoded" : signal.float !== null ? `float${signal.float}` : signal.signed ? "signed" : "unsigned",
    signal.factorNumber,
    signal.offsetNumber,
    signal.min,
    signal.max,
    cut(signal.unit),
    whenText(signal),
    valuesText(signal),
  ]);
  return rows.length === 0 ? "" : tableText(HEADS, rows);
}

interface Placed {
  readonly signal: DbcSignal;
  /** Multiplexors above it. */
  readonly depth: number;
}

/** By start bit, each multiplexor followed by what hangs on it; parseDbc gives no circles and no deep chains. */
function inPlace({ signals }: DbcMessage): Placed[] {
  const below = new Map<string | null, DbcSignal[]>();
  const names = new Set(signals.map(({ name }) => name));
  for (const signal of signals) {
    const parent = signal.selectedBy !== null && names.has(signal.selectedBy) ? signal.selectedBy : null;
    const siblings = below.get(parent) ?? [];
    siblings.push(signal);
    below.set(parent, siblings);
  }
  const placed: Placed[] = [];
  const place = (parent: string | null, depth: number): void => {
    for (const signal of (below.get(parent) ?? []).sort(byPlace)) {
      placed.push({ signal, depth });
      place(signal.name, depth + 1);
    }
  };
  place(null, 0);
  return placed;
}

function byPlace(a: DbcSignal, b: DbcSignal): number {
  const [lowA, lowB] = [a.selectedWhen?.[0]?.[0] ?? 0n, b.selectedWhen?.[0]?.[0] ?? 0n];
  return lowA < lowB ? -1 : lowA > lowB ? 1 : a.start - b.start;
}

function whenText({ selectedBy, selectedWhen }: DbcSignal): string {
  if (selectedBy === null || !selectedWhen) return "";
  const ranges = selectedWhen.map(([low, high]) => (low === high ? `${low}` : `${low}-${high}`));
  return `${selectedBy} = ${listed(ranges)}`;
}

const valuesText = ({ values }: DbcSignal): string =>
  values === null ? "" : listed([...values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([raw, text]) => `${raw} ${cut(text)}`));

const LISTED_MAX = 4;

const listed = (texts: readonly string[]): string =>
  texts.length <= LISTED_MAX ? texts.join(", ") : `${texts.slice(0, LISTED_MAX).join(", ")}, … (${texts.length})`;

const TEXT_CHARS_MAX = 40;
const LINE_CHARS_MAX = 120;

/** Texts of files may be endless and hold anything. */
const cut = (text: string, most = TEXT_CHARS_MAX): string => {
  const short = text.length <= most ? text : `${text.slice(0, most - 1)}…`;
  return short.replace(/\p{Cc}+/gu, " ");
};

const firstLine = (text: string): string => {
  const trimmed = text.slice(0, 10 * LINE_CHARS_MAX).trim();
  const end = trimmed.indexOf("\n");
  return cut(end < 0 ? trimmed : `${trimmed.slice(0, end).trimEnd()} …`, LINE_CHARS_MAX);
};
