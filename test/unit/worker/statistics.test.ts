import { describe, expect, test } from "vitest";
import type { Engine } from "../../../core/query/engine.ts";
import type { Query } from "../../../core/query/query.ts";
import type { SeriesAnswer } from "../../../core/series/series.ts";
import { samplesAt, stepFrom } from "../../../worker/answers/samples.ts";
import { statisticsOf } from "../../../worker/answers/statistics.ts";

const forever = new AbortController().signal;
const selector = { device: "D", signal: "s" };

/** Samples of two sessions; answers raw and single-bucket m4 queries as the engine does. */
function engineOf(samples: readonly { readonly t: number; readonly v: number; readonly session: string }[]) {
  const asked: Query[] = [];
  const engine = {
    query(query: Query) {
      asked.push(query);
      const segments = ["1", "2"].flatMap((session) => {
        let inside = samples.filter(
          (s) => s.session === session && BigInt(s.t) >= (query.fromNs ?? 0n) && BigInt(s.t) < (query.toNs ?? 0n),
        );
        if (query.method === "m4") inside = inside.slice(0, 1).concat(inside.length > 1 ? inside.slice(-1) : []);
        if (inside.length === 0) return [];
        const timesNs = Float64Array.from(inside, ({ t }) => t);
        return [{ file: session, session, baseNs: 0n, timesNs, values: Float64Array.from(inside, ({ v }) => v) }];
      });
      const answer = { selector: 0, segments } as unknown as SeriesAnswer;
      return {
        series: (async function* () {
          yield answer;
        })(),
      };
    },
  } as unknown as Engine;
  return { engine, asked };
}

const samples = Array.from({ length: 5000 }, (_, i) => ({
  t: 1_000 + i * 10 + (i % 7),
  v: 0.1 * ((i * 37) % 101) - 3,
  session: i < 2000 ? "1" : "2",
}));

describe("statistics", () => {
  test.each([
    ["in one part", 5000],
    ["read in parts", 17_000_000],
  ])("%s equal a plain pass over all samples", async (_name, samplesExpected) => {
    const { engine, asked } = engineOf(samples);
    const [fromNs, toNs] = [2_000n, 49_000n];
    const series = [{ selector, samplesExpected, gapNs: 1e9, shares: true }];
    const [stats] = await statisticsOf(engine, { series, fromNs, toNs }, forever, () => {});
    if (stats === undefined || !("min" in stats)) throw new Error("no statistics");
    const inside = samples.filter(({ t }) => t >= 2_000 && t < 49_000);
    const mean = inside.reduce((sum, { v }) => sum + v, 0) / inside.length;
    const square = inside.reduce((sum, { v }) => sum + v * v, 0) / inside.length;
    expect([stats.count, stats.min, stats.max]).toEqual([
      inside.length,
      Math.min(...inside.map(({ v }) => v)),
      Math.max(...inside.map(({ v }) => v)),
    ]);
    expect(stats.mean).toBeCloseTo(mean, 10);
    expect(stats.rms).toBeCloseTo(Math.sqrt(square), 10);
    expect(stats.sigma).toBeCloseTo(Math.sqrt(square - mean * mean), 9);
    let [weighted, held, gaps] = [0, 0, 0];
    inside.slice(1).forEach(({ t, session }, i) => {
      const before = inside[i];
      if (before === undefined) return;
      if (before.session !== session) gaps++;
      else {
        weighted += before.v * (t - before.t);
        held += t - before.t;
      }
    });
    expect(stats.weightedMean).toBeCloseTo(weighted / held, 9);
    expect(stats.gaps).toBe(gaps);
    expect(stats.rateHz).toBeCloseTo(1e9 / 11, 3);
    expect(stats.shares.reduce((sum, { share }) => sum + share, 0)).toBeLessThanOrEqual(1 + 1e-12);
    expect(stats.first).toEqual({ timeNs: BigInt(inside[0]?.t ?? 0), value: inside[0]?.v });
    expect(stats.last).toEqual({ timeNs: BigInt(inside.at(-1)?.t ?? 0), value: inside.at(-1)?.v });
    expect(asked.length).toBe(samplesExpected > 4e6 ? 5 : 1);
  });

  test("a silence is a gap and does not count as time", async () => {
    const { engine } = engineOf([
      { t: 0, v: 1, session: "1" },
      { t: 10, v: 3, session: "1" },
      { t: 5_000, v: 100, session: "1" },
    ]);
    const series = [{ selector, samplesExpected: 3, gapNs: 100, shares: false }];
    const [stats] = await statisticsOf(engine, { series, fromNs: 0n, toNs: 10_000n }, forever, () => {});
    expect(stats).toMatchObject({ count: 3, gaps: 1, weightedMean: 1, shares: [] });
  });

  test("without samples nothing is claimed", async () => {
    const series = [{ selector, samplesExpected: 0, gapNs: 100, shares: true }];
    expect(await statisticsOf(engineOf([]).engine, { series, fromNs: 0n, toNs: 9n }, forever, () => {})).toEqual([
      { count: 0, gaps: 0 },
    ]);
  });
});

describe("a cursor", () => {
  const times = samples.map(({ t }) => BigInt(t));
  const range = { fromNs: 0n, toNs: 60_000n };
  const step = (from: number, by: number, more: { toChange?: boolean; value?: number } = {}) =>
    stepFrom(
      engineOf(samples).engine,
      {
        selector,
        timeNs: times[from] ?? 0n,
        by,
        toChange: more.toChange ?? false,
        value: more.value ?? null,
        periodNs: 10n,
        range,
      },
      forever,
    );

  test("takes the last sample at or before its time, within reach", async () => {
    const at = (timeNs: bigint, reachNs: bigint) =>
      samplesAt(engineOf(samples).engine, { series: [{ selector, reachNs }], timeNs }, forever);
    expect(await at(times[100] ?? 0n, 50n)).toEqual([{ timeNs: times[100], value: samples[100]?.v }]);
    expect(await at((times[100] ?? 0n) + 3n, 50n)).toEqual([{ timeNs: times[100], value: samples[100]?.v }]);
    expect(await at(900_000n, 50n)).toEqual([null]);
  });

  test.each([1, -1, 20, -20, 500])("steps by %s samples", async (by) => {
    expect((await step(2000, by))?.timeNs).toBe(times[2000 + by]);
  });

  test("stops at the ends", async () => {
    expect((await step(4990, 20))?.timeNs).toBe(times[4999]);
    expect(await step(0, -1)).toBe(null);
  });

  test("finds the next change however far it is", async () => {
    const flat = Array.from({ length: 4000 }, (_, i) => ({ t: i * 10, v: i < 3900 ? 1 : 2, session: "1" }));
    const query = { selector, timeNs: 0n, by: 1, toChange: true, value: 1, periodNs: 10n, range: { fromNs: 0n, toNs: 50_000n } };
    const { engine, asked } = engineOf(flat);
    expect(await stepFrom(engine, query, forever)).toEqual({ timeNs: 39_000n, value: 2 });
    expect(asked.length).toBeLessThan(5);
    expect(await stepFrom(engineOf(flat.slice(0, 100)).engine, query, forever)).toBe(null);
  });
});

test.each([
  ["a clock of seconds since 1970", (i: number) => 1_641_469_577 + i / 1000],
  ["a position", (i: number) => 56.151 + i * 1e-9],
  ["one value far from the others", (i: number) => (i === 0 ? 1e9 : (i % 10) / 10)],
  ["a constant", () => 0.1],
])("σ of %s is that of its deviations", async (_name, value) => {
  const odd = Array.from({ length: 4000 }, (_, i) => ({ t: i * 10, v: value(i), session: "1" }));
  const { engine } = engineOf(odd);
  const series = [{ selector, samplesExpected: 4000, gapNs: 1e9, shares: false }];
  const [stats] = await statisticsOf(engine, { series, fromNs: 0n, toNs: 40_000n }, forever, () => {});
  if (stats === undefined || !("min" in stats)) throw new Error("no statistics");
  const zero = value(1);
  const mean = odd.reduce((sum, { v }) => sum + (v - zero), 0) / odd.length;
  const sigma = Math.sqrt(odd.reduce((sum, { v }) => sum + (v - zero - mean) ** 2, 0) / odd.length);
  expect(Math.abs(stats.sigma - sigma)).toBeLessThanOrEqual(1e-6 * sigma + 1e-15);
});

test("squares past all numbers are infinite, not nothing", async () => {
  const odd = Array.from({ length: 10 }, (_, i) => ({ t: i * 10, v: i % 2 ? 1e300 : -1e300, session: "1" }));
  const series = [{ selector, samplesExpected: 10, gapNs: 1e9, shares: false }];
  const [stats] = await statisticsOf(engineOf(odd).engine, { series, fromNs: 0n, toNs: 1000n }, forever, () => {});
  expect(stats).toMatchObject({
    min: -1e300,
    max: 1e300,
    mean: 0,
    rms: Number.POSITIVE_INFINITY,
    sigma: Number.POSITIVE_INFINITY,
  });
});
