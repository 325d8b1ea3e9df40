import { expect, test } from "vitest";
import type { Engine } from "../../../core/query/engine.ts";
import type { Query } from "../../../core/query/query.ts";
import { quickStatisticsOf } from "../../../worker/answers/quick-statistics.ts";

const bucket = (baseNs: bigint, values: readonly number[]) => ({
  file: "a",
  session: "1",
  baseNs,
  startsNs: Float64Array.of(0),
  counts: Float64Array.of(values.length),
  sums: Float64Array.of(values.reduce((sum, value) => sum + value, 0)),
  sumsOfSquares: Float64Array.of(0),
  mins: Float64Array.of(Math.min(...values)),
  maxs: Float64Array.of(Math.max(...values)),
  firsts: Float64Array.of(values[0] ?? 0),
  lasts: Float64Array.of(values.at(-1) ?? 0),
});

test("cells of several logs are one answer, in the order of time; a series without samples says so", async () => {
  const asked: Query[] = [];
  const engine = {
    query(query: Query) {
      asked.push(query);
      return {
        series: (async function* () {
          yield { selector: 1, stats: null };
          yield { selector: 0, stats: [bucket(500n, [7, -2, 4]), bucket(0n, [3, 9])] };
        })(),
      };
    },
  } as unknown as Engine;
  const series = ["a", "b"].map((name) => ({
    selector: { device: "D", signal: name },
    samplesExpected: 5,
    gapNs: 1,
    shares: false,
  }));
  const found = await quickStatisticsOf(engine, { series, fromNs: 0n, toNs: 1000n }, new AbortController().signal, () => {});
  expect(found).toEqual([{ count: 5, min: -2, max: 9, mean: 21 / 5, first: 3, last: 4 }, { count: 0 }]);
  expect(asked.map(({ method, grid }) => [method, grid])).toEqual([["stats", { kind: "fixed", originNs: 0n, stepNs: 1000n }]]);
});
