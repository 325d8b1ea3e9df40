import { describe, expect, test } from "vitest";
import { columnDecimals, paddingOf, widestValue } from "../../../web/plot/align.ts";
import { type Plotted, plainStyle } from "../../../web/state/model.ts";

const signal = (more: Partial<Plotted>): Plotted =>
  ({ style: plainStyle, decimals: 0, extremes: [0, 100], valueTable: null, info: { scaling: null }, ...more }) as Plotted;

describe("columns of the legend", () => {
  test("have room for the decimals of all their signals: three at most, and six figures of a float", () => {
    const plotted = {
      whole: signal({}),
      fine: signal({ decimals: 5 }),
      float: signal({ decimals: null, extremes: [-120, 8] }),
      hex: signal({ decimals: 2, style: { ...plainStyle, form: "hex" } }),
      chosen: signal({ style: { ...plainStyle, decimals: 1 } }),
    };
    const of = (...signals: string[]) => columnDecimals({ signals }, plotted);
    expect([of("whole"), of("whole", "chosen"), of("fine"), of("whole", "float"), of("hex"), of()]).toEqual([0, 1, 3, 3, 0, 0]);
  });

  test.each([
    ["8", 2, ".00"],
    ["7.9", 2, "0"],
    ["−12.50", 2, ""],
    ["+3", 0, ""],
    ["First", 2, ""],
    ["0x1F", 2, ""],
    ["", 2, ""],
  ])("%s in a column of %i decimals", (text, decimals, padding) => {
    expect(paddingOf(text, decimals)).toBe(padding);
  });

  test("a value's cell is as wide as its longest value", () => {
    expect(widestValue(signal({ decimals: 1, extremes: [-5, 120] }))).toBe("120.0".length);
    expect(widestValue(signal({ valueTable: { 0: "Neutral", 1: "A text too long for any cell" } }))).toBe(16);
    expect(widestValue(signal({ extremes: null }))).toBe(0);
  });
});
