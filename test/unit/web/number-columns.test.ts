/** Columns of the statistics: decimal points below each other, no wider than there is room, no number without its figures. */
import { expect, test } from "vitest";
import { numberColumn } from "../../../web/shell/number-columns.ts";

const column = (values: readonly (number | undefined)[], decimals: number | null) =>
  numberColumn(values.map((value) => (value === undefined ? undefined : { value, decimals })));

test("fewer decimals are made up unseen, so that points align", () => {
  const { texts, paddings, width } = numberColumn([
    { value: 0.1, decimals: 1 },
    { value: 808.5, decimals: 2 },
    { value: -3, decimals: 0 },
    undefined,
  ]);
  expect(texts).toEqual(["0.1", "808.50", "−3", ""]);
  expect(paddings).toEqual(["0", "", ".00", ""]);
  expect(width).toBe(6);
});

test("a large number leaves the others fewer decimals, but no small one without figures", () => {
  expect(column([32186.8, 3.43653, -6.62222, 0.0012], null).texts).toEqual(["32186.8", "3.4", "−6.6", "0.0012"]);
  expect(column([0, 2293.512], null).texts).toEqual(["0", "2293.51"]);
});
