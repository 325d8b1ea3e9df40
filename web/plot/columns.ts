/**
 * Samples sorted into the columns (device pixels) of a view: all that the dense drawing needs. Works the same on every sample and on
 * first-min-max-last cells of the same grid, because it keeps only first, last, min and max of a column.
 */

import type { Segment } from "../../core/series/series.ts";
import { floorDiv } from "../../core/time.ts";
import type { View } from "../state/view.ts";

/** Equal lengths ≥ `count`, ascending `at`. May hold one column left of 0 and one right of the width: the neighbours. */
export interface Columns {
  readonly count: number;
  readonly at: Float64Array;
  /** ns from the view's start. */
  readonly firstNs: Float64Array;
  readonly lastNs: Float64Array;
  readonly first: Float64Array;
  readonly last: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  /** 1: no line comes from the column before. */
  readonly breakBefore: Uint8Array;
}

/** Samples of one segment that take part: those in the window, one before, one after. Half open rows. */
export function rowsInView(timesNs: Float64Array, fromNs: number, toNs: number): { start: number; end: number } {
  const start = lowerBound(timesNs, fromNs);
  const end = lowerBound(timesNs, toNs);
  return { start: Math.max(0, start - 1), end: Math.min(timesNs.length, end + 1) };
}

/** First row whose time is ≥ `timeNs`. */
export function lowerBound(timesNs: Float64Array, timeNs: number): number {
  let low = 0;
  let high = timesNs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesNs[middle] ?? 0) < timeNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * `gapNs`: a longer silence inside a session breaks the line; between sessions it always breaks.
 * column = (t − t0) div Δ stays exact: the file's start is divided as a bigint, the rest is below 2^53.
 */
export function toColumns(segments: readonly Segment[], view: View, width: number, gapNs: number): Columns {
  const build = builder(Math.min(width + 2, countRows(segments)));
  const stepNs = Number(view.stepNs);
  const endColumn = width;
  let session: string | null = null;
  for (const segment of segments) {
    const ahead = segment.baseNs - view.fromNs;
    const baseColumn = Number(floorDiv(ahead, view.stepNs));
    const restNs = Number(ahead - floorDiv(ahead, view.stepNs) * view.stepNs);
    const aheadNs = Number(ahead);
    const { timesNs, values } = segment;
    const { start, end } = rowsInView(timesNs, -aheadNs, width * stepNs - aheadNs);
    if (session !== null && session !== segment.session) build.breakNext();
    session = segment.session;
    for (let row = start; row < end; row++) {
      const timeNs = timesNs[row] ?? 0;
      const value = values[row] ?? Number.NaN;
      if (Number.isNaN(value)) {
        build.breakNext();
        continue;
      }
      const column = baseColumn + Math.floor((restNs + timeNs) / stepNs);
      // Everything left of the window is one neighbour, the last; everything right of it another, the first.
      build.add(column < 0 ? -1 : column > endColumn ? endColumn : column, aheadNs + timeNs, value, gapNs);
    }
  }
  return build.done();
}

function countRows(segments: readonly Segment[]): number {
  let rows = 0;
  for (const segment of segments) rows += segment.timesNs.length;
  return rows;
}

function builder(capacity: number) {
  const size = capacity + 2;
  const [at, firstNs, lastNs] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  const [first, last, min, max] = [
    new Float64Array(size),
    new Float64Array(size),
    new Float64Array(size),
    new Float64Array(size),
  ];
  const breakBefore = new Uint8Array(size);
  let count = 0;
  let broken = false;

  function open(column: number, timeNs: number, value: number, breaks: boolean, slot: number): void {
    at[slot] = column;
    firstNs[slot] = timeNs;
    lastNs[slot] = timeNs;
    first[slot] = value;
    last[slot] = value;
    min[slot] = value;
    max[slot] = value;
    breakBefore[slot] = breaks ? 1 : 0;
  }

  return {
    breakNext(): void {
      broken = true;
    },
    add(column: number, timeNs: number, value: number, gapNs: number): void {
      const slot = count - 1;
      const breaks = broken || (slot >= 0 && timeNs - (lastNs[slot] ?? 0) > gapNs);
      broken = false;
      if (slot < 0 || at[slot] !== column) {
        open(column, timeNs, value, breaks, count++);
        return;
      }
      // The left neighbour is the last sample before the window; the right one the first after it.
      if (column < 0) {
        open(column, timeNs, value, breaks, slot);
        return;
      }
      lastNs[slot] = timeNs;
      last[slot] = value;
      if (value < (min[slot] ?? value)) min[slot] = value;
      if (value > (max[slot] ?? value)) max[slot] = value;
    },
    done: (): Columns => ({ count, at, firstNs, lastNs, first, last, min, max, breakBefore }),
  };
}
