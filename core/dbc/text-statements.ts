/** Statements that give texts: comments, and names for raw values. */
import { NETWORK, variableKey } from "./draft.ts";
import { mention, noSuch, type Parsing, readObject, readSignalKey, say } from "./parsing.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import { quote } from "./warnings.ts";

/** `CM_ [object] "text";` */
export function readComment(parsing: Parsing, at: Token): void {
  const { reader, draft } = parsing;
  const key = readObject(reader);
  const text = reader.text("the comment in quotes");
  reader.endStatement("CM_");
  if (key !== NETWORK) {
    mention(parsing, key, at, noSuch("CM_", key));
    say(parsing, draft.comments, key, text, at, "CM_");
    return;
  }
  // Several about the network are usual.
  reader.room.takeParts(1, at);
  if (text !== "") draft.networkComments.push(text);
}

/** `VAL_TABLE_ name 1 "text" …;` */
export function readValueTable(parsing: Parsing, at: Token): void {
  const { reader, draft } = parsing;
  const name = reader.name("the name of the value table").text;
  const values = readValueTexts(reader, "VAL_TABLE_");
  reader.endStatement("VAL_TABLE_");
  say(parsing, draft.valueTables, name, values, at, "VAL_TABLE_");
}

/** `VAL_ id signal 1 "text" … ;`, also with the name of a value table instead of the texts, or for an environment variable. */
export function readValues(parsing: Parsing, at: Token): void {
  const { reader, draft } = parsing;
  const first = reader.lexer.peek();
  if (first.kind === "word" && !isHex(first)) {
    const variable = variableKey(reader.name("the name of an environment variable").text);
    reader.passOver("VAL_");
    mention(parsing, variable, at, noSuch("VAL_", variable));
    return;
  }
  const key = readSignalKey(reader);
  const table = reader.lexer.peek();
  const byName = table.kind === "word" && !isHex(table) && !(table.startsLine && reader.atStatement());
  const values = byName ? reader.name("the name of a value table").text : readValueTexts(reader, "VAL_");
  reader.endStatement("VAL_");
  mention(parsing, key, at, noSuch("VAL_", key));
  say(parsing, draft.values, key, values, at, "VAL_");
}

function readValueTexts(reader: Reader, keyword: string): ReadonlyMap<bigint, string> {
  const values = new Map<bigint, string>();
  for (let at = reader.lexer.peek(); beginsRaw(at); at = reader.lexer.peek()) {
    const exact = isHex(at) ? { digits: BigInt(reader.lexer.next().text), scale: 0 } : reader.decimal("a raw value").exact;
    const text = reader.text("the text of the value in quotes");
    if (exact.scale > 0) {
      reader.warnings.add(at, `${keyword}: a raw value is an integer; the text ${quote(text)} is skipped`);
      continue;
    }
    const before = values.get(exact.digits);
    if (before === undefined) reader.room.takeParts(1, at);
    else if (before !== text) {
      reader.warnings.add(at, `${keyword}: ${exact.digits} has two texts; ${quote(text)} replaces ${quote(before)}`);
    }
    values.set(exact.digits, text);
  }
  return values;
}

const beginsRaw = (token: Token): boolean =>
  token.kind === "number" || isHex(token) || (token.kind === "mark" && (token.text === "-" || token.text === "+"));

/** Not in the standard, but seen: `0x1F`. */
const isHex = ({ kind, text }: Token): boolean => kind === "word" && text.length <= 18 && /^0[xX][0-9a-fA-F]+$/.test(text);
