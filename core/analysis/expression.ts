/** Arithmetic and conditions over series: parsed once into a program for a small stack, never run as code. */
import { BINARY, CONSTANTS, FUNCTIONS, isTrue, MINUS_BINDING, NOT_BINDING, POWER, SPELLINGS, truth } from "./operators.ts";
import { badExpression, type Token, tokensOf } from "./tokens.ts";

/** A step of the program: put a constant, put an operand, or work on what lies on top of the stack. */
type Step =
  | { readonly kind: "constant"; readonly value: number }
  | { readonly kind: "operand"; readonly index: number }
  | { readonly kind: "call"; readonly arity: number; readonly work: (stack: Float64Array, top: number) => number };

export interface Expression {
  readonly text: string;
  /** Names of the series, in the order they first occur; values are given in this order. */
  readonly operands: readonly string[];
  readonly steps: readonly Step[];
}

export interface Condition {
  readonly expression: Expression;
  /** The condition must hold for this long; 0 = at all. */
  readonly forNs: number;
}

const DEPTH_MAX = 64;
const STEPS_MAX = 1000;
const NS = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, sec: 1e9, m: 60e9, min: 60e9, h: 3600e9 } as const;

/** Faults: `request/bad-parameter` that says where and why. */
export function parseExpression(text: string): Expression {
  const parser = new Parser(text);
  parser.expression(0, 0);
  parser.end();
  return parser.result();
}

/** `rpm > 3000 while speed < 5 for 2 s`. Faults: `request/bad-parameter`. */
export function parseCondition(text: string): Condition {
  const parser = new Parser(text);
  parser.expression(0, 0);
  const forNs = parser.duration();
  parser.end();
  return { expression: parser.result(), forNs };
}

/** A function of the operands' values; reuses its stack, so one call at a time. */
export function evaluator({ steps }: Expression): (values: Float64Array) => number {
  const stack = new Float64Array(steps.length + 1);
  return (values) => {
    let top = 0;
    for (const step of steps) {
      if (step.kind === "constant") stack[top++] = step.value;
      else if (step.kind === "operand") stack[top++] = values[step.index] ?? Number.NaN;
      else {
        const result = step.work(stack, top);
        top -= step.arity - 1;
        stack[top - 1] = result;
      }
    }
    return stack[0] ?? Number.NaN;
  };
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  readonly #steps: Step[] = [];
  readonly #operands: string[] = [];
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  /** Climbs by binding: everything that binds more strongly than `least`. */
  expression(least: number, depth: number): void {
    if (depth > DEPTH_MAX) throw this.#wrong(`it is nested more than ${DEPTH_MAX} deep`);
    this.#prefix(depth);
    for (let next = this.#binary(); next !== null; next = this.#binary()) {
      const [word, binding, work] = next;
      if (binding <= least) return;
      this.#at++;
      // Powers lead to the right: 2^3^2 = 2^9.
      this.expression(word === POWER ? binding - 1 : binding, depth + 1);
      this.#call(2, (stack, top) => work(stack[top - 2] ?? Number.NaN, stack[top - 1] ?? Number.NaN));
    }
  }

  /** `for 2 s` at the end; 0 if there is none. */
  duration(): number {
    if (this.#token.text.toLowerCase() !== "for") return 0;
    this.#at++;
    const amount = this.#token;
    if (amount.kind !== "number") throw this.#wrong('after "for" there must be a time, such as 2 s');
    this.#at++;
    const unit = this.#token.kind === "name" ? this.#token.text : "s";
    if (!Object.hasOwn(NS, unit)) throw this.#wrong(`"${unit}" is no unit of time; use ${Object.keys(NS).join(", ")}`);
    if (this.#token.kind === "name") this.#at++;
    return Number(amount.text) * NS[unit as keyof typeof NS];
  }

  end(): void {
    if (this.#token.kind !== "end") throw this.#wrong(`"${this.#token.text}" is not expected here`);
  }

  result(): Expression {
    return { text: this.#text, operands: this.#operands, steps: this.#steps };
  }

  get #token(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] ?? { kind: "end", text: "", at: this.#text.length };
  }

  #binary(): readonly [word: string, binding: number, work: (a: number, b: number) => number] | null {
    const { kind, text } = this.#token;
    const word = kind === "name" ? text.toLowerCase() : (SPELLINGS.get(text) ?? text);
    const found = kind === "name" || kind === "operator" ? BINARY.get(word) : undefined;
    return found === undefined ? null : [word, ...found];
  }

  #prefix(depth: number): void {
    const token = this.#token;
    const word = token.text.toLowerCase();
    this.#at++;
    if (token.kind === "number") this.#put({ kind: "constant", value: Number(token.text) });
    else if (token.text === "-" || token.text === "+") {
      this.expression(MINUS_BINDING, depth + 1);
      if (token.text === "-") this.#call(1, (stack, top) => -(stack[top - 1] ?? Number.NaN));
    } else if (token.text === "!" || (token.kind === "name" && word === "not")) {
      this.expression(token.text === "!" ? MINUS_BINDING : NOT_BINDING, depth + 1);
      this.#call(1, (stack, top) => truth(!isTrue(stack[top - 1] ?? Number.NaN)));
    } else if (token.text === "(") {
      this.expression(0, depth + 1);
      this.#expect(")");
    } else if (token.kind === "name") this.#name(token, word, depth);
    else {
      this.#at--;
      throw this.#wrong(token.kind === "end" ? "something is missing at the end" : `"${token.text}" is not expected here`);
    }
  }

  #name(token: Token, word: string, depth: number): void {
    const isBraced = token.text.startsWith("{");
    if (!isBraced && this.#token.text === "(") {
      this.#function(token, word, depth);
      return;
    }
    const constant = isBraced ? undefined : CONSTANTS.get(word);
    if (constant !== undefined) {
      this.#put({ kind: "constant", value: constant });
      return;
    }
    if (!isBraced && (BINARY.has(word) || word === "for")) {
      this.#at--;
      throw this.#wrong(`"${token.text}" is not expected here`);
    }
    const name = isBraced ? token.text.slice(1, -1) : token.text;
    const known = this.#operands.indexOf(name);
    this.#put({ kind: "operand", index: known >= 0 ? known : this.#operands.push(name) - 1 });
  }

  #function(token: Token, word: string, depth: number): void {
    const found = FUNCTIONS.get(word);
    if (found === undefined) {
      this.#at--;
      throw this.#wrong(`there is no function "${token.text}"; there are ${[...FUNCTIONS.keys()].join(", ")}`);
    }
    const [arity, work] = found;
    this.#expect("(");
    for (let i = 0; i < arity; i++) {
      if (i > 0) this.#expect(",");
      this.expression(0, depth + 1);
    }
    this.#expect(")");
    const word1 = (stack: Float64Array, at: number): number => stack[at] ?? Number.NaN;
    this.#call(arity, (stack, top) =>
      work(word1(stack, top - arity), word1(stack, top - arity + 1), word1(stack, top - arity + 2)),
    );
  }

  #call(arity: number, work: (stack: Float64Array, top: number) => number): void {
    this.#put({ kind: "call", arity, work });
  }

  #put(step: Step): void {
    if (this.#steps.length >= STEPS_MAX) throw this.#wrong(`it has more than ${STEPS_MAX} steps`);
    this.#steps.push(step);
  }

  #expect(text: string): void {
    if (this.#token.text !== text) throw this.#wrong(`"${text}" is missing`);
    this.#at++;
  }

  #wrong(why: string): ReturnType<typeof badExpression> {
    return badExpression(why, this.#text, this.#token.at);
  }
}
