import { expect, test } from "vitest";
import { numberText } from "../../../core/facts/document.ts";

test("numbers read back to the same double, and none of them as an integer it is not", () => {
  const given = [0, -0, 1, -1.5, 0.1, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 2 ** 64, 1e21, 1.7976931348623157e308, 5e-324, 1e-7];
  expect(given.map((value) => Number(numberText(value)))).toEqual(given);
  expect([numberText(-0), numberText(2 ** 53 - 1), numberText(2 ** 64)]).toEqual([
    "-0",
    "9007199254740991",
    "1.8446744073709552e+19",
  ]);
  expect([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map(numberText)).toEqual([
    '"NaN"',
    '"Infinity"',
    '"-Infinity"',
  ]);
});
