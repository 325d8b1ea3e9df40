/** Values beyond 2^53 are shown to the last digit where the worker gave it. */
import { expect, test } from "vitest";
import { sampleAt } from "../../../web/plot/data.ts";
import type { Plotted } from "../../../web/state/model.ts";
import { shownValue } from "../../../web/text/value.ts";
import { withNeighbours } from "../../../worker/answers/neighbours.ts";
import type { ViewSeries } from "../../../worker/api.ts";

const segment = {
  file: "a",
  session: "1",
  baseNs: 0n,
  timesNs: Float64Array.of(10, 20),
  values: Float64Array.of(2 ** 64, -(2 ** 63)),
  rests: Float64Array.of(-1, 1),
};
const series = { every: true, segments: [segment] } as unknown as ViewSeries;
const plotted = (decimals: number | null): Plotted =>
  ({ style: { form: "physical", decimals }, info: { scaling: null }, decimals: 0, valueTable: null }) as unknown as Plotted;

test("the sample under the pointer has all digits, unless decimals were chosen", () => {
  const [first, last] = [sampleAt(series, 15n), sampleAt(series, 99n)];
  expect([first?.exact, last?.exact]).toEqual(["18446744073709551615", "-9223372036854775807"]);
  expect(shownValue(plotted(null), last?.value ?? 0, last?.exact)).toBe("−9223372036854775807");
  expect(shownValue(plotted(0), first?.value ?? 0, first?.exact)).toBe("18446744073709551616");
});

test("neighbours of a window are known as doubles only", () => {
  const { rests, ...outer } = { ...segment, timesNs: Float64Array.of(5, 15), values: Float64Array.of(1, 2) };
  expect(rests.length).toBe(2);
  const [joined] = withNeighbours([segment], [outer], { fromNs: 8n, toNs: 30n });
  expect([...(joined?.timesNs ?? [])]).toEqual([5, 10, 20]);
  expect([...(joined?.rests ?? [])]).toEqual([Number.NaN, -1, 1]);
});
