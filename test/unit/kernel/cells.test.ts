/** Cells of the kernel against brute force over its columns (which columns.test.ts checks bit by bit). */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DbcMessage } from "../../../core/dbc/model.ts";
import { CELLS } from "../../../core/kernel/output.ts";
import { type Frame, frame } from "../../../fixtures/frame.ts";
import { message, signal } from "../../support/dbc-model.ts";
import { columnOf, decode, exactRule } from "../../support/decode.ts";
import { testKernel } from "../../support/kernel.ts";
import { type MadeLog, madeLog } from "../../support/made-log.ts";
import { accountErrors } from "../../support/rows.ts";
import { type CellKind, type Sample, type SlowGrid, slowCells } from "../../support/slow-cells.ts";

const kernel = testKernel();
const KINDS: readonly CellKind[] = ["envelope", "m4", "nearest", "stats"];

/** One signal for each way of the kernel, and multiplexed ones in one node and in several. */
const SIGNALS = [
  signal({ name: "Selector", lengthBits: 2, selector: true }),
  signal({ name: "InPlace", start: 2, lengthBits: 14, scale: ["0.25", "-3"] }),
  signal({ name: "Divided", start: 8, lengthBits: 16, signed: true, scale: ["-0.1", "40"] }),
  signal({ name: "Shifted", start: 39, lengthBits: 13, byteOrder: "big", signed: true, scale: ["2", "1"] }),
  signal({ name: "Wide", lengthBits: 64, signed: true, scale: ["-3", "0"] }),
  signal({ name: "Doubles", start: 16, lengthBits: 20, scale: ["1E-23", "0"] }),
  signal({ name: "Float", start: 32, lengthBits: 32, float: 32, signed: true, scale: ["-0.5", "1"] }),
  signal({ name: "OneNode", start: 24, selectedBy: "Selector", selectedWhen: [[1n, 1n]] }),
  signal({
    name: "TwoNodes",
    start: 32,
    scale: ["-1", "0"],
    selectedBy: "Selector",
    selectedWhen: [
      [0n, 1n],
      [3n, 3n],
    ],
  }),
];
const asked = message({ id: 5, signals: SIGNALS });

/** float32 patterns that are NaN, infinite, zero. */
const ODD_FLOATS = [0x7fc00000, 0x7f800000, 0xff800000, 0x80000000, 0];

async function check(log: MadeLog, of: DbcMessage, grid: SlowGrid): Promise<void> {
  const columns = await decode(kernel, log, [exactRule(of, "physical")]);
  const range = { fromNs: BigInt(grid.fromNs), toNs: BigInt(grid.toNs), baseNs: 0n };
  for (const kind of KINDS) {
    const { originNs, stepNs, bucketCount, neighbours } = grid;
    const result = await decode(
      kernel,
      log,
      [exactRule(of, "physical")],
      { kind, originNs, stepNs, bucketCount, neighbours },
      range,
    );
    expect(accountErrors(result, log.mdf.recordBytes)).toEqual([]);
    for (const [i, lane] of result.lanes.entries()) {
      const column = columnOf(columns.lanes[i]);
      const samples = column.times.map((time, row): Sample => ({ time, value: Number(column.values[row]) }));
      const name = `${kind} of ${lane.signal.name}`;
      expectCells(name, kind, lane.cells ?? new Float64Array(), slowCells(samples, grid, kind), samples);
    }
  }
}

function expectCells(
  name: string,
  kind: CellKind,
  cells: Float64Array,
  expected: readonly number[][],
  samples: readonly Sample[],
): void {
  const { words } = CELLS[kind];
  expect(cells.length, name).toBe(expected.length * words);
  const largest = Math.max(1e-300, ...samples.map(({ value }) => (Number.isFinite(value) ? Math.abs(value) : 0)));
  for (const [bucket, cell] of expected.entries()) {
    const found = [...cells.subarray(bucket * words, (bucket + 1) * words)];
    const isRight = cell.every((value, word) => {
      const tolerance = kind !== "stats" || (word !== 1 && word !== 2) ? 0 : 1e-12 * samples.length * largest ** word;
      const other = found[word] ?? 0;
      return value === other || (Number.isNaN(value) && Number.isNaN(other)) || Math.abs(value - other) <= tolerance;
    });
    if (!isRight) expect({ name, bucket, cell: found }).toEqual({ name, bucket, cell });
  }
}

const anyFrame = fc
  .record({
    bytes: fc.uint8Array({ minLength: 8, maxLength: 8 }),
    float: fc.constantFrom(null, null, null, ...ODD_FLOATS),
    dlc: fc.constantFrom(8, 8, 8, 8, 5, 2, 0),
    dir: fc.constantFrom("rx", "tx"),
  })
  .map(({ bytes, float, dlc, dir }): Omit<Frame, "timeNs"> => {
    const payload = Uint8Array.from(bytes);
    if (float !== null) new DataView(payload.buffer).setUint32(4, float, true);
    return frame({ timeNs: 0, id: 5, dlc, payload: payload.subarray(0, dlc), dir: dir as Frame["dir"] });
  });

/** Buckets in µs over times of 0 to `lengthUs`. */
const anyGrid = (lengthUs: number) =>
  fc
    .record({
      originUs: fc.integer({ min: -5, max: Math.ceil(lengthUs / 2) }),
      stepUs: fc.constantFrom(1, 2, 3, 7, 10, 50, 333, 10_000),
      bucketCount: fc.integer({ min: 1, max: 60 }),
      neighbours: fc.boolean(),
      cutBuckets: fc.record({ left: fc.nat(2), right: fc.nat(2) }),
      cutUs: fc.boolean(),
    })
    .map(({ originUs, stepUs, bucketCount, neighbours, cutBuckets, cutUs }): SlowGrid => {
      const [originNs, stepNs] = [originUs * 1000, stepUs * 1000];
      const endNs = originNs + stepNs * bucketCount;
      const inside = cutUs && bucketCount > 4;
      return {
        originNs,
        stepNs,
        bucketCount,
        neighbours,
        fromNs: inside ? originNs + cutBuckets.left * 1000 : originNs,
        toNs: inside ? endNs - cutBuckets.right * 1000 : endNs,
      };
    });

/** Moves frames by up to `distance` places, as loggers store them. */
const disorder = (frames: readonly Frame[], distance: number): Frame[] =>
  frames
    .map((one, i) => ({ one, at: i + ((i * 7919) % (distance + 1)) }))
    .sort((a, b) => a.at - b.at)
    .map(({ one }) => one);

describe("cells", () => {
  test("of every signal kind, mode, bucket length and range equal brute force", async () => {
    const parts = fc
      .array(anyFrame, { maxLength: 150 })
      .chain((frames) =>
        fc.record({ frames: fc.constant(frames), grid: anyGrid(frames.length), distance: fc.constantFrom(0, 0, 3, 200) }),
      );
    await fc.assert(
      fc.asyncProperty(parts, async ({ frames, grid, distance }) => {
        const timed = frames.map((one, i): Frame => ({ ...one, timeNs: i * 1000 }));
        await check(await madeLog(disorder(timed, distance)), asked, grid);
      }),
      { numRuns: 40 },
    );
  });

  test.each([0, 40, 2000])("over several chunks, %i frames out of order", async (distance) => {
    const frames = Array.from({ length: 2500 }, (_, i) =>
      frame({
        timeNs: i * 1000,
        id: 5,
        dir: i % 3 === 0 ? "tx" : "rx",
        payload: Uint8Array.from({ length: i % 11 === 0 ? 4 : 8 }, (_, at) => (i * (at + 3) * 0x9e37) >>> 8),
      }),
    );
    const log = await madeLog(disorder(frames, distance));
    for (const stepUs of [1, 13, 500, 5000]) {
      const bucketCount = Math.min(200, Math.ceil(2300 / stepUs));
      for (const neighbours of [false, true]) {
        const [originNs, stepNs] = [100_000, stepUs * 1000];
        await check(log, asked, {
          originNs,
          stepNs,
          bucketCount,
          neighbours,
          fromNs: originNs,
          toNs: originNs + bucketCount * stepNs,
        });
      }
    }
  });

  test("frames of the same time: the first stored is first, the last stored is last, the earliest holds the extremes", async () => {
    const values = [5, 9, 5, 1, 9, 1, 7];
    const frames = values.map((value, i) => frame({ timeNs: i < 4 ? 1000 : 2000, id: 5, payload: Uint8Array.of(value) }));
    const log = await madeLog(frames);
    const one = message({ id: 5, signals: [signal()] });
    const grid = { originNs: 0, stepNs: 10_000, bucketCount: 1, neighbours: false, fromNs: 0, toNs: 10_000 };
    await check(log, one, grid);
    const result = await decode(
      kernel,
      log,
      [exactRule(one, "physical")],
      { kind: "m4", ...grid },
      { fromNs: 0n, toNs: 10_000n, baseNs: 0n },
    );
    expect([...(result.lanes[0]?.cells ?? [])]).toEqual([1, 9, 1000, 1000, 5, 1000, 7, 2000]);
  });

  test("of equal times the last stored is last also when a later chunk brings it", async () => {
    const frames = Array.from({ length: 600 }, (_, i) => frame({ timeNs: 1000, id: 5, payload: Uint8Array.of(i & 255) }));
    const log = await madeLog(frames);
    const one = message({ id: 5, signals: [signal()] });
    const range = { fromNs: 0n, toNs: 10_000n, baseNs: 0n };
    for (const [kind, at] of [
      ["nearest", 0],
      ["m4", 4],
    ] as const) {
      const output = { kind, originNs: 0, stepNs: 10_000, bucketCount: 1, neighbours: false };
      const result = await decode(kernel, log, [exactRule(one, "physical")], output, range);
      expect([...(result.lanes[0]?.cells ?? [])].slice(at, at + 4)).toEqual([0, 1000, 599 & 255, 1000]);
    }
  });

  test("fields over nine bytes of FD frames", async () => {
    const frames = Array.from({ length: 600 }, (_, i) =>
      frame({
        timeNs: i * 1000,
        id: 5,
        fd: true,
        dlc: i % 5 === 0 ? 9 : 10,
        payload: Uint8Array.from({ length: i % 5 === 0 ? 12 : 16 }, (_, at) => (i * (at + 3) * 0x9e37) >>> 8),
      }),
    );
    const wide = message({
      id: 5,
      signals: [
        signal({ name: "Intel", start: 33, lengthBits: 64, signed: true }),
        signal({ name: "Motorola", start: 36, lengthBits: 64, byteOrder: "big" }),
        signal({ name: "Last", start: 120, lengthBits: 8 }),
      ],
    });
    for (const generation of ["B", "D"] as const) {
      const log = await madeLog(frames, { generation });
      await check(log, wide, {
        originNs: 50_000,
        stepNs: 17_000,
        bucketCount: 20,
        neighbours: true,
        fromNs: 50_000,
        toNs: 390_000,
      });
    }
  });

  test("an empty cell is +∞, −∞ and times that are NaN, whatever the factor", async () => {
    const log = await madeLog([frame({ timeNs: 0, id: 5, payload: new Uint8Array(8) })]);
    const scales = [
      ["1", "0"],
      ["-0.1", "4"],
      ["0", "1"],
      ["-2", "0"],
    ] as const;
    const signals = scales.map((scale, i) => signal({ name: `S${i}`, scale }));
    const of = message({ id: 5, signals });
    const grid = { originNs: 1000, stepNs: 1000, bucketCount: 2, neighbours: false, fromNs: 1000, toNs: 3000 };
    await check(log, of, grid);
  });
});
