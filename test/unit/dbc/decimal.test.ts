import fc from "fast-check";
import { expect, test } from "vitest";
import { decimalText, nearestDouble, parseDecimal, scaling } from "../../../core/dbc/decimal.ts";
import { signal } from "../../support/dbc-model.ts";

test.each([
  ["10", 10n, 0],
  ["+.5", 5n, 1],
  ["1E-06", 1n, 6],
  ["1E+1", 10n, 0],
  ["+0.10", 1n, 1],
  ["-180", -180n, 0],
  ["5.", 5n, 0],
  ["-0.0", 0n, 0],
  ["0e-999999", 0n, 0],
  ["100.00e-1", 10n, 0],
  ["0.392156862745098", 392156862745098n, 15],
  ["1e300", 10n ** 300n, 0],
])("%s is %d / 10^%d", (text, digits, scale) => {
  expect(parseDecimal(text)).toEqual({ digits, scale });
});

test.each([
  "",
  "+",
  ".",
  "-.",
  "e5",
  "1e",
  "1,5",
  "0x10",
  "NaN",
  "1 ",
  "1e999999",
  "1e-999999",
  "9".repeat(500),
  "1".repeat(100_000),
])("%s is no decimal a scaling can use", (text) => {
  expect(parseDecimal(text)).toBeNull();
});

test("a decimal's text and nearest double are those of the text it came from", () => {
  const anyText = fc
    .tuple(fc.constantFrom("", "-", "+"), fc.bigInt(0n, 10n ** 20n), fc.bigInt(0n, 10n ** 12n), fc.integer({ min: -30, max: 30 }))
    .map(([sign, whole, fraction, exponent]) => `${sign}${whole}.${fraction}E${exponent}`);
  fc.assert(
    fc.property(anyText, (text) => {
      const value = parseDecimal(text);
      if (!value) throw new Error("not read");
      expect(nearestDouble(value)).toBe(Number(text) + 0);
      expect(parseDecimal(decimalText(value))).toEqual(value);
      expect(value.scale === 0 || value.digits % 10n !== 0n).toBe(true);
    }),
    { seed: 20240917 },
  );
});

test("scaling brings factor and offset to their smallest common power of ten", () => {
  expect(scaling(signal({ scale: ["0.1", "-180"] }))).toEqual({
    numeratorFactor: 1n,
    numeratorOffset: -1800n,
    decimals: 1,
    factor: 0.1,
    offset: -180,
  });
  expect(scaling(signal({ scale: ["+0.10", "+1E+1"] }))).toMatchObject({
    numeratorFactor: 1n,
    numeratorOffset: 100n,
    decimals: 1,
  });
  expect(scaling(signal({ scale: ["2", "0.25"] }))).toMatchObject({ numeratorFactor: 200n, numeratorOffset: 25n, decimals: 2 });
});
