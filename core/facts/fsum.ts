/** The correctly rounded sum of doubles (Shewchuk 1997, "Adaptive Precision Floating-Point Arithmetic"; Python's math.fsum). */

/** A sum on its way, exact until it is asked for. */
export class ExactSum {
  /** Doubles that do not overlap and together are the exact sum, ascending in magnitude. */
  readonly #partials: number[] = [];
  /** The sum, or a part of it on the way, was beyond the doubles. */
  #overflow: number | null = null;

  /** Only finite values count. */
  add(value: number): void {
    if (!Number.isFinite(value) || this.#overflow !== null) return;
    const partials = this.#partials;
    let high = value;
    let kept = 0;
    for (const partial of partials) {
      const [large, small] = Math.abs(high) < Math.abs(partial) ? [partial, high] : [high, partial];
      high = large + small;
      const low = small - (high - large);
      if (low !== 0) partials[kept++] = low;
    }
    if (!Number.isFinite(high)) this.#overflow = high;
    partials[kept] = high;
    partials.length = kept + 1;
  }

  /** Rounded once, ties to even; ±∞ if it is beyond the doubles, or if a part of it on the way was. */
  value(): number {
    return this.#overflow ?? rounded(this.#partials);
  }
}

/** Sum of the finite values in `values`; see `ExactSum`. */
export function fsum(values: Iterable<number>): number {
  const sum = new ExactSum();
  for (const value of values) sum.add(value);
  return sum.value();
}

/** From the top down until something is lost; then the next part below decides a tie. */
function rounded(partials: readonly number[]): number {
  let at = partials.length - 1;
  let high = partials[at] ?? 0;
  let low = 0;
  while (at > 0 && low === 0) {
    at--;
    const partial = partials[at] ?? 0;
    const sum = high + partial;
    low = partial - (sum - high);
    high = sum;
  }
  const below = partials[at - 1] ?? 0;
  if ((low < 0 && below < 0) || (low > 0 && below > 0)) {
    const doubled = low * 2;
    const next = high + doubled;
    if (next - high === doubled) return next;
  }
  return high;
}
