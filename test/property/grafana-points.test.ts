/** What a panel gets for any range and step, against samples taken one by one: the table of steps in docs/grafana.md. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { generateDrive } from "../../fixtures/drive.ts";
import { driveStore, engineOver } from "../support/engine.ts";
import { nodeKernel } from "../support/kernel-node.ts";
import { type App, appOf, get, post } from "../unit/edge/app-of.ts";

const drive = generateDrive({ splitSeconds: 2 });
const DEVICE = "B0551001";
const TARGET = { device: DEVICE, db: "buslens-drive", signal: "EngineSpeed" };
const MS = 1_000_000n;
const DAY_MS = 86_400_000;

interface Sample {
  readonly timeNs: bigint;
  readonly value: number;
  readonly file: string;
}
type Point = readonly [value: number, timeMs: number];

let app: App;
let samples: readonly Sample[] = [];
let message = "";
let channel = 1;
let firstMs = 0;
let lastMs = 0;

beforeAll(async () => {
  const store = driveStore(drive);
  app = appOf(engineOver(nodeKernel(), store), { store });
  const answer = await get(app, `/api/series?device=${DEVICE}&db=buslens-drive&method=raw&signal=EngineSpeed`);
  const { series } = (await answer.json()) as {
    series: {
      message: string;
      channel: number;
      segments: { file: string; baseNs: string; timesNs: number[]; values: number[] }[];
    }[];
  };
  expect(series).toHaveLength(1);
  message = series[0]?.message ?? "";
  channel = series[0]?.channel ?? 1;
  samples = (series[0]?.segments ?? []).flatMap(({ file, baseNs, timesNs, values }) =>
    timesNs.map((time, i) => ({ file, timeNs: BigInt(baseNs) + BigInt(time), value: Number(values[i]) })),
  );
  firstMs = Number((samples[0]?.timeNs ?? 0n) / MS);
  lastMs = Number((samples.at(-1)?.timeNs ?? 0n) / MS);
});

const floorMs = (timeNs: bigint): number => Number(timeNs / MS);

async function pointsOf(target: object, fromMs: number, toMs: number, more: object): Promise<readonly Point[]> {
  const range = { from: new Date(fromMs).toISOString(), to: new Date(toMs).toISOString() };
  const targets = [{ target: JSON.stringify({ ...TARGET, ...target }) }];
  const items = (await (await post(app, "/query", { range, ...more, targets })).json()) as {
    datapoints: [number | null, number][];
  }[];
  return (items[0]?.datapoints ?? []).filter((point): point is [number, number] => point[0] !== null);
}

/** Buckets by start in ms, with the samples in each. */
const bucketsOf = (own: readonly Sample[], stepMs: number): Map<number, Sample[]> =>
  Map.groupBy(own, ({ timeNs }) => Math.floor(Number(timeNs / 1000n) / (stepMs * 1000)) * stepMs);

const extremes = (own: readonly Sample[]): { min: Sample; max: Sample } => ({
  min: own.reduce((a, b) => (b.value < a.value ? b : a)),
  max: own.reduce((a, b) => (b.value > a.value ? b : a)),
});

/** The first log begins at a whole second or so; ranges begin and end anywhere near the data, also in the gap between sessions. */
const anyRange = (): fc.Arbitrary<readonly [fromMs: number, toMs: number]> => {
  const near = fc
    .nat({ max: samples.length - 1 })
    .chain((at) => fc.integer({ min: -1500, max: 1500 }).map((off) => floorMs(samples[at]?.timeNs ?? 0n) + off));
  return fc.tuple(near, near).map(([a, b]) => (a <= b ? [a, b + 1] : [b, a + 1]));
};
const anyStep = fc.constantFrom(1, 3, 10, 37, 100, 250, 1000, 1700, 5000, 60_000);

describe("our form", () => {
  test("has every bucket's least and greatest at their own times, sorted, in the whole buckets that touch the range", async () => {
    await fc.assert(
      fc.asyncProperty(anyRange(), anyStep, async ([fromMs, toMs], stepMs) => {
        const found = await pointsOf({ message }, fromMs, toMs, { intervalMs: stepMs });
        const [low, high] = [Math.floor(fromMs / stepMs) * stepMs, (Math.floor((toMs - 1) / stepMs) + 1) * stepMs];
        const inside = samples.filter(({ timeNs }) => timeNs >= BigInt(low) * MS && timeNs < BigInt(high) * MS);
        const expected = [...bucketsOf(inside, stepMs).values()].flatMap((own) => {
          const { min, max } = extremes(own);
          return [...new Set([min, max])]
            .sort((a, b) => Number(a.timeNs - b.timeNs))
            .map(({ value, timeNs }) => [value, floorMs(timeNs)]);
        });
        expect(found).toEqual(expected);
      }),
      { seed: 20240917, numRuns: 60 },
    );
  });

  test("cut at the range nothing outside it counts", async () => {
    await fc.assert(
      fc.asyncProperty(anyRange(), anyStep, fc.constantFrom("min", "max", "count"), async ([fromMs, toMs], stepMs, method) => {
        const found = await pointsOf({ message, method, edges: "cut" }, fromMs, toMs, { intervalMs: stepMs });
        const inside = samples.filter(({ timeNs }) => timeNs >= BigInt(fromMs) * MS && timeNs < BigInt(toMs) * MS);
        const expected = [...bucketsOf(inside, stepMs)].map(([start, own]) => {
          if (method === "count") return [own.length, start];
          const { value, timeNs } = extremes(own)[method as "min" | "max"];
          return [value, floorMs(timeNs)];
        });
        expect(found).toEqual(expected);
      }),
      { seed: 20240917, numRuns: 40 },
    );
  });
});

describe("the seed's form", () => {
  const seed = { itf: "CAN" };

  test("MIN and MAX: buckets from midnight of each log's first sample, cut at the range with both its ends", async () => {
    await fc.assert(
      fc.asyncProperty(anyRange(), anyStep, fc.constantFrom("MIN", "MAX"), async ([fromMs, toMs], stepMs, method) => {
        const found = await pointsOf({ ...seed, chn: `CH${channel}`, method }, fromMs, toMs, {
          intervalMs: stepMs,
          maxDataPoints: 7,
        });
        const inside = samples.filter(({ timeNs }) => timeNs >= BigInt(fromMs) * MS && timeNs <= BigInt(toMs) * MS);
        const expected = [...Map.groupBy(inside, ({ file }) => file).values()].flatMap((own) => {
          const midnight = Math.floor(floorMs(own[0]?.timeNs ?? 0n) / DAY_MS) * DAY_MS;
          const grid = Map.groupBy(own, ({ timeNs }) => (timeNs - BigInt(midnight) * MS) / (BigInt(stepMs) * MS));
          return [...grid.values()].map((bucket) => {
            const { value, timeNs } = extremes(bucket)[method === "MIN" ? "min" : "max"];
            return [value, floorMs(timeNs)];
          });
        });
        expect(found).toEqual(expected);
      }),
      { seed: 20240917, numRuns: 40 },
    );
  });

  test("NEAREST: the sample nearest to each grid point, the later of two, each once", async () => {
    await fc.assert(
      fc.asyncProperty(anyRange(), anyStep, async ([fromMs, toMs], stepMs) => {
        const found = await pointsOf({ ...seed, chn: `CH${channel}` }, fromMs, toMs, { intervalMs: stepMs });
        const inside = samples.filter(({ timeNs }) => timeNs >= BigInt(fromMs) * MS && timeNs <= BigInt(toMs) * MS);
        const stepNs = BigInt(stepMs) * MS;
        const expected = [...Map.groupBy(inside, ({ file }) => file).values()].flatMap((own) => {
          const midnight = BigInt(Math.floor(floorMs(own[0]?.timeNs ?? 0n) / DAY_MS) * DAY_MS) * MS;
          const [first, last] = [own[0]?.timeNs ?? 0n, own.at(-1)?.timeNs ?? 0n];
          const taken = new Set<Sample>();
          for (let grid = midnight + ((first - midnight) / stepNs) * stepNs; grid <= last; grid += stepNs) {
            const distance = ({ timeNs }: Sample): bigint => (timeNs > grid ? timeNs - grid : grid - timeNs);
            taken.add(own.reduce((a, b) => (distance(b) <= distance(a) ? b : a)));
          }
          return [...taken].map(({ value, timeNs }) => [value, floorMs(timeNs)]);
        });
        expect(found).toEqual(expected);
      }),
      { seed: 20240917, numRuns: 25 },
    );
  });
});

/** client, method, maxDataPoints → the step, points of a bucket at most, and where they are stamped. */
describe("steps by client, method and maxDataPoints", () => {
  const whole = (): readonly [number, number] => [firstMs, lastMs + 1];

  test.each([
    // Grafana's own pairs of interval and points are taken as they are; where the two contradict each other the points win.
    { intervalMs: 1000, maxDataPoints: 400, stepMs: 1000 },
    { intervalMs: 1, maxDataPoints: 1_000_000_000, stepMs: 1 },
    { intervalMs: 1000, maxDataPoints: undefined, stepMs: 1000 },
    { intervalMs: "250ms", maxDataPoints: "100000000", stepMs: 250 },
  ])("our form: $intervalMs and $maxDataPoints make steps of $stepMs ms", async ({ stepMs, ...more }) => {
    const [fromMs, toMs] = [firstMs, firstMs + 4000];
    const found = await pointsOf({ message, method: "count" }, fromMs, toMs, more);
    for (const [, time] of found) expect(time % stepMs).toBe(0);
    const buckets = bucketsOf(
      samples.filter(({ timeNs }) => timeNs < BigInt(firstMs + 10_000) * MS),
      stepMs,
    );
    for (const [value, time] of found) expect(value).toBe(buckets.get(time)?.length);
  });

  test.each([1, 5, 40, 300])("our form: at most %i buckets where the interval asks for far more", async (maxDataPoints) => {
    const [fromMs, toMs] = whole();
    const counts = await pointsOf({ message, method: "count" }, fromMs, toMs, { intervalMs: 1, maxDataPoints });
    expect(counts.length).toBeLessThanOrEqual(maxDataPoints + 1);
    for (const [method, most] of [
      ["envelope", 2],
      ["m4", 4],
      ["min", 1],
      ["max", 1],
      ["last", 1],
      ["mean", 1],
    ] as const) {
      const points = await pointsOf({ message, method }, fromMs, toMs, { intervalMs: 1, maxDataPoints });
      expect(points.length).toBeLessThanOrEqual(most * (maxDataPoints + 1));
      expect(points.length).toBeGreaterThanOrEqual(counts.length);
    }
  });

  test("raw has every sample in [from, to), whatever the step", async () => {
    const [fromMs, toMs] = whole();
    const found = await pointsOf({ message, method: "raw" }, fromMs, toMs, { intervalMs: 60_000, maxDataPoints: 1 });
    expect(found).toEqual(samples.map(({ value, timeNs }) => [value, floorMs(timeNs)]));
  });

  test.each([10, 100])("/api/series: range ÷ points, rounded up to a whole ns, from 1970, for %i points", async (points) => {
    const [from, to] = whole();
    const answer = await get(
      app,
      `/api/series?device=${DEVICE}&signal=EngineSpeed&message=${message}&method=stats&points=${points}&from=${from}&to=${to}`,
    );
    const { query, series } = (await answer.json()) as { query: { stepNs: string }; series: { stats: { counts: number[] }[] }[] };
    expect(BigInt(query.stepNs)).toBe((BigInt(to - from) * MS + BigInt(points) - 1n) / BigInt(points));
    const counted = (series[0]?.stats ?? []).flatMap(({ counts }) => counts);
    expect(counted.length).toBeLessThanOrEqual(points + 1);
    expect(counted.reduce((a, b) => a + b, 0)).toBe(samples.length);
  });
});
