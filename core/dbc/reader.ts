/** What every statement of a DBC is made of: marks, names, numbers, texts, and the `;` at its end. */
import { isDigit } from "./characters.ts";
import { parseDecimal } from "./decimal.ts";
import type { Decimal } from "./model.ts";
import type { Room } from "./room.ts";
import { Lexer, type Token } from "./tokens.ts";
import { quote, type Warnings } from "./warnings.ts";

/** Thrown inside the parser only: this token does not fit; the statement is skipped. */
export class Unexpected {
  readonly token: Token;
  readonly expected: string;
  constructor(token: Token, expected: string) {
    this.token = token;
    this.expected = expected;
  }
}

/** The standard allows 32 characters, long names 128; what is printed with every signal must not be endless. */
export const NAME_CHARS_MAX = 256;

/** A number as the text has it: the decimal, and the double nearest to it. */
interface Written {
  readonly exact: Decimal;
  readonly number: number;
}

/** Most scalings of a database are one of a few. */
const KNOWN_DECIMALS_MAX = 1000;

export class Reader {
  readonly lexer: Lexer;
  readonly warnings: Warnings;
  readonly room: Room;
  readonly keywords: { has(word: string): boolean };
  readonly #knownDecimals = new Map<string, Written>();
  /** First text of the statement that spans lines: if the statement fails, its closing quote is the likely culprit. */
  longText: Token | null = null;

  constructor(text: string, warnings: Warnings, room: Room, keywords: { has(word: string): boolean }) {
    this.lexer = new Lexer(text, keywords);
    this.warnings = warnings;
    this.room = room;
    this.keywords = keywords;
  }

  peekIs(text: string): boolean {
    const token = this.lexer.peek();
    return token.text === text && (token.kind === "mark" || token.kind === "word");
  }

  /** Reads the mark or word if it comes next. */
  accept(text: string): boolean {
    if (!this.peekIs(text)) return false;
    this.lexer.next();
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) throw new Unexpected(this.lexer.peek(), `"${text}"`);
  }

  name(what: string): Token {
    const token = this.lexer.name();
    if (!token) throw new Unexpected(this.lexer.peek(), what);
    return this.#short(token, what);
  }

  #short(token: Token, what: string): Token {
    if (token.text.length <= NAME_CHARS_MAX) return token;
    throw new Unexpected(token, `${what}, of at most ${NAME_CHARS_MAX} characters`);
  }

  /** Whether a new statement begins here, or the file ends. */
  atStatement(): boolean {
    const token = this.lexer.peek();
    return token.kind === "end" || (token.kind === "word" && this.keywords.has(token.text));
  }

  /** Names separated by blanks or commas; those without a comma before them must stand on the same line. */
  names(): string[] {
    const names: string[] = [];
    let comma = true;
    while (!this.atStatement() && (comma || !this.lexer.peek().startsLine)) {
      const token = this.lexer.name();
      if (token) names.push(this.#short(token, "a name").text);
      if (token && names.length > 1) this.room.takeParts(1, token);
      comma = this.accept(",");
      if (!token && !comma) break;
    }
    return names;
  }

  /** An integer from 0 to `max`. */
  unsigned(what: string, max: number): number {
    const token = this.lexer.peek();
    const value = unsignedOf(token);
    if (value === null || value > max) throw new Unexpected(token, `${what}, an integer from 0 to ${max}`);
    this.lexer.next();
    return value;
  }

  /** Text of a number with its sign. */
  number(what: string): string {
    const sign = this.accept("-") ? "-" : "";
    if (sign === "") this.accept("+");
    const token = this.lexer.peek();
    if (token.kind !== "number") throw new Unexpected(token, what);
    this.lexer.next();
    return sign + token.text;
  }

  decimal(what: string): Written {
    const token = this.lexer.peek();
    const text = this.number(what);
    const known = this.#knownDecimals.get(text);
    if (known) return known;
    const exact = parseDecimal(text);
    const number = Number(text) + 0; // -0 becomes +0
    if (!exact || !Number.isFinite(number)) throw new Unexpected(token, `${what} that a double can hold`);
    const written = { exact, number };
    if (this.#knownDecimals.size < KNOWN_DECIMALS_MAX) this.#knownDecimals.set(text, written);
    return written;
  }

  /** Quoted text; on one line if `oneLine`. */
  text(what: string, oneLine = false): string {
    const token = this.lexer.peek();
    if (token.kind !== "text") throw new Unexpected(token, what);
    if (token.manyLines) this.longText ??= token;
    if (!token.closed || (oneLine && token.manyLines)) throw new Unexpected(token, `${what} with a closing quote`);
    this.lexer.next();
    return token.text;
  }

  /** The `;` at the end. A missing one is forgiven where a line begins. */
  endStatement(keyword: string): void {
    if (this.accept(";")) return;
    const token = this.lexer.peek();
    if (token.kind !== "end" && !(token.startsLine && this.atStatement())) throw new Unexpected(token, '";"');
    this.warnings.add(token, `${keyword}: the ";" at its end is missing`);
  }

  /** Passes over the rest of a statement whose content nothing here depends on. */
  passOver(keyword: string): void {
    for (let token = this.lexer.peek(); token.kind !== "end" && !this.peekIs(";"); token = this.lexer.peek()) {
      if (token.startsLine && this.atStatement()) break;
      if (token.kind === "text") this.text("a text");
      else this.lexer.next();
    }
    this.endStatement(keyword);
  }
}

/** What stands there, for a warning. */
export const found = (token: Token): string => (token.kind === "end" ? "the end of the file" : quote(token.text));

/** Of `12` and `0x1F`; null for anything else, and for numbers no integer of a DBC has. */
function unsignedOf({ kind, text }: Token): number | null {
  if (kind === "word") return /^0[xX][0-9a-fA-F]{1,15}$/.test(text.slice(0, 20)) ? Number(text) : null;
  if (kind !== "number" || text.length > 40) return null;
  for (let at = 0; at < text.length; at++) if (!isDigit(text.charCodeAt(at))) return null;
  return Number(text);
}
