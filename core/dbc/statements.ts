/** The grammar of each DBC statement: what it says goes into the draft. Source: Vector, DBC File Format Documentation. */
import type { Draft, MessageDraft, Said, SignalDraft } from "./draft.ts";
import { attributeKey, messageKey, NETWORK, nodeKey, signalKey, variableKey } from "./draft.ts";
import type { RawRange } from "./model.ts";
import { type Reader, Unexpected } from "./reader.ts";
import type { Token } from "./tokens.ts";
import { quote } from "./warnings.ts";

export interface Parsing {
  readonly reader: Reader;
  readonly draft: Draft;
  /** SG_ belongs to the BO_ above; "skipped" when that one was not understood. */
  message: MessageDraft | "skipped" | null;
}

type Statement = (parsing: Parsing, keyword: Token) => void;

const UINT32_MAX = 2 ** 32 - 1;

/** By keyword; what stands behind the keyword is still to be read. Throws `Unexpected`. */
export const STATEMENTS: ReadonlyMap<string, Statement> = new Map<string, Statement>([
  ["VERSION", readVersion],
  ["NS_", readNewSymbols],
  ["BS_", readBitTiming],
  ["BU_", readNodes],
  ["VAL_TABLE_", readValueTable],
  ["BO_", readMessage],
  ["SG_", readSignal],
  ["BO_TX_BU_", readSenders],
  ["EV_", readVariable],
  ["CM_", readComment],
  ["BA_DEF_", readDefinition],
  ["BA_DEF_DEF_", readDefault],
  ["BA_", readAttribute],
  ["VAL_", readValues],
  ["SIG_VALTYPE_", readValueType],
  ["SG_MUL_VAL_", readSelection],
  // Understood as far as needed to find their ends: no value of a signal depends on them.
  ...(
    "BA_DEF_REL_ BA_DEF_DEF_REL_ BA_REL_ BA_DEF_SGTYPE_ BA_SGTYPE_ SGTYPE_ SGTYPE_VAL_ SIG_TYPE_REF_ SIGTYPE_VALTYPE_ " +
    "SIG_GROUP_ ENVVAR_DATA_ EV_DATA_ NS_DESC_ CAT_DEF_ CAT_ FILTER"
  )
    .split(" ")
    .map((keyword): [string, Statement] => [keyword, ({ reader }) => reader.passOver(keyword)]),
]);

/** Words that NS_ lists; BU_ and the like never stand there. */
const NEW_SYMBOLS: ReadonlySet<string> = new Set(
  (
    "NS_DESC_ CM_ BA_DEF_ BA_ VAL_ CAT_DEF_ CAT_ FILTER BA_DEF_DEF_ EV_DATA_ ENVVAR_DATA_ SGTYPE_ SGTYPE_VAL_ BA_DEF_SGTYPE_ " +
    "BA_SGTYPE_ SIG_TYPE_REF_ VAL_TABLE_ SIG_GROUP_ SIG_VALTYPE_ SIGTYPE_VALTYPE_ BO_TX_BU_ BA_DEF_REL_ BA_REL_ " +
    "BA_DEF_DEF_REL_ BU_SG_REL_ BU_EV_REL_ BU_BO_REL_ SG_MUL_VAL_"
  ).split(" "),
);

function readVersion({ reader, draft }: Parsing): void {
  draft.version = reader.text("the version in quotes", true);
  reader.accept(";");
}

function readNewSymbols({ reader }: Parsing): void {
  reader.accept(":");
  for (let token = reader.lexer.peek(); token.kind === "word"; token = reader.lexer.peek()) {
    if (reader.atStatement() && !NEW_SYMBOLS.has(token.text)) return;
    reader.lexer.next();
    // `CM_ "text"` on one line is the first statement behind a list that BS_ did not end.
    const behind = reader.lexer.peek();
    const listed = behind.startsLine || behind.kind === "end" || (behind.kind === "word" && NEW_SYMBOLS.has(behind.text));
    if (!listed) {
      reader.lexer.goBackTo(token);
      return;
    }
  }
}

function readBitTiming({ reader }: Parsing): void {
  reader.accept(":");
  while (!reader.atStatement() && !reader.lexer.peek().startsLine) reader.lexer.next();
}

function readNodes({ reader, draft }: Parsing): void {
  reader.expect(":");
  while (!reader.atStatement()) {
    if (reader.accept(",") || reader.accept(";")) continue;
    const { text, line, column } = reader.name("the name of a node");
    if (draft.known.has(nodeKey(text))) reader.warnings.add({ line, column }, `BU_: the node ${quote(text)} is named twice`);
    else draft.nodes.push({ value: text, line, column });
    draft.known.add(nodeKey(text));
  }
}

function readMessage(parsing: Parsing, { line, column }: Token): void {
  const { reader, draft } = parsing;
  parsing.message = "skipped";
  const rawId = reader.unsigned("the identifier", UINT32_MAX);
  draft.known.add(messageKey(rawId));
  const name = reader.name("the name of the message").text;
  reader.expect(":");
  const lengthBytes = reader.unsigned("the length in bytes", UINT32_MAX);
  const behind = reader.lexer.peek();
  const sender = behind.startsLine || reader.atStatement() ? null : reader.name("the sender").text;
  parsing.message = { rawId, name, lengthBytes, sender, signals: [], line, column };
  draft.messages.push(parsing.message);
}

/** `SG_ name [M|m5|m5M] : start|length@order sign (factor,offset) [min|max] "unit" receivers` */
function readSignal({ reader, draft, message }: Parsing, keyword: Token): void {
  const nameToken = reader.name("the name of the signal");
  if (!message) reader.warnings.add(keyword, `SG_: no BO_ stands before ${quote(nameToken.text)}; the signal is skipped`);
  if (message && message !== "skipped") draft.known.add(signalKey(message.rawId, nameToken.text));
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
  if (!message || message === "skipped") return;
  const signal: SignalDraft = {
    name: nameToken.text,
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
  message.signals.push(signal);
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
  if (inside === null) throw new Unexpected(at, '"]" behind the range');
  const bounds = inside.split("|");
  const [min = Number.NaN, max = Number.NaN] = bounds.map((bound) => (bound.trim() === "" ? Number.NaN : Number(bound) + 0));
  if (bounds.length === 2 && Number.isFinite(min) && Number.isFinite(max)) {
    return min === 0 && max === 0 ? { min: null, max: null } : { min, max };
  }
  reader.warnings.add(at, `SG_: ${quote(`[${inside}]`)} is no range; the signal is read without one`);
  return { min: null, max: null };
}

function readSenders({ reader, draft }: Parsing, at: Token): void {
  const key = messageKey(reader.unsigned("the identifier", UINT32_MAX));
  reader.expect(":");
  const names = reader.names();
  reader.endStatement("BO_TX_BU_");
  say(reader, draft.senders, key, names, at, "BO_TX_BU_");
}

function readVariable({ reader, draft }: Parsing): void {
  draft.known.add(variableKey(reader.name("the name of the environment variable").text));
  reader.passOver("EV_");
}

/** `[BU_ node | BO_ id | SG_ id signal | EV_ variable]`, the object a CM_ or BA_ is about. */
function readObject(reader: Reader): string {
  if (reader.accept("BU_")) return nodeKey(reader.name("the name of a node").text);
  if (reader.accept("BO_")) return messageKey(reader.unsigned("the identifier", UINT32_MAX));
  if (reader.accept("EV_")) return variableKey(reader.name("the name of an environment variable").text);
  if (!reader.accept("SG_")) return NETWORK;
  return readSignalKey(reader);
}

function readSignalKey(reader: Reader): string {
  const rawId = reader.unsigned("the identifier", UINT32_MAX);
  return signalKey(rawId, reader.name("the name of the signal").text);
}

function readComment({ reader, draft }: Parsing, at: Token): void {
  const key = readObject(reader);
  const text = reader.text("the comment in quotes");
  reader.endStatement("CM_");
  // Several CM_ about the network are usual.
  if (key !== NETWORK) say(reader, draft.comments, key, text, at, "CM_");
}

function readDefinition({ reader, draft }: Parsing, at: Token): void {
  for (const scope of ["BU_", "BO_", "SG_", "EV_"]) if (reader.accept(scope)) break;
  const attribute = reader.text("the attribute's name in quotes", true);
  if (!reader.accept("ENUM")) {
    const type = reader.lexer.peek();
    if (!["INT", "HEX", "FLOAT", "STRING"].includes(type.text)) throw new Unexpected(type, "INT, HEX, FLOAT, STRING or ENUM");
    reader.passOver("BA_DEF_");
    draft.definitions.set(attribute, { value: null, line: at.line, column: at.column });
    return;
  }
  const texts: string[] = [];
  while (reader.lexer.peek().kind === "text") {
    texts.push(reader.text("a text"));
    reader.accept(",");
  }
  reader.endStatement("BA_DEF_");
  draft.definitions.set(attribute, { value: texts, line: at.line, column: at.column });
}

function readDefault({ reader, draft }: Parsing, at: Token): void {
  const attribute = reader.text("the attribute's name in quotes", true);
  const value = readAttributeValue(reader);
  reader.endStatement("BA_DEF_DEF_");
  draft.defaults.set(attribute, { value, line: at.line, column: at.column });
}

function readAttribute({ reader, draft }: Parsing, at: Token): void {
  const attribute = reader.text("the attribute's name in quotes", true);
  const key = readObject(reader);
  const value = readAttributeValue(reader);
  reader.endStatement("BA_");
  draft.attributes.set(attributeKey(attribute, key), { value, line: at.line, column: at.column });
}

function readAttributeValue(reader: Reader): { readonly text: string; readonly quoted: boolean } {
  const token = reader.lexer.peek();
  if (token.kind === "text") return { text: reader.text("a text"), quoted: true };
  if (token.kind === "word" && /^0[xX][0-9a-fA-F]{1,15}$/.test(token.text.slice(0, 20))) {
    reader.lexer.next();
    return { text: String(Number(token.text)), quoted: false };
  }
  return { text: reader.number("a number or a text in quotes"), quoted: false };
}

function readValueTable({ reader, draft }: Parsing, at: Token): void {
  const name = reader.name("the name of the value table").text;
  const values = readValueTexts(reader, "VAL_TABLE_");
  reader.endStatement("VAL_TABLE_");
  say(reader, draft.valueTables, name, values, at, "VAL_TABLE_");
}

/** `VAL_ id signal 1 "text" … ;`, also with the name of a value table instead of the texts, or for an environment variable. */
function readValues({ reader, draft }: Parsing, at: Token): void {
  if (reader.lexer.peek().kind === "word" && !reader.lexer.peek().text.startsWith("0x")) {
    reader.name("the name of an environment variable");
    reader.passOver("VAL_");
    return;
  }
  const key = readSignalKey(reader);
  const table = reader.lexer.peek();
  const byName = table.kind === "word" && !(table.startsLine && reader.atStatement());
  const values = byName ? reader.name("the name of a value table").text : readValueTexts(reader, "VAL_");
  reader.endStatement("VAL_");
  say(reader, draft.values, key, values, at, "VAL_");
}

function readValueTexts(reader: Reader, keyword: string): ReadonlyMap<bigint, string> {
  const values = new Map<bigint, string>();
  for (let at = reader.lexer.peek(); at.kind === "number" || reader.peekIs("-") || reader.peekIs("+"); at = reader.lexer.peek()) {
    const { exact } = reader.decimal("a raw value");
    const text = reader.text("the text of the value in quotes");
    if (exact.scale > 0) {
      reader.warnings.add(at, `${keyword}: a raw value is an integer; the text ${quote(text)} is skipped`);
      continue;
    }
    const before = values.get(exact.digits);
    if (before !== undefined && before !== text) {
      reader.warnings.add(at, `${keyword}: ${exact.digits} has two texts; ${quote(text)} replaces ${quote(before)}`);
    }
    values.set(exact.digits, text);
  }
  return values;
}

function readValueType({ reader, draft }: Parsing, at: Token): void {
  const key = readSignalKey(reader);
  reader.accept(":");
  const type = reader.unsigned("the value type", 3);
  reader.endStatement("SIG_VALTYPE_");
  say(reader, draft.valueTypes, key, type, at, "SIG_VALTYPE_");
}

/** `SG_MUL_VAL_ id signal selector 0-2, 5-5;` */
function readSelection({ reader, draft }: Parsing, at: Token): void {
  const key = readSignalKey(reader);
  const selector = reader.name("the name of the multiplexor").text;
  const ranges: RawRange[] = [];
  do {
    const from = reader.lexer.peek();
    const low = readSelectorValue(reader);
    const high = reader.accept("-") ? readSelectorValue(reader) : low;
    if (high < low) throw new Unexpected(from, "a range from low to high");
    ranges.push([low, high]);
  } while (reader.accept(","));
  reader.endStatement("SG_MUL_VAL_");
  const before = draft.selections.get(key);
  if (before?.value.selector === selector) {
    before.value.ranges.push(...ranges);
    return;
  }
  say(reader, draft.selections, key, { selector, ranges }, at, "SG_MUL_VAL_");
}

function readSelectorValue(reader: Reader): bigint {
  const token = reader.lexer.peek();
  if (token.kind !== "number" || token.text.length > 24 || !/^\d+$/.test(token.text)) {
    throw new Unexpected(token, "an unsigned value of the multiplexor");
  }
  reader.lexer.next();
  return BigInt(token.text);
}

/** Notes what was said about an object; the last statement counts, and a second one is mentioned. */
function say<Value>(
  reader: Reader,
  table: Map<string, Said<Value>>,
  key: string,
  value: Value,
  at: Token,
  keyword: string,
): void {
  const before = table.get(key);
  if (before) reader.warnings.add(at, `${keyword}: replaces what line ${before.line} says about ${quote(key)}`);
  table.set(key, { value, line: at.line, column: at.column });
}
