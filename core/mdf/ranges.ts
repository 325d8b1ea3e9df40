/** Which of many ranges a value lies in, the first that holds it, in the time of one binary search. */

export interface Ranges {
  /** Number of the first range with lower ≤ x ≤ upper (`closed`), or lower ≤ x < upper; -1 if there is none. */
  find(x: number): number;
}

/**
 * Ranges may overlap. All borders, sorted, part the numbers into points and the gaps behind them; each of those gets the first range that covers
 * it, once. Ranges with NaN hold nothing.
 */
export function rangesOf(lowers: readonly number[], uppers: readonly number[], closed: boolean): Ranges {
  const points = Float64Array.from(new Set([...lowers, ...uppers].filter((border) => !Number.isNaN(border)))).sort();
  // Slot 2k is the point k, slot 2k + 1 the gap behind it.
  const owners = new Int32Array(2 * points.length).fill(-1);
  // The next slot without an owner, followed and shortened as in a union-find.
  const free = Int32Array.from({ length: owners.length + 1 }, (_, slot) => slot);
  for (const [range, lower] of lowers.entries()) {
    const upper = uppers[range] as number;
    if (!(lower <= upper)) continue;
    const end = 2 * lastAtMost(points, upper) + (closed ? 1 : 0);
    for (let slot = nextFree(free, 2 * lastAtMost(points, lower)); slot < end; slot = nextFree(free, slot)) {
      owners[slot] = range;
      free[slot] = slot + 1;
    }
  }
  return {
    find(x) {
      const point = lastAtMost(points, x);
      if (point < 0 || Number.isNaN(x)) return -1;
      return owners[2 * point + (points[point] === x ? 0 : 1)] as number;
    },
  };
}

/** Place of the last of the ascending `points` that is ≤ x; -1 if all are greater. */
export function lastAtMost(points: ArrayLike<number>, x: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((points[middle] as number) <= x) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function nextFree(free: Int32Array, slot: number): number {
  let end = slot;
  while ((free[end] as number) !== end) end = free[end] as number;
  for (let at = slot; at !== end; ) {
    const next = free[at] as number;
    free[at] = end;
    at = next;
  }
  return end;
}
