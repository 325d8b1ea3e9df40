/** Bits of frames against numbers of the standards and a frame written out bit by bit. */
import { expect, test } from "vitest";
import { classicBits, fdBits, linBits } from "../../../core/bus/frame-bits.ts";

test("classic frames have 47 or 67 bits and eight a byte, and at most 135 or 160 with eight bytes", () => {
  expect(classicBits(false, 0)).toEqual({ least: 47, most: 47 + 8 });
  expect(classicBits(false, 8)).toEqual({ least: 111, most: 135 });
  expect(classicBits(true, 8)).toEqual({ least: 131, most: 160 });
});

test("no frame has more stuff bits than the worst row of bits gets", () => {
  // 00000 1111 0000 …: after the first five equal bits each stuff bit begins the next four.
  const worst = (bits: number): number => {
    const row = Array.from({ length: bits }, (_, at) => (at === 0 ? 0 : Math.floor((at - 1) / 4) % 2));
    const wire: number[] = [];
    let stuffed = 0;
    for (const bit of row) {
      wire.push(bit);
      if (wire.length >= 5 && wire.slice(-5).every((one) => one === bit)) {
        wire.push(1 - bit);
        stuffed++;
      }
    }
    return stuffed;
  };
  for (const lengthBytes of [0, 1, 4, 8]) {
    const stuffedBits = 34 + 8 * lengthBytes;
    const { least, most } = classicBits(false, lengthBytes);
    expect(most - least).toBe(worst(stuffedBits));
  }
});

test("a CAN FD frame that switches counts what is sent at the nominal rate, and no more than all of it", () => {
  expect(fdBits(false, 64, true).least).toBe(30);
  expect(fdBits(true, 64, true).least).toBe(49);
  // 17 + 5 + 512 bits, 4 of the stuff count, 21 of CRC with 7 fixed stuff bits, 13 behind.
  expect(fdBits(false, 64, false).least).toBe(17 + 5 + 512 + 32 + 13);
  expect(fdBits(false, 16, false).least).toBe(17 + 5 + 128 + 27 + 13);
  expect(fdBits(false, 64, true).most).toBe(fdBits(false, 64, false).most);
});

test("LIN frames take 124 bits with eight bytes, and up to 1.4 times that", () => {
  expect(linBits(8).least).toBe(124);
  expect(linBits(8).most).toBeCloseTo(173.6);
});
