import fc from "fast-check";
import { expect, test } from "vitest";
import { rangesOf } from "../../../core/mdf/ranges.ts";

const border = fc.oneof(fc.integer({ min: -6, max: 6 }), fc.constantFrom(-Infinity, Infinity, Number.NaN, 0.5));

test("the first range that holds a value is found, however the ranges overlap", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(border, border), { maxLength: 12 }), border, fc.boolean(), (pairs, x, closed) => {
      const lowers = pairs.map(([lower]) => lower);
      const uppers = pairs.map(([, upper]) => upper);
      const expected = pairs.findIndex(([lower, upper]) => lower <= x && (closed ? x <= upper : x < upper));
      expect(rangesOf(lowers, uppers, closed).find(x)).toBe(expected);
    }),
    { seed: 20240917, numRuns: 3000 },
  );
});
