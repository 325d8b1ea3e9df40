/** The dense drawing: what each device-pixel column of one series is filled with (viewer.md §4, "Drawing rule"). */
import type { Columns } from "./columns.ts";

/** Value to device pixels, y down. */
export interface Scale {
  readonly low: number;
  readonly high: number;
  readonly top: number;
  readonly bottom: number;
  /** Logarithmic; `low` is positive then. */
  readonly log: boolean;
}

/** One filled bar per column, fractional device pixels; `top[x]` is NaN where nothing is drawn. Valid until the next call of `toExtents`. */
export interface Extents {
  readonly top: Float64Array;
  readonly bottom: Float64Array;
}

export function yOf({ low, high, top, bottom, log }: Scale, value: number): number {
  const share = log ? Math.log(high / Math.max(value, Number.MIN_VALUE)) / Math.log(high / low) : (high - value) / (high - low);
  return top + share * (bottom - top);
}

/** The value at a height; the other way round. */
export function valueAt({ low, high, top, bottom, log }: Scale, y: number): number {
  const share = (y - top) / (bottom - top);
  return log ? high * (low / high) ** share : high - share * (high - low);
}

/** Filled anew by every picture: twenty signals would otherwise leave a third of a megabyte behind per frame. */
let scratch: Extents = { top: new Float64Array(0), bottom: new Float64Array(0) };

/**
 * Per column: from min to max of its samples, of the line that enters from the last sample before and of the line that leaves to the
 * first sample after; `held` signals keep their value instead of sloping. Grown by half the line width, clamped to the stripe ± 2 px.
 */
export function toExtents(
  columns: Columns,
  scale: Scale,
  width: number,
  stepNs: number,
  lineWidth: number,
  held: boolean,
): Extents {
  if (scratch.top.length < width) scratch = { top: new Float64Array(width), bottom: new Float64Array(width) };
  const [top, bottom] = [scratch.top.subarray(0, width), scratch.bottom.subarray(0, width)];
  top.fill(Number.NaN);
  bottom.fill(Number.NaN);

  function cover(column: number, y: number): void {
    if (column < 0 || column >= width) return;
    if (!(y >= (top[column] ?? 0))) top[column] = y;
    if (!(y <= (bottom[column] ?? 0))) bottom[column] = y;
  }

  for (let i = 0; i < columns.count; i++) {
    const column = columns.at[i] ?? 0;
    cover(column, yOf(scale, columns.min[i] ?? 0));
    cover(column, yOf(scale, columns.max[i] ?? 0));
    if (i === 0 || columns.breakBefore[i] === 1) continue;
    const fromNs = columns.lastNs[i - 1] ?? 0;
    const toNs = columns.firstNs[i] ?? 0;
    const from = yOf(scale, columns.last[i - 1] ?? 0);
    const to = yOf(scale, columns.first[i] ?? 0);
    // Cross every border between the two samples; both neighbours of a border show the line's height there.
    const firstBorder = Math.max(0, (columns.at[i - 1] ?? 0) + 1);
    const lastBorder = Math.min(width, column);
    const slope = held || toNs === fromNs ? 0 : (to - from) / (toNs - fromNs);
    for (let border = firstBorder; border <= lastBorder; border++) {
      const y = from + slope * (border * stepNs - fromNs);
      cover(border - 1, y);
      cover(border, y);
    }
    // A held value jumps inside the column of the next sample.
    if (held) cover(column, from);
  }
  grow(top, bottom, lineWidth / 2, scale);
  return { top, bottom };
}

function grow(top: Float64Array, bottom: Float64Array, by: number, scale: Scale): void {
  const lowest = scale.bottom + 2;
  const highest = scale.top - 2;
  for (let x = 0; x < top.length; x++) {
    const above = top[x] ?? Number.NaN;
    if (Number.isNaN(above)) continue;
    top[x] = Math.min(lowest, Math.max(highest, above - by));
    bottom[x] = Math.min(lowest, Math.max(highest, (bottom[x] ?? above) + by));
  }
}
