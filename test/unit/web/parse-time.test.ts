import { expect, test } from "vitest";
import { type Plotted, plainStyle, type Style } from "../../../web/state/model.ts";
import { parseTime } from "../../../web/text/parse-time.ts";
import { deltaText, rawOf, shownValue } from "../../../web/text/value.ts";

const SECOND = 1_000_000_000n;
const day = BigInt(Date.UTC(2022, 0, 8)) * 1_000_000n;
const context = { zeroNs: day + 3600n * SECOND, nearNs: day + 43_200n * SECOND, offsetNs: 7200n * SECOND };

test.each([
  ["10:45", day + (10n * 3600n + 45n * 60n - 7200n) * SECOND],
  ["10:45:34.5", day + (10n * 3600n + 45n * 60n + 34n - 7200n) * SECOND + SECOND / 2n],
  ["+12.5", day + 3612n * SECOND + SECOND / 2n],
  ["−3 s", day + 3597n * SECOND],
  ["2022-01-08", day - 7200n * SECOND],
  ["2022-01-08T10:45:34.500000001Z", day + (10n * 3600n + 45n * 60n + 34n) * SECOND + 500_000_001n],
  ["1641638468", 1_641_638_468n * SECOND],
  ["1641638468000", 1_641_638_468n * SECOND],
  ["1641638468000000001", 1_641_638_468_000_000_001n],
  ["25:00", null],
  ["soon", null],
])("%s is a time", (text, wanted) => {
  expect(parseTime(text, context)).toBe(wanted);
});

const signal = (
  style: Partial<Style>,
  scaling: Plotted["info"]["scaling"],
  table: Record<string, string> | null = null,
): Plotted => ({ style: { ...plainStyle, ...style }, decimals: 2, valueTable: table, info: { scaling } }) as unknown as Plotted;

test("values are shown as text, physical, raw or hex", () => {
  const scaling = { factor: 0.25, offset: -40, lengthBits: 12 };
  expect(rawOf(scaling, 2.5)).toBe(170);
  expect(shownValue(signal({}, scaling), 2.5)).toBe("2.50");
  expect(shownValue(signal({ form: "raw" }, scaling), 2.5)).toBe("170");
  expect(shownValue(signal({ form: "hex" }, scaling), 2.5)).toBe("0x0AA");
  expect(shownValue(signal({ form: "hex" }, { factor: 1, offset: 0, lengthBits: 8 }), -1)).toBe("0xFF");
  expect(shownValue(signal({}, scaling, { "170": "Second" }), 2.5)).toBe("Second");
  expect(shownValue(signal({ decimals: 0 }, scaling), 2.5)).toBe("3");
});

test("a difference has its sign; texts are the same or not", () => {
  const one = signal({}, null);
  expect([deltaText(one, 1, 3.5), deltaText(one, 3.5, 1), deltaText(one, 1, 1)]).toEqual(["+2.50", "−2.50", "0.00"]);
  const gear = signal({}, { factor: 1, offset: 0, lengthBits: 4 }, { "1": "First", "2": "Second" });
  expect([deltaText(gear, 1, 2), deltaText(gear, 1, 1)]).toEqual(["≠", "="]);
});
