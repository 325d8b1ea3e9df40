/** Pairs of value and time as JSON text: what the kernel writes is what JSON.stringify writes, and it says where it stopped. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { OUT, TEXT, TEXT_BYTES } from "../../../core/kernel/abi.ts";
import { testKernel } from "../../support/kernel.ts";

const kernel = testKernel();
const TIMES = OUT + 65_536;

interface Call {
  readonly values: readonly number[];
  readonly times: readonly number[];
  readonly decimals: number;
  readonly baseMs?: number;
  readonly baseRestNs?: number;
  readonly capacity?: number;
}

function write({ values, times, decimals, baseMs = 0, baseRestNs = 0, capacity = TEXT_BYTES }: Call): {
  text: string;
  count: number;
} {
  kernel.doubles.set(values, OUT / 8);
  kernel.doubles.set(times, TIMES / 8);
  const bytes = kernel.exports.writePairs(OUT, TIMES, values.length, baseMs, baseRestNs, decimals, TEXT, capacity);
  return { text: new TextDecoder().decode(kernel.bytes.subarray(TEXT, TEXT + bytes)), count: kernel.exports.pairsWritten() };
}

const one = (value: number, decimals: number) => write({ values: [value], times: [0], decimals });

describe("writePairs", () => {
  test("decimals of at most so many places, as JSON.stringify prints them", () => {
    const decimal = fc
      .record({ digits: fc.bigInt({ min: -(10n ** 15n) + 1n, max: 10n ** 15n - 1n }), short: fc.nat(14), decimals: fc.nat(15) })
      .map(({ digits, short, decimals }) => ({ value: Number(`${digits / 10n ** BigInt(short)}e-${decimals}`), decimals }));
    fc.assert(
      fc.property(decimal, fc.nat(2 ** 40), ({ value, decimals }, ms) => {
        const { text, count } = write({ values: [value], times: [5_999_999], decimals, baseMs: ms });
        const isWritable = Math.abs(value) >= 1e-6 || value === 0;
        expect(count).toBe(isWritable ? 1 : 0);
        expect(text).toBe(isWritable ? JSON.stringify([[value, ms + 5]]).slice(1, -1) : "");
      }),
      { numRuns: 3000 },
    );
  });

  test("any double: the shortest text, or none", () => {
    fc.assert(
      fc.property(fc.double(), fc.nat(15), (value, decimals) => {
        const { text, count } = one(value, decimals);
        expect(text).toBe(count === 1 ? JSON.stringify([value, 0]) : "");
      }),
      { numRuns: 3000 },
    );
  });

  test.each([
    [0, 0],
    [-0, 3],
    [0.1, 1],
    [-0.5, 1],
    [100, 2],
    [0.000001, 6],
    [-0.0000123, 7],
    [999999999999999, 0],
    [123456.789, 3],
    [1e14, 1],
    [0.30000000000000004, 15],
  ])("%d with %i places", (value, decimals) => {
    const { text, count } = one(value, decimals);
    expect(text).toBe(count === 1 ? JSON.stringify([value, 0]) : "");
  });

  test("times are whole ms, rounded down, also before 1970 and before the base", () => {
    const times = [-1, 0, 999_999, 1_000_000, -1_000_000, -1_000_001, 123_456_789_012];
    const { text } = write({ values: times.map(() => 1), times, decimals: 0, baseMs: 1_700_000_000_000, baseRestNs: 400_000 });
    const ms = times.map((time) => 1_700_000_000_000 + Math.floor((time + 400_000) / 1e6));
    expect(text).toBe(ms.map((at) => `[1,${at}]`).join());
    expect(write({ values: [1], times: [0], decimals: 0, baseMs: -5 }).text).toBe("[1,-5]");
  });

  test("it stops before a value it cannot write, and when the room ends; the rest follows without loss", () => {
    expect(write({ values: [1, Number.NaN, 2], times: [0, 0, 0], decimals: 0 })).toEqual({ text: "[1,0]", count: 1 });
    expect(write({ values: [1, 0.25, 2], times: [0, 0, 0], decimals: 1 })).toEqual({ text: "[1,0]", count: 1 });
    expect(write({ values: [Number.POSITIVE_INFINITY], times: [0], decimals: 0 })).toEqual({ text: "", count: 0 });
    const values = Array.from({ length: 500 }, (_, i) => i / 8);
    let rest = values;
    const texts: string[] = [];
    while (rest.length > 0) {
      const { text, count } = write({ values: rest, times: rest.map(() => 1e6), decimals: 3, capacity: 100 });
      expect(count).toBeGreaterThan(0);
      expect(text.length).toBeLessThanOrEqual(100);
      texts.push(text);
      rest = rest.slice(count);
    }
    expect(`[${texts.join()}]`).toBe(JSON.stringify(values.map((value) => [value, 1])));
  });
});
