import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Segment } from "../../../core/series/series.ts";
import { type Columns, toColumns } from "../../../web/plot/columns.ts";
import { toExtents } from "../../../web/plot/extents.ts";
import type { View } from "../../../web/state/view.ts";

const segment = (timesNs: number[], values: number[], options: { baseNs?: bigint; session?: string } = {}): Segment => ({
  file: "a.MF4",
  session: options.session ?? "1",
  baseNs: options.baseNs ?? 1_000n,
  timesNs: Float64Array.from(timesNs),
  values: Float64Array.from(values),
});
const view = (fromNs: bigint, stepNs: bigint): View => ({ fromNs, stepNs });
const rows = (columns: Columns) =>
  Array.from({ length: columns.count }, (_, i) => [
    columns.at[i],
    columns.first[i],
    columns.min[i],
    columns.max[i],
    columns.last[i],
  ]);

/** What the engine gives of the same samples: first, min, max and last of each column, and both neighbours. */
function cellsOf({ fromNs, stepNs }: View, width: number, whole: Segment): Segment {
  const columnOf = (row: number) => {
    const ns = whole.baseNs + BigInt(whole.timesNs[row] ?? 0) - fromNs;
    return Number(ns >= 0n ? ns / stepNs : -1n);
  };
  const keep = new Set<number>();
  const byColumn = new Map<number, number[]>();
  whole.timesNs.forEach((_, row) => {
    const column = columnOf(row);
    byColumn.set(column, [...(byColumn.get(column) ?? []), row]);
  });
  const value = (row: number) => whole.values[row] ?? 0;
  for (const [column, own] of byColumn) {
    if (column < 0) keep.add(own.at(-1) ?? 0);
    else if (column < width) {
      const min = own.reduce((a, b) => (value(b) < value(a) ? b : a));
      const max = own.reduce((a, b) => (value(b) > value(a) ? b : a));
      for (const row of [own[0] ?? 0, own.at(-1) ?? 0, min, max]) keep.add(row);
    }
  }
  const after = whole.timesNs.findIndex((_, row) => columnOf(row) >= width);
  if (after >= 0) keep.add(after);
  const kept = [...keep].sort((a, b) => a - b);
  return {
    ...whole,
    timesNs: whole.timesNs.filter((_, i) => kept.includes(i)),
    values: whole.values.filter((_, i) => kept.includes(i)),
  };
}

describe("columns", () => {
  test("a sample on a border belongs to the column it starts", () => {
    const columns = toColumns([segment([0, 9, 10, 19, 20], [1, 2, 3, 4, 5])], view(1_000n, 10n), 3, 1e9);
    expect(rows(columns)).toEqual([
      [0, 1, 1, 2, 2],
      [1, 3, 3, 4, 4],
      [2, 5, 5, 5, 5],
    ]);
  });

  test("the last sample before and the first after the window take part, and no other", () => {
    const columns = toColumns([segment([0, 5, 50, 95, 99], [1, 2, 3, 4, 5])], view(1_040n, 10n), 5, 1e9);
    expect(rows(columns)).toEqual([
      [-1, 2, 2, 2, 2],
      [1, 3, 3, 3, 3],
      [5, 4, 4, 4, 4],
    ]);
  });

  test("a silence longer than the gap breaks the line, and so does another session", () => {
    const columns = toColumns(
      [segment([0, 10, 100], [1, 1, 1]), segment([110], [1], { session: "2" })],
      view(1_000n, 10n),
      20,
      50,
    );
    expect([...columns.breakBefore.slice(0, columns.count)]).toEqual([0, 0, 1, 1]);
  });

  test("a split of the same session goes on", () => {
    const columns = toColumns([segment([0], [1]), segment([0], [2], { baseNs: 1_010n })], view(1_000n, 10n), 3, 1e9);
    expect([...columns.breakBefore.slice(0, columns.count)]).toEqual([0, 0]);
  });

  test("columns are whole-number exact with a file that starts 80 days into the view", () => {
    const ahead = 80n * 86_400n * 1_000_000_000n;
    const stepNs = 7_000_000_001n;
    const column = 987_001n;
    const base = column * stepNs;
    const columns = toColumns(
      [segment([Number(base - ahead - 1n), Number(base - ahead)], [1, 2], { baseNs: ahead })],
      view(0n, stepNs),
      2_000_000,
      Number.POSITIVE_INFINITY,
    );
    expect(rows(columns).map(([at]) => at)).toEqual([Number(column) - 1, Number(column)]);
  });

  test("cells and all samples paint the same extents", () => {
    const samples = fc.array(fc.tuple(fc.integer({ min: 0, max: 4_000 }), fc.integer({ min: -50, max: 50 })), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(
        samples,
        fc.integer({ min: 0, max: 3_000 }),
        fc.integer({ min: 1, max: 40 }),
        fc.boolean(),
        (pairs, from, step, held) => {
          const sorted = [...new Map(pairs).entries()].sort(([a], [b]) => a - b);
          const whole = segment(
            sorted.map(([t]) => t),
            sorted.map(([, v]) => v),
          );
          const window = view(1_000n + BigInt(from), BigInt(step));
          const scale = { low: -50, high: 50, top: 10, bottom: 200, log: false };
          // Both are kept: a picture is valid until the next one.
          const draw = (segments: Segment[]) =>
            structuredClone(toExtents(toColumns(segments, window, 32, 200), scale, 32, step, 1.5, held));
          const every = draw([whole]);
          const cells = draw([cellsOf(window, 32, whole)]);
          expect([...cells.top]).toEqual([...every.top]);
          expect([...cells.bottom]).toEqual([...every.bottom]);
        },
      ),
      { numRuns: 500, seed: 20240917 },
    );
  });
});

describe("extents", () => {
  const scale = { low: 0, high: 100, top: 0, bottom: 100, log: false };
  const draw = (times: number[], values: number[], width: number, held = false) => {
    const columns = toColumns([segment(times, values)], view(1_000n, 10n), width, 1e9);
    const { top, bottom } = toExtents(columns, scale, width, 10, 0, held);
    return Array.from({ length: width }, (_, x) => [top[x], bottom[x]]);
  };

  test("a line between two samples passes every column between them", () => {
    expect(draw([0, 40], [0, 40], 5)).toEqual([
      [90, 100],
      [80, 90],
      [70, 80],
      [60, 70],
      [60, 60],
    ]);
  });

  test("a held value stays and jumps in the next sample's column", () => {
    expect(draw([0, 40], [0, 40], 5, true)).toEqual([
      [100, 100],
      [100, 100],
      [100, 100],
      [100, 100],
      [60, 100],
    ]);
  });

  test("a spike of one sample covers its whole height", () => {
    expect(draw([20, 25, 29], [0, 100, 0], 4)[2]).toEqual([0, 100]);
  });

  test("columns without samples and without a line stay empty", () => {
    expect(draw([0], [5], 3)).toEqual([
      [95, 95],
      [Number.NaN, Number.NaN],
      [Number.NaN, Number.NaN],
    ]);
  });

  test("what leaves the stripe is cut two pixels beyond it", () => {
    expect(draw([0], [1e6], 1)).toEqual([[-2, -2]]);
  });

  test("half the line width is added up and down", () => {
    const columns = toColumns([segment([0], [50])], view(1_000n, 10n), 1, 1e9);
    const { top, bottom } = toExtents(columns, scale, 1, 10, 3, false);
    expect([top[0], bottom[0]]).toEqual([48.5, 51.5]);
  });
});
