/** BO_, SG_ and BO_TX_BU_: which frames there are and what lies in them. */
import { type MessageDraft, messageKey, type SignalDraft, signalKey } from "./draft.ts";
import { mention, noSuch, type Parsing, readIdentifier, say } from "./parsing.ts";
import { type Reader, Unexpected } from "./reader.ts";
import { MESSAGE_FULL, takesSignal } from "./room.ts";
import type { Token } from "./tokens.ts";
import { quote } from "./warnings.ts";

const UINT32_MAX = 2 ** 32 - 1;

/** `BO_ id name : length sender` */
export function readMessage(parsing: Parsing, { line, column }: Token): void {
  const { reader, draft } = parsing;
  parsing.message = "skipped";
  reader.room.takeSignal({ line, column });
  const rawId = readIdentifier(reader);
  draft.known.add(messageKey(rawId));
  const name = reader.name("the name of the message").text;
  reader.expect(":");
  const lengthBytes = reader.unsigned("the length in bytes", UINT32_MAX);
  const behind = reader.lexer.peek();
  const sender = behind.startsLine || reader.atStatement() ? null : reader.name("the sender").text;
  parsing.message = { rawId, name, lengthBytes, sender, signals: new Map(), line, column };
  draft.messages.push(parsing.message);
}

/** `SG_ name [M|m5|m5M] : start|length@order sign (factor,offset) [min|max] "unit" receivers` */
export function readSignal({ reader, draft, message }: Parsing, keyword: Token): void {
  const nameToken = reader.name("the name of the signal");
  if (!message) reader.warnings.add(keyword, `SG_: no BO_ stands before ${quote(nameToken.text)}; the signal is skipped`);
  const owner = message === "skipped" ? null : message;
  const key = owner && signalKey(owner.rawId, nameToken.text);
  if (key) draft.known.add(key);
  const multiplexing = readMultiplexing(reader);
  reader.expect(":");
  const start = reader.unsigned("the start bit", UINT32_MAX);
  reader.expect("|");
  const lengthToken = reader.lexer.peek();
  const lengthBits = reader.unsigned("the length in bits", UINT32_MAX);
  if (lengthBits === 0) throw new Unexpected(lengthToken, "a length of at least one bit");
  reader.expect("@");
  const byteOrder = reader.unsigned("the byte order, 0 Motorola or 1 Intel", 1) === 1 ? "little" : "big";
  const signed = reader.accept("-");
  if (!signed) reader.expect("+");
  reader.expect("(");
  const factor = reader.decimal("the factor");
  reader.expect(",");
  const offset = reader.decimal("the offset");
  reader.expect(")");
  const range = readRange(reader);
  const unit = reader.text("the unit in quotes", true);
  const receivers = reader.names();
  if (!owner || !key || isSecond(reader, owner, nameToken, keyword)) return;
  const signal: SignalDraft = {
    name: nameToken.text,
    key,
    ...multiplexing,
    start,
    lengthBits,
    byteOrder,
    signed,
    factor: factor.exact,
    offset: offset.exact,
    factorNumber: factor.number,
    offsetNumber: offset.number,
    ...range,
    unit,
    receivers,
    line: keyword.line,
    column: nameToken.column,
  };
  reader.room.takeSignal(keyword);
  owner.signals.set(signal.name, signal);
}

/** A signal that its message has no place for: one of that name is there, or too many are. */
function isSecond(reader: Reader, message: MessageDraft, { text, column }: Token, { line }: Token): boolean {
  const twin = message.signals.get(text);
  const why = twin
    ? `${quote(text)} is in this message already (line ${twin.line}); the second one is skipped`
    : takesSignal(message.signals.size)
      ? null
      : `${MESSAGE_FULL}; ${quote(text)} is skipped`;
  if (why !== null) reader.warnings.add({ line, column }, `SG_: ${why}`);
  return why !== null;
}

function readMultiplexing(reader: Reader): Pick<SignalDraft, "selector" | "selectedWhen"> {
  if (reader.peekIs(":")) return { selector: false, selectedWhen: null };
  const token = reader.lexer.peek();
  const parts = token.kind === "word" && token.text.length <= 24 ? /^(?:m(\d+))?(M)?$/.exec(token.text) : null;
  if (!parts) throw new Unexpected(token, '":" or M, m5, m5M');
  reader.lexer.next();
  return { selector: parts[2] !== undefined, selectedWhen: parts[1] === undefined ? null : BigInt(parts[1]) };
}

/** `[0|0]` says that there is none. */
function readRange(reader: Reader): Pick<SignalDraft, "min" | "max"> {
  const at = reader.lexer.peek();
  reader.expect("[");
  const inside = reader.lexer.textUntil("]");
  if (inside === "0|0") return { min: null, max: null };
  if (inside === null) throw new Unexpected(at, '"]" behind the range');
  const bounds = inside.split("|");
  const [min = Number.NaN, max = Number.NaN] = bounds.map((bound) => (bound.trim() === "" ? Number.NaN : Number(bound) + 0));
  if (bounds.length === 2 && Number.isFinite(min) && Number.isFinite(max)) {
    return min === 0 && max === 0 ? { min: null, max: null } : { min, max };
  }
  reader.warnings.add(at, `SG_: ${quote(`[${inside}]`)} is no range; the signal is read without one`);
  return { min: null, max: null };
}

/** `BO_TX_BU_ id : node,node;` */
export function readSenders(parsing: Parsing, at: Token): void {
  const { reader, draft } = parsing;
  const key = messageKey(readIdentifier(reader));
  reader.expect(":");
  const names = reader.names();
  reader.endStatement("BO_TX_BU_");
  mention(parsing, key, at, noSuch("BO_TX_BU_", key));
  say(parsing, draft.senders, key, names, at, "BO_TX_BU_");
}
