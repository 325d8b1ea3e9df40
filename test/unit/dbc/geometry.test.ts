import fc from "fast-check";
import { expect, test } from "vitest";
import { isDecodable, neededBytes, signalBits } from "../../../core/dbc/geometry.ts";
import { selectorChain } from "../../../core/dbc/mux.ts";
import { floatOfBits, nearestToQuotient, physical, rawByBits } from "../../support/bit-model.ts";
import { message, signal } from "../../support/dbc-model.ts";

test("an Intel signal starts at its least significant bit", () => {
  expect(signalBits(signal({ start: 12, lengthBits: 8, byteOrder: "little" }))).toEqual({
    byteOrder: "little",
    firstBit: 12,
    lengthBits: 8,
    firstByte: 1,
    lastByte: 2,
  });
});

test("a Motorola signal's start bit is its most significant one", () => {
  expect(signalBits(signal({ start: 7, lengthBits: 12, byteOrder: "big" }))).toMatchObject({
    firstBit: 0,
    firstByte: 0,
    lastByte: 1,
  });
  expect(signalBits(signal({ start: 3, lengthBits: 8, byteOrder: "big" }))).toMatchObject({
    firstBit: 4,
    firstByte: 0,
    lastByte: 1,
  });
  expect(signalBits(signal({ start: 8, lengthBits: 1, byteOrder: "big" }))).toMatchObject({
    firstBit: 15,
    firstByte: 1,
    lastByte: 1,
  });
});

const anySignal = fc
  .record({
    start: fc.integer({ min: 0, max: 511 }),
    lengthBits: fc.integer({ min: 1, max: 64 }),
    byteOrder: fc.constantFrom("little" as const, "big" as const),
    signed: fc.boolean(),
  })
  .map((parts) => signal(parts));

test("signalBits names the same bits as the bit model, and the last byte is the first that may not be missing", () => {
  fc.assert(
    fc.property(anySignal, fc.uint8Array({ minLength: 73, maxLength: 73 }), (any, payload) => {
      const { firstBit, lengthBits, firstByte, lastByte, byteOrder } = signalBits(any);
      // One big integer of the whole payload, then one shift: another way to the same bits.
      const octets = byteOrder === "big" ? [...payload] : [...payload].reverse();
      const whole = BigInt(`0x${octets.map((octet) => octet.toString(16).padStart(2, "0")).join("")}`);
      const shift = byteOrder === "little" ? firstBit : payload.length * 8 - firstBit - lengthBits;
      const bits = (whole >> BigInt(shift)) & ((1n << BigInt(lengthBits)) - 1n);
      expect(rawByBits(payload, any)).toBe(any.signed ? BigInt.asIntN(lengthBits, bits) : bits);
      expect(firstByte).toBe(any.start >> 3);
      expect(rawByBits(payload.subarray(0, lastByte + 1), any)).not.toBeNull();
      expect(rawByBits(payload.subarray(0, lastByte), any)).toBeNull();
    }),
    { seed: 20240917, numRuns: 500 },
  );
});

test("a multiplexed signal needs its selectors' bytes too", () => {
  const root = signal({ name: "Root", start: 56, selector: true });
  const middle = signal({ name: "Middle", selector: true, selectedBy: "Root", selectedWhen: [[1n, 2n]] });
  const leaf = signal({ name: "Leaf", start: 8, selectedBy: "Middle", selectedWhen: [[5n, 5n]] });
  const made = message({ signals: [leaf, middle, root] });
  expect(selectorChain(made, leaf)).toEqual([
    { selector: root, ranges: [[1n, 2n]] },
    { selector: middle, ranges: [[5n, 5n]] },
  ]);
  expect([root, middle, leaf].map((each) => neededBytes(made, each))).toEqual([8, 8, 8]);
  expect(selectorChain(made, root)).toEqual([]);
});

test("longer than 64 bits, or a float of another width, has no numbers", () => {
  expect(isDecodable(signal({ lengthBits: 64 }))).toBe(true);
  expect(isDecodable(signal({ lengthBits: 65 }))).toBe(false);
  expect(isDecodable(signal({ lengthBits: 32, float: 32 }))).toBe(true);
  expect(isDecodable(signal({ lengthBits: 16, float: 32 }))).toBe(false);
});

test("the bit model rounds a quotient as a correctly rounded division does", () => {
  fc.assert(
    fc.property(fc.bigInt(-(2n ** 53n) + 1n, 2n ** 53n - 1n), fc.integer({ min: 0, max: 22 }), (numerator, decimals) => {
      // 10^22 is the largest power of ten that a double holds exactly.
      expect(nearestToQuotient(numerator, 10n ** BigInt(decimals))).toBe(Number(numerator) / 10 ** decimals + 0);
    }),
    { seed: 20240917 },
  );
});

test("physical values: exact while the limits allow, doubles beyond, decided for each value", () => {
  expect(physical(3n, signal({ scale: ["0.1", "0"] }))).toBe(0.3);
  expect(physical(1801n, signal({ scale: ["0.1", "-180"] }))).toBe(0.1);
  const obd = signal({ scale: ["0.392156862745098", "0"] });
  expect(physical(22n, obd)).toBe(8.627450980392156);
  expect(physical(23n, obd)).toBe(23 * 0.392156862745098);
  expect(physical(0n, signal({ scale: ["-1", "0"] }))).toBe(0);
  expect(physical(0x3fc00000n, signal({ lengthBits: 32, float: 32, scale: ["2", "1"] }))).toBe(4);
  expect(floatOfBits(0x4000000000000000n, 64)).toBe(2);
});
