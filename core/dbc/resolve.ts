/** From what the statements say to messages with all their parts. */

import { compareKeys } from "../store/check-key.ts";
import { cycleMs, frameFormat, fullName } from "./attributes.ts";
import type { Draft, MessageDraft, SignalDraft } from "./draft.ts";
import { messageKey, nodeKey, signalKey } from "./draft.ts";
import { signalBits } from "./geometry.ts";
import { pgnOf } from "./match.ts";
import type { Dbc, DbcMessage, DbcSignal } from "./model.ts";
import { resolveMux, type Selected } from "./resolve-mux.ts";
import { quote, type Warnings } from "./warnings.ts";

/** Vector's place for signals that are in no message. */
const NO_MESSAGE = "VECTOR__INDEPENDENT_SIG_MSG";
const NO_NODE = "Vector__XXX";

export function resolve(draft: Draft, warnings: Warnings): Pick<Dbc, "version" | "nodes" | "messages"> {
  warnOfStrayReferences(draft, warnings);
  const messages: DbcMessage[] = [];
  const lineOfId = new Map<number, number>();
  const lineOfName = new Map<string, number>();
  for (const each of draft.messages) {
    const identifier = each.name === NO_MESSAGE ? null : identifierOf(warnings, each);
    if (!identifier) continue;
    const message = resolveMessage(draft, warnings, each, identifier);
    warnOfTwin(warnings, each, lineOfId, each.rawId, "the same identifier; frames are decoded as both");
    warnOfTwin(warnings, each, lineOfName, message.name, `the same name ${quote(message.name)}`);
    messages.push(message);
  }
  messages.sort((a, b) => a.id - b.id || Number(a.extended) - Number(b.extended));
  const nodes = draft.nodes.map(({ value }) => ({
    name: nodeName(draft, value),
    comment: draft.comments.get(nodeKey(value))?.value || null,
  }));
  return { version: draft.version, nodes, messages };
}

/** Whoever speaks of a message or signal that does not exist has a slip in it, or another line was lost. */
function warnOfStrayReferences(draft: Draft, warnings: Warnings): void {
  const tables = {
    CM_: draft.comments,
    VAL_: draft.values,
    SIG_VALTYPE_: draft.valueTypes,
    SG_MUL_VAL_: draft.selections,
    BO_TX_BU_: draft.senders,
  };
  for (const [keyword, table] of Object.entries(tables)) {
    for (const [key, said] of table) {
      if (!draft.known.has(key)) warnings.add(said, `${keyword}: there is no ${quote(key)}; the statement is skipped`);
    }
  }
  for (const [key, said] of draft.attributes) {
    const [attribute = "", object = ""] = key.split("\n");
    if (!draft.known.has(object)) {
      warnings.add(said, `BA_: ${quote(attribute)} is given to ${quote(object)}, which does not exist; the statement is skipped`);
    }
  }
}

function warnOfTwin<Key>(warnings: Warnings, message: MessageDraft, lines: Map<Key, number>, key: Key, what: string): void {
  const line = lines.get(key);
  if (line === undefined) lines.set(key, message.line);
  else warnings.add(message, `BO_: the message of line ${line} has ${what}`);
}

type Identifier = Pick<DbcMessage, "id" | "extended">;

/** Bit 31 marks 29-bit identifiers; null with a warning if no frame can have it. */
function identifierOf(warnings: Warnings, message: MessageDraft): Identifier | null {
  const flagged = message.rawId >= 2 ** 31;
  const id = flagged ? message.rawId - 2 ** 31 : message.rawId;
  if (id > 0x1fffffff) {
    warnings.add(message, `BO_: identifier ${message.rawId} has more than 29 bits; message ${quote(message.name)} is skipped`);
    return null;
  }
  if (!flagged && id > 0x7ff) {
    warnings.add(
      message,
      `BO_: identifier ${id} has more than 11 bits but not the flag bit 31; it is read as a 29-bit identifier`,
    );
    return { id, extended: true };
  }
  return { id, extended: flagged };
}

function resolveMessage(draft: Draft, warnings: Warnings, message: MessageDraft, { id, extended }: Identifier): DbcMessage {
  const key = messageKey(message.rawId);
  const format = frameFormat(draft, warnings, message.rawId);
  const j1939 = format.j1939 && extended; // a parameter group number needs 29 bits
  return {
    id,
    extended,
    name: fullName(draft, "SystemMessageLongSymbol", key, message.name),
    lengthBytes: message.lengthBytes,
    fd: format.fd,
    j1939,
    pgn: j1939 ? pgnOf(id) : null,
    cycleMs: cycleMs(draft, warnings, message.rawId),
    senders: nodeNames(draft, [...(message.sender === null ? [] : [message.sender]), ...(draft.senders.get(key)?.value ?? [])]),
    comment: draft.comments.get(key)?.value || null,
    signals: resolveSignals(draft, warnings, message),
    line: message.line,
  };
}

function resolveSignals(draft: Draft, warnings: Warnings, message: MessageDraft): DbcSignal[] {
  const drafts = new Map<string, SignalDraft>();
  for (const signal of message.signals) {
    const twin = drafts.get(signal.name);
    if (!twin) drafts.set(signal.name, signal);
    else
      warnings.add(
        signal,
        `SG_: ${quote(signal.name)} is in this message already (line ${twin.line}); the second one is skipped`,
      );
  }
  const { selected, lost } = resolveMux(draft, warnings, message, drafts);
  const names = signalNames(draft, warnings, message, drafts);
  const selectors = new Set([...selected.values()].map(({ by }) => by));
  const signals: DbcSignal[] = [];
  for (const signal of drafts.values()) {
    if (lost.has(signal.name)) continue;
    const place = { key: signalKey(message.rawId, signal.name), names, selection: selected.get(signal.name) };
    const resolved = resolveSignal(draft, warnings, signal, place);
    warnOfLength(warnings, message, signal);
    signals.push({ ...resolved, selector: signal.selector || selectors.has(signal.name) });
  }
  return signals.sort((a, b) => compareKeys(a.name, b.name));
}

interface Place {
  readonly key: string;
  readonly names: ReadonlyMap<string, string>;
  readonly selection: Selected | undefined;
}

function resolveSignal(draft: Draft, warnings: Warnings, signal: SignalDraft, { key, names, selection }: Place): DbcSignal {
  const { start, lengthBits, byteOrder, signed, factor, offset, factorNumber, offsetNumber, min, max, unit, selector, line } =
    signal;
  return {
    name: names.get(signal.name) ?? signal.name,
    start,
    lengthBits,
    byteOrder,
    signed,
    float: floatWidth(draft, warnings, signal, key),
    factor,
    offset,
    factorNumber,
    offsetNumber,
    min,
    max,
    unit,
    receivers: nodeNames(draft, signal.receivers),
    selector,
    selectedBy: selection ? (names.get(selection.by) ?? selection.by) : null,
    selectedWhen: selection ? selection.when : null,
    values: valueTexts(draft, warnings, key),
    comment: draft.comments.get(key)?.value || null,
    line,
  };
}

/** Short name → name shown; a long name that another signal of the message has is not taken. */
function signalNames(
  draft: Draft,
  warnings: Warnings,
  message: MessageDraft,
  drafts: ReadonlyMap<string, SignalDraft>,
): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const signal of drafts.values()) {
    const long = fullName(draft, "SystemSignalLongSymbol", signalKey(message.rawId, signal.name), signal.name);
    const clash = long !== signal.name && (taken.has(long) || drafts.has(long));
    if (clash)
      warnings.add(signal, `BA_: another signal of the message has the long name ${quote(long)}; ${quote(signal.name)} stays`);
    const name = clash ? signal.name : long;
    names.set(signal.name, name);
    taken.add(name);
  }
  return names;
}

/** SIG_VALTYPE_ 1 and 2; the length decides between them where they disagree. */
function floatWidth(draft: Draft, warnings: Warnings, signal: SignalDraft, key: string): 32 | 64 | null {
  const said = draft.valueTypes.get(key);
  if (!said || said.value === 0) return null;
  const width = said.value === 1 ? 32 : said.value === 2 ? 64 : null;
  if (width === signal.lengthBits) return width;
  const { lengthBits } = signal;
  const read = lengthBits === 32 || lengthBits === 64 ? lengthBits : null;
  const how = read === null ? "it is read as an integer" : `it is read as a ${read}-bit float`;
  warnings.add(said, `SIG_VALTYPE_: ${quote(signal.name)} has ${lengthBits} bits, value type ${said.value} does not fit; ${how}`);
  return read;
}

function valueTexts(draft: Draft, warnings: Warnings, key: string): ReadonlyMap<bigint, string> | null {
  const said = draft.values.get(key);
  if (!said) return null;
  if (typeof said.value !== "string") return said.value.size > 0 ? said.value : null;
  const table = draft.valueTables.get(said.value);
  if (!table) warnings.add(said, `VAL_: there is no value table ${quote(said.value)}; the statement is skipped`);
  return table ? table.value : null;
}

function warnOfLength(warnings: Warnings, message: MessageDraft, signal: SignalDraft): void {
  const bytes = signalBits(signal).lastByte + 1;
  if (signal.lengthBits > 64) {
    warnings.add(
      signal,
      `SG_: ${quote(signal.name)} has ${signal.lengthBits} bits; signals of more than 64 bits are listed but not decoded`,
    );
  } else if (bytes > message.lengthBytes) {
    const has = `message ${quote(message.name)} has ${message.lengthBytes}`;
    warnings.add(signal, `SG_: ${quote(signal.name)} needs ${bytes} bytes, ${has}; it has values in longer frames only`);
  }
}

const nodeName = (draft: Draft, name: string): string => fullName(draft, "SystemNodeLongSymbol", nodeKey(name), name);

/** Each node once, in the order of the file, without the placeholder. */
const nodeNames = (draft: Draft, names: readonly string[]): string[] =>
  [...new Set(names)].filter((name) => name !== NO_NODE).map((name) => nodeName(draft, name));
