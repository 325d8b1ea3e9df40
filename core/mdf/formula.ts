/** Algebraic conversions (cc_type 3): a formula in X becomes a short program for a stack. No eval, bounded length, depth and work. */

/** What a formula does to a raw value; NaN where mathematics has no answer. */
export type Formula = (x: number) => number;

/** Formulas of real files have some tens of characters. Both limits bound the work per value. */
export const FORMULA_CHARACTERS_MAX = 2000;
const STEPS_MAX = 256;
const DEPTH_MAX = 32;

type Step =
  | { readonly do: "number"; readonly value: number }
  | { readonly do: "x" }
  | { readonly do: "unary"; readonly of: (a: number) => number }
  | { readonly do: "binary"; readonly of: Binary };

/** Names as C has them, in any case; `log` is the natural one. */
const UNARY: ReadonlyMap<string, (a: number) => number> = new Map(
  Object.entries({
    sin: Math.sin,
    cos: Math.cos,
    tan: Math.tan,
    asin: Math.asin,
    acos: Math.acos,
    atan: Math.atan,
    arcsin: Math.asin,
    arccos: Math.acos,
    arctan: Math.atan,
    sinh: Math.sinh,
    cosh: Math.cosh,
    tanh: Math.tanh,
    exp: Math.exp,
    log: Math.log,
    ln: Math.log,
    log10: Math.log10,
    sqrt: Math.sqrt,
    abs: Math.abs,
    fabs: Math.abs,
    floor: Math.floor,
    ceil: Math.ceil,
  }),
);
type Binary = (a: number, b: number) => number;
const BINARY: ReadonlyMap<string, Binary> = new Map(
  Object.entries({
    pow: (a, b) => a ** b,
    fmod: (a, b) => a % b,
    atan2: Math.atan2,
  }),
);
const SUM: ReadonlyMap<string, Binary> = new Map([
  ["+", (a, b) => a + b],
  ["-", (a, b) => a - b],
]);
const PRODUCT: ReadonlyMap<string, Binary> = new Map([
  ["*", (a, b) => a * b],
  ["/", (a, b) => a / b],
  ["%", (a, b) => a % b],
]);
const NEGATED: Step = { do: "unary", of: (a) => -a };
const POWER: Step = { do: "binary", of: (a, b) => a ** b };

/** The formula, or a sentence that says why there is none. `X`, `X1` and `x` are the raw value. */
export function parseFormula(text: string): Formula | string {
  if (text.length > FORMULA_CHARACTERS_MAX) return `it has ${text.length} characters, more than ${FORMULA_CHARACTERS_MAX}`;
  try {
    const parser = new Parser(text);
    parser.sum(0);
    parser.end();
    return run(parser.steps);
  } catch (error) {
    if (error instanceof NoFormula) return error.why;
    throw error;
  }
}

/** Thrown and caught in this file. */
class NoFormula {
  readonly why: string;
  constructor(why: string) {
    this.why = why;
  }
}

/** sum = product {+- product}; product = signed {*÷% signed}; signed = [-+] signed | power; power = atom [^ signed]. */
class Parser {
  readonly steps: Step[] = [];
  readonly #tokens: readonly string[];
  #at = 0;

  constructor(text: string) {
    const token = /\s*(?:((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|\*\*|[-+*/%^(),])|(\S))/g;
    this.#tokens = Array.from(text.matchAll(token), ([, known, unknown]) => {
      if (known === undefined) throw new NoFormula(`"${unknown}" is no part of a formula`);
      return known;
    });
  }

  sum(depth: number): void {
    this.#chain(SUM, depth, () => this.#chain(PRODUCT, depth, () => this.#signed(depth)));
  }

  end(): void {
    if (this.#at < this.#tokens.length) throw new NoFormula(`"${this.#tokens[this.#at]}" is one too many`);
  }

  #chain(operators: ReadonlyMap<string, Binary>, depth: number, operand: () => void): void {
    if (depth > DEPTH_MAX) throw new NoFormula(`it is nested deeper than ${DEPTH_MAX}`);
    operand();
    for (let of = operators.get(this.#next()); of !== undefined; of = operators.get(this.#next())) {
      this.#at++;
      operand();
      this.#push({ do: "binary", of });
    }
  }

  #signed(depth: number): void {
    let isNegative = false;
    for (; this.#next() === "-" || this.#next() === "+"; this.#at++) if (this.#next() === "-") isNegative = !isNegative;
    this.#power(depth);
    if (isNegative) this.#push(NEGATED);
  }

  #power(depth: number): void {
    if (depth > DEPTH_MAX) throw new NoFormula(`it is nested deeper than ${DEPTH_MAX}`);
    this.#atom(depth);
    if (this.#next() !== "^" && this.#next() !== "**") return;
    this.#at++;
    this.#signed(depth + 1);
    this.#push(POWER);
  }

  #atom(depth: number): void {
    const token = this.#next();
    this.#at++;
    const name = token.toLowerCase();
    if (token === "(") {
      this.sum(depth + 1);
      this.#expect(")");
    } else if (/^[\d.]/.test(token)) this.#push({ do: "number", value: Number(token) });
    else if (name === "x" || name === "x1") this.#push({ do: "x" });
    else if (name === "pi") this.#push({ do: "number", value: Math.PI });
    else this.#call(name, token, depth);
  }

  #call(name: string, token: string, depth: number): void {
    const unary = UNARY.get(name);
    const binary = BINARY.get(name);
    if (unary === undefined && binary === undefined)
      throw new NoFormula(token === "" ? "it ends too early" : `"${token}" is not known`);
    this.#expect("(");
    this.sum(depth + 1);
    if (binary !== undefined) {
      this.#expect(",");
      this.sum(depth + 1);
      this.#push({ do: "binary", of: binary });
    } else if (unary !== undefined) this.#push({ do: "unary", of: unary });
    this.#expect(")");
  }

  #expect(token: string): void {
    if (this.#next() !== token) throw new NoFormula(`"${token}" is missing`);
    this.#at++;
  }

  #next(): string {
    return this.#tokens[this.#at] ?? "";
  }

  #push(step: Step): void {
    if (this.steps.push(step) > STEPS_MAX) throw new NoFormula(`it has more than ${STEPS_MAX} parts`);
  }
}

function run(steps: readonly Step[]): Formula {
  const stack = new Float64Array(steps.length);
  return (x) => {
    let top = -1;
    for (const step of steps) {
      if (step.do === "number") stack[++top] = step.value;
      else if (step.do === "x") stack[++top] = x;
      else if (step.do === "unary") stack[top] = step.of(stack[top] as number);
      else {
        top--;
        stack[top] = step.of(stack[top] as number, stack[top + 1] as number);
      }
    }
    return stack[0] as number;
  };
}
