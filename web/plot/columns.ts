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

/** Rows of one segment that take part, half open. */
export interface Rows {
  readonly segment: Segment;
  readonly start: number;
  readonly end: number;
}

/**
 * What takes part in a picture (viewer.md §4, "Drawing rule"): the samples in the window, the last one before it and the first one after
 * it, over all segments. So a picture of a window's answer and one of the whole recording have the same ends.
 */
export function rowsInView(segments: readonly Segment[], view: View, width: number): Rows[] {
  const rows = segments.map((segment) => {
    const fromNs = Number(view.fromNs - segment.baseNs);
    const start = lowerBound(segment.timesNs, fromNs);
    return { segment, start, end: lowerBound(segment.timesNs, fromNs + width * Number(view.stepNs)) };
  });
  let before = -1;
  let after = -1;
  rows.forEach(({ segment, start, end }, i) => {
    if (start > 0 && (before < 0 || timeOf(segment, start - 1) >= timeOf(...lastOf(rows[before])))) before = i;
    if (end < segment.timesNs.length && (after < 0 || timeOf(segment, end) < timeOf(...firstOf(rows[after])))) after = i;
  });
  return rows
    .map(({ segment, start, end }, i) => ({ segment, start: i === before ? start - 1 : start, end: i === after ? end + 1 : end }))
    .filter(({ start, end }) => end > start);
}

const lastOf = (rows: Rows | undefined): [Segment | undefined, number] => [rows?.segment, (rows?.start ?? 1) - 1];
const firstOf = (rows: Rows | undefined): [Segment | undefined, number] => [rows?.segment, rows?.end ?? 0];
const timeOf = (segment: Segment | undefined, row: number): bigint =>
  segment === undefined ? 0n : segment.baseNs + BigInt(segment.timesNs[row] ?? 0);

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
 * Valid until the next call, which reuses the arrays. `gapNs`: a longer silence inside a session breaks the line; between sessions it always breaks.
 * column = (t − t0) div Δ stays exact: the file's start is divided as a bigint, the rest is below 2^53.
 */
export function toColumns(segments: readonly Segment[], view: View, width: number, gapNs: number): Columns {
  const taking = rowsInView(segments, view, width);
  const build = builder(Math.min(width + 2, countRows(taking)));
  const stepNs = Number(view.stepNs);
  const endColumn = width;
  let session: string | null = null;
  for (const { segment, start, end } of taking) {
    const ahead = segment.baseNs - view.fromNs;
    const baseColumn = Number(floorDiv(ahead, view.stepNs));
    const restNs = Number(ahead - floorDiv(ahead, view.stepNs) * view.stepNs);
    const aheadNs = Number(ahead);
    const { timesNs, values } = segment;
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

const countRows = (taking: readonly Rows[]): number => taking.reduce((sum, { start, end }) => sum + end - start, 0);

/** Arrays that every picture is sorted into anew: a frame of many signals would otherwise leave megabytes behind. */
const scratch: Record<"at" | "firstNs" | "lastNs" | "first" | "last" | "min" | "max", Float64Array> = {
  at: new Float64Array(0),
  firstNs: new Float64Array(0),
  lastNs: new Float64Array(0),
  first: new Float64Array(0),
  last: new Float64Array(0),
  min: new Float64Array(0),
  max: new Float64Array(0),
};
let scratchBreaks = new Uint8Array(0);

function builder(capacity: number) {
  const size = capacity + 2;
  if (scratchBreaks.length < size) {
    for (const name of ["at", "firstNs", "lastNs", "first", "last", "min", "max"] as const)
      scratch[name] = new Float64Array(size);
    scratchBreaks = new Uint8Array(size);
  }
  const { at, firstNs, lastNs, first, last, min, max } = scratch;
  const breakBefore = scratchBreaks;
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
