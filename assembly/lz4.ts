/** LZ4 frames, several in a row too (lz4_Frame_format.md 1.6.4, lz4_Block_format.md). A block is taken when all of it is there. */
import { xxh32, xxh32End, xxh32Start, xxh32Update } from "./checksum";
import { CODEC_STATE, Codec, Unpack } from "./codec-layout";
import { Copy } from "./copy";

enum Phase {
  Frame = 0,
  BlockHead = 1,
  Packed = 2,
  Plain = 3,
  AfterBlock = 4,
  FrameEnd = 5,
}

const MAGIC: u32 = 0x184d2204;
const SKIPPABLE: u32 = 0x184d2a50;
/** Flags of a frame, FLG. */
const INDEPENDENT: u32 = 0x20;
const BLOCK_CHECKSUM: u32 = 0x10;
const CONTENT_SIZE: u32 = 0x08;
const CONTENT_CHECKSUM: u32 = 0x04;
const DICTIONARY: u32 = 0x01;
/** BD: largest block, 64 KiB << 2 (n - 4). */
const BLOCK_BITS_SHIFT: u32 = 4;
const HISTORY_BYTES: f64 = 65536;

let input: usize = 0;
let written: usize = 0;

abstract class State {
  @inline static get(field: usize): u32 {
    return load<u32>(CODEC_STATE + field);
  }
  @inline static set(field: usize, value: u32): void {
    store<u32>(CODEC_STATE + field, value);
  }
}

export function lz4Start(): void {
  store<f64>(CODEC_STATE, HISTORY_BYTES, Codec.window);
}

/** As `unpack`. */
export function lz4(from: usize, end: usize, isLast: bool, outStop: usize): Unpack {
  input = from;
  written = <usize>State.get(Codec.out);
  const result = parts(end, isLast, outStop);
  State.set(Codec.used, <u32>(input - from));
  State.set(Codec.out, <u32>written);
  if (State.get(Codec.flags) & CONTENT_CHECKSUM && result < Unpack.Done) xxh32Update(written);
  return result;
}

function parts(end: usize, isLast: bool, outStop: usize): Unpack {
  const short = isLast ? Unpack.Cut : Unpack.NeedMore;
  while (true) {
    const phase = State.get(Codec.phase);
    if (phase === Phase.Frame) {
      const result = frameHead(end, isLast);
      if (result !== Unpack.Full) return result;
    } else if (phase === Phase.BlockHead) {
      if (input + 4 > end) return short;
      const size = load<u32>(input);
      if (size === 0) {
        input += 4;
        State.set(Codec.phase, Phase.FrameEnd);
        continue;
      }
      const bytes = size & 0x7fffffff;
      if (bytes > State.get(Codec.isFinal)) return Unpack.Bad;
      const checksumBytes: usize = State.get(Codec.flags) & BLOCK_CHECKSUM ? 4 : 0;
      if (input + 4 + <usize>bytes + checksumBytes > end) return short;
      if (checksumBytes && !blockChecksum(input + 4, <usize>bytes)) return Unpack.BadChecksum;
      input += 4;
      State.set(Codec.left, bytes);
      if (State.get(Codec.flags) & INDEPENDENT) State.set(Codec.base, <u32>written);
      State.set(Codec.phase, size >> 31 ? Phase.Plain : Phase.Packed);
    } else if (phase === Phase.Plain) {
      if (written >= outStop) return Unpack.Full;
      const left = State.get(Codec.left);
      const count = min<usize>(left, outStop - written);
      memory.copy(written, input, count);
      written += count;
      input += count;
      State.set(Codec.left, left - <u32>count);
      if (count < <usize>left) return Unpack.Full;
      State.set(Codec.phase, Phase.AfterBlock);
    } else if (phase === Phase.Packed) {
      const result = sequences(outStop);
      if (result !== Unpack.Done) return result;
      State.set(Codec.phase, Phase.AfterBlock);
    } else if (phase === Phase.AfterBlock) {
      if (State.get(Codec.flags) & BLOCK_CHECKSUM) input += 4; // it was there before the block was begun
      State.set(Codec.phase, Phase.BlockHead);
    } else {
      if (State.get(Codec.flags) & CONTENT_CHECKSUM) {
        if (input + 4 > end) return short;
        State.set(Codec.found, xxh32End(written));
        State.set(Codec.allowed, load<u32>(input));
        if (State.get(Codec.found) !== State.get(Codec.allowed)) return Unpack.BadChecksum;
        input += 4;
      }
      State.set(Codec.flags, 0);
      State.set(Codec.phase, Phase.Frame);
    }
  }
}

/** Full: a frame has begun, or one to be skipped. Done: no further frame begins here. */
function frameHead(end: usize, isLast: bool): Unpack {
  const isFirst = State.get(Codec.frames) === 0;
  const short = isLast ? (isFirst ? Unpack.Cut : Unpack.Done) : Unpack.NeedMore;
  if (State.get(Codec.left) > 0) {
    const count = min<usize>(State.get(Codec.left), end - input);
    input += count;
    State.set(Codec.left, State.get(Codec.left) - <u32>count);
    if (State.get(Codec.left) > 0) return isLast ? Unpack.Cut : Unpack.NeedMore;
  }
  if (input + 4 > end) return short;
  const magic = load<u32>(input);
  if ((magic & 0xfffffff0) === SKIPPABLE) {
    if (input + 8 > end) return isLast ? Unpack.Cut : Unpack.NeedMore;
    State.set(Codec.left, load<u32>(input, 4));
    input += 8;
    return Unpack.Full;
  }
  if (magic !== MAGIC) return isFirst ? Unpack.Bad : Unpack.Done;
  if (input + 19 + 4 > end && !isLast) return Unpack.NeedMore;
  const flags = <u32>load<u8>(input, 4);
  const block = <u32>load<u8>(input, 5);
  const headBytes: usize = 2 + (flags & CONTENT_SIZE ? 8 : 0) + (flags & DICTIONARY ? 4 : 0);
  if (input + 4 + headBytes + 1 > end) return Unpack.Cut;
  const sizeBits = (block >> BLOCK_BITS_SHIFT) & 7;
  if (flags >> 6 !== 1 || flags & 2 || block & 0x8f || sizeBits < 4) return Unpack.Bad;
  if (flags & DICTIONARY) return Unpack.NeedsDictionary;
  State.set(Codec.found, (xxh32(input + 4, input + 4 + headBytes) >> 8) & 0xff);
  State.set(Codec.allowed, <u32>load<u8>(input + 4 + headBytes));
  if (State.get(Codec.found) !== State.get(Codec.allowed)) return Unpack.BadChecksum;
  input += 4 + headBytes + 1;
  State.set(Codec.frames, State.get(Codec.frames) + 1);
  State.set(Codec.flags, flags);
  State.set(Codec.isFinal, (<u32>65536) << (2 * (sizeBits - 4))); // the largest block
  State.set(Codec.base, <u32>written);
  State.set(Codec.phase, Phase.BlockHead);
  xxh32Start(written);
  return Unpack.Full;
}

/** The lanes are lent for it. */
function blockChecksum(from: usize, bytes: usize): bool {
  const a = load<u64>(CODEC_STATE, Codec.checksum);
  const b = load<u64>(CODEC_STATE, Codec.checksum + 8);
  const c = load<u64>(CODEC_STATE, Codec.checksum + 16);
  const d = load<u64>(CODEC_STATE, Codec.checksum + 24);
  const hashedBytes = load<u64>(CODEC_STATE, Codec.hashedBytes);
  const hashed = State.get(Codec.hashed);
  State.set(Codec.found, xxh32(from, from + bytes));
  State.set(Codec.allowed, load<u32>(from + bytes));
  store<u64>(CODEC_STATE, a, Codec.checksum);
  store<u64>(CODEC_STATE, b, Codec.checksum + 8);
  store<u64>(CODEC_STATE, c, Codec.checksum + 16);
  store<u64>(CODEC_STATE, d, Codec.checksum + 24);
  store<u64>(CODEC_STATE, hashedBytes, Codec.hashedBytes);
  State.set(Codec.hashed, hashed);
  return State.get(Codec.found) === State.get(Codec.allowed);
}

/** Sequences of a block that lies wholly at `input`, Codec.left bytes of it. */
function sequences(outStop: usize): Unpack {
  let at = input;
  const end = at + <usize>State.get(Codec.left);
  const base = <usize>State.get(Codec.base);
  let out = written;
  let literals = <usize>State.get(Codec.literalLeft);
  let match = <usize>State.get(Codec.matchLeft);
  let distance = <usize>State.get(Codec.distance);
  let result = Unpack.Full;
  // A sequence that was broken off: its literals come first, and a match of 0 with a distance of 0 is still to be read.
  while (out < outStop) {
    if (literals > 0) {
      const count = min(literals, outStop - out);
      Copy.plain(out, at, count);
      out += count;
      at += count;
      literals -= count;
      if (literals > 0) break;
      if (out >= outStop) break;
    }
    if (match > 0 && distance > 0) {
      const count = min(match, outStop - out);
      Copy.back(out, distance, count);
      out += count;
      match -= count;
      if (match > 0) break;
      distance = 0;
      continue;
    }
    if (match > 0) {
      // The literals are through; the last sequence has nothing but them.
      if (at === end) {
        match = 0;
        result = Unpack.Done;
        break;
      }
      result = Unpack.Bad;
      if (at + 2 > end) break;
      distance = <usize>load<u16>(at);
      at += 2;
      if (match === 19) {
        let more: usize = 255;
        while (more === 255 && at < end) {
          more = <usize>load<u8>(at++);
          match += more;
        }
        if (more === 255) break;
      }
      if (distance === 0 || distance > out - base) break;
      result = Unpack.Full;
      continue;
    }
    if (at >= end) {
      result = Unpack.Bad;
      break;
    }
    const token = <usize>load<u8>(at++);
    literals = token >> 4;
    match = 4 + (token & 15);
    distance = 0;
    if (literals < 15 && at + literals + 2 < end && match !== 19) {
      // Short literals, short match, not the last: no loops.
      v128.store(out, v128.load(at));
      at += literals;
      out += literals;
      literals = 0;
      distance = <usize>load<u16>(at);
      at += 2;
      if (distance === 0 || distance > out - base) {
        result = Unpack.Bad;
        break;
      }
      if (distance >= 16) {
        v128.store(out, v128.load(out - distance));
        store<u64>(out + 16, load<u64>(out + 16 - distance));
      } else Copy.back(out, distance, match);
      out += match;
      match = 0;
      distance = 0;
      continue;
    }
    if (literals === 15) {
      let more: usize = 255;
      while (more === 255 && at < end) {
        more = <usize>load<u8>(at++);
        literals += more;
      }
      if (more === 255) {
        result = Unpack.Bad;
        break;
      }
    }
    if (literals > end - at) {
      result = Unpack.Bad;
      break;
    }
  }
  input = at;
  written = out;
  State.set(Codec.left, <u32>(end - at));
  State.set(Codec.literalLeft, <u32>literals);
  State.set(Codec.matchLeft, <u32>match);
  State.set(Codec.distance, <u32>distance);
  return result;
}
