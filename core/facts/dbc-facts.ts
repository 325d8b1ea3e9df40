/** What a DBC says, as JSON of schema `buslens-dbc/1`, comparable with what other programs read. */
import type { Dbc, DbcMessage, DbcSignal } from "../dbc/model.ts";
import { compareKeys } from "../store/check-key.ts";
import { numberText } from "./document.ts";

/** The document, one top-level field and one message per line, LF at its end. `sha256Hex` is that of the file's bytes. */
export const dbcFacts = (dbc: Dbc, sha256Hex: string, fileName: string): string =>
  [...dbcFactsPieces(dbc, sha256Hex, fileName)].join("");

/** The same piece by piece: that of a large database has a hundred megabytes. */
export function* dbcFactsPieces(dbc: Dbc, sha256Hex: string, fileName: string): Generator<string> {
  const nodes = sorted(dbc.nodes.map((node) => node.name));
  yield `{\n"schema":"buslens-dbc/1",\n"file":${JSON.stringify(fileName)},\n"sha256":${JSON.stringify(sha256Hex)},\n`;
  yield `"version":${JSON.stringify(dbc.version)},\n"nodes":${JSON.stringify(nodes)},\n"messages":[`;
  for (const [at, message] of dbc.messages.entries()) yield `${at === 0 ? "\n" : ",\n"}${messageFacts(message)}`;
  yield dbc.messages.length === 0 ? "]\n}\n" : "\n]\n}\n";
}

function messageFacts(message: DbcMessage): string {
  return object({
    id: JSON.stringify(message.id),
    extended: JSON.stringify(message.extended),
    name: JSON.stringify(message.name),
    length: JSON.stringify(message.lengthBytes),
    fd: JSON.stringify(message.fd),
    j1939: JSON.stringify(message.j1939),
    pgn: JSON.stringify(message.pgn),
    cycleMs: JSON.stringify(message.cycleMs),
    senders: JSON.stringify(sorted(message.senders)),
    comment: JSON.stringify(message.comment),
    signals: `[${message.signals.map(signalFacts).join(",")}]`,
  });
}

function signalFacts(signal: DbcSignal): string {
  return object({
    name: JSON.stringify(signal.name),
    start: JSON.stringify(signal.start),
    length: JSON.stringify(signal.lengthBits),
    byteOrder: JSON.stringify(signal.byteOrder),
    signed: JSON.stringify(signal.signed),
    float: JSON.stringify(signal.float !== null),
    factor: numberText(signal.factorNumber),
    offset: numberText(signal.offsetNumber),
    min: signal.min === null ? "null" : numberText(signal.min),
    max: signal.max === null ? "null" : numberText(signal.max),
    unit: JSON.stringify(signal.unit),
    receivers: JSON.stringify(sorted(signal.receivers)),
    selector: JSON.stringify(signal.selector),
    selectedBy: JSON.stringify(signal.selectedBy),
    selectedWhen: signal.selectedWhen ? `[${signal.selectedWhen.map(([low, high]) => `[${low},${high}]`).join(",")}]` : "null",
    values: signal.values ? valueFacts(signal.values) : "null",
    comment: JSON.stringify(signal.comment),
  });
}

function valueFacts(values: ReadonlyMap<bigint, string>): string {
  const ascending = [...values].sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${ascending.map(([raw, text]) => `"${raw}":${JSON.stringify(text)}`).join(",")}}`;
}

/** An object of parts that are JSON already. */
const object = (parts: Readonly<Record<string, string>>): string =>
  `{${Object.entries(parts)
    .map(([key, json]) => `"${key}":${json}`)
    .join(",")}}`;

const sorted = (names: readonly string[]): string[] => [...names].sort(compareKeys);
