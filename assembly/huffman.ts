/** Huffman coded literals of Zstandard (RFC 8878 §4.2). */
import { CODEC_STATE, Codec, FSE_WEIGHTS, HUFFMAN, LITERALS, WEIGHTS } from "./codec-layout";
import { buildStates, countsBits, countsBytes, readCounts } from "./fse";

const RANKS: usize = WEIGHTS + 512; // u32 × 16
const BITS_MAX: u32 = 11;

/** A stream that is read from its end: bits below `position` are still to come. */
export abstract class Backwards {
  /** Bits of the stream in [from, end): what the last byte has below its highest 1. 0: it has none. */
  @inline static bitsOf(from: usize, end: usize): i32 {
    const last = <u32>load<u8>(end - 1);
    return last === 0 ? 0 : ((<i32>(end - from - 1)) << 3) + <i32>(31 - clz<u32>(last));
  }
  /** The next bits at the top of a word; 56 of them are right, or as many as there are, garbage follows. */
  @inline static top(from: usize, position: i32): u64 {
    return load<u64>(from + <usize>((position >> 3) - 7)) << (<u64>(8 - (position & 7)));
  }
}

/** Bytes that the last readTree took. */
export let treeBytes: usize = 0;

/** Reads a tree's description and builds HUFFMAN. False if it makes no sense. */
export function readTree(from: usize, end: usize): bool {
  if (from >= end) return false;
  const head = <u32>load<u8>(from);
  let count: u32 = 0;
  if (head >= 128) {
    count = head - 127;
    treeBytes = 1 + <usize>((count + 1) >> 1);
    if (from + treeBytes > end) return false;
    for (let i: u32 = 0; i < count; i++) {
      const pair = load<u8>(from + 1 + <usize>(i >> 1));
      store<u8>(WEIGHTS + <usize>i, i & 1 ? pair & 15 : pair >> 4);
    }
  } else {
    treeBytes = 1 + <usize>head;
    if (from + treeBytes > end) return false;
    count = packedWeights(from + 1, from + treeBytes);
    if (count === 0) return false;
  }
  return buildTree(count);
}

/** Weights coded with two states in turns. Returns their number, 0 if they make no sense. */
function packedWeights(from: usize, end: usize): u32 {
  if (!readCounts(from, end, 255, 6)) return 0;
  const accuracy = <i32>countsBits;
  if (!buildStates(FSE_WEIGHTS, 256, <u32>accuracy, 0, 0)) return 0;
  const start = from + countsBytes;
  if (start >= end) return 0;
  let position = Backwards.bitsOf(start, end) - 2 * accuracy;
  if (position < 0) return 0;
  const top = Backwards.top(start, position + 2 * accuracy);
  let a = <u32>(top >> <u64>(64 - accuracy));
  let b = <u32>((top << (<u64>accuracy)) >> <u64>(64 - accuracy));
  let count: u32 = 0;
  while (count < 254) {
    const entry = load<u64>(FSE_WEIGHTS + ((<usize>a) << 3));
    store<u8>(WEIGHTS + <usize>count, <u8>(entry >> 32));
    count++;
    const bits = <i32>(entry >> 16) & 0xff;
    if (position < bits) {
      // The stream is through: the other state has the last weight.
      store<u8>(WEIGHTS + <usize>count, <u8>(load<u64>(FSE_WEIGHTS + ((<usize>b) << 3)) >> 32));
      return count + 1;
    }
    const next = <u32>((Backwards.top(start, position) >> 1) >> <u64>(63 - bits));
    position -= bits;
    a = b;
    b = (<u32>entry & 0xffff) + next;
  }
  return 0;
}

function buildTree(count: u32): bool {
  memory.fill(RANKS, 0, 64);
  let total: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const weight = <u32>load<u8>(WEIGHTS + <usize>i);
    if (weight > BITS_MAX) return false;
    if (weight === 0) continue;
    total += (<u32>1) << (weight - 1);
    const rank = RANKS + ((<usize>weight) << 2);
    store<u32>(rank, load<u32>(rank) + 1);
  }
  if (total === 0) return false;
  const bits: u32 = 32 - clz<u32>(total);
  if (bits > BITS_MAX) return false;
  const rest = ((<u32>1) << bits) - total;
  if (popcnt<u32>(rest) !== 1) return false;
  const last: u32 = 32 - clz<u32>(rest);
  store<u8>(WEIGHTS + <usize>count, <u8>last);
  store<u32>(RANKS + ((<usize>last) << 2), load<u32>(RANKS + ((<usize>last) << 2)) + 1);
  // The longest codes come first in the table.
  let place: u32 = 0;
  for (let weight: u32 = 1; weight <= bits; weight++) {
    const rank = RANKS + ((<usize>weight) << 2);
    const codes = load<u32>(rank);
    store<u32>(rank, place);
    place += codes << (weight - 1);
  }
  for (let symbol: u32 = 0; symbol <= count; symbol++) {
    const weight = <u32>load<u8>(WEIGHTS + <usize>symbol);
    if (weight === 0) continue;
    const rank = RANKS + ((<usize>weight) << 2);
    const from = load<u32>(rank);
    const places = (<u32>1) << (weight - 1);
    const entry = <u16>(symbol | ((bits + 1 - weight) << 8));
    for (let i = from; i < from + places; i++) store<u16>(HUFFMAN + ((<usize>i) << 1), entry);
    store<u32>(rank, from + places);
  }
  store<u32>(CODEC_STATE, bits, Codec.huffmanBits);
  return true;
}

abstract class Symbol {
  @inline static entry(top: u64, down: u64): u32 {
    return <u32>load<u16>(HUFFMAN + ((<usize>(top >> down)) << 1));
  }
}

/** `count` symbols of one stream to `out`. False unless it ends exactly there. */
export function huffmanStream(from: usize, end: usize, out: usize, count: usize): bool {
  if (from >= end) return false;
  let position = Backwards.bitsOf(from, end);
  const down = <u64>(64 - load<u32>(CODEC_STATE, Codec.huffmanBits));
  const outEnd = out + count;
  for (; out + 5 <= outEnd && position > 0; out += 5) {
    let top = Backwards.top(from, position);
    for (let i: usize = 0; i < 5; i++) {
      const entry = Symbol.entry(top, down);
      store<u8>(out + i, <u8>entry);
      top <<= <u64>(entry >> 8);
      position -= <i32>(entry >> 8);
    }
  }
  for (; out < outEnd && position > 0; out++) {
    const entry = Symbol.entry(Backwards.top(from, position), down);
    store<u8>(out, <u8>entry);
    position -= <i32>(entry >> 8);
  }
  return position === 0 && out === outEnd;
}

/** Four streams side by side, a quarter of `count` symbols each: their places in [from, end) stand before them. */
export function huffmanFour(from: usize, end: usize, count: usize): bool {
  const quarter = (count + 3) >> 2;
  if (from + 6 > end || count < 3 * quarter) return false;
  const b = from + 6 + <usize>load<u16>(from);
  const c = b + <usize>load<u16>(from, 2);
  const d = c + <usize>load<u16>(from, 4);
  const a = from + 6;
  if (d >= end || a >= b || b >= c || c >= d) return false;
  let atA = Backwards.bitsOf(a, b);
  let atB = Backwards.bitsOf(b, c);
  let atC = Backwards.bitsOf(c, d);
  let atD = Backwards.bitsOf(d, end);
  const down = <u64>(64 - load<u32>(CODEC_STATE, Codec.huffmanBits));
  let out = LITERALS;
  // The last stream is the shortest.
  const together = LITERALS + (count - 3 * quarter);
  for (; out + 5 <= together && min(min(atA, atB), min(atC, atD)) > 0; out += 5) {
    let topA = Backwards.top(a, atA);
    let topB = Backwards.top(b, atB);
    let topC = Backwards.top(c, atC);
    let topD = Backwards.top(d, atD);
    for (let i: usize = 0; i < 5; i++) {
      const entryA = Symbol.entry(topA, down);
      const entryB = Symbol.entry(topB, down);
      const entryC = Symbol.entry(topC, down);
      const entryD = Symbol.entry(topD, down);
      store<u8>(out + i, <u8>entryA);
      store<u8>(out + quarter + i, <u8>entryB);
      store<u8>(out + 2 * quarter + i, <u8>entryC);
      store<u8>(out + 3 * quarter + i, <u8>entryD);
      topA <<= <u64>(entryA >> 8);
      topB <<= <u64>(entryB >> 8);
      topC <<= <u64>(entryC >> 8);
      topD <<= <u64>(entryD >> 8);
      atA -= <i32>(entryA >> 8);
      atB -= <i32>(entryB >> 8);
      atC -= <i32>(entryC >> 8);
      atD -= <i32>(entryD >> 8);
    }
  }
  const done = out - LITERALS;
  return (
    rest(a, atA, out, quarter - done, down) &&
    rest(b, atB, out + quarter, quarter - done, down) &&
    rest(c, atC, out + 2 * quarter, quarter - done, down) &&
    rest(d, atD, out + 3 * quarter, count - 3 * quarter - done, down)
  );
}

function rest(from: usize, position: i32, out: usize, count: usize, down: u64): bool {
  const end = out + count;
  for (; out < end && position > 0; out++) {
    const entry = Symbol.entry(Backwards.top(from, position), down);
    store<u8>(out, <u8>entry);
    position -= <i32>(entry >> 8);
  }
  return position === 0 && out === end;
}
