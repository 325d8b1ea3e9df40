/** What every statement of a DBC is made of: marks, names, numbers, texts, and the `;` at its end. */
import { parseDecimal } from "./decimal.ts";
import type { Decimal } from "./model.ts";
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

export class Reader {
  readonly lexer: Lexer;
  readonly warnings: Warnings;
  readonly keywords: { has(word: string): boolean };
  /** First text of the statement that spans lines: if the statement fails, its closing quote is the likely culprit. */
  longText: Token | null = null;

  constructor(text: string, warnings: Warnings, keywords: { has(word: string): boolean }) {
    this.lexer = new Lexer(text);
    this.warnings = warnings;
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
    return token;
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
      if (token) names.push(token.text);
      comma = this.accept(",");
      if (!token && !comma) break;
    }
    return names;
  }

  /** An integer from 0 to `max`. */
  unsigned(what: string, max: number): number {
    const token = this.lexer.peek();
    const value =
      /^(\d+|0[xX][0-9a-fA-F]+)$/.test(token.text.slice(0, 40)) && token.text.length <= 40 ? Number(token.text) : null;
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

  decimal(what: string): { readonly exact: Decimal; readonly number: number } {
    const token = this.lexer.peek();
    const text = this.number(what);
    const exact = parseDecimal(text);
    const number = Number(text) + 0; // -0 becomes +0
    if (!exact || !Number.isFinite(number)) throw new Unexpected(token, `${what} that a double can hold`);
    return { exact, number };
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
