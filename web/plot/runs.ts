/** Enum and boolean lanes: runs of equal values in device pixels (viewer.md §4, "Enum lane"). */
import type { Columns } from "./columns.ts";

/** Half open in device px. `value` null: several values within one column. */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly value: number | null;
}

/** A value holds until the next sample; runs end at gaps. `width` ends the last one. */
export function toRuns(columns: Columns, width: number): Run[] {
  const runs: Run[] = [];
  function add(from: number, to: number, value: number | null): void {
    const [start, end] = [Math.max(0, from), Math.min(width, to)];
    if (end <= start) return;
    const last = runs.at(-1);
    if (last !== undefined && last.to === start && last.value === value)
      runs[runs.length - 1] = { from: last.from, to: end, value };
    else runs.push({ from: start, to: end, value });
  }
  for (let i = 0; i < columns.count; i++) {
    const at = columns.at[i] ?? 0;
    const last = columns.last[i] ?? null;
    if (at >= 0 && at < width) add(at, at + 1, isMixed(columns, i) ? null : last);
    const next = i + 1 < columns.count ? (columns.at[i + 1] ?? width) : at + 1;
    const ends = i + 1 < columns.count && columns.breakBefore[i + 1] === 1 ? at + 1 : next;
    add(at + 1, ends, last);
  }
  return runs;
}

/** A column that goes from one value to another shows the other; one that holds more has runs shorter than itself. */
function isMixed({ first, last, min, max }: Columns, i: number): boolean {
  const [from, to] = [first[i] ?? 0, last[i] ?? 0];
  return Math.min(from, to) !== min[i] || Math.max(from, to) !== max[i];
}
