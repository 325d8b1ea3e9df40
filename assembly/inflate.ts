/** Deflate (RFC 1951), by itself or in a zlib stream (RFC 1950). Streaming: all state lies in CODEC_STATE and the tables behind it. */
import { adler32 } from "./checksum";
import { CODE_LENGTHS, CODEC_STATE, Codec, DISTANCE, LITLEN, Unpack } from "./codec-layout";
import { Copy } from "./copy";

enum Phase {
  Head = 0,
  Block = 1,
  Stored = 2,
  Symbols = 3,
  Trailer = 4,
  End = 5,
}

// Table entry, u32. Bits 0-5: bits to drop, extra bits included. Bits 8-11: length of the code itself, or bits of the subtable.
// Bits 16-30: literal, base of length or distance, or place of the subtable.
const LITERAL: u32 = 0x80000000;
const SPECIAL: u32 = 0x8000;
const SUBTABLE: u32 = 0x4000;
const END: u32 = 0x2000;

const LITLEN_BITS: u32 = 11;
const DISTANCE_BITS: u32 = 8;
const LENGTHS_BITS: u32 = 7;
const COUNTS: usize = CODE_LENGTHS + 512; // u16 × 16
const OFFSETS: usize = COUNTS + 32; // u16 × 16
const SORTED: usize = CODE_LENGTHS + 1024; // u16 × 320
/** A dynamic block's description is never longer. */
const HEADER_BYTES: usize = 576;
/** Read in one turn of the loop, at most. */
const TURN_BYTES: usize = 32;

const LENGTH_BASES: usize = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
]);
const LENGTH_EXTRAS: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
]);
const ORDER: usize = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]);

enum Alphabet {
  Literals = 0,
  Distances = 1,
  Lengths = 2,
}

abstract class Entry {
  /** Without the length of the code. */
  @inline static of(alphabet: Alphabet, symbol: u32): u32 {
    if (alphabet === Alphabet.Lengths) return symbol << 16;
    if (alphabet === Alphabet.Distances) {
      if (symbol >= 30) return SPECIAL;
      if (symbol < 4) return (symbol + 1) << 16;
      const extra = (symbol >> 1) - 1;
      return ((((2 + (symbol & 1)) << extra) + 1) << 16) | extra;
    }
    if (symbol < 256) return LITERAL | (symbol << 16);
    if (symbol === 256) return SPECIAL | END;
    if (symbol > 285) return SPECIAL;
    const place = <usize>(symbol - 257);
    return ((<u32>load<u16>(LENGTH_BASES + (place << 1))) << 16) | <u32>load<u8>(LENGTH_EXTRAS + place);
  }
}

/** Fills a table from code lengths at `lengths`. False if they are no prefix code (as zlib judges: one code of one bit is one). */
function buildTable(table: usize, lengths: usize, count: u32, tableBits: u32, alphabet: Alphabet): bool {
  memory.fill(COUNTS, 0, 32);
  for (let i: u32 = 0; i < count; i++) {
    const at = COUNTS + ((<usize>load<u8>(lengths + i)) << 1);
    store<u16>(at, load<u16>(at) + 1);
  }
  let longest: u32 = 15;
  while (longest > 0 && load<u16>(COUNTS + (longest << 1)) === 0) longest--;
  let left: i32 = 1;
  let place: u32 = 0;
  for (let length: u32 = 1; length <= 15; length++) {
    store<u16>(OFFSETS + (length << 1), <u16>place);
    const codes = <i32>load<u16>(COUNTS + (length << 1));
    left = (left << 1) - codes;
    if (left < 0) return false;
    place += <u32>codes;
  }
  if (left > 0 && longest > 0 && (alphabet === Alphabet.Lengths || longest !== 1)) return false;
  for (let i: u32 = 0; i < count; i++) {
    const length = <usize>load<u8>(lengths + i);
    if (length === 0) continue;
    const at = OFFSETS + (length << 1);
    store<u16>(SORTED + ((<usize>load<u16>(at)) << 1), <u16>i);
    store<u16>(at, load<u16>(at) + 1);
  }
  const size: u32 = (<u32>1) << tableBits;
  if (left > 0) for (let i: u32 = 0; i < size; i++) store<u32>(table + (i << 2), SPECIAL);
  let code: u32 = 0; // first bit lowest
  let subtable: u32 = 0;
  let subtableBits: u32 = 0;
  let nextSubtable: u32 = size;
  let prefix: u32 = 0xffffffff;
  let sorted = SORTED;
  for (let length: u32 = 1; length <= longest; length++) {
    for (let codes = <u32>load<u16>(COUNTS + (length << 1)); codes > 0; codes--) {
      const entry = Entry.of(alphabet, <u32>load<u16>(sorted));
      sorted += 2;
      if (length <= tableBits) {
        const full = (entry + length) | (length << 8);
        for (let at = code; at < size; at += (<u32>1) << length) store<u32>(table + (at << 2), full);
      } else {
        if ((code & (size - 1)) !== prefix) {
          prefix = code & (size - 1);
          // As large as the codes that are left under this prefix need.
          subtableBits = length - tableBits;
          let room = (<i32>1) << subtableBits;
          room -= <i32>codes;
          while (room > 0 && subtableBits + tableBits < longest) {
            subtableBits++;
            room = (room << 1) - <i32>load<u16>(COUNTS + ((subtableBits + tableBits) << 1));
          }
          subtable = nextSubtable;
          nextSubtable += (<u32>1) << subtableBits;
          store<u32>(table + (prefix << 2), (subtable << 16) | SPECIAL | SUBTABLE | (subtableBits << 8) | tableBits);
        }
        const own = length - tableBits;
        const full = (entry + own) | (own << 8);
        for (let at = code >> tableBits; at < (<u32>1) << subtableBits; at += (<u32>1) << own)
          store<u32>(table + ((subtable + at) << 2), full);
      }
      // The next code of this length, counted from its first bit.
      let bit = (<u32>1) << (length - 1);
      while (code & bit) bit >>= 1;
      code = bit === 0 ? 0 : (code & (bit - 1)) + bit;
    }
  }
  return true;
}

function buildFixed(): void {
  memory.fill(CODE_LENGTHS, 8, 144);
  memory.fill(CODE_LENGTHS + 144, 9, 112);
  memory.fill(CODE_LENGTHS + 256, 7, 24);
  memory.fill(CODE_LENGTHS + 280, 8, 8);
  buildTable(LITLEN, CODE_LENGTHS, 288, LITLEN_BITS, Alphabet.Literals);
  memory.fill(CODE_LENGTHS, 5, 32);
  buildTable(DISTANCE, CODE_LENGTHS, 32, DISTANCE_BITS, Alphabet.Distances);
}

/** Where the input stands while a block's description is read. */
let input: usize = 0;
let bits: u64 = 0;
let bitCount: u32 = 0;

abstract class Bits {
  @inline static refill(): void {
    bits |= load<u64>(input) << (<u64>bitCount);
    input += <usize>((63 - bitCount) >> 3);
    bitCount |= 56;
  }
  @inline static take(count: u32): u32 {
    const value = <u32>bits & (((<u32>1) << count) - 1);
    bits >>= <u64>count;
    bitCount -= count;
    return value;
  }
  /** First byte no bit of which was used. */
  @inline static position(): usize {
    return input - <usize>(bitCount >> 3);
  }
  /** Gives back what is at hand but for the bits of a byte begun. */
  @inline static giveBack(): void {
    input -= <usize>(bitCount >> 3);
    bitCount &= 7;
    bits &= ((<u64>1) << (<u64>bitCount)) - 1;
  }
}

function readDynamic(): bool {
  Bits.refill();
  const literals = Bits.take(5) + 257;
  const distances = Bits.take(5) + 1;
  const lengths = Bits.take(4) + 4;
  if (literals > 286 || distances > 30) return false;
  memory.fill(CODE_LENGTHS, 0, 19);
  for (let i: u32 = 0; i < lengths; i++) {
    if (bitCount < 3) Bits.refill();
    store<u8>(CODE_LENGTHS + <usize>load<u8>(ORDER + i), <u8>Bits.take(3));
  }
  if (!buildTable(DISTANCE, CODE_LENGTHS, 19, LENGTHS_BITS, Alphabet.Lengths)) return false;
  // No code at all: nothing can be read with it.
  if (load<u16>(COUNTS) === 19) return false;
  const total = literals + distances;
  for (let i: u32 = 0; i < total; ) {
    if (bitCount < 14) Bits.refill();
    const entry = load<u32>(DISTANCE + ((<usize>bits & 127) << 2));
    if (entry & SPECIAL) return false;
    Bits.take(entry & 63);
    const symbol = entry >> 16;
    if (symbol < 16) {
      store<u8>(CODE_LENGTHS + i, <u8>symbol);
      i++;
      continue;
    }
    let value: u8 = 0;
    let times: u32 = 0;
    if (symbol === 16) {
      if (i === 0) return false;
      value = load<u8>(CODE_LENGTHS + i - 1);
      times = 3 + Bits.take(2);
    } else times = symbol === 17 ? 3 + Bits.take(3) : 11 + Bits.take(7);
    if (i + times > total) return false;
    memory.fill(CODE_LENGTHS + i, value, times);
    i += times;
  }
  if (load<u8>(CODE_LENGTHS + 256) === 0) return false;
  return (
    buildTable(LITLEN, CODE_LENGTHS, literals, LITLEN_BITS, Alphabet.Literals) &&
    buildTable(DISTANCE, CODE_LENGTHS + literals, distances, DISTANCE_BITS, Alphabet.Distances)
  );
}

/** `out` while symbols are read. */
let written: usize = 0;

/** Symbols until the block ends (Done), the input or the room does, or they make no sense. Cut is found by the caller. */
function symbols(inputStop: usize, outStop: usize, base: usize): Unpack {
  let at = input;
  let held = bits;
  let count = bitCount;
  let out = written;
  let result = Unpack.NeedMore;
  held |= load<u64>(at) << (<u64>count);
  at += <usize>((63 - count) >> 3);
  count |= 56;
  while (true) {
    if (at >= inputStop) break;
    if (out >= outStop) {
      result = Unpack.Full;
      break;
    }
    let entry = load<u32>(LITLEN + ((<usize>held & 2047) << 2));
    if (entry & LITERAL) {
      held >>= <u64>entry;
      count -= entry & 63;
      store<u8>(out++, <u8>(entry >> 16));
      entry = load<u32>(LITLEN + ((<usize>held & 2047) << 2));
      if (entry & LITERAL) {
        held >>= <u64>entry;
        count -= entry & 63;
        store<u8>(out++, <u8>(entry >> 16));
        entry = load<u32>(LITLEN + ((<usize>held & 2047) << 2));
        if (entry & LITERAL) {
          held >>= <u64>entry;
          count -= entry & 63;
          store<u8>(out++, <u8>(entry >> 16));
          held |= load<u64>(at) << (<u64>count);
          at += <usize>((63 - count) >> 3);
          count |= 56;
          continue;
        }
      }
    }
    if (entry & SPECIAL) {
      if (entry & SUBTABLE) {
        held >>= <u64>LITLEN_BITS;
        count -= LITLEN_BITS;
        const within = <u32>held & (((<u32>1) << ((entry >> 8) & 15)) - 1);
        entry = load<u32>(LITLEN + ((<usize>((entry >> 16) + within)) << 2));
        if (entry & LITERAL) {
          held >>= <u64>entry;
          count -= entry & 63;
          store<u8>(out++, <u8>(entry >> 16));
          held |= load<u64>(at) << (<u64>count);
          at += <usize>((63 - count) >> 3);
          count |= 56;
          continue;
        }
      }
      if (entry & SPECIAL) {
        result = Unpack.Bad;
        if (entry & END) {
          held >>= <u64>entry;
          count -= entry & 63;
          result = Unpack.Done;
        }
        break;
      }
    }
    const length = <usize>(entry >> 16) + <usize>((held & (((<u64>1) << (<u64>(entry & 63))) - 1)) >> <u64>((entry >> 8) & 15));
    held >>= <u64>entry;
    count -= entry & 63;
    if (count < 36) {
      held |= load<u64>(at) << (<u64>count);
      at += <usize>((63 - count) >> 3);
      count |= 56;
    }
    entry = load<u32>(DISTANCE + ((<usize>held & 255) << 2));
    if (entry & SPECIAL) {
      if (!(entry & SUBTABLE)) {
        result = Unpack.Bad;
        break;
      }
      held >>= <u64>DISTANCE_BITS;
      count -= DISTANCE_BITS;
      const within = <u32>held & (((<u32>1) << ((entry >> 8) & 15)) - 1);
      entry = load<u32>(DISTANCE + ((<usize>((entry >> 16) + within)) << 2));
      if (entry & SPECIAL) {
        result = Unpack.Bad;
        break;
      }
    }
    const distance = <usize>(entry >> 16) + <usize>((held & (((<u64>1) << (<u64>(entry & 63))) - 1)) >> <u64>((entry >> 8) & 15));
    held >>= <u64>entry;
    count -= entry & 63;
    if (distance > out - base) {
      result = Unpack.Bad;
      break;
    }
    held |= load<u64>(at) << (<u64>count);
    at += <usize>((63 - count) >> 3);
    count |= 56;
    Copy.back(out, distance, length);
    out += length;
  }
  input = at;
  bits = held;
  bitCount = count;
  written = out;
  return result;
}

export function inflateStart(isZlib: bool): void {
  store<u32>(CODEC_STATE, isZlib ? Phase.Head : Phase.Block, Codec.phase);
  store<u32>(CODEC_STATE, isZlib ? 1 : 0, Codec.flags); // 1: there is a checksum
  store<u32>(CODEC_STATE, 1, Codec.checksum);
  store<f64>(CODEC_STATE, 32768, Codec.window);
}

/** As `unpack`. */
export function inflate(from: usize, end: usize, isLast: bool, outStop: usize): Unpack {
  input = from;
  bits = load<u64>(CODEC_STATE, Codec.bits);
  bitCount = load<u32>(CODEC_STATE, Codec.bitCount);
  written = load<u32>(CODEC_STATE, Codec.out);
  const start = written;
  const result = parts(end, isLast, outStop);
  Bits.giveBack();
  store<u64>(CODEC_STATE, bits, Codec.bits);
  store<u32>(CODEC_STATE, bitCount, Codec.bitCount);
  store<u32>(CODEC_STATE, <u32>(min(input, end) - from), Codec.used);
  store<u32>(CODEC_STATE, <u32>written, Codec.out);
  if (load<u32>(CODEC_STATE, Codec.flags) === 0) return result;
  const adler = adler32(load<u32>(CODEC_STATE, Codec.checksum), start, written);
  store<u32>(CODEC_STATE, adler, Codec.checksum);
  if (result !== Unpack.Done) return result;
  const stored = load<u32>(CODEC_STATE, Codec.allowed);
  store<u32>(CODEC_STATE, adler, Codec.found);
  return adler === stored ? Unpack.Done : Unpack.BadChecksum;
}

function parts(end: usize, isLast: bool, outStop: usize): Unpack {
  const short = isLast ? Unpack.Cut : Unpack.NeedMore;
  const base = <usize>load<u32>(CODEC_STATE, Codec.base);
  while (true) {
    const phase = load<u32>(CODEC_STATE, Codec.phase);
    if (phase === Phase.Head) {
      if (input + 2 > end) return short;
      const method = <u32>load<u8>(input);
      const flags = <u32>load<u8>(input, 1);
      if ((method & 15) !== 8 || method >> 4 > 7 || (method * 256 + flags) % 31 !== 0) return Unpack.Bad;
      if (flags & 32) return Unpack.NeedsDictionary;
      input += 2;
      store<u32>(CODEC_STATE, Phase.Block, Codec.phase);
    } else if (phase === Phase.Block) {
      if (load<u32>(CODEC_STATE, Codec.isFinal)) {
        store<u32>(CODEC_STATE, Phase.Trailer, Codec.phase);
        continue;
      }
      Bits.giveBack();
      if (!isLast && input + HEADER_BYTES > end) return Unpack.NeedMore;
      if (isLast && input >= end && bitCount < 3) return Unpack.Cut;
      Bits.refill();
      const isFinal = Bits.take(1);
      const kind = Bits.take(2);
      if (kind === 3) return Unpack.Bad;
      if (kind === 0) {
        Bits.take(bitCount & 7);
        Bits.giveBack();
        if (input + 4 > end) return Unpack.Cut;
        const length = <u32>load<u16>(input);
        if ((length ^ 0xffff) !== <u32>load<u16>(input, 2)) return Unpack.Bad;
        input += 4;
        store<u32>(CODEC_STATE, length, Codec.left);
      } else if (kind === 1) buildFixed();
      else if (!readDynamic()) return Bits.position() > end ? Unpack.Cut : Unpack.Bad;
      if (Bits.position() > end) return Unpack.Cut;
      store<u32>(CODEC_STATE, isFinal, Codec.isFinal);
      store<u32>(CODEC_STATE, kind === 0 ? Phase.Stored : Phase.Symbols, Codec.phase);
    } else if (phase === Phase.Stored) {
      const left = <usize>load<u32>(CODEC_STATE, Codec.left);
      const count = min(left, min(end - input, outStop > written ? outStop - written : 0));
      memory.copy(written, input, count);
      written += count;
      input += count;
      store<u32>(CODEC_STATE, <u32>(left - count), Codec.left);
      if (count < left) return written >= outStop ? Unpack.Full : short;
      store<u32>(CODEC_STATE, Phase.Block, Codec.phase);
    } else if (phase === Phase.Symbols) {
      // The last symbols may be read beyond the end, where nothing counts: then more is used than is there.
      const stop = isLast ? end + 9 : end >= TURN_BYTES ? end - TURN_BYTES : 0;
      const result = symbols(stop, outStop, base);
      if (Bits.position() > end) return Unpack.Cut;
      if (result === Unpack.NeedMore) return short;
      if (result !== Unpack.Done) return result;
      store<u32>(CODEC_STATE, Phase.Block, Codec.phase);
    } else if (phase === Phase.Trailer) {
      if (load<u32>(CODEC_STATE, Codec.flags)) {
        Bits.take(bitCount & 7);
        Bits.giveBack();
        if (input + 4 > end) return short;
        store<u32>(CODEC_STATE, bswap(load<u32>(input)), Codec.allowed);
        input += 4;
      }
      store<u32>(CODEC_STATE, Phase.End, Codec.phase);
    } else return Unpack.Done;
  }
}
