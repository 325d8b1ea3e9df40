/** From a condition over time to the stretches in which it holds. */

/** ns of the alignment; half open. */
export interface Stretch {
  readonly startNs: number;
  readonly endNs: number;
}

/**
 * Stretches of at least `forNs` in which the condition held: from the row that made it true to the row that made it false, or to the last row
 * there is. Rows in ascending time; what is not known is not true.
 */
export class Stretches {
  readonly #forNs: number;
  readonly #found: Stretch[] = [];
  #startNs: number | null = null;
  #lastNs = 0;

  constructor(forNs: number) {
    this.#forNs = forNs;
  }

  add(timeNs: number, holds: boolean): void {
    this.#lastNs = timeNs;
    if (holds) this.#startNs ??= timeNs;
    else this.#close(timeNs);
  }

  /** After the last row. */
  all(): readonly Stretch[] {
    this.#close(this.#lastNs);
    return this.#found;
  }

  #close(endNs: number): void {
    if (this.#startNs !== null && endNs - this.#startNs >= this.#forNs) this.#found.push({ startNs: this.#startNs, endNs });
    this.#startNs = null;
  }
}
