/** What is plotted of a channel: numbers as they are converted, the raw number where the conversion gives a text. */
import { type Column, eachValue, isNumeric, numbersInto, type ValueSink } from "../mdf/column.ts";
import type { RecordBatch } from "../mdf/record-batch.ts";

/** Why a channel has no curve; null if it has one. */
export function whyNoNumbers({ raw, rule }: Column): string | null {
  if (raw.kind === "number") return null;
  if (raw.kind === "complex") return "it holds complex numbers";
  if (raw.kind === "bytes") return "it holds bytes, not numbers";
  return rule !== null && !rule.givesText && !rule.isIdentity ? null : "it holds texts, not numbers";
}

/** One number for each record; NaN where a text stands for none. Faults: those of values of variable length. */
export async function plotInto(column: Column, batch: RecordBatch, into: Float64Array): Promise<void> {
  if (isNumeric(column)) return numbersInto(column, batch, into);
  const { raw, rule } = column;
  if (raw.kind !== "number" || rule === null) return eachValue(column, batch, new Numbers(into));
  numbersInto({ ...column, rule: null }, batch, into);
  for (let row = 0; row < batch.rowCount; row++) {
    const value = rule.apply(into[row] as number, raw.isFloat);
    if (typeof value !== "string") into[row] = Number(value);
  }
}

class Numbers implements ValueSink {
  readonly #into: Float64Array;
  #row = 0;

  constructor(into: Float64Array) {
    this.#into = into;
  }

  number(value: number): void {
    this.#into[this.#row++] = value;
  }
  exact(): void {}
  text(): void {
    this.number(Number.NaN);
  }
  bytes(): void {
    this.number(Number.NaN);
  }
  complex(): void {
    this.number(Number.NaN);
  }
  missing(): void {
    this.number(Number.NaN);
  }
}
