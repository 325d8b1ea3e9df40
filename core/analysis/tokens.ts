/** The words of an expression: numbers, names, operators. Linear in the text. */
import { FaultError } from "../fault.ts";

export interface Token {
  readonly kind: "number" | "name" | "operator" | "end";
  readonly text: string;
  /** Offset in the expression, characters. */
  readonly at: number;
}

/** No honest expression is longer. */
const CHARACTERS_MAX = 4000;

const SPACE = /\s*/y;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[A-Za-z_][A-Za-z0-9_.]*/y;
/** Any name at all: `{Engine Speed}`. */
const BRACED = /\{([^{}]+)\}/y;
const OPERATOR = /<=|>=|==|!=|<>|&&|\|\||[-+*/%^<>=!(),]/y;

/** Tokens, the last of kind `end`. Faults: `request/bad-parameter` with the place. */
export function tokensOf(text: string): readonly Token[] {
  if (text.length > CHARACTERS_MAX) throw badExpression(`it has ${text.length} characters, more than ${CHARACTERS_MAX}`, text, 0);
  const tokens: Token[] = [];
  for (let at = after(SPACE, text, 0); at < text.length; at = after(SPACE, text, at)) {
    const token = tokenAt(text, at);
    if (token === null) throw badExpression(`"${text.slice(at, at + 10)}" is not understood`, text, at);
    tokens.push(token.token);
    at = token.end;
  }
  return [...tokens, { kind: "end", text: "", at: text.length }];
}

function tokenAt(text: string, at: number): { readonly token: Token; readonly end: number } | null {
  for (const [pattern, kind] of [
    [NUMBER, "number"],
    [NAME, "name"],
    [BRACED, "name"],
    [OPERATOR, "operator"],
  ] as const) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match === null) continue;
    const isBraced = pattern === BRACED;
    // Braces make a word a series, whatever it is called: `{for}`, `{min}`.
    const word = isBraced ? `{${(match[1] ?? "").trim()}}` : match[0];
    return { token: { kind, text: word, at }, end: pattern.lastIndex };
  }
  return null;
}

function after(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  pattern.exec(text);
  return Math.max(at, pattern.lastIndex);
}

export const badExpression = (why: string, text: string, at: number): FaultError =>
  new FaultError({
    code: "request/bad-parameter",
    message: `the expression is wrong at character ${at + 1}: ${why}`,
    found: text.length <= 100 ? text : `${text.slice(0, 99)}…`,
    atByte: at,
  });
