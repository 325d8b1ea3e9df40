/** What a database means, as one number: two databases of the same hash give the same answers to every question about frames. */
import { Sha256 } from "../facts/sha256.ts";
import { decimalText } from "./decimal.ts";
import type { Dbc, DbcMessage, DbcSignal } from "./model.ts";

/** Part of the hash, so that another way of counting never gives the same one. */
const FORM = "buslens-dbc-meaning/1";

/**
 * SHA-256, hex, over what changes an answer: of messages identifier, name, length, frame format, cycle time; of signals name, bits, type,
 * scaling, range, unit, value texts, multiplexing, SPN. Not over comments, nodes, senders, receivers, version, file name, encoding, or
 * the order of statements, except that of messages with one identifier, which are decoded in that order. docs/dbc.md has the list.
 */
export function semanticHash({ messages }: Pick<Dbc, "messages">): string {
  const hash = new Sha256();
  const encoder = new TextEncoder();
  const add = (parts: readonly unknown[]): void => hash.update(encoder.encode(`${JSON.stringify(parts)}\n`));
  add([FORM]);
  for (const message of messages) {
    add(messageParts(message));
    for (const signal of message.signals) add(signalParts(signal));
  }
  return hash.hex();
}

const messageParts = ({ id, extended, name, lengthBytes, fd, j1939, cycleMs }: DbcMessage): unknown[] => [
  "message",
  id,
  extended,
  name,
  lengthBytes,
  fd,
  j1939,
  cycleMs,
];

/** Scalings as exact decimals: `0.10` is `0.1`, and what two texts of the same double say may differ. */
const signalParts = (signal: DbcSignal): unknown[] => [
  "signal",
  signal.name,
  signal.start,
  signal.lengthBits,
  signal.byteOrder,
  signal.signed,
  signal.float,
  decimalText(signal.factor),
  decimalText(signal.offset),
  signal.min,
  signal.max,
  signal.unit,
  signal.selector,
  signal.selectedBy,
  signal.selectedWhen?.map(([low, high]) => [String(low), String(high)]) ?? null,
  signal.values && [...signal.values].sort(([a], [b]) => (a < b ? -1 : 1)).map(([raw, text]) => [String(raw), text]),
  signal.spn,
];
