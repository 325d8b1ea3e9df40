/** A DBC file → messages and signals, with a warning for every piece that was not understood. */

import type { FaultError } from "../fault.ts";
import { type Draft, emptyDraft } from "./draft.ts";
import type { DbcEncoding } from "./encoding.ts";
import type { Dbc } from "./model.ts";
import type { Parsing } from "./parsing.ts";
import { found, Reader, Unexpected } from "./reader.ts";
import { resolve } from "./resolve.ts";
import { checkSize, Room } from "./room.ts";
import { STATEMENTS } from "./statements.ts";
import { dbcText, notDbc } from "./text.ts";
import type { Token } from "./tokens.ts";
import { quote, Warnings } from "./warnings.ts";

/**
 * Reads a DBC; `file` is its key or file name. A statement that is not understood is skipped with a warning and reading goes on at
 * the next one. Time and memory are linear in the bytes. Without `encoding` the bytes decide (encoding.ts).
 * Faults: `input/bad-dbc` when the file is no DBC at all, `limit/too-large` and `limit/too-many` (room.ts); all have line and column.
 */
export function parseDbc(bytes: Uint8Array, file: string, options: { readonly encoding?: DbcEncoding | null } = {}): Dbc {
  checkSize(bytes.length, file);
  const warnings = new Warnings();
  const { text, encoding } = dbcText(bytes, file, options.encoding ?? null, warnings);
  const reader = new Reader(text, warnings, new Room(file), STATEMENTS);
  const first = reader.lexer.peek();
  const { draft, understood } = readStatements(reader);
  if (understood === 0) throw nothingUnderstood(file, first, warnings);
  return { name: stem(file), file, encoding, ...resolve(draft, reader), warnings: warnings.list() };
}

function nothingUnderstood(file: string, first: Token, warnings: Warnings): FaultError {
  const [slip] = warnings.list();
  if (slip && STATEMENTS.has(first.text)) {
    return notDbc(file, `No statement of the file is understood. The first that is not: ${slip.text}`, slip);
  }
  const what = `${found(first)} at its beginning is no DBC statement`;
  return notDbc(file, `The file holds no DBC statement (VERSION, BU_, BO_, SG_ …): ${what}.`, first);
}

/** All statements, and how many of them were understood. Faults: `limit/too-many`. */
export function readStatements(reader: Reader): { readonly draft: Draft; readonly understood: number } {
  const parsing: Parsing = { reader, draft: emptyDraft(), message: null };
  let understood = 0;
  while (reader.lexer.peek().kind !== "end") if (readStatement(parsing)) understood++;
  return { draft: parsing.draft, understood };
}

/** One statement, or what stands in its place; false if it was not understood. */
function readStatement(parsing: Parsing): boolean {
  const { reader } = parsing;
  const keyword = reader.lexer.next();
  const statement = keyword.kind === "word" ? STATEMENTS.get(keyword.text) : undefined;
  reader.longText = null;
  if (!statement) {
    if (keyword.text === ";") return false; // one too many does no harm
    reader.lexer.skipToStatement(keyword);
    const { line } = reader.lexer.peek();
    const skipped = line > keyword.line + 1 ? `skipped up to line ${line}` : "skipped";
    reader.warnings.add(keyword, `${quote(keyword.text)} is no DBC statement; ${skipped}`);
    return false;
  }
  try {
    statement(parsing, keyword);
    return true;
  } catch (problem) {
    if (!(problem instanceof Unexpected)) throw problem;
    const { token, expected } = problem;
    const inside = token === keyword ? "" : `, found ${found(token)}`;
    reader.warnings.add(token, `${keyword.text}: expected ${expected}${inside}; the statement is skipped`);
    goOn(parsing, problem);
    return false;
  }
}

/** Where a quote is missing, its text has swallowed statements: those behind its first line are read again. */
function goOn({ reader }: Parsing, { token }: Unexpected): void {
  if (reader.longText) reader.lexer.skipLine(reader.longText);
  else reader.lexer.goBackTo(token);
  reader.lexer.skipToStatement(reader.lexer.peek());
}

/** File name without folder and extension. */
export function stem(file: string): string {
  const name = file.slice(file.lastIndexOf("/") + 1);
  return /\.dbc$/i.test(name) ? name.slice(0, -4) : name;
}
