/** What a drive seldom has: equal times, equal extremes, samples exactly between two grid points, a nanosecond more or less. */
import { describe, expect, test } from "vitest";
import type { Query } from "../../../core/query/query.ts";
import type { SeriesAnswer } from "../../../core/series/series.ts";
import type { MemoryStore } from "../../../core/store/memory.ts";
import { type Frame, frame } from "../../../fixtures/frame.ts";
import { FRAME_FORMAT, message, signal } from "../../../fixtures/message.ts";
import { answersTo, DEVICE, engineOver, never, oneLog, queryFor, START_NS, wrongIn } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";
import { signalLabels } from "../../support/labels.ts";

const value = message(0x100, "Message", 1, "A", [signal("Value", "0|8@1+", "(1,0)")]);
const group = message(0x18fef1fe, "Group", 1, "A", [signal("Value", "0|8@1+", "(1,0)")], {
  extended: true,
  format: FRAME_FORMAT.j1939,
});
const SECOND = 1_000_000_000;
const selector = { device: DEVICE, signal: "Value", merge: true };

/** (ns since the start, value). */
type Point = readonly [timeNs: number, value: number];

const framesOf = (points: readonly Point[], more: Partial<Frame> = {}): Frame[] =>
  points.map(([timeNs, of]) => frame({ timeNs, id: 0x100, payload: Uint8Array.of(of), ...more }));

const pointsOf = (answer: SeriesAnswer | undefined): Point[] =>
  (answer?.segments ?? []).flatMap(({ baseNs, timesNs, values }) =>
    [...timesNs].map((time, i): Point => [time + Number(baseNs - START_NS), values[i] ?? Number.NaN]),
  );

async function ask(frames: readonly Frame[], more: Partial<Query>, rows = [value]): Promise<Point[]> {
  const { series, ledger } = await answersTo(engineOver(nodeKernel(), oneLog("D", frames, rows)), queryFor([selector], more));
  expect(wrongIn(ledger)).toEqual([]);
  return pointsOf(series[0]);
}

const grid = (stepNs: number, originNs = 0n) => ({ kind: "fixed", originNs, stepNs: BigInt(stepNs) }) as const;
const midnight = (stepNs: number) => ({ kind: "midnight-per-file", stepNs: BigInt(stepNs) }) as const;

/** Two splits of a session. */
async function twoLogs(first: readonly Point[], second: readonly Point[]): Promise<MemoryStore> {
  const logs = [first, second].map((points, i) => {
    const key = `${DEVICE}/00000001/0000000${i + 1}.MF4`;
    return { key, store: oneLog("D", framesOf(points), [value], { key, facts: { split: i + 1 } }) };
  });
  const [one, two] = logs;
  if (!one || !two) throw new Error("two were made");
  const source = await two.store.open(two.key, never());
  one.store.put(two.key, await source.read(0, source.sizeBytes, never()));
  return one.store;
}

describe("nearest", () => {
  // Generation D counts µs.
  const US = 1000;
  test.for([
    ["the epoch", grid(SECOND)],
    ["midnight", midnight(SECOND)],
    ["an odd step from midnight", midnight(7 * SECOND)],
    ["an odd origin", grid(SECOND, 1_234_567_890_000_000_000n)],
  ] as const)("of two equally near the later one, and 1 µs decides: on a grid from %s", async ([, of]) => {
    // START_NS is 06:00:00: 21,600 s after midnight, and so 5 s after a multiple of 7 s.
    const pointNs = of.stepNs === 7n * BigInt(SECOND) ? 2 * SECOND : 3 * SECOND;
    const first: Point = [pointNs - 900_000 * US, 9];
    const before: Point = [pointNs - 400_000 * US, 1];
    const behind = (moreUs: number): Point => [pointNs + (400_000 + moreUs) * US, 2];
    const taken = (last: Point) => ask(framesOf([first, before, last]), { method: "nearest", grid: of });
    expect(await taken(behind(0))).toEqual([first, behind(0)]);
    expect(await taken(behind(-1))).toEqual([first, behind(-1)]);
    expect(await taken(behind(1))).toEqual([first, before]);
  });

  test("empty buckets between two samples: both once, and the nearer one only where the other is never nearest", async () => {
    const far: Point[] = [
      [100_000 * US, 1],
      [9_900_000 * US, 2],
    ];
    expect(await ask(framesOf(far), { method: "nearest", grid: grid(SECOND) })).toEqual(far);
    const late: Point[] = [
      [900_000 * US, 1],
      [1_900_000 * US, 2],
    ];
    // The grid points at 0 s and 1 s take the first sample; none is nearest to the second.
    expect(await ask(framesOf(late), { method: "nearest", grid: grid(SECOND) })).toEqual([late[0]]);
  });
});

describe("equal extremes", () => {
  const early: Point[] = [
    [1_000_000, 5],
    [3_000_000, 5],
    [5_000_000, 9],
  ];
  const late: Point[] = [
    [2_000_000, 5],
    [4_000_000, 9],
  ];
  const senders = (a: readonly Point[], b: readonly Point[]) =>
    [...framesOf(a, { id: 0x18fef101, extended: true }), ...framesOf(b, { id: 0x18fef102, extended: true })].sort(
      (x, y) => x.timeNs - y.timeNs,
    );

  test.for([
    ["first", early, late],
    ["second", late, early],
  ] as const)("of merged senders: the earliest, also if it comes from the one met %s", async ([, a, b]) => {
    for (const frames of [senders(a, b), senders(a, b).reverse()]) {
      for (const of of [grid(SECOND), midnight(7 * SECOND)]) {
        expect(await ask(frames, { method: "min", grid: of }, [group])).toEqual([[1_000_000, 5]]);
        expect(await ask(frames, { method: "max", grid: of }, [group])).toEqual([[4_000_000, 9]]);
        expect(await ask(frames, { method: "envelope", grid: of }, [group])).toEqual([
          [1_000_000, 5],
          [4_000_000, 9],
        ]);
        expect(await ask(frames, { method: "m4", grid: of }, [group])).toEqual([
          [1_000_000, 5],
          [4_000_000, 9],
          [5_000_000, 9],
        ]);
      }
    }
  });

  test("of a bucket over two splits: the earliest, and one cell", async () => {
    const store = await twoLogs(
      early,
      late.map(([time, of]): Point => [time + 10_000_000, of]),
    );
    const engine = engineOver(nodeKernel(), store);
    const m4 = await answersTo(engine, queryFor([selector], { method: "m4", grid: grid(SECOND) }));
    expect(m4.series[0]?.segments).toHaveLength(1);
    expect(pointsOf(m4.series[0])).toEqual([
      [1_000_000, 5],
      [5_000_000, 9],
      [14_000_000, 9],
    ]);
    // Asked for twice, it is the same twice.
    const twice = [selector, { ...selector, merge: false }, { ...selector, merge: false }];
    const { series } = await answersTo(engine, queryFor(twice, { method: "stats", grid: grid(SECOND) }));
    const rows = series.map(({ stats }) => stats?.map((part) => [part.counts[0], part.sums[0], part.firsts[0], part.lasts[0]]));
    expect(rows).toEqual([[[5, 33, 5, 9]], [[5, 33, 5, 9]], [[5, 33, 5, 9]]]);
  });
});

test("two logs of the same time, as after a clock was set back, are one curve in ascending time", async () => {
  const first: Point[] = Array.from({ length: 50 }, (_, i) => [i * 20_000_000, i]);
  const second: Point[] = Array.from({ length: 50 }, (_, i) => [300_001_000 + i * 20_000_000, 100 + i]);
  const sorted = [...first, ...second].sort(([a], [b]) => a - b);
  for (const store of [await twoLogs(first, second), await twoLogs(second, first)]) {
    const engine = engineOver(nodeKernel(), store);
    const raw = await answersTo(engine, queryFor([selector]));
    expect(pointsOf(raw.series[0])).toEqual(sorted);
    const max = await answersTo(engine, queryFor([selector], { method: "max", grid: grid(100_000_000) }));
    const tops = Map.groupBy(sorted, ([time]) => Math.floor(time / 100_000_000));
    expect(pointsOf(max.series[0])).toEqual([...tops.values()].map((points) => points.reduce((a, b) => (b[1] > a[1] ? b : a))));
    const part = queryFor([selector], { fromNs: START_NS + 310_000_000n, toNs: START_NS + 350_000_000n });
    expect(pointsOf((await answersTo(engine, part)).series[0])).toEqual(
      sorted.filter(([time]) => time >= 310_000_000 && time < 350_000_000),
    );
  }
});

test("equal times: received and sent frames of one id stay in stored order, in every method", async () => {
  const at = 7_000_000;
  const both = [...framesOf([[at, 1]]), ...framesOf([[at, 2]], { dir: "tx" })];
  for (const frames of [both, [...both].reverse()]) {
    const stored = frames.map(({ timeNs, payload }): Point => [timeNs, payload[0] ?? 0]);
    const early = framesOf([[at - 3_000_000, 3]]);
    const all: Point[] = [[at - 3_000_000, 3], ...stored];
    // The earliest is stored last, so that a sort is needed.
    expect(await ask([...frames, ...early], {})).toEqual(all);
    for (const of of [grid(SECOND), midnight(7 * SECOND)]) {
      const { series } = await answersTo(
        engineOver(nodeKernel(), oneLog("D", [...frames, ...early], [value])),
        queryFor([selector], { method: "stats", grid: of }),
      );
      expect(series[0]?.stats?.map(({ firsts, lasts }) => [firsts[0], lasts[0]])).toEqual([[3, stored[1]?.[1]]]);
    }
  }
});

test("equal times on two channels: the lower channel first, merged in every method", async () => {
  const at = 7_000_000;
  for (const frames of [
    framesOf([[at, 1]]).concat(framesOf([[at, 2]], { channel: 2 })),
    framesOf([[at, 2]], { channel: 2 }).concat(framesOf([[at, 1]])),
  ]) {
    expect(await ask(frames, {})).toEqual([
      [at, 1],
      [at, 2],
    ]);
    for (const of of [grid(SECOND), midnight(7 * SECOND)]) {
      const { series } = await answersTo(
        engineOver(nodeKernel(), oneLog("D", frames, [value])),
        queryFor([selector], { method: "stats", grid: of }),
      );
      expect(series[0]?.stats?.map(({ firsts, lasts }) => [firsts[0], lasts[0]])).toEqual([[1, 2]]);
    }
  }
});

describe("neighbours, where the buckets take several passes", () => {
  test("are the samples next to the range, not next to a pass", async () => {
    const SENDERS = 20;
    const points = Array.from({ length: 4000 }, (_, i): Point => [i * 1_000_000, i % 251]);
    const frames = points.map(([timeNs, of], i) =>
      frame({ timeNs, id: 0x18fef100 + (i % SENDERS), extended: true, payload: Uint8Array.of(of) }),
    );
    const engine = engineOver(nodeKernel(), oneLog("D", frames, [group]));
    const range = { fromNs: START_NS + 500_000_500n, toNs: START_NS + 3_499_999_500n };
    for (const of of [grid(300_000), grid(1000)]) {
      const query = queryFor([{ ...selector, merge: false }, selector], { method: "m4", neighbours: true, grid: of, ...range });
      const { series, ledger } = await answersTo(engine, query);
      expect(wrongIn(ledger)).toEqual([]);
      expect(series).toHaveLength(SENDERS + 1);
      // They are no samples of the range.
      expect([ledger.samples, ledger.used, ledger.outOfRange]).toEqual([2999, 2999, 1001]);
      expect(pointsOf(series.at(-1))).toEqual(points.slice(500, 3501));
      for (const answer of series.slice(0, -1)) {
        const own = points.filter((_, i) => i % SENDERS === (signalLabels(answer.labels).sourceAddress ?? 0));
        const before = own.findLast(([time]) => time < 500_000_500) as Point;
        const after = own.find(([time]) => time >= 3_499_999_500) as Point;
        expect(pointsOf(answer)).toEqual(own.filter(([time]) => time >= before[0] && time <= after[0]));
      }
    }
  });
});
