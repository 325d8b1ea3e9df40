/** DBC text (its lines end with LF) cut into tokens, each with its line and column. One pass; going back never re-reads a stretch more than once. */
import {
  BACKSLASH,
  endOfNumber,
  isBlank,
  isDigit,
  isNameUnit,
  isWordUnit,
  LF,
  POINT,
  QUOTE,
  SEMICOLON,
  SLASH,
} from "./characters.ts";
import { textOf } from "./encoding.ts";

export interface Token {
  readonly kind: "word" | "number" | "text" | "mark" | "end";
  /** A word, an unsigned decimal, the inside of quotes (`\"` read as `"`), or one character. */
  readonly text: string;
  readonly atChar: number;
  readonly endChar: number;
  /** 1-based. */
  readonly line: number;
  readonly column: number;
  /** Nothing but blanks stands before it on its line. */
  readonly startsLine: boolean;
  /** A text whose closing quote stands on a later line, or nowhere. */
  readonly manyLines: boolean;
  readonly closed: boolean;
}

/** Hands out tokens one by one; `peek` looks at the coming one. */
export class Lexer {
  readonly #text: string;
  readonly #keywords: { has(word: string): boolean };
  #at = 0;
  #line = 1;
  #lineAt = 0;
  #startsLine = true;
  #coming: Token | null = null;
  /** Characters looked at so far, those looked at twice counted twice. */
  work = 0;

  /** `keywords`: words that begin a statement. */
  constructor(text: string, keywords: { has(word: string): boolean }) {
    this.#text = text;
    this.#keywords = keywords;
  }

  peek(): Token {
    if (this.#coming) return this.#coming;
    const from = this.#at;
    this.#coming = this.#read();
    this.work += this.#at - from + 1;
    return this.#coming;
  }

  next(): Token {
    const token = this.peek();
    this.#coming = null;
    return token;
  }

  /** Makes `token` the coming one again. */
  goBackTo(token: Token): void {
    this.#at = token.atChar;
    this.#line = token.line;
    this.#lineAt = token.atChar - (token.column - 1);
    this.#startsLine = token.startsLine;
    this.#coming = null;
  }

  /**
   * The coming run of characters that can be part of a name, read as a word even where it holds `-`, `.` or begins with a digit;
   * null if there is none.
   */
  name(): Token | null {
    const token = this.peek();
    if (token.kind === "end" || token.kind === "text") return null;
    if (token.kind === "word" && !isNameUnit(this.#text.charCodeAt(token.endChar))) {
      this.#coming = null;
      return token;
    }
    let endChar = token.atChar;
    while (isNameUnit(this.#text.charCodeAt(endChar))) endChar++;
    this.work += endChar - token.atChar + 1;
    if (endChar === token.atChar) return null;
    this.goBackTo(token);
    this.#at = endChar;
    this.#startsLine = false;
    return { ...token, kind: "word", text: this.#text.slice(token.atChar, endChar), endChar };
  }

  /** The characters up to `mark`, which is passed over; null, and nothing read, if it does not follow soon on this line. */
  textUntil(mark: string): string | null {
    if (this.#coming) this.goBackTo(this.#coming);
    const from = this.#at;
    let at = from;
    const end = Math.min(this.#text.length, from + UNTIL_CHARS_MAX);
    while (at < end && this.#text[at] !== mark && this.#text.charCodeAt(at) !== LF) at++;
    this.work += at - from + 1;
    if (this.#text[at] !== mark) return null;
    this.#at = at + 1;
    this.#startsLine = false;
    return this.#text.slice(from, at);
  }

  /**
   * After an error at `token`: goes on to the next place where a statement seems to begin, that is a keyword at the
   * beginning of a line or behind a semicolon. Looks at characters, not tokens, so that a quote too many does no further harm.
   */
  skipToStatement(token: Token): void {
    this.goBackTo(token);
    this.#skipToStatement(token);
    this.work += this.#at - token.atChar + 1;
  }

  #skipToStatement(token: Token): void {
    let mayBegin = token.startsLine;
    while (this.#at < this.#text.length) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit === LF) {
        this.#passLineEnd();
        mayBegin = true;
      } else if (isWordUnit(unit)) {
        const from = this.#at;
        const startsLine = this.#startsLine;
        while (isWordUnit(this.#text.charCodeAt(this.#at))) this.#at++;
        if (mayBegin && this.#keywords.has(this.#text.slice(from, this.#at))) {
          this.#at = from;
          this.#startsLine = startsLine;
          return;
        }
        mayBegin = false;
        this.#startsLine = false;
      } else {
        if (!isBlank(unit)) {
          mayBegin = unit === SEMICOLON;
          this.#startsLine = false;
        }
        this.#at++;
      }
    }
  }

  /** To the end of the line on which `token` begins. */
  skipLine(token: Token): void {
    this.goBackTo(token);
    while (this.#at < this.#text.length && this.#text.charCodeAt(this.#at) !== LF) this.#at++;
    this.work += this.#at - token.atChar + 1;
  }

  #read(): Token {
    this.#skipBlanks();
    const atChar = this.#at;
    if (atChar >= this.#text.length) return this.#token("end", "", atChar);
    const unit = this.#text.charCodeAt(atChar);
    if (unit === QUOTE) return this.#readText();
    if (!isWordUnit(unit) && !(unit === POINT && isDigit(this.#text.charCodeAt(atChar + 1)))) {
      this.#at++;
      return this.#token("mark", this.#text[atChar] ?? "", atChar);
    }
    const numberEnd = endOfNumber(this.#text, atChar);
    if (numberEnd !== null && !isWordUnit(this.#text.charCodeAt(numberEnd))) {
      this.#at = numberEnd;
      return this.#token("number", this.#text.slice(atChar, numberEnd), atChar);
    }
    while (isWordUnit(this.#text.charCodeAt(this.#at)) || this.#at === atChar) this.#at++;
    return this.#token("word", this.#text.slice(atChar, this.#at), atChar);
  }

  #readText(): Token {
    const { atChar, line, column, startsLine } = this.#token("text", "", this.#at);
    const from = ++this.#at;
    let closed = false;
    let hasHidden = false;
    while (this.#at < this.#text.length && !closed) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit === QUOTE) {
        closed = true;
      } else if (unit === BACKSLASH && this.#text.charCodeAt(this.#at + 1) === QUOTE && !this.#endsStatement(this.#at + 2)) {
        hasHidden = true;
        this.#at += 2;
      } else if (unit === LF) {
        this.#passLineEnd();
      } else {
        this.#at++;
      }
    }
    const inside = this.#text.slice(from, this.#at);
    if (closed) this.#at++;
    this.#startsLine = false;
    const manyLines = this.#line > line;
    const text = hasHidden ? withoutBackslashes(inside) : inside;
    return { kind: "text", text, atChar, endChar: this.#at, line, column, startsLine, manyLines, closed };
  }

  // `"C:\dir\";` at the end of a line, and a statement behind it: the backslash is the last of a path and not there to keep the quote.
  #endsStatement(at: number): boolean {
    let i = this.#pastBlanks(at);
    if (this.#text.charCodeAt(i) !== SEMICOLON) return false;
    i = this.#pastBlanks(i + 1);
    if (i < this.#text.length && this.#text.charCodeAt(i) !== LF) return false;
    while (this.#text.charCodeAt(i) === LF) i = this.#pastBlanks(i + 1);
    let end = i;
    while (end < i + KEYWORD_CHARS_MAX && isWordUnit(this.#text.charCodeAt(end))) end++;
    return i >= this.#text.length || this.#keywords.has(this.#text.slice(i, end));
  }

  #pastBlanks(at: number): number {
    let i = at;
    while (isBlank(this.#text.charCodeAt(i))) i++;
    return i;
  }

  #token(kind: Token["kind"], text: string, atChar: number): Token {
    const startsLine = this.#startsLine;
    this.#startsLine = false;
    const column = atChar - this.#lineAt + 1;
    return { kind, text, atChar, endChar: this.#at, line: this.#line, column, startsLine, manyLines: false, closed: true };
  }

  #skipBlanks(): void {
    for (;;) {
      const unit = this.#text.charCodeAt(this.#at);
      if (unit === LF) this.#passLineEnd();
      else if (isBlank(unit)) this.#at++;
      else if (unit === SLASH && this.#text.charCodeAt(this.#at + 1) === SLASH) this.#skipRemark();
      else return;
    }
  }

  /** `// …` to the end of the line: not in the standard, but some tools write it. */
  #skipRemark(): void {
    while (this.#at < this.#text.length && this.#text.charCodeAt(this.#at) !== LF) this.#at++;
  }

  #passLineEnd(): void {
    this.#at++;
    this.#line++;
    this.#lineAt = this.#at;
    this.#startsLine = true;
  }
}

// A range has two numbers; the bound keeps one endless line from being searched again and again.
const UNTIL_CHARS_MAX = 400;
const KEYWORD_CHARS_MAX = 32;

/** `\"` → `"`, unit by unit: pieces of strings would cost many times the size of a text of nothing else. */
function withoutBackslashes(text: string): string {
  const units = new Uint16Array(text.length);
  let to = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit !== BACKSLASH || text.charCodeAt(at + 1) !== QUOTE) units[to++] = unit;
  }
  return textOf(units.subarray(0, to));
}
