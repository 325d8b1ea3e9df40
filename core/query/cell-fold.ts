/** Samples folded into cells batch by batch, for series that no kernel folds. */
import { type CellKind, combineCell, foldSamples, WORDS } from "./cell-part.ts";

const CELLS_FIRST = 256;

export class CellFold {
  readonly #kind: CellKind;
  /** Start of bucket 0 and width, ns, on the clock of the samples. */
  readonly #originNs: number;
  readonly #stepNs: number;
  readonly #places = new Map<number, number>();
  #cells: Float64Array;

  constructor(kind: CellKind, originNs: number, stepNs: number) {
    this.#kind = kind;
    this.#originNs = originNs;
    this.#stepNs = stepNs;
    this.#cells = new Float64Array(CELLS_FIRST * WORDS[kind].words);
  }

  /** Samples in ascending time; batches may come in any order. */
  add(times: Float64Array, values: Float64Array): void {
    const { words } = WORDS[this.#kind];
    const { buckets, cells } = foldSamples(this.#kind, times, values, this.#originNs, this.#stepNs);
    for (const [i, bucket] of buckets.entries()) {
      const known = this.#places.get(bucket);
      if (known === undefined) this.#append(bucket, cells.subarray(i * words, (i + 1) * words));
      else combineCell(this.#kind, this.#cells, known * words, cells, i * words, 0);
    }
  }

  /** Buckets ascending. */
  taken(): { buckets: Float64Array; cells: Float64Array } {
    const { words } = WORDS[this.#kind];
    const order = [...this.#places].sort(([a], [b]) => a - b);
    const cells = new Float64Array(order.length * words);
    for (const [i, [, place]] of order.entries()) cells.set(this.#cells.subarray(place * words, (place + 1) * words), i * words);
    return { buckets: Float64Array.from(order, ([bucket]) => bucket), cells };
  }

  #append(bucket: number, cell: Float64Array): void {
    const at = this.#places.size * cell.length;
    if (at + cell.length > this.#cells.length) {
      const wider = new Float64Array(2 * this.#cells.length);
      wider.set(this.#cells);
      this.#cells = wider;
    }
    this.#cells.set(cell, at);
    this.#places.set(bucket, this.#places.size);
  }
}
