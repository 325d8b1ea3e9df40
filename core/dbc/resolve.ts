/** From what the statements say to messages with all their parts. */
import { compareKeys } from "../store/check-key.ts";
import { cycleMs, frameFormat, fullName, spn } from "./attributes.ts";
import type { Draft, MessageDraft, SignalDraft } from "./draft.ts";
import { messageKey, NO_MESSAGE, NO_NODE, nodeKey } from "./draft.ts";
import { isDecodable, PAYLOAD_BYTES_MAX, SIGNAL_BITS_MAX, signalBits } from "./geometry.ts";
import { pgnOf } from "./match.ts";
import type { Dbc, DbcMessage, DbcSignal } from "./model.ts";
import { resolveMux, type Selected } from "./resolve-mux.ts";
import type { Room } from "./room.ts";
import { quote, type Warnings } from "./warnings.ts";

/** What the resolving of one database reads and adds to. */
interface Resolving {
  readonly draft: Draft;
  readonly warnings: Warnings;
  readonly room: Room;
}

/** Faults: `limit/too-many`. */
export function resolve(
  draft: Draft,
  { warnings, room }: Pick<Resolving, "warnings" | "room">,
): Pick<Dbc, "version" | "comment" | "nodes" | "messages"> {
  for (const stray of draft.strays) if (!draft.known.has(stray.key)) warnings.add(stray, stray.text);
  const resolving: Resolving = { draft, warnings, room };
  const messages: DbcMessage[] = [];
  const lineOfId = new Map<number, number>();
  const lineOfName = new Map<string, number>();
  for (const each of draft.messages) {
    const identifier = each.name === NO_MESSAGE ? null : identifierOf(warnings, each);
    if (!identifier) continue;
    const message = resolveMessage(resolving, each, identifier);
    warnOfTwin(warnings, each, lineOfId, each.rawId, "the same identifier; frames are decoded as both");
    warnOfTwin(warnings, each, lineOfName, message.name, `the same name ${quote(message.name)}`);
    messages.push(message);
  }
  messages.sort((a, b) => a.id - b.id || Number(a.extended) - Number(b.extended));
  const nodes = draft.nodes.map(({ value }) => ({
    name: nodeName(resolving, value),
    comment: draft.comments.get(nodeKey(value))?.value || null,
  }));
  return { version: draft.version, comment: draft.networkComments.join("\n") || null, nodes, messages };
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

function resolveMessage(resolving: Resolving, message: MessageDraft, { id, extended }: Identifier): DbcMessage {
  const { draft, warnings } = resolving;
  const key = messageKey(message.rawId);
  const format = frameFormat(draft, warnings, message.rawId);
  const j1939 = format.j1939 && extended; // a parameter group number needs 29 bits
  return {
    id,
    extended,
    name: fullName(draft, warnings, "SystemMessageLongSymbol", key, message.name),
    lengthBytes: message.lengthBytes,
    fd: format.fd,
    j1939,
    pgn: j1939 ? pgnOf(id) : null,
    cycleMs: cycleMs(draft, warnings, message.rawId),
    senders: nodeNames(resolving, [
      ...(message.sender === null ? [] : [message.sender]),
      ...(draft.senders.get(key)?.value ?? []),
    ]),
    comment: draft.comments.get(key)?.value || null,
    signals: resolveSignals(resolving, message),
    line: message.line,
  };
}

function resolveSignals(resolving: Resolving, message: MessageDraft): DbcSignal[] {
  const { draft, warnings } = resolving;
  const { selected, lost } = resolveMux(draft, warnings, message);
  const names = signalNames(draft, warnings, message);
  const selectors = new Set([...selected.values()].map(({ by }) => by));
  const signals: DbcSignal[] = [];
  for (const signal of message.signals.values()) {
    if (lost.has(signal.name)) continue;
    const place = { names, selection: selected.get(signal.name), selector: signal.selector || selectors.has(signal.name) };
    const resolved = resolveSignal(resolving, signal, place);
    warnOfPlace(warnings, message, signal, resolved);
    signals.push(resolved);
  }
  return signals.sort((a, b) => compareKeys(a.name, b.name));
}

interface Place {
  readonly names: ReadonlyMap<string, string>;
  readonly selection: Selected | undefined;
  readonly selector: boolean;
}

function resolveSignal(resolving: Resolving, signal: SignalDraft, { names, selection, selector }: Place): DbcSignal {
  const { draft, warnings } = resolving;
  const { key, start, lengthBits, byteOrder, signed, factor, offset, factorNumber, offsetNumber, min, max, unit, line } = signal;
  return {
    name: names.get(signal.name) ?? signal.name,
    start,
    lengthBits,
    byteOrder,
    signed,
    float: floatWidth(draft, warnings, signal),
    factor,
    offset,
    factorNumber,
    offsetNumber,
    min,
    max,
    unit,
    receivers: nodeNames(resolving, signal.receivers),
    selector,
    selectedBy: selection ? (names.get(selection.by) ?? selection.by) : null,
    selectedWhen: selection ? selection.when : null,
    values: valueTexts(resolving, signal),
    spn: spn(draft, warnings, key),
    comment: draft.comments.get(key)?.value || null,
    line,
  };
}

/** Short name → name shown, where they differ; a long name that another signal of the message has is not taken. */
function signalNames(draft: Draft, warnings: Warnings, { signals }: MessageDraft): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const signal of signals.values()) {
    const long = fullName(draft, warnings, "SystemSignalLongSymbol", signal.key, signal.name);
    if (long === signal.name) continue;
    if (taken.has(long) || signals.has(long)) {
      warnings.add(signal, `BA_: another signal of the message has the long name ${quote(long)}; ${quote(signal.name)} stays`);
      continue;
    }
    names.set(signal.name, long);
    taken.add(long);
  }
  return names;
}

/** SIG_VALTYPE_ 1 and 2; the length decides between them where they disagree. */
function floatWidth(draft: Draft, warnings: Warnings, signal: SignalDraft): 32 | 64 | null {
  const said = draft.valueTypes.get(signal.key);
  if (!said || said.value === 0) return null;
  const width = said.value === 1 ? 32 : said.value === 2 ? 64 : null;
  if (width === signal.lengthBits) return width;
  const { lengthBits } = signal;
  const read = lengthBits === 32 || lengthBits === 64 ? lengthBits : null;
  const how = read === null ? "it is read as an integer" : `it is read as a ${read}-bit float`;
  warnings.add(said, `SIG_VALTYPE_: ${quote(signal.name)} has ${lengthBits} bits, value type ${said.value} does not fit; ${how}`);
  return read;
}

function valueTexts({ draft, warnings, room }: Resolving, { key }: SignalDraft): ReadonlyMap<bigint, string> | null {
  const said = draft.values.get(key);
  if (!said) return null;
  if (typeof said.value !== "string") return said.value.size > 0 ? said.value : null;
  const table = draft.valueTables.get(said.value);
  if (!table) warnings.add(said, `VAL_: there is no value table ${quote(said.value)}; the statement is skipped`);
  else room.takeParts(table.value.size, said); // it is printed with every signal that names it
  return table ? table.value : null;
}

function warnOfPlace(warnings: Warnings, message: MessageDraft, signal: SignalDraft, resolved: DbcSignal): void {
  const bytes = signalBits(signal).lastByte + 1;
  const name = quote(signal.name);
  if (signal.lengthBits > SIGNAL_BITS_MAX) {
    const has = `has ${signal.lengthBits} bits; signals of more than ${SIGNAL_BITS_MAX} bits are listed but not decoded`;
    warnings.add(signal, `SG_: ${name} ${has}`);
  } else if (!isDecodable(resolved)) {
    warnings.add(signal, `SG_: ${name} ends in byte ${bytes}; no payload has more than ${PAYLOAD_BYTES_MAX}; it has no values`);
  } else if (bytes > message.lengthBytes) {
    const has = `message ${quote(message.name)} has ${message.lengthBytes}`;
    warnings.add(signal, `SG_: ${name} needs ${bytes} bytes, ${has}; it has values in longer frames only`);
  }
}

const nodeName = ({ draft, warnings }: Resolving, name: string): string =>
  fullName(draft, warnings, "SystemNodeLongSymbol", nodeKey(name), name);

/** Each node once, in the order of the file, without the placeholder. */
const nodeNames = (resolving: Resolving, names: readonly string[]): string[] =>
  [...new Set(names)].filter((name) => name !== NO_NODE).map((name) => nodeName(resolving, name));
