/**
 * GHASH, the check of AES-GCM (NIST SP 800-38D §6.4): Y ← (Y ⊕ block) · H in GF(2^128), over any number of windows.
 *
 * A product is the sum of what each byte of the block contributes: 16 tables of 256 products of H, one per place, and 16 more of H², so
 * that two blocks go at a time and half the work does not wait for the result before. 128 KiB, made anew from H by ghashStart.
 */
import { GHASH } from "./layout";

const TABLES_OF_SQUARE: usize = GHASH + 0x10000;
/** H @0, Y @16: 16 bytes each, as the standard writes them. */
const STATE: usize = GHASH + 0x20000;
const PLACE_SHIFT: u32 = 12;

abstract class Field {
  /** The sum over the bytes of `x` of their products. */
  @inline static times(x: v128, tables: usize): v128 {
    const low = i64x2.extract_lane(x, 0);
    const high = i64x2.extract_lane(x, 1);
    const left = v128.xor(Field.ofFour(<u32>low, tables), Field.ofFour(<u32>(low >>> 32), tables + 0x4000));
    const right = v128.xor(Field.ofFour(<u32>high, tables + 0x8000), Field.ofFour(<u32>(high >>> 32), tables + 0xc000));
    return v128.xor(left, right);
  }

  @inline static ofFour(bytes: u32, tables: usize): v128 {
    const first = v128.load(tables + <usize>((bytes << 4) & 0xff0));
    const second = v128.load(tables + <usize>((bytes >> 4) & 0xff0), 0x1000);
    const third = v128.load(tables + <usize>((bytes >> 12) & 0xff0), 0x2000);
    const fourth = v128.load(tables + <usize>((bytes >> 20) & 0xff0), 0x3000);
    return v128.xor(v128.xor(first, second), v128.xor(third, fourth));
  }
}

function fillTables(factor: v128, tables: usize): void {
  // The first bit of the first byte is x^0: going on by one bit is a shift to the right, with what falls out coming back as 1 + x + x² + x^7.
  let high = bswap<u64>(i64x2.extract_lane(factor, 0));
  let low = bswap<u64>(i64x2.extract_lane(factor, 1));
  for (let place: usize = 0; place < 16; place++) {
    const table = tables + (place << PLACE_SHIFT);
    v128.store(table, i64x2.splat(0));
    for (let bit: usize = 0x80; bit !== 0; bit >>= 1) {
      store<u64>(table + (bit << 4), bswap<u64>(high));
      store<u64>(table + (bit << 4), bswap<u64>(low), 8);
      const carry = low & 1;
      low = (low >> 1) | (high << 63);
      high = (high >> 1) ^ (carry * 0xe100000000000000);
    }
    for (let byte: usize = 3; byte < 256; byte++) {
      const lowest = byte & (~byte + 1);
      if (lowest === byte) continue;
      v128.store(table + (byte << 4), v128.xor(v128.load(table + (lowest << 4)), v128.load(table + ((byte ^ lowest) << 4))));
    }
  }
}

/** Begins a check: H stands in the state, Y becomes 0. */
export function ghashStart(): void {
  const factor = v128.load(STATE);
  fillTables(factor, GHASH);
  fillTables(Field.times(factor, GHASH), TABLES_OF_SQUARE);
  v128.store(STATE, i64x2.splat(0), 16);
}

/** Takes `blockCount` whole blocks of 16 bytes. */
export function ghash(at: usize, blockCount: u32): void {
  let sum = v128.load(STATE, 16);
  const end = at + ((<usize>blockCount) << 4);
  for (; at + 32 <= end; at += 32) {
    const earlier = Field.times(v128.xor(sum, v128.load(at)), TABLES_OF_SQUARE);
    sum = v128.xor(earlier, Field.times(v128.load(at, 16), GHASH));
  }
  if (at < end) sum = Field.times(v128.xor(sum, v128.load(at)), GHASH);
  v128.store(STATE, sum, 16);
}
