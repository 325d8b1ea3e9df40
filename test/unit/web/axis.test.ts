import { describe, expect, test } from "vitest";
import { relativeText, type TimeAxisOptions, timeAxis } from "../../../web/plot/time-axis.ts";
import { canShare, niceStep, valueTicks, widen } from "../../../web/plot/value-axis.ts";

const SECOND = 1_000_000_000n;
const start = BigInt(Date.UTC(2022, 0, 8, 10, 41, 8)) * 1_000_000n;

const options = (spanNs: bigint, more: Partial<TimeAxisOptions> = {}): TimeAxisOptions => ({
  view: { fromNs: start, stepNs: spanNs / 1000n },
  columns: 1000,
  characterPx: 6,
  gapPx: 24,
  minorPx: 12,
  offsetAt: () => 0n,
  zeroNs: null,
  ...more,
});

describe("the time axis", () => {
  test.each([
    [780n * SECOND, 60n * SECOND, "10:42", "2022-01-08"],
    [12n * SECOND, 1n * SECOND, "10:41:08", "2022-01-08"],
    [SECOND, SECOND / 10n, "10:41:08.0", "2022-01-08"],
    [86_400n * SECOND, 7_200n * SECOND, "12:00", "2022-01-08"],
    // Labels show what changes; what they leave out stands with the date.
    [1_000_000n, 200_000n, "…08.000 000 µs", "2022-01-08 10:41"],
    [1_000n, 200n, "…08.000 000 000 ns", "2022-01-08 10:41"],
  ])("a window of %s ns has labels %s ns apart", (span, step, label, date) => {
    const axis = timeAxis(options(span));
    expect(axis.stepNs).toBe(step);
    expect(axis.major[0]?.label.replaceAll("\u202f", " ")).toBe(label);
    expect(axis.major[0]?.date).toBe(date);
  });

  test("labels stand on multiples of the step in the zone that is shown", () => {
    const shifted = timeAxis(options(86_400n * SECOND, { offsetAt: () => 5_400n * SECOND }));
    expect(shifted.major.map((tick) => tick.label)).toContain("12:00");
    expect(shifted.major.every(({ timeNs }) => (timeNs + 5_400n * SECOND) % shifted.stepNs === 0n)).toBe(true);
  });

  test("midnight carries the new date", () => {
    const dates = timeAxis(options(2n * 86_400n * SECOND)).major.flatMap((tick) => tick.date ?? []);
    expect(dates).toEqual(["2022-01-08", "2022-01-09", "2022-01-10"]);
  });

  test("minor ticks divide the step and are at least 12 px apart", () => {
    const axis = timeAxis(options(780n * SECOND));
    const pixels = Number((axis.minor[1] ?? 0n) - (axis.minor[0] ?? 0n)) / Number((780n * SECOND) / 1000n);
    expect(axis.minor.length).toBeGreaterThan(0);
    expect(pixels).toBeGreaterThanOrEqual(12);
  });

  test("a clock that jumps makes no two ticks of one time", () => {
    const jump = start + 3_600n * SECOND;
    const axis = timeAxis(options(10_800n * SECOND, { offsetAt: (t) => (t < jump ? 3_600n : 7_200n) * SECOND }));
    const times = axis.major.map((tick) => tick.timeNs);
    expect(new Set(times).size).toBe(times.length);
    expect(times.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(times);
  });

  test("months and years follow the calendar", () => {
    const axis = timeAxis(options(5n * 365n * 86_400n * SECOND));
    expect(axis.major.map((tick) => tick.label)).toEqual(["2023", "2024", "2025", "2026", "2027"]);
  });

  test("relative times count from zero in seconds", () => {
    const axis = timeAxis(options(12n * SECOND, { zeroNs: start - 2n * SECOND }));
    expect(axis.major[0]?.label).toBe("+2\u202fs");
    expect(relativeText(-1_500_000_000n, 1)).toBe("−1.5\u202fs");
  });
});

describe("the value axis", () => {
  test("steps are 1, 2 or 5 times a power of ten", () => {
    expect([0.03, 0.11, 1, 1.1, 3, 7, 40].map(niceStep)).toEqual([0.05, 0.2, 1, 2, 5, 10, 50]);
  });

  test("extremes widen to the next step and keep the outer labels inside", () => {
    expect(widen([3, 131.2], 140, false)).toEqual([0, 150]);
    expect(valueTicks([0, 150], 140, false, "en").map((t) => t.label)).toEqual(["0", "50", "100", "150"]);
  });

  test("the outer labels are there however the steps fall, where two steps have room", () => {
    for (let i = 1; i < 400; i++) {
      const limits = widen([9.6 - i / 100, 10.2 + i / 37], 63 + i, false);
      const ticks = valueTicks(limits, 63 + i, false, "en").map((t) => t.value);
      expect([ticks[0], ticks.at(-1)]).toEqual([...limits]);
    }
  });

  test("integers get whole labels only", () => {
    expect(widen([0, 3], 400, true)).toEqual([0, 3]);
    expect(valueTicks([0, 3], 400, true, "en").map((t) => t.label)).toEqual(["0", "1", "2", "3"]);
  });

  test("a constant lies between two steps", () => {
    expect(widen([0, 0], 100, false)).toEqual([-1, 1]);
    expect(widen([12, 12], 100, true)).toEqual([11, 13]);
  });

  test("labels are grouped and have a real minus", () => {
    expect(valueTicks([-2000, 2000], 70, false, "en").map((t) => t.label)).toEqual(["−2,000", "0", "2,000"]);
  });

  test("an axis is shared by equal units and ranges within a factor of ten", () => {
    expect(canShare("km/h", [0, 100], "km/h", [0, 12])).toBe(true);
    expect(canShare("km/h", [0, 100], "km/h", [0, 5])).toBe(false);
    expect(canShare("km/h", [0, 100], "m/s", [0, 100])).toBe(false);
  });
});

test("a low stripe about zero keeps the curve at more than a quarter of its height, with a label", () => {
  for (const height of [13, 33, 45, 55, 63, 70, 100])
    for (const extremes of [
      [-5400, 211.6],
      [-64, 15.5],
      [-1, 1],
      [-0.003, 0.0004],
      [-7e18, 2e18],
    ] as const) {
      const [low, high] = widen(extremes, height, false);
      expect(low).toBeLessThanOrEqual(extremes[0]);
      expect(high).toBeGreaterThanOrEqual(extremes[1]);
      expect((extremes[1] - extremes[0]) / (high - low), `${extremes} at ${height} px`).toBeGreaterThan(0.25);
      expect(valueTicks([low, high], height, false).length).toBeGreaterThan(0);
    }
});
