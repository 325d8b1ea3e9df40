/** The correctly rounded sum of doubles (Shewchuk 1997, "Adaptive Precision Floating-Point Arithmetic"; Python's math.fsum). */

/**
 * Sum of the finite values in `values`, rounded once, ties to even. ±∞ if it is beyond the doubles, or if a part of it on the way is.
 */
export function fsum(values: Iterable<number>): number {
  // Doubles that do not overlap and together are the exact sum, ascending in magnitude.
  const partials: number[] = [];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    let high = value;
    let kept = 0;
    for (const partial of partials) {
      const [large, small] = Math.abs(high) < Math.abs(partial) ? [partial, high] : [high, partial];
      high = large + small;
      const low = small - (high - large);
      if (low !== 0) partials[kept++] = low;
    }
    if (!Number.isFinite(high)) return high;
    partials[kept] = high;
    partials.length = kept + 1;
  }
  return rounded(partials);
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
