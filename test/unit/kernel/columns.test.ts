/** Columns of the kernel against the bit-by-bit model. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { signalBits } from "../../../core/dbc/geometry.ts";
import type { DbcSignal } from "../../../core/dbc/model.ts";
import { dlcOfLength, type Frame, frame, LENGTH_OF_DLC } from "../../../fixtures/frame.ts";
import { physical, rawByBits } from "../../support/bit-model.ts";
import { message, signal } from "../../support/dbc-model.ts";
import { columnsByName, decode, exactRule, numbered } from "../../support/decode.ts";
import { testKernel } from "../../support/kernel.ts";
import { type MadeLog, madeLog } from "../../support/made-log.ts";

const kernel = testKernel();
/** Signal rows of one pass whose columns fit beside each other. */
const SIGNALS_AT_ONCE = 700;

/** Scalings in turn: all ways of the kernel, dyadic, divided, decided for each value, in doubles. */
const SCALES: readonly (readonly [string, string])[] = [
  ["1", "0"],
  ["0.1", "-40"],
  ["0.5", "1.25"],
  ["0.392156862745098", "0"],
  ["-0.01", "327.67"],
  ["1E-23", "0"],
  ["3", "-7"],
  ["1e-06", "-180"],
  ["-0.125", "0"],
];

/** Every field of at most 8 bytes that a DBC can name: the start bit is where its own direction begins. */
function everySignal(): DbcSignal[] {
  const signals: DbcSignal[] = [];
  for (const byteOrder of ["little", "big"] as const) {
    for (let lengthBits = 1; lengthBits <= 64; lengthBits++) {
      for (let start = 0; start < 64; start++) {
        for (const signed of [false, true]) {
          const scale = SCALES[signals.length % SCALES.length] ?? ["1", "0"];
          const one = signal({ start, lengthBits, byteOrder, signed, scale });
          if (signalBits(one).lastByte < 8) signals.push(one);
        }
      }
    }
  }
  return signals;
}

/** Asks for all signals of all frames, physical and raw, and compares with the model, bit by bit. */
async function check(log: MadeLog, frames: readonly Frame[], signals: readonly DbcSignal[]): Promise<void> {
  const all = numbered(signals);
  for (let from = 0; from < all.length; from += SIGNALS_AT_ONCE) {
    const some = message({ id: 5, signals: all.slice(from, from + SIGNALS_AT_ONCE) });
    const [physicals, raws] = [
      await decode(kernel, log, [exactRule(some, "physical")]),
      await decode(kernel, log, [exactRule(some, "raw")]),
    ];
    expect([physicals.left, raws.left]).toEqual([[], []]);
    const [byName, rawByName] = [columnsByName(physicals), columnsByName(raws)];
    for (const one of some.signals) {
      const expected = frames.flatMap((frame) => {
        const raw = rawByBits(frame.payload, one);
        return raw === null ? [] : [{ time: frame.timeNs, raw, value: physical(raw, one) }];
      });
      const [column, rawColumn] = [byName.get(one.name), rawByName.get(one.name)];
      const isEqual =
        column?.values.length === expected.length &&
        rawColumn?.values.length === expected.length &&
        expected.every(
          ({ time, raw, value }, row) =>
            column.times[row] === time &&
            Object.is(column.values[row], value) &&
            rawColumn.values[row] === BigInt.asUintN(64, one.float === 32 ? widened(raw) : raw),
        );
      if (isEqual) continue;
      const { start, lengthBits, byteOrder, signed, float, factor, offset } = one;
      const what = { start, lengthBits, byteOrder, signed, float, factor, offset };
      expect({ what, values: column?.values, raws: rawColumn?.values, times: column?.times }).toEqual({
        what,
        values: expected.map(({ value }) => value),
        raws: expected.map(({ raw }) => BigInt.asUintN(64, one.float === 32 ? widened(raw) : raw)),
        times: expected.map(({ time }) => time),
      });
    }
  }
}

/** float32 bits as float64 bits. */
function widened(bits: bigint): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setUint32(0, Number(bits));
  view.setFloat64(0, view.getFloat32(0));
  return view.getBigUint64(0);
}

const bytesOf = (bits: bigint): Uint8Array => new Uint8Array(new BigUint64Array([bits]).buffer);

describe("columns", () => {
  test("every length, start, byte order and sign of a classic frame", async () => {
    const patterns = [0n, 2n ** 64n - 1n, 0x8000000000000001n, 0xaaaaaaaaaaaaaaaan];
    const random = Array.from({ length: 4 }, (_, i) => BigInt.asUintN(64, 0x9e3779b97f4a7c15n * BigInt(i + 3) ** 5n));
    const frames = [...patterns, ...random].map((bits, i) => frame({ timeNs: i * 1000, id: 5, payload: bytesOf(bits) }));
    await check(await madeLog(frames), frames, everySignal());
  }, 20_000);

  const anySignal = (bytes: number) =>
    fc
      .record({
        byteOrder: fc.constantFrom("little", "big"),
        start: fc.nat(bytes * 8 - 1),
        lengthBits: fc.integer({ min: 1, max: 64 }),
        signed: fc.boolean(),
        float: fc.constantFrom(null, null, null, 32, 64),
        scale: fc.constantFrom(...SCALES),
      })
      .map(({ float, ...one }) =>
        signal({
          ...one,
          byteOrder: one.byteOrder as "little" | "big",
          float: float as DbcSignal["float"],
          lengthBits: float ?? one.lengthBits,
          scale: one.scale as readonly [string, string],
        }),
      )
      .filter((one) => signalBits(one).lastByte < bytes);

  test("FD payloads of 0 to 64 bytes, fields over nine bytes, floats; short frames have no value", async () => {
    const payload = fc
      .record({ dlc: fc.integer({ min: 0, max: 15 }), bytes: fc.uint8Array({ minLength: 64, maxLength: 64 }) })
      .map(({ dlc, bytes }) => bytes.slice(0, LENGTH_OF_DLC[dlc]));
    await fc.assert(
      fc.asyncProperty(
        fc.array(anySignal(64), { minLength: 1, maxLength: 40 }),
        fc.array(payload, { minLength: 1, maxLength: 20 }),
        fc.constantFrom("B", "D"),
        async (signals, payloads, generation) => {
          const frames = payloads.map((bytes, i) =>
            frame({ timeNs: i * 1000, id: 5, payload: bytes, dlc: dlcOfLength(bytes.length), fd: true }),
          );
          await check(await madeLog(frames, { generation: generation as "B" | "D" }), frames, signals);
        },
      ),
      { numRuns: 25 },
    );
  });

  test("decimals around every limit of the exact way", async () => {
    const near = (limit: bigint) => fc.bigInt({ min: -3n, max: 3n }).map((more) => limit + more);
    const digits = fc.oneof(
      fc.constantFrom(0n, 1n, 5n, 392156862745098n, 10n ** 15n),
      near(2n ** 53n),
      near(2n ** 52n),
      fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }),
    );
    const decimal = fc.record({ digits, scale: fc.integer({ min: 0, max: 24 }), isNegative: fc.boolean() }).map((one) => {
      const text = `${one.isNegative && one.digits > 0n ? "-" : ""}${one.digits}E-${one.scale}`;
      return text;
    });
    const scaled = fc
      .record({
        factor: decimal,
        offset: decimal,
        lengthBits: fc.integer({ min: 1, max: 64 }),
        signed: fc.boolean(),
        big: fc.boolean(),
      })
      .map(({ factor, offset, lengthBits, signed, big }) =>
        signal({ scale: [factor, offset], lengthBits, signed, start: big ? 7 : 0, byteOrder: big ? "big" : "little" }),
      );
    // Raw values whose product with the factor is near 2^53, and whose sum with the offset is small again.
    const raws = fc.array(fc.oneof(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), fc.bigInt({ min: 0n, max: 40n })), {
      minLength: 3,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(scaled, { minLength: 5, maxLength: 40 }), raws, async (signals, values) => {
        const frames = values.map((bits, i) => frame({ timeNs: i * 1000, id: 5, payload: bytesOf(bits) }));
        await check(await madeLog(frames), frames, signals);
      }),
      { numRuns: 25 },
    );
  });

  test("the traps of golden README §1: product beyond 2^53, sum not; 22 and 23 with a long factor", async () => {
    const signals = [
      signal({ lengthBits: 54, scale: ["1", "-9007199254740993"] }),
      signal({ lengthBits: 54, scale: ["3", "-27021597764222976"] }),
      signal({ lengthBits: 54, scale: ["0.1", "-900719925474099.2"] }),
      signal({ lengthBits: 6, scale: ["0.392156862745098", "0"] }),
      signal({ lengthBits: 16, scale: ["1E-23", "0"] }),
      signal({ lengthBits: 64, scale: ["10", "1"] }),
      signal({ lengthBits: 64, signed: true, scale: ["-1", "0"] }),
    ];
    const values = [22n, 23n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 53n + 2n, 9545214884246140457n, 2n ** 63n, 2n ** 64n - 1n, 0n];
    const frames = values.map((bits, i) => frame({ timeNs: i * 1000, id: 5, payload: bytesOf(bits) }));
    await check(await madeLog(frames), frames, signals);
  });

  test.each([
    { what: "columns of one chunk each", signalCount: 380, rowCount: 3 * 512 + 1 },
    { what: "columns of many chunks", signalCount: 2, rowCount: 65 * 512 + 3 },
  ])("every row comes out, once, when they are drained: $what", async ({ signalCount, rowCount }) => {
    const frames = Array.from({ length: rowCount }, (_, i) =>
      frame({ timeNs: i * 1000, id: 5, payload: bytesOf(BigInt(i) << 5n) }),
    );
    const signals = numbered(Array.from({ length: signalCount }, (_, i) => signal({ start: i % 9, lengthBits: 20 })));
    const result = await decode(kernel, await madeLog(frames), [exactRule(message({ id: 5, signals }), "physical")]);
    expect(result.counts).toMatchObject({ frames: rowCount, used: rowCount, samples: rowCount * signalCount });
    const columns = columnsByName(result);
    const wrong = signals.filter(({ name, start }) => {
      const column = columns.get(name);
      const isRight = column?.times.every((time, i) => time === i * 1000 && column.values[i] === ((i << 5) >> start) % 2 ** 20);
      return !isRight || column?.times.length !== rowCount;
    });
    expect(wrong).toEqual([]);
  });
});
