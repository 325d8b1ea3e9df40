/** Alignment, stretches and trips against models that look at every moment. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { alignmentOf, type Column, eachRow } from "../../../core/analysis/align.ts";
import { Stretches } from "../../../core/analysis/events.ts";
import { tripsOf } from "../../../core/analysis/trips.ts";
import { conversion } from "../../../core/analysis/units.ts";
import type { Segment, SeriesAnswer } from "../../../core/series/series.ts";

const column = (samples: readonly (readonly [number, number])[]): Column => ({
  timesNs: Float64Array.from(samples, ([time]) => time),
  values: Float64Array.from(samples, ([, value]) => value),
});
const rows = (columns: readonly Column[], at: "all" | "first" = "all"): number[][] => {
  const found: number[][] = [];
  eachRow(columns, at, (time, values) => found.push([time, ...values]));
  return found;
};
const anySamples = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: -9, max: 9 })), { maxLength: 25 })
  .map((samples) => samples.toSorted(([a], [b]) => a - b));

const segment = (session: string, baseNs: bigint, samples: readonly (readonly [number, number])[]): Segment => ({
  file: `D/${session}/1.MF4`,
  session,
  baseNs,
  ...column(samples),
});
const answer = (device: string, ...segments: Segment[]): SeriesAnswer => ({
  selector: 0,
  labels: { device, bus: "CAN", channel: 1, db: "d", message: "m", sourceAddress: null, signal: "s" },
  unit: "",
  decimals: 0,
  valueTable: null,
  segments,
  stats: null,
  notices: [],
});

describe("series side by side", () => {
  test("each row has the last value of every column, in linear steps", () => {
    fc.assert(
      fc.property(fc.array(anySamples, { minLength: 1, maxLength: 4 }), (all) => {
        const at = (samples: typeof anySamples extends fc.Arbitrary<infer T> ? T : never, time: number) =>
          samples.filter(([one]) => one <= time).at(-1)?.[1] ?? Number.NaN;
        const times = [...new Set(all.flat().map(([time]) => time))].sort((a, b) => a - b);
        expect(rows(all.map(column))).toEqual(times.map((time) => [time, ...all.map((samples) => at(samples, time))]));
        const firsts = [...new Set((all[0] ?? []).map(([time]) => time))];
        expect(rows(all.map(column), "first").map(([time]) => time)).toEqual(firsts);
      }),
      { seed: 20240917 },
    );
  });

  test("a value is held over splits of a session to its end, never into the next session", () => {
    const speed = answer("A", segment("1", 1000n, [[0, 1]]), segment("1", 2000n, [[0, 2]]), segment("2", 9000n, [[0, 3]]));
    const torque = answer(
      "A",
      segment("1", 1000n, [
        [5, 10],
        [1500, 11],
      ]),
      segment("2", 9000n, [[100, 12]]),
    );
    const { baseNs, columns } = alignmentOf([speed, torque]);
    expect(baseNs).toBe(1000n);
    expect(rows(columns)).toEqual([
      [0, 1, Number.NaN],
      [5, 1, 10],
      [1000, 2, 10],
      [1500, 2, 11],
      [1501, Number.NaN, Number.NaN],
      [8000, 3, Number.NaN],
      [8100, 3, 12],
      [8101, Number.NaN, Number.NaN],
    ]);
  });
});

describe("stretches", () => {
  test("are the maximal runs that are long enough", () => {
    fc.assert(
      fc.property(anySamples, fc.integer({ min: 0, max: 8 }), (samples, forNs) => {
        const stretches = new Stretches(forNs);
        for (const [time, value] of samples) stretches.add(time, value > 0);
        const model: { startNs: number; endNs: number }[] = [];
        samples.forEach(([time, value], i) => {
          if (value <= 0 || (samples[i - 1]?.[1] ?? 0) > 0) return;
          const end = samples.slice(i).find(([, later]) => later <= 0) ?? samples.at(-1);
          if ((end?.[0] ?? 0) - time >= forNs) model.push({ startNs: time, endNs: end?.[0] ?? 0 });
        });
        expect(stretches.all()).toEqual(model);
      }),
      { seed: 20240917 },
    );
  });
});

describe("trips", () => {
  test("samples no more than a gap apart are one trip, with what happened on it", () => {
    const speed = column([
      [0, 10],
      [2e9, 20],
      [3e9, 30],
      [100e9, 5],
      [101e9, 7],
      [400e9, 1],
    ]);
    const trips = tripsOf([speed], 10e9, 1);
    expect(trips.map(({ startNs, endNs }) => [startNs, endNs])).toEqual([
      [0, 3e9],
      [100e9, 101e9],
    ]);
    expect(trips[0]?.values).toEqual([{ count: 3, min: 10, max: 30, mean: 20, first: 10, last: 30, integral: 40 }]);
    expect(tripsOf([speed], 10e9, 0)).toHaveLength(3);
    expect(tripsOf([speed], 10e9, 0, ([value = 0]) => value > 5).map(({ startNs }) => startNs)).toEqual([0, 101e9]);
    expect(tripsOf([column([])], 1, 0)).toEqual([]);
  });

  test("every sample is in exactly one trip", () => {
    fc.assert(
      fc.property(anySamples, fc.integer({ min: 0, max: 6 }), (samples, gapNs) => {
        const trips = tripsOf([column(samples)], gapNs, 0);
        expect(trips.reduce((sum, { values }) => sum + (values[0]?.count ?? 0), 0)).toBe(samples.length);
        for (const [at, trip] of trips.entries())
          expect(trip.startNs - (trips[at - 1]?.endNs ?? Number.NEGATIVE_INFINITY)).toBeGreaterThan(gapNs);
      }),
      { seed: 20240917 },
    );
  });
});

test("units of one quantity are converted, others not", () => {
  const way = (from: string, to: string, value: number): number => {
    const found = conversion(from, to);
    return found === null ? Number.NaN : value * found.factor + found.offset;
  };
  expect(way("m/s", "km/h", 10)).toBe(36);
  expect(way("km/h", "m/s", 36)).toBe(10);
  expect(way("degC", "°F", 100)).toBe(212);
  expect(way("°F", "°C", 32)).toBeCloseTo(0, 9);
  expect(way("deg", "rad", 180)).toBe(Math.PI);
  expect(way("kPa", "bar", 250)).toBe(2.5);
  expect(way("rpm", "rpm", 7)).toBe(7);
  expect(conversion("rpm", "km/h")).toBeNull();
  expect(conversion("furlong", "m")).toBeNull();
});
