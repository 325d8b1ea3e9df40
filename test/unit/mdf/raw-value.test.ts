import fc from "fast-check";
import { expect, test } from "vitest";
import { type RawKind, rawKind } from "../../../core/mdf/raw-value.ts";

/** The bits one at a time, as formats/mdf4.md §7 says. */
function slowInteger(bytes: Uint8Array, dataType: number, byteOffset: number, bitOffset: number, bitCount: number): bigint {
  const count = Math.ceil((bitOffset + bitCount) / 8);
  const field = [...bytes.subarray(byteOffset, byteOffset + count)];
  if (dataType === 0 || dataType === 2) field.reverse();
  const formed = field.reduce((value, byte) => (value << 8n) | BigInt(byte), 0n);
  const raw = (formed >> BigInt(bitOffset)) & ((1n << BigInt(bitCount)) - 1n);
  return dataType >= 2 ? BigInt.asIntN(bitCount, raw) : raw;
}

const numberKind = (kind: RawKind | string): RawKind & { kind: "number" } => {
  if (typeof kind === "string" || kind.kind !== "number") throw new Error(`no number: ${JSON.stringify(kind)}`);
  return kind;
};

test("integers of any width and offset, in both orders, to the last bit", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 24, maxLength: 24 }),
      fc.constantFrom(0, 1, 2, 3),
      fc.integer({ min: 0, max: 12 }),
      fc.integer({ min: 0, max: 7 }),
      fc.integer({ min: 1, max: 64 }),
      fc.integer({ min: 0, max: 3 }),
      (bytes, dataType, byteOffset, bitOffset, bitCount, at) => {
        const kind = numberKind(rawKind(dataType, { byteOffset, bitOffset, bitCount }));
        const expected = slowInteger(bytes, dataType, byteOffset + at, bitOffset, bitCount);
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
        expect(kind.read(view, at)).toBe(Number(expected));
        expect(kind.exact?.(view, at) ?? BigInt(kind.read(view, at))).toBe(expected);
      },
    ),
    { seed: 20240917, numRuns: 5000 },
  );
});

test("half floats: normal, subnormal, signed zero, infinite, none", () => {
  const halves = [0x3c00, 0x0001, 0x8000, 0x7c00, 0xfc00, 0x7e00, 0x7bff, 0xc500];
  const view = new DataView(new ArrayBuffer(2));
  const { read } = numberKind(rawKind(5, { byteOffset: 0, bitOffset: 0, bitCount: 16 }));
  const values = halves.map((bits) => {
    view.setUint16(0, bits);
    return read(view, 0);
  });
  expect(values).toEqual([1, 2 ** -24, -0, Infinity, -Infinity, Number.NaN, 65504, -5]);
});

test("what cannot be read says why", () => {
  const place = { byteOffset: 0, bitOffset: 0, bitCount: 8 };
  expect(rawKind(0, { ...place, bitCount: 65 })).toBe("an integer of 65 bits from bit 0 is none");
  expect(rawKind(4, { ...place, bitCount: 24 })).toBe("a float of 24 bits is none");
  expect(rawKind(7, { ...place, bitOffset: 3 })).toBe("texts and bytes begin and end with a byte, not at bit 3 with 8 bits");
  expect(rawKind(99, place)).toBe("the data type 99 is not known");
});
