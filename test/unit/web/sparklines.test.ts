/** The little curves of the tree: every recorded value is in one of the bars, and pauses take no room. */
import { expect, test } from "vitest";
import { pathOf } from "../../../web/tree/sparklines.ts";

const segment = (baseNs: bigint, values: readonly number[]) => ({
  file: "f",
  session: "1",
  baseNs,
  timesNs: Float64Array.from(values, (_, i) => i * 1000),
  values: Float64Array.from(values),
});
const xs = (path: string): number[] => [...path.matchAll(/M([\d.]+) /g)].map(([, x]) => Number(x));

test("two recordings with a long pause between them stand side by side", () => {
  const ramp = Array.from({ length: 20 }, (_, i) => i);
  const path = pathOf({ segments: [segment(0n, ramp), segment(380_000n, ramp)] }, 0n, 1000n);
  expect(xs(path)).toEqual(Array.from({ length: 40 }, (_, i) => i + 0.5));
  expect(path).toContain("M0.5 13.0L"); // the lowest value at the bottom
  expect(path.endsWith("M39.5 1.0L39.5 0.3")).toBe(true); // the highest at the top
});

test("more columns than bars: the one spike among them is in a bar", () => {
  const values = Array.from({ length: 400 }, (_, i) => (i === 201 ? 9 : 0));
  const path = pathOf({ segments: [segment(0n, values)] }, 0n, 1000n);
  expect(xs(path).length).toBe(40);
  expect([...path.matchAll(/L[\d.]+ 0\.3/g)].length).toBe(1);
});

test("fewer columns than bars take the whole width, in their order", () => {
  const path = pathOf({ segments: [segment(0n, [0, 1, 2, 3])] }, 0n, 1000n);
  expect(xs(path)).toEqual(Array.from({ length: 40 }, (_, i) => i + 0.5));
  expect(path.match(/M[\d.]+ 13\.0L/g)?.length).toBe(10);
});

test("nothing finite, nothing drawn; one value is a line in the middle", () => {
  expect(pathOf({ segments: [segment(0n, [Number.NaN])] }, 0n, 1000n)).toBe("");
  expect(pathOf({ segments: [segment(0n, [5, 5])] }, 0n, 1000n)).toContain("M0.5 7.0");
});

test("values as far apart as numbers can be stand at top and bottom", () => {
  const path = pathOf({ segments: [segment(0n, [-Number.MAX_VALUE, Number.MAX_VALUE, 0])] }, 0n, 1000n);
  expect([...new Set(path.match(/ [\d.]+L/g))]).toEqual([" 13.0L", " 1.0L", " 7.0L"]);
});
