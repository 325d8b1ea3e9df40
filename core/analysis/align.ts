/** Series side by side: at the times of all of them (or of the first) each has the last value it had, as long as its recording goes on. */
import type { SeriesAnswer } from "../series/series.ts";

/** Samples of one series in ascending time. A value that is not a number says that nothing is known from here on. */
export interface Column {
  /** ns since `baseNs` of the alignment. */
  readonly timesNs: Float64Array;
  readonly values: Float64Array;
}

export interface Alignment {
  readonly baseNs: bigint;
  readonly columns: readonly Column[];
}

/** Called once per row; `values` is lent. */
export type OnRow = (timeNs: number, values: Float64Array) => void;

/**
 * One column per answer. Where a device's recording ends (the last sample that any of its series has in a session) its columns say so: a value
 * is held to the end of its session, never across the gap to the next.
 */
export function alignmentOf(answers: readonly SeriesAnswer[]): Alignment {
  const starts = answers.flatMap(({ segments }) => segments.map(({ baseNs }) => baseNs));
  const baseNs = starts.reduce<bigint | null>((least, one) => (least === null || one < least ? one : least), null) ?? 0n;
  const ends = sessionEnds(answers, baseNs);
  return { baseNs, columns: answers.map((answer) => columnOf(answer, baseNs, ends)) };
}

const keyOf = (answer: SeriesAnswer, session: string): string => `${answer.labels.device}\n${session}`;

function sessionEnds(answers: readonly SeriesAnswer[], baseNs: bigint): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  for (const answer of answers) {
    for (const { session, baseNs: ownNs, timesNs } of answer.segments) {
      const last = Number(ownNs - baseNs) + (timesNs.at(-1) ?? 0);
      const key = keyOf(answer, session);
      if (timesNs.length > 0 && !(last <= (ends.get(key) ?? Number.NEGATIVE_INFINITY))) ends.set(key, last);
    }
  }
  return ends;
}

function columnOf(answer: SeriesAnswer, baseNs: bigint, ends: ReadonlyMap<string, number>): Column {
  const segments = answer.segments.filter(({ timesNs }) => timesNs.length > 0);
  const times: Float64Array[] = [];
  const values: Float64Array[] = [];
  for (const [at, segment] of segments.entries()) {
    const shiftNs = Number(segment.baseNs - baseNs);
    times.push(segment.timesNs.map((timeNs) => timeNs + shiftNs));
    values.push(segment.values);
    if (segments[at + 1]?.session === segment.session) continue;
    // 1 ns behind, so that a sample at the very end still counts.
    const endNs = (ends.get(keyOf(answer, segment.session)) ?? 0) + 1;
    const next = segments[at + 1];
    const nextNs = next === undefined ? Number.POSITIVE_INFINITY : Number(next.baseNs - baseNs) + (next.timesNs[0] ?? 0);
    times.push(Float64Array.of(Math.min(endNs, nextNs)));
    values.push(Float64Array.of(Number.NaN));
  }
  return { timesNs: joined(times), values: joined(values) };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/**
 * Rows in ascending time: `all` = wherever one of the columns has a sample (or ends); `first` = where the first has one. Equal times are one
 * row; of several samples of one column at one time the last counts. NaN: not known yet, or no more. Linear in samples × columns.
 */
export function eachRow(columns: readonly Column[], at: "all" | "first", onRow: OnRow): void {
  const cursors = new Int32Array(columns.length);
  const held = new Float64Array(columns.length).fill(Number.NaN);
  while (true) {
    let timeNs = Number.POSITIVE_INFINITY;
    for (const [i, { timesNs }] of columns.entries()) {
      const own = timesNs[cursors[i] ?? 0] ?? Number.POSITIVE_INFINITY;
      if (own < timeNs) timeNs = own;
    }
    if (timeNs === Number.POSITIVE_INFINITY) return;
    let isOfFirst = false;
    for (const [i, { timesNs, values }] of columns.entries()) {
      let cursor = cursors[i] ?? 0;
      for (; timesNs[cursor] === timeNs; cursor++) {
        held[i] = values[cursor] ?? Number.NaN;
        if (i === 0) isOfFirst = true;
      }
      cursors[i] = cursor;
    }
    if (at === "all" || isOfFirst) onRow(timeNs, held);
  }
}
