/** JSON whose values know where they stand, so that what is wrong in a file can be shown with line and column. */

export type PlacedJson = { readonly line: number; readonly column: number } & (
  | { readonly kind: "object"; readonly members: readonly PlacedMember[] }
  | { readonly kind: "array"; readonly items: readonly PlacedJson[] }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly number: number }
  | { readonly kind: "boolean" | "null" }
);

export interface PlacedMember {
  readonly name: string;
  readonly line: number;
  readonly column: number;
  readonly value: PlacedJson;
}

export interface JsonError {
  readonly line: number;
  readonly column: number;
  readonly text: string;
}

const DEPTH_MAX = 32;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const TEXT = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;
const BLANKS = /[ \t\r\n]*/y;
const WORD = /true|false|null/y;

/** The value a text holds, or the first place where it is no JSON. A byte order mark is skipped. */
export function readPlacedJson(text: string): PlacedJson | JsonError {
  const reader = new Reader(text.replace(/^\ufeff/, ""));
  try {
    const value = reader.value(0);
    reader.end();
    return value;
  } catch (error) {
    if (error instanceof Stop) return { ...error.place, text: error.message };
    throw error;
  }
}

/** Ends the reading; never leaves this file. */
class Stop extends Error {
  readonly place: { readonly line: number; readonly column: number };
  constructor(place: { readonly line: number; readonly column: number }, message: string) {
    super(message);
    this.place = place;
  }
}

class Reader {
  readonly #text: string;
  #at = 0;
  #line = 1;
  #lineStart = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): PlacedJson {
    this.#take(BLANKS);
    const place = this.#place();
    const next = this.#text[this.#at];
    if (depth > DEPTH_MAX) throw new Stop(place, `values are nested more than ${DEPTH_MAX} deep`);
    if (next === "{") return { kind: "object", members: this.#list("}", () => this.#member(depth)), ...place };
    if (next === "[") return { kind: "array", items: this.#list("]", () => this.value(depth + 1)), ...place };
    const quoted = this.#take(TEXT);
    if (quoted !== null) return { kind: "text", text: JSON.parse(quoted) as string, ...place };
    const number = this.#take(NUMBER);
    if (number !== null) return { kind: "number", number: Number(number), ...place };
    const word = this.#take(WORD);
    if (word === null) throw new Stop(place, `there is ${this.#here()} where a value is needed`);
    return { kind: word === "null" ? "null" : "boolean", ...place };
  }

  end(): void {
    this.#take(BLANKS);
    if (this.#at < this.#text.length) throw new Stop(this.#place(), `there is ${this.#here()} behind the end`);
  }

  #member(depth: number): PlacedMember {
    this.#take(BLANKS);
    const place = this.#place();
    const name = this.#take(TEXT);
    if (name === null) throw new Stop(place, `there is ${this.#here()} where a name in quotes is needed`);
    this.#expect(":");
    return { name: JSON.parse(name) as string, ...place, value: this.value(depth + 1) };
  }

  /** From the opening bracket to the closing one. */
  #list<Item>(close: "}" | "]", item: () => Item): Item[] {
    this.#at++;
    const items: Item[] = [];
    this.#take(BLANKS);
    if (this.#text[this.#at] === close) {
      this.#at++;
      return items;
    }
    while (true) {
      items.push(item());
      this.#take(BLANKS);
      if (this.#text[this.#at] === close) {
        this.#at++;
        return items;
      }
      if (this.#text[this.#at] !== ",")
        throw new Stop(this.#place(), `there is ${this.#here()} where "," or "${close}" is needed`);
      this.#at++;
    }
  }

  #expect(wanted: string): void {
    this.#take(BLANKS);
    if (this.#text[this.#at] !== wanted) throw new Stop(this.#place(), `there is ${this.#here()} where "${wanted}" is needed`);
    this.#at++;
  }

  #take(pattern: RegExp): string | null {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) return null;
    for (let at = found.indexOf("\n"); at >= 0; at = found.indexOf("\n", at + 1)) {
      this.#line++;
      this.#lineStart = this.#at + at + 1;
    }
    this.#at += found.length;
    return found;
  }

  #place(): { readonly line: number; readonly column: number } {
    return { line: this.#line, column: this.#at - this.#lineStart + 1 };
  }

  #here(): string {
    const next = this.#text[this.#at];
    return next === undefined ? "the end of the file" : JSON.stringify(next);
  }
}
