import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { fsum } from "../../../core/facts/fsum.ts";

/** The exact number of units of 2^-1074, of which every double is a whole number. */
function units(value: number): bigint {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, Math.abs(value));
  const bits = view.getBigUint64(0);
  const exponent = bits >> 52n;
  const fraction = bits & (2n ** 52n - 1n);
  const size = exponent === 0n ? fraction : (fraction + 2n ** 52n) << (exponent - 1n);
  return value < 0 ? -size : size;
}

/** The double nearest to a number of units, ties to even. */
function nearestOfUnits(sum: bigint): number {
  if (sum === 0n) return 0;
  const size = sum < 0n ? -sum : sum;
  const bits = size.toString(2).length;
  const lost = BigInt(Math.max(0, bits - 53));
  const half = lost > 0n ? 1n << (lost - 1n) : 0n;
  const low = size & ((1n << lost) - 1n);
  let significand = size >> lost;
  if (lost > 0n && (low > half || (low === half && (significand & 1n) === 1n))) significand++;
  const value = scaled(significand, Number(lost) - 1074);
  return sum < 0n ? -value : value;
}

/** significand · 2^exponent in two exact steps, since 2^-1074 is below the normal doubles. */
const scaled = (significand: bigint, exponent: number): number =>
  exponent < -1000 ? Number(significand) * 2 ** -1000 * 2 ** (exponent + 1000) : Number(significand) * 2 ** exponent;

describe("fsum", () => {
  test("is the exact sum rounded once, whatever the order and the sizes", () => {
    const number = fc.oneof(
      fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e300, max: 1e300 }),
      fc.double({ noNaN: true, min: -1, max: 1 }),
      fc.constantFrom(1, 1e16, -1e16, 2 ** 53, 2 ** -53, 1e-300, 5e-324, 0.1, -0.1),
    );
    fc.assert(
      fc.property(fc.array(number, { maxLength: 30 }), (values) => {
        const exact = nearestOfUnits(values.reduce((sum, value) => sum + units(value), 0n));
        expect(fsum(values) + 0).toBe(exact + 0);
      }),
      { numRuns: 2000 },
    );
  });

  test("ten times a tenth is one, and cancelled parts leave nothing", () => {
    expect(fsum(new Array(10).fill(0.1))).toBe(1);
    expect(fsum([1e100, 1, -1e100, 1e-100])).toBe(1);
    expect(fsum([1e16, 1, 1e-16])).toBe(10000000000000002);
  });

  test("what is not finite is left out", () => {
    expect(fsum([Number.NaN, 1, Number.POSITIVE_INFINITY, 2, Number.NEGATIVE_INFINITY])).toBe(3);
    expect(fsum([])).toBe(0);
  });
});
