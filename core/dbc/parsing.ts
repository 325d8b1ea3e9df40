/** What every statement is read with, and how it notes what it says about an object. */
import { type Draft, type MessageDraft, messageKey, NETWORK, nodeKey, type Said, signalKey, variableKey } from "./draft.ts";
import type { Reader } from "./reader.ts";
import type { Token } from "./tokens.ts";
import { quote } from "./warnings.ts";

export interface Parsing {
  readonly reader: Reader;
  readonly draft: Draft;
  /** SG_ belongs to the BO_ above; "skipped" when that one was not understood. */
  message: MessageDraft | "skipped" | null;
}

/** Reads one statement; its keyword is read. Throws `Unexpected`. */
export type Statement = (parsing: Parsing, keyword: Token) => void;

export const readIdentifier = (reader: Reader): number => reader.unsigned("the identifier", 2 ** 32 - 1);

export function readSignalKey(reader: Reader): string {
  const rawId = readIdentifier(reader);
  return signalKey(rawId, reader.name("the name of the signal").text);
}

/** `[BU_ node | BO_ id | SG_ id signal | EV_ variable]`, the object a CM_ or BA_ is about. */
export function readObject(reader: Reader): string {
  if (reader.accept("BU_")) return nodeKey(reader.name("the name of a node").text);
  if (reader.accept("BO_")) return messageKey(readIdentifier(reader));
  if (reader.accept("EV_")) return variableKey(reader.name("the name of an environment variable").text);
  return reader.accept("SG_") ? readSignalKey(reader) : NETWORK;
}

/** Notes what was said about an object; the last statement counts, and a second one that says something else is mentioned. */
export function say<Value>(
  { reader }: Parsing,
  table: Map<string, Said<Value>>,
  key: string,
  value: Value,
  at: Token,
  keyword: string,
): void {
  const before = table.get(key);
  if (before)
    reader.warnings.add(at, `${keyword}: replaces what line ${before.line} says about ${quote(key.replace("\n", " of "))}`);
  else reader.room.takeParts(1, at);
  table.set(key, { value, line: at.line, column: at.column });
}

/** Whoever speaks of an object that does not exist has a slip in it, or another line was lost. Said at the end: it may still come. */
export function mention({ reader, draft }: Parsing, key: string, at: Token, text: () => string): void {
  if (draft.known.has(key)) return;
  reader.room.takeParts(1, at);
  draft.strays.push({ key, text: text(), line: at.line, column: at.column });
}

export const noSuch = (keyword: string, key: string) => (): string =>
  `${keyword}: there is no ${quote(key)}; the statement is skipped`;
