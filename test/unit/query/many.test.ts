/** More than one pass of the kernel can hold: many signals, many senders, wide frames, many buckets. */
import { describe, expect, test } from "vitest";
import type { Query } from "../../../core/query/query.ts";
import type { SeriesAnswer } from "../../../core/series/series.ts";
import { dbcText } from "../../../fixtures/dbc-text.ts";
import { DRIVE_MESSAGES, generateDrive } from "../../../fixtures/drive.ts";
import { dlcOfLength, type Frame, frame } from "../../../fixtures/frame.ts";
import { FRAME_FORMAT, type MessageRow, message, signal } from "../../../fixtures/message.ts";
import { random } from "../../../fixtures/random.ts";
import { answersTo, DEVICE, driveStore, engineOver, oneLog, queryFor, START_NS, wrongIn } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";
import { signalLabels } from "../../support/labels.ts";
import { isData, oracleRule, samplesOf } from "../../support/oracle.ts";
import { cellsOf, epochGrid, within } from "../../support/oracle-cells.ts";

const MS = 1_000_000;
const SECOND = 1000 * MS;

/** Points as (ns since the start, value). */
const pointsOf = (answer: SeriesAnswer | undefined): [number, number][] =>
  (answer?.segments ?? []).flatMap(({ baseNs, timesNs, values }) =>
    [...timesNs].map((time, i): [number, number] => [time + Number(baseNs - START_NS), values[i] ?? Number.NaN]),
  );

const byTime = (points: readonly (readonly [number, number])[]) => [...points].sort(([a], [b]) => a - b);

/** Without what is no data. */
const dataOf = (frames: readonly Frame[], row: MessageRow, name: string, sourceAddress: number | null) => {
  const one = row.signals.find((each) => each.name === name);
  return samplesOf(oracleRule(row, name, { sourceAddress }), frames).filter(({ raw }) => one && isData(row, one, raw));
};

function m4Points(frames: readonly Frame[], row: MessageRow, name: string, sourceAddress: number | null, stepNs: number) {
  const samples = dataOf(frames, row, name, sourceAddress);
  return cellsOf(samples, epochGrid(START_NS, stepNs)).flatMap(({ first, last, min, max }) => {
    const points: [number, number][] = [
      [first.timeNs, first.value],
      [min.timesNs[0] ?? 0, min.value],
      [max.timesNs[0] ?? 0, max.value],
      [last.timeNs, last.value],
    ];
    return byTime(points.filter(([time], i) => points.findIndex(([t]) => t === time) === i));
  });
}

const rawPoints = (frames: readonly Frame[], row: MessageRow, name: string, sourceAddress: number | null = null) =>
  dataOf(frames, row, name, sourceAddress).map(({ timeNs, value }) => [timeNs, value]);

const payload = (chance: ReturnType<typeof random>, lengthBytes: number) =>
  Uint8Array.from({ length: lengthBytes }, () => chance.int(256));

describe("a group from many source addresses", () => {
  const SOURCES = 25;
  const group = message(
    0x18fef1fe,
    "Group",
    8,
    "A",
    Array.from({ length: 8 }, (_, i) => signal(`Value${i}`, `${8 * i}|8@1+`, "(0.5,-3)")),
    { extended: true, format: FRAME_FORMAT.j1939 },
  );
  const chance = random(3);
  const frames = Array.from({ length: SOURCES * 60 }, (_, i) =>
    frame({ timeNs: i * 3 * MS, channel: 1, id: 0x18fef100 + (i % SOURCES), extended: true, payload: payload(chance, 8) }),
  );
  const engine = engineOver(nodeKernel(), oneLog("D", frames, [group]));
  const all = Array.from({ length: 8 }, (_, i) => ({ device: DEVICE, signal: `Value${i}` }));

  test.for([
    ["raw", 1, "columns"],
    ["m4", 2000, "buckets"],
    ["m4", 12_000, "buckets"],
  ] as const)("%s of all its signals, %i %s: none is lost", async ([method, buckets]) => {
    const stepNs = Math.floor((5 * SECOND) / buckets);
    const grid = { kind: "fixed", originNs: 0n, stepNs: BigInt(stepNs) } as const;
    const { series, ledger } = await answersTo(engine, queryFor(all, { method, grid }));
    expect(wrongIn(ledger)).toEqual([]);
    expect([ledger.frames, ledger.used, ledger.unmatched]).toEqual([frames.length, frames.length, 0]);
    expect(series.flatMap(({ notices }) => notices)).toEqual([]);
    expect(series).toHaveLength(8 * SOURCES);
    for (const answer of series) {
      const { signal: name, sourceAddress } = signalLabels(answer.labels);
      const expected =
        method === "raw" ? rawPoints(frames, group, name, sourceAddress) : m4Points(frames, group, name, sourceAddress, stepNs);
      expect(pointsOf(answer)).toEqual(expected);
    }
  });

  test("merged, they are one curve", async () => {
    const { series } = await answersTo(engine, queryFor([{ device: DEVICE, signal: "Value3", merge: true }]));
    expect(pointsOf(series[0])).toEqual(rawPoints(frames, group, "Value3"));
  });
});

describe("all signals of the DBCs at once", () => {
  const drive = generateDrive({ splitSeconds: 2 });
  const logs = drive.truth.logs.filter(({ key }) => key.startsWith("B0551002"));
  const names = (list: readonly MessageRow[]) => [...new Set(list.flatMap((one) => one.signals.map((row) => row.name)))];
  const selectors = names(logs.flatMap((log) => log.series.map((series) => series.message))).map((name) => ({
    device: "B0551002",
    signal: name,
  }));
  const grid = { kind: "fixed", originNs: 0n, stepNs: BigInt(2 * SECOND) / 2000n } as const;

  test.for(["m4", "stats", "raw"] as const)("%s × 2000 buckets a log: every frame is accounted for once", async (method) => {
    const engine = engineOver(nodeKernel(), driveStore(drive));
    const { series, ledger } = await answersTo(engine, queryFor(selectors, { method, grid }));
    const frames = logs.flatMap((log) => log.frames);
    const ofOtherKind = frames.filter(({ kind }) => kind !== "data").length;
    const unmatched = logs.reduce((sum, log) => sum + log.unmatchedFrames, 0);
    expect(wrongIn(ledger)).toEqual([]);
    expect(ledger).toMatchObject({ files: 6, frames: frames.length, otherKind: ofOtherKind, unmatched, outOfRange: 0 });
    expect(ledger.samples).toBe(logs.reduce((sum, log) => sum + log.series.reduce((n, one) => n + one.timesNs.length, 0), 0));
    expect(series.every((answer) => answer.segments.length + (answer.stats?.length ?? 0) > 0)).toBe(true);
  });

  test("two databases that describe the same frames count them once", async () => {
    const twin = { name: "twin.dbc", text: dbcText(DRIVE_MESSAGES, "the same again") };
    const engine = engineOver(nodeKernel(), driveStore({ ...drive, dbcs: [...drive.dbcs, twin] }));
    // Of the first session.
    const query = queryFor(selectors, { method: "m4", grid, toNs: (logs[0]?.facts.startNs ?? 0n) + 6n * BigInt(SECOND) });
    const once = await answersTo(engineOver(nodeKernel(), driveStore(drive)), query);
    const twice = await answersTo(engine, query);
    expect([once.ledger.files, twice.ledger.files]).toEqual([3, 3]);
    expect(wrongIn(twice.ledger)).toEqual([]);
    const { used, unmatched, tooShort, muxInactive, outOfRange } = once.ledger;
    expect(twice.ledger).toMatchObject({ used, unmatched, tooShort, muxInactive, outOfRange });
  });
});

test("FD frames of 64 bytes with a signal at every bit: more words than a message of the kernel has", async () => {
  const BITS = 64 * 8;
  const wide = message(
    0x123,
    "Wide",
    64,
    "A",
    [
      ...Array.from({ length: BITS / 4 }, (_, i) => signal(`Nibble${i}`, `${4 * i}|4@1+`, "(1,0)")),
      // Each over nine bytes, so that each wants words of its own.
      ...Array.from({ length: 55 }, (_, i) => signal(`Long${i}`, `${8 * i + 4}|64@1+`, "(1,0)")),
      ...Array.from({ length: 55 }, (_, i) => signal(`Swapped${i}`, `${8 * i + 3}|64@0-`, "(1,0)")),
    ],
    { format: FRAME_FORMAT.fdStandard },
  );
  const chance = random(5);
  const lengths = [64, 64, 48, 8, 64, 0, 32];
  const frames = Array.from({ length: 140 }, (_, i) => {
    const bytes = payload(chance, lengths[i % lengths.length] ?? 64);
    return frame({ timeNs: i * 10 * MS, id: 0x123, fd: true, dlc: dlcOfLength(bytes.length), payload: bytes });
  });
  const engine = engineOver(nodeKernel(), oneLog("D", frames, [wide]));
  const selectors = wide.signals.map((row) => ({ device: DEVICE, signal: row.name }));
  const grid = { kind: "fixed", originNs: 0n, stepNs: 100_000_000n } as const;
  for (const method of ["raw", "m4"] as const) {
    const { series, ledger } = await answersTo(engine, queryFor(selectors, { method, grid }));
    expect(wrongIn(ledger)).toEqual([]);
    expect(ledger).toMatchObject({ frames: 140, unmatched: 0, tooShort: 20, used: 120 });
    for (const answer of series) {
      const name = signalLabels(answer.labels).signal;
      expect([name, pointsOf(answer)]).toEqual([
        name,
        method === "raw" ? rawPoints(frames, wide, name) : m4Points(frames, wide, name, null, 100 * MS),
      ]);
    }
  }
});

describe("ranges of years", () => {
  const speed = message(0x100, "Speed", 2, "A", [signal("Speed", "0|16@1+", "(0.1,0)")]);
  const bytesOf = (i: number) => Uint8Array.of(i & 0xff, i >> 8);
  const frames = Array.from({ length: 3000 }, (_, i) =>
    frame({ timeNs: i * 7 * MS + 13, id: 0x100, payload: bytesOf((i * 37) % 5000) }),
  );
  const store = oneLog("B", frames, [speed]);
  const selector = { device: DEVICE, signal: "Speed" };
  const year = 365n * 86_400n * 1_000_000_000n;

  test.for(["envelope", "m4", "nearest", "min", "max", "stats"] as const)(
    "%s with a step of 1 ns gives every sample",
    async (method) => {
      const engine = engineOver(nodeKernel(), store);
      for (const neighbours of [false, true]) {
        const query: Partial<Query> = {
          method,
          neighbours,
          fromNs: START_NS - 5n * year,
          toNs: START_NS + 5n * year,
          grid: { kind: "fixed", originNs: 3n, stepNs: 1n },
        };
        const { series, ledger } = await answersTo(engine, queryFor([selector], query));
        const expected = rawPoints(frames, speed, "Speed");
        if (method === "stats") {
          const [part] = series[0]?.stats ?? [];
          const rows = [...(part?.startsNs ?? [])].map((start, i) => [
            start + Number((part?.baseNs ?? 0n) - START_NS),
            part?.maxs[i],
          ]);
          expect(rows).toEqual(expected);
        } else expect(pointsOf(series[0])).toEqual(expected);
        expect(wrongIn(ledger)).toEqual([]);
        // The log once or twice for its samples and once for what lies beside them, whatever the range.
        expect(ledger.bytesRead).toBeLessThan(3 * ledger.bytes);
        expect(series[0]?.notices).toEqual([]);
      }
    },
  );

  test("buckets of years, and grids that begin centuries away", async () => {
    const engine = engineOver(nodeKernel(), store);
    for (const originNs of [0n, -300n * year, 200n * year + 1n]) {
      const { series } = await answersTo(
        engine,
        queryFor([selector], { method: "m4", grid: { kind: "fixed", originNs, stepNs: 10n * year } }),
      );
      const samples = samplesOf(oracleRule(speed, "Speed"), frames);
      const values = within(samples, 0, SECOND * 100).map(({ value }) => value);
      const found = pointsOf(series[0]).map(([, value]) => value);
      expect([found[0], found.at(-1), Math.min(...found), Math.max(...found)]).toEqual([
        values[0],
        values.at(-1),
        Math.min(...values),
        Math.max(...values),
      ]);
    }
  });

  test("samples more than 90 days after the first are left out, and that is said", async () => {
    const DAY = 86_400 * SECOND;
    const late = [...frames, frame({ timeNs: 91 * DAY, id: 0x100, payload: bytesOf(1) })];
    const engine = engineOver(nodeKernel(), oneLog("B", late, [speed]));
    for (const range of [{}, { fromNs: START_NS + 5n * BigInt(SECOND) }]) {
      const { series } = await answersTo(engine, queryFor([selector], range));
      expect(series[0]?.notices.map(({ text }) => text)).toEqual([expect.stringContaining("more than 90 days after")]);
      expect(pointsOf(series[0]).every(([time]) => time < 90 * DAY)).toBe(true);
    }
    const { series } = await answersTo(engine, queryFor([selector], { toNs: START_NS + 100n * BigInt(MS) }));
    expect(series[0]?.notices).toEqual([]);
  });
});
