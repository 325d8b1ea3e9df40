/** A view cut out of a wider answer paints what the engine's own answer for it would. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Segment } from "../../../core/series/series.ts";
import { besideOf, cutOut } from "../../../web/plot/beside.ts";
import { toColumns } from "../../../web/plot/columns.ts";
import type { Held } from "../../../web/plot/data.ts";
import type { View } from "../../../web/state/view.ts";
import type { ViewSeries } from "../../../worker/api.ts";

const BASE_NS = 1_000_000n;
const COLUMNS = 20;

const segmentOf = (times: readonly number[], values: readonly number[]): Segment => ({
  file: "a",
  session: "1",
  baseNs: BASE_NS,
  timesNs: Float64Array.from(times),
  values: Float64Array.from(values),
});

function heldOf(all: Segment, view: View, columns: number): Held {
  const from = Number(view.fromNs - BASE_NS);
  const step = Number(view.stepNs);
  const rows = [...all.timesNs.keys()];
  const columnOf = (row: number): number => Math.floor(((all.timesNs[row] ?? 0) - from) / step);
  const inside = rows.filter((row) => columnOf(row) >= 0 && columnOf(row) < columns);
  const every = inside.length <= 2 * columns;
  const value = (row: number): number => all.values[row] ?? 0;
  const kept = new Set<number>(every ? inside : []);
  for (let column = 0; !every && column < columns; column++) {
    const own = inside.filter((row) => columnOf(row) === column);
    if (own.length === 0) continue;
    kept.add(own[0] ?? 0).add(own.at(-1) ?? 0);
    kept.add(own.reduce((a, b) => (value(b) < value(a) ? b : a))).add(own.reduce((a, b) => (value(b) > value(a) ? b : a)));
  }
  const before = rows.findLast((row) => columnOf(row) < 0);
  const after = rows.find((row) => columnOf(row) >= columns);
  const chosen = [...kept, ...[before, after].filter((row) => row !== undefined)].sort((a, b) => a - b);
  const segment = segmentOf(
    chosen.map((row) => all.timesNs[row] ?? 0),
    chosen.map(value),
  );
  const series: ViewSeries = {
    every,
    labels: { device: "d", bus: "CAN", channel: 1, db: "db", message: "m", sourceAddress: null, signal: "s" },
    unit: "",
    decimals: null,
    valueTable: null,
    segments: [segment],
    notices: [],
  };
  return { series, view, columns };
}

const painted = ({ series, view, columns }: Held): unknown => {
  const { count, at, firstNs, lastNs, first, last, min, max, breakBefore } = toColumns(series.segments, view, columns, 40);
  return [at, firstNs, lastNs, first, last, min, max, breakBefore].map((column) => [...column.subarray(0, count)]);
};

describe("what lies beside a view", () => {
  test("holds one view more on each side, on the same columns", () => {
    expect(besideOf({ fromNs: 1000n, stepNs: 10n }, 20)).toEqual({ view: { fromNs: 800n, stepNs: 10n }, columns: 60 });
  });

  test("answers for every view in it, or says that it does not know", () => {
    let [answered, asked] = [0, 0];
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 700 }), fc.integer({ min: -9, max: 9 })), { maxLength: 400 }),
        fc.integer({ min: 0, max: 40 }),
        (samples, by) => {
          const sorted = samples.sort(([a], [b]) => a - b);
          const all = segmentOf(
            sorted.map(([time]) => time),
            sorted.map(([, value]) => value),
          );
          const wide = besideOf({ fromNs: BASE_NS + 300n, stepNs: 5n }, COLUMNS);
          const view = { fromNs: wide.view.fromNs + BigInt(by) * 5n, stepNs: 5n };
          const cut = cutOut(heldOf(all, wide.view, wide.columns), view, COLUMNS);
          asked++;
          if (cut === null) return;
          answered++;
          const own = heldOf(all, view, COLUMNS);
          expect(cut.series.every).toBe(own.series.every);
          expect(painted(cut)).toEqual(painted(own));
        },
      ),
      { seed: 7, numRuns: 400 },
    );
    expect(answered).toBeGreaterThan(asked / 2);
  });

  test("is of no use for other columns, or where the view leaves it", () => {
    const held = heldOf(segmentOf([1, 2, 3], [1, 2, 3]), { fromNs: 1000n, stepNs: 10n }, 60);
    expect(cutOut(held, { fromNs: 1200n, stepNs: 10n }, 20)).not.toBeNull();
    expect(cutOut(held, { fromNs: 1205n, stepNs: 10n }, 20)).toBeNull();
    expect(cutOut(held, { fromNs: 1200n, stepNs: 11n }, 20)).toBeNull();
    expect(cutOut(held, { fromNs: 1410n, stepNs: 10n }, 20)).toBeNull();
    expect(cutOut(held, { fromNs: 990n, stepNs: 10n }, 20)).toBeNull();
    expect(cutOut({ ...held, isOld: true }, { fromNs: 1200n, stepNs: 10n }, 20)).toBeNull();
    expect(cutOut(null, { fromNs: 1200n, stepNs: 10n }, 20)).toBeNull();
  });
});
