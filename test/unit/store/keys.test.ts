import fc from "fast-check";
import { expect, test } from "vitest";
import { checkKey, compareKeys, isKey } from "../../../core/store/check-key.ts";

test("keys compare as their UTF-8 bytes do", () => {
  const anyText = fc.string({
    unit: fc.oneof(fc.constantFrom("/", "-", "0", "～", "🚗", "\uffff", "é"), fc.string({ unit: "grapheme", maxLength: 2 })),
  });
  fc.assert(
    fc.property(anyText, anyText, (a, b) => {
      expect(Math.sign(compareKeys(a, b))).toBe(Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b))));
    }),
    { seed: 20240917, numRuns: 500 },
  );
});

test("a refusal says which rule was broken and shows at most 80 characters", () => {
  expect(() => checkKey("a/../b")).toThrow(/segment "\.\."/);
  expect(() => checkKey(`/${"x".repeat(2000)}`)).toThrow(/longer than 1024 bytes/);
  expect(() => checkKey("x".repeat(2000))).not.toThrow(/x{81}/);
});

test("1,024 bytes are a key, 1,025 are not, counted in UTF-8", () => {
  expect(isKey("é".repeat(512))).toBe(true);
  expect(isKey(`${"é".repeat(512)}x`)).toBe(false);
});
