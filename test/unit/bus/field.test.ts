import { expect, test } from "vitest";
import { fits } from "../../../core/bus/field.ts";
import type { Channel } from "../../../core/mdf/channel.ts";

const channel = (byteOffset: number, bitOffset: number, bitCount: number): Channel => ({
  atByte: 0,
  name: "ID",
  type: 0,
  syncType: 0,
  dataType: 0,
  bitOffset,
  byteOffset,
  bitCount,
  dataLink: 0,
  conversion: null,
});

test("a field fits a record to its last bit, and not one bit further", () => {
  expect(fits(channel(6, 0, 16), 8)).toBe(true);
  expect(fits(channel(6, 5, 11), 8)).toBe(true);
  expect(fits(channel(6, 6, 11), 8)).toBe(false);
  expect(fits(channel(7, 1, 8), 8)).toBe(false);
  expect(fits(channel(8, 0, 1), 8)).toBe(false);
});
