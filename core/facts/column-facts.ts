/** One column of a channel group on its way to its row in buslens-groups/1 (golden README §7). */
import type { ValueSink } from "../mdf/column.ts";
import { numberText } from "./document.ts";
import { ExactSum } from "./fsum.ts";
import { Sha256 } from "./sha256.ts";

/** Small, since every column of a file has some of them. */
const PIECE_BYTES = 1024;
const LINE_END = Uint8Array.of(0x0a);

/** Values of any kind; numbers and texts are both kept, since only the end says which of them the column is. */
export class ColumnFacts implements ValueSink {
  readonly #numbers = new NumberFacts();
  readonly #exact = new ExactFacts();
  readonly #texts = new LineFacts();
  readonly #bytes = new LineFacts();
  readonly #complex = new ComplexFacts();
  /** Only a column that may give texts needs its numbers as such too. */
  readonly #mayGiveText: boolean;
  #firstText: string | null = null;
  #lastText = "";
  #hasTexts = false;
  #firstBytes: Uint8Array | null = null;
  #lastBytes = new Uint8Array();
  /** Values of variable length that were not there. */
  missingCount = 0;

  constructor(mayGiveText: boolean) {
    this.#mayGiveText = mayGiveText;
  }

  number(value: number): void {
    this.#numbers.add(value);
    if (this.#mayGiveText) this.#line(String(value));
  }

  numbers(values: Float64Array): void {
    this.#numbers.addAll(values);
  }

  exact(value: bigint): void {
    this.#exact.add(value);
  }

  text(value: string): void {
    this.#hasTexts = true;
    this.#line(value);
  }

  bytes(value: Uint8Array): void {
    this.#firstBytes ??= value.slice();
    if (this.#lastBytes.length === value.length) this.#lastBytes.set(value);
    else this.#lastBytes = value.slice();
    this.#bytes.add(value);
  }

  complex(real: number, imaginary: number): void {
    this.#complex.add(real, imaginary);
  }

  missing(): void {
    this.missingCount++;
  }

  /** `,"kind":…` and what follows. `isExact` false: no hash. */
  row(shape: readonly number[] | null, isExact: boolean): string {
    const array = shape === null ? "" : `,"array":${JSON.stringify(shape)}`;
    const hash = (sha256: string) => (isExact ? `,"sha256":"${sha256}"` : "");
    if (this.#firstBytes !== null) {
      const ends = `"first":"${hex(this.#firstBytes)}","last":"${hex(this.#lastBytes)}"`;
      return `"kind":"bytes"${array},${ends}${hash(this.#bytes.hex())}`;
    }
    if (this.#hasTexts) {
      const ends = `"first":${JSON.stringify(this.#firstText)},"last":${JSON.stringify(this.#lastText)}`;
      return `"kind":"text"${array},${ends}${hash(this.#texts.hex())}`;
    }
    if (this.#complex.count > 0) return `"kind":"complex"${array},${this.#complex.text()}${hash(this.#complex.hex())}`;
    if (this.#numbers.count > 0)
      return `"kind":"number"${array},${this.#numbers.text()}${this.#exact.text()}${hash(this.#numbers.hex())}`;
    return `"kind":"empty"${array}`;
  }

  #line(text: string): void {
    this.#firstText ??= text;
    this.#lastText = text;
    this.#texts.addText(text);
  }
}

/** Hash over bytes that come in small pieces. */
class Pieces {
  readonly #hash = new Sha256();
  readonly #bytes = new Uint8Array(PIECE_BYTES);
  #filled = 0;

  add(bytes: Uint8Array): void {
    if (this.#filled + bytes.length > PIECE_BYTES) this.#flush();
    if (bytes.length > PIECE_BYTES) this.#hash.update(bytes);
    else {
      this.#bytes.set(bytes, this.#filled);
      this.#filled += bytes.length;
    }
  }

  hex(): string {
    this.#flush();
    return this.#hash.hex();
  }

  #flush(): void {
    this.#hash.update(this.#bytes.subarray(0, this.#filled));
    this.#filled = 0;
  }
}

/** Values with a line end each. */
class LineFacts {
  readonly #utf8 = new TextEncoder();
  #pieces: Pieces | null = null;

  add(bytes: Uint8Array): void {
    this.#pieces ??= new Pieces();
    this.#pieces.add(bytes);
    this.#pieces.add(LINE_END);
  }

  addText(text: string): void {
    this.add(this.#utf8.encode(text));
  }

  hex(): string {
    return (this.#pieces ?? new Pieces()).hex();
  }
}

class NumberFacts {
  readonly #sum = new ExactSum();
  readonly #view = new DataView(new ArrayBuffer(PIECE_BYTES));
  readonly #hash = new Sha256();
  #filled = 0;
  #first = 0;
  #last = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;
  #nonFinite = 0;
  count = 0;

  addAll(values: Float64Array): void {
    for (const value of values) this.add(value);
  }

  add(value: number): void {
    if (this.count++ === 0) this.#first = value;
    this.#last = value;
    if (Number.isFinite(value)) {
      if (value < this.#min) this.#min = value;
      if (value > this.#max) this.#max = value;
      this.#sum.add(value);
    } else this.#nonFinite++;
    // Engines may write any bits for NaN.
    this.#view.setFloat64(this.#filled, Number.isNaN(value) ? Number.NaN : value, true);
    this.#filled += 8;
    if (this.#filled === PIECE_BYTES) this.#flush();
  }

  text(): string {
    const hasFinite = this.count > this.#nonFinite;
    const extremes = hasFinite ? [numberText(this.#min), numberText(this.#max)] : ["null", "null"];
    return `"first":${numberText(this.#first)},"last":${numberText(this.#last)},"min":${extremes[0]},"max":${extremes[1]},"sum":${numberText(this.#sum.value())},"nonFinite":${this.#nonFinite}`;
  }

  hex(): string {
    this.#flush();
    return this.#hash.hex();
  }

  #flush(): void {
    this.#hash.update(new Uint8Array(this.#view.buffer, 0, this.#filled));
    this.#filled = 0;
  }
}

/** Integers that a double does not hold; said only if one reaches 2^53. */
class ExactFacts {
  #first: bigint | null = null;
  #last = 0n;
  #min = 0n;
  #max = 0n;

  add(value: bigint): void {
    if (this.#first === null) {
      this.#first = value;
      this.#min = value;
      this.#max = value;
    }
    this.#last = value;
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  text(): string {
    const reach = this.#max > -this.#min ? this.#max : -this.#min;
    if (this.#first === null || reach < 2n ** 53n) return "";
    return `,"exact":{"first":"${this.#first}","last":"${this.#last}","min":"${this.#min}","max":"${this.#max}"}`;
  }
}

class ComplexFacts {
  readonly #view = new DataView(new ArrayBuffer(16));
  readonly #sums = [new ExactSum(), new ExactSum()] as const;
  #pieces: Pieces | null = null;
  count = 0;

  add(real: number, imaginary: number): void {
    this.count++;
    this.#sums[0].add(real);
    this.#sums[1].add(imaginary);
    this.#view.setFloat64(0, Number.isNaN(real) ? Number.NaN : real, true);
    this.#view.setFloat64(8, Number.isNaN(imaginary) ? Number.NaN : imaginary, true);
    this.#pieces ??= new Pieces();
    this.#pieces.add(new Uint8Array(this.#view.buffer));
  }

  text(): string {
    return `"sumRe":${numberText(this.#sums[0].value())},"sumIm":${numberText(this.#sums[1].value())}`;
  }

  hex(): string {
    return (this.#pieces ?? new Pieces()).hex();
  }
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
