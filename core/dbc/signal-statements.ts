/** Statements about signals that were written before: how their bits are to be read, when they are there, which belong together. */
import { messageKey, signalKeyOf } from "./draft.ts";
import type { RawRange } from "./model.ts";
import { mention, noSuch, type Parsing, readIdentifier, readSignalKey, say } from "./parsing.ts";
import { type Reader, Unexpected } from "./reader.ts";
import type { Token } from "./tokens.ts";

/** `SIG_VALTYPE_ id signal : 1;` */
export function readValueType(parsing: Parsing, at: Token): void {
  const { reader, draft } = parsing;
  const key = readSignalKey(reader);
  reader.accept(":");
  const type = reader.unsigned("the value type", 3);
  reader.endStatement("SIG_VALTYPE_");
  mention(parsing, key, at, noSuch("SIG_VALTYPE_", key));
  say(parsing, draft.valueTypes, key, type, at, "SIG_VALTYPE_");
}

/** `SG_MUL_VAL_ id signal selector 0-2, 5-5;` */
export function readSelection(parsing: Parsing, at: Token): void {
  const { reader, draft } = parsing;
  const key = readSignalKey(reader);
  const selector = reader.name("the name of the multiplexor").text;
  const ranges: RawRange[] = [];
  do {
    const from = reader.lexer.peek();
    const low = readSelectorValue(reader);
    const high = reader.accept("-") ? readSelectorValue(reader) : low;
    if (high < low) throw new Unexpected(from, "a range from low to high");
    reader.room.takeParts(1, from);
    ranges.push([low, high]);
  } while (reader.accept(","));
  reader.endStatement("SG_MUL_VAL_");
  mention(parsing, key, at, noSuch("SG_MUL_VAL_", key));
  const before = draft.selections.get(key);
  if (before?.value.selector === selector) for (const range of ranges) before.value.ranges.push(range);
  else say(parsing, draft.selections, key, { selector, ranges }, at, "SG_MUL_VAL_");
}

function readSelectorValue(reader: Reader): bigint {
  const token = reader.lexer.peek();
  if (token.kind !== "number" || token.text.length > 24 || !/^\d+$/.test(token.text)) {
    throw new Unexpected(token, "an unsigned value of the multiplexor");
  }
  reader.lexer.next();
  return BigInt(token.text);
}

/** `SIG_GROUP_ id name repetitions : signal signal;` Nothing is kept: no value depends on it. */
export function readGroup(parsing: Parsing, at: Token): void {
  const { reader } = parsing;
  const message = messageKey(readIdentifier(reader));
  reader.name("the name of the group");
  reader.unsigned("the repetitions", 2 ** 32 - 1);
  reader.accept(":");
  const names = reader.names();
  reader.endStatement("SIG_GROUP_");
  mention(parsing, message, at, noSuch("SIG_GROUP_", message));
  for (const name of names) {
    const key = signalKeyOf(message, name);
    mention(parsing, key, at, () => `SIG_GROUP_: there is no "${key}"; the group goes without it`);
  }
}
