/** The first rows of an order that is not the order they come in, without holding all of them. */

/** Rows beyond what is asked for that are held before they are sorted out: seldom, so that sorting costs little. */
const SLACK_ROWS = 4096;

/** Keeps the `count` first rows by `compare`; of equal rows those that came first. */
export class TopRows<Row> {
  readonly #count: number;
  readonly #compare: (a: Row, b: Row) => number;
  #rows: Row[] = [];

  constructor(count: number, compare: (a: Row, b: Row) => number) {
    this.#count = count;
    this.#compare = compare;
  }

  /** Takes a row. */
  add(row: Row): void {
    this.#rows.push(row);
    if (this.#rows.length > 2 * this.#count + SLACK_ROWS) this.#trim();
  }

  /** The last row that would be given now; null as long as there is room for more. */
  last(): Row | null {
    if (this.#rows.length < this.#count || this.#count === 0) return null;
    this.#trim();
    return this.#rows[this.#count - 1] ?? null;
  }

  /** Sorted. */
  rows(): readonly Row[] {
    this.#trim();
    return this.#rows;
  }

  #trim(): void {
    this.#rows.sort(this.#compare); // stable
    this.#rows.length = Math.min(this.#rows.length, this.#count);
  }
}
