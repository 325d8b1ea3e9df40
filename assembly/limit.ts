/**
 * Signals whose highest raw values are codes, not data (J1939 "error", "not available"): Signal.maxRaw is the highest raw that is data, 0 = all
 * are. Unsigned integers of at most 32 bits, which never touch a ninth byte.
 */
import { Chunk, HEAD, Head, Signal } from "./layout";

const AS_STORED = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
const SWAPPED = i8x16(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);

export abstract class Limit {
  @inline static mask(signal: usize): u64 {
    return ((<u64>1) << (<u64>load<u8>(signal, Signal.bits))) - 1;
  }

  @inline static raw(word: u64, isBig: bool, shift: u64, mask: u64): u64 {
    return ((isBig ? bswap(word) : word) >> shift) & mask;
  }

  @inline static countNotAvailable(count: u32): void {
    store<u64>(HEAD, load<u64>(HEAD, Head.notAvailable) + <u64>count, Head.notAvailable);
  }
}

/** Whether any word may hold a code. Looks at one row more when `rows` is odd, which at worst costs a copy. */
export function hasCodes(signal: usize, words: usize, rows: u32): bool {
  const order = load<u8>(signal, Signal.isBig) ? SWAPPED : AS_STORED;
  const shift = <i32>load<u8>(signal, Signal.shift);
  const mask = i64x2.splat(<i64>Limit.mask(signal));
  const limit = i64x2.splat(<i64>load<u32>(signal, Signal.maxRaw));
  let codes = i64x2.splat(0);
  const end = words + ((<usize>rows) << 3);
  for (; words < end; words += 16) {
    const raw = v128.and(i64x2.shr_u(i8x16.swizzle(v128.load(words), order), shift), mask);
    codes = v128.or(codes, i64x2.gt_s(raw, limit));
  }
  return v128.any_true(codes);
}

/** Copies the rows that hold data and counts the others of the range. Source and copy may be the same. */
export function keepData(signal: usize, times: usize, words: usize, rows: u32, keptTimes: usize, keptWords: usize): u32 {
  const isBig = load<u8>(signal, Signal.isBig) !== 0;
  const shift = <u64>load<u8>(signal, Signal.shift);
  const mask = Limit.mask(signal);
  const limit = <u64>load<u32>(signal, Signal.maxRaw);
  const base = load<i64>(HEAD, Head.baseNs);
  const from = <f64>(load<i64>(HEAD, Head.fromNs) - base);
  const to = <f64>(load<i64>(HEAD, Head.toNs) - base);
  let kept: usize = 0;
  let codes: u32 = 0;
  for (let row: usize = 0; row < (<usize>rows) << 3; row += 8) {
    const word = load<u64>(words + row);
    const time = load<f64>(times + row);
    if (Limit.raw(word, isBig, shift, mask) > limit) {
      // Frames outside the range are here for their neighbours only.
      codes += u32(time >= from && time < to);
      continue;
    }
    store<f64>(keptTimes + kept, time);
    store<u64>(keptWords + kept, word);
    kept += 8;
  }
  Limit.countNotAvailable(codes);
  return <u32>(kept >> 3);
}

/**
 * Codes in a column of physical values become NaN, which no integer is (raw columns show them as they are), so that the host can leave them
 * out; Signal.hasCodes says that there are some. Returns how many stand in rows that reach the signal.
 */
export function markCodes(signal: usize, chunk: usize, words: usize, rows: u32, out: usize): u32 {
  const isBig = load<u8>(signal, Signal.isBig) !== 0;
  const shift = <u64>load<u8>(signal, Signal.shift);
  const mask = Limit.mask(signal);
  const limit = <u64>load<u32>(signal, Signal.maxRaw);
  const need = <u32>load<u16>(signal, Signal.need);
  const isPhysical = load<u32>(signal, Signal.outKind) === 0;
  let codes: u32 = 0;
  for (let row: usize = 0; row < <usize>rows; row++) {
    if (<u32>load<u16>(chunk + (row << 1), Chunk.lengths) < need) continue;
    if (Limit.raw(load<u64>(words + (row << 3)), isBig, shift, mask) <= limit) continue;
    if (isPhysical) store<f64>(out + (row << 3), NaN);
    codes++;
  }
  if (codes !== 0) store<u8>(signal, 1, Signal.hasCodes);
  Limit.countNotAvailable(codes);
  return codes;
}
