/** Zstandard frames, several in a row too (RFC 8878). A block is taken when all of it is there, and unpacked at once. */
import { xxh64End, xxh64Start, xxh64Update } from "./checksum";
import { CODEC_STATE, Codec, FSE_COUNTS, FSE_LITERALS, FSE_MATCHES, FSE_OFFSETS, LITERALS, Unpack } from "./codec-layout";
import { Copy } from "./copy";
import { buildSingle, buildStates, countsBits, countsBytes, readCounts } from "./fse";
import { Backwards, huffmanFour, huffmanStream, readTree, treeBytes } from "./huffman";

enum Phase {
  Frame = 0,
  Block = 1,
  FrameEnd = 2,
}

const MAGIC: u32 = 0xfd2fb528;
const SKIPPABLE: u32 = 0x184d2a50;
const CHECKSUM: u32 = 4;
const BLOCK_BYTES_MAX: u32 = 128 * 1024;
const HEAD_BYTES_MAX: usize = 18;
/** Codec.tables: the Huffman tree; the three others follow at bits 1 to 3. */
const HAS_TREE: u32 = 1;

const LITERAL_BASES: usize = memory.data<u32>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1024, 2048, 4096,
  8192, 16384, 32768, 65536,
]);
const LITERAL_EXTRAS: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
]);
const MATCH_BASES: usize = memory.data<u32>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 37,
  39, 41, 43, 47, 51, 59, 67, 83, 99, 131, 259, 515, 1027, 2051, 4099, 8195, 16387, 32771, 65539,
]);
const MATCH_EXTRAS: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5,
  7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
]);
const OFFSET_BASES: usize = memory.data<u32>([
  0x1, 0x2, 0x4, 0x8, 0x10, 0x20, 0x40, 0x80, 0x100, 0x200, 0x400, 0x800, 0x1000, 0x2000, 0x4000, 0x8000, 0x10000, 0x20000,
  0x40000, 0x80000, 0x100000, 0x200000, 0x400000, 0x800000, 0x1000000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000,
  0x40000000, 0x80000000,
]);
const OFFSET_EXTRAS: usize = memory.data<u8>([
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31,
]);
const LITERAL_COUNTS: usize = memory.data<i16>([
  4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1,
]);
const MATCH_COUNTS: usize = memory.data<i16>([
  1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, -1, -1, -1, -1, -1, -1, -1,
]);
const OFFSET_COUNTS: usize = memory.data<i16>([
  1, 1, 1, 1, 1, 1, 2, 2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1,
]);

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

export function zstdStart(): void {
  store<f64>(CODEC_STATE, 1024, Codec.window);
}

/** As `unpack`. */
export function zstd(from: usize, end: usize, isLast: bool, outStop: usize): Unpack {
  input = from;
  written = <usize>State.get(Codec.out);
  const result = parts(end, isLast, outStop);
  State.set(Codec.used, <u32>(input - from));
  State.set(Codec.out, <u32>written);
  if (State.get(Codec.flags) & CHECKSUM && result < Unpack.Done) xxh64Update(written);
  return result;
}

function parts(end: usize, isLast: bool, outStop: usize): Unpack {
  const short = isLast ? Unpack.Cut : Unpack.NeedMore;
  while (true) {
    const phase = State.get(Codec.phase);
    if (phase === Phase.Frame) {
      const result = frameHead(end, isLast);
      if (result !== Unpack.Full) return result;
    } else if (phase === Phase.Block) {
      if (State.get(Codec.isFinal)) {
        State.set(Codec.phase, Phase.FrameEnd);
        continue;
      }
      if (written >= outStop) return Unpack.Full;
      if (input + 3 > end) return short;
      const head = <u32>load<u16>(input) | ((<u32>load<u8>(input, 2)) << 16);
      const kind = (head >> 1) & 3;
      const bytes = head >> 3;
      if (kind === 3 || bytes > BLOCK_BYTES_MAX) return Unpack.Bad;
      if (input + 3 + <usize>(kind === 1 ? 1 : bytes) > end) return short;
      input += 3;
      if (kind === 0) {
        memory.copy(written, input, bytes);
        written += bytes;
        input += bytes;
      } else if (kind === 1) {
        memory.fill(written, load<u8>(input), bytes);
        written += bytes;
        input++;
      } else {
        if (!packedBlock(input, input + bytes)) {
          input -= 3;
          return Unpack.Bad;
        }
        input += bytes;
      }
      State.set(Codec.isFinal, head & 1);
    } else {
      if (State.get(Codec.flags) & CHECKSUM) {
        if (input + 4 > end) return short;
        State.set(Codec.found, <u32>xxh64End(written));
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
  const short = isLast ? Unpack.Cut : Unpack.NeedMore;
  if (State.get(Codec.left) > 0) {
    const count = min<usize>(State.get(Codec.left), end - input);
    input += count;
    State.set(Codec.left, State.get(Codec.left) - <u32>count);
    if (State.get(Codec.left) > 0) return short;
  }
  if (input + 4 > end) return isLast && !isFirst ? Unpack.Done : short;
  const magic = load<u32>(input);
  if ((magic & 0xfffffff0) === SKIPPABLE) {
    if (input + 8 > end) return short;
    State.set(Codec.left, load<u32>(input, 4));
    input += 8;
    return Unpack.Full;
  }
  if (magic !== MAGIC) return isFirst ? Unpack.Bad : Unpack.Done;
  if (!isLast && input + HEAD_BYTES_MAX > end) return Unpack.NeedMore;
  let at = input + 5;
  const flags = <u32>load<u8>(input, 4);
  const isSingle = (flags & 32) !== 0;
  if (flags & 8) return Unpack.Bad;
  let window: f64 = 0;
  if (!isSingle) {
    const byte = <u32>load<u8>(at++);
    const base = <f64>((<u64>1) << (<u64>(10 + (byte >> 3))));
    window = base + (base / 8) * <f64>(byte & 7);
  }
  const dictionaryBytes: usize = flags & 3 ? (<usize>1) << ((flags & 3) - 1) : 0;
  const dictionary = load<u32>(at) & (dictionaryBytes === 4 ? 0xffffffff : ((<u32>1) << ((<u32>dictionaryBytes) << 3)) - 1);
  at += dictionaryBytes;
  const sizeBytes: usize = flags >> 6 ? (<usize>1) << (flags >> 6) : isSingle ? 1 : 0;
  if (isSingle) {
    const word = load<u64>(at);
    if (sizeBytes === 1) window = <f64>(word & 0xff);
    else if (sizeBytes === 2) window = <f64>((word & 0xffff) + 256);
    else window = sizeBytes === 4 ? <f64>(word & 0xffffffff) : <f64>word;
  }
  at += sizeBytes;
  if (at > end) return Unpack.Cut;
  if (dictionary !== 0) return Unpack.NeedsDictionary;
  input = at;
  State.set(Codec.frames, State.get(Codec.frames) + 1);
  State.set(Codec.flags, flags);
  State.set(Codec.isFinal, 0);
  State.set(Codec.base, <u32>written);
  State.set(Codec.tables, 0);
  State.set(Codec.repeat, 1);
  State.set(Codec.repeat + 4, 4);
  State.set(Codec.repeat + 8, 8);
  store<f64>(CODEC_STATE, max(window, 1024), Codec.window);
  State.set(Codec.phase, Phase.Block);
  xxh64Start(written);
  return Unpack.Full;
}

/** Of the block in hand. */
let literalsAt: usize = 0;
let literalsBytes: usize = 0;

function packedBlock(from: usize, end: usize): bool {
  const at = readLiterals(from, end);
  return at !== 0 && readSequences(at, end);
}

/** Literals of a block, in place or in LITERALS. Returns where the sequences begin, 0 if they make no sense. */
function readLiterals(from: usize, end: usize): usize {
  if (from >= end) return 0;
  const word = load<u64>(from);
  const kind = <u32>word & 3;
  const format = (<u32>word >> 2) & 3;
  if (kind < 2) {
    const headBytes: usize = format === 1 ? 2 : format === 3 ? 3 : 1;
    const count = format === 1 ? (word >> 4) & 0xfff : format === 3 ? (word >> 4) & 0xfffff : (word >> 3) & 31;
    literalsBytes = <usize>count;
    if (literalsBytes > <usize>BLOCK_BYTES_MAX) return 0;
    const at = from + headBytes;
    if (kind === 0) {
      if (at + literalsBytes > end) return 0;
      literalsAt = at;
      return at + literalsBytes;
    }
    if (at + 1 > end) return 0;
    literalsAt = LITERALS;
    memory.fill(LITERALS, load<u8>(at), literalsBytes);
    return at + 1;
  }
  const bits: u64 = format < 2 ? 10 : format === 2 ? 14 : 18;
  const headBytes: usize = format < 2 ? 3 : format === 2 ? 4 : 5;
  const mask = ((<u64>1) << bits) - 1;
  literalsBytes = <usize>((word >> 4) & mask);
  const packedBytes = <usize>((word >> (4 + bits)) & mask);
  let at = from + headBytes;
  const stop = at + packedBytes;
  if (stop > end || literalsBytes > <usize>BLOCK_BYTES_MAX) return 0;
  if (kind === 2) {
    if (!readTree(at, stop)) return 0;
    at += treeBytes;
    State.set(Codec.tables, State.get(Codec.tables) | HAS_TREE);
  } else if (!(State.get(Codec.tables) & HAS_TREE)) return 0;
  literalsAt = LITERALS;
  const isRight = format === 0 ? huffmanStream(at, stop, LITERALS, literalsBytes) : huffmanFour(at, stop, literalsBytes);
  return isRight ? stop : 0;
}

/** Reads one of the three tables. Returns where the next begins, 0 if it makes no sense. */
function readTable(
  kind: u32,
  number: u32,
  at: usize,
  end: usize,
  table: usize,
  symbolMax: u32,
  bitsMax: u32,
  counts: usize,
  countOf: u32,
  countBits: u32,
  bases: usize,
  extras: usize,
): usize {
  const bitsField = <usize>Codec.matchBits + ((<usize>number) << 2);
  const flag = (<u32>2) << number;
  if (kind === 3) return State.get(Codec.tables) & flag ? at : 0;
  State.set(Codec.tables, State.get(Codec.tables) | flag);
  if (kind === 1) {
    if (at >= end || <u32>load<u8>(at) > symbolMax) return 0;
    buildSingle(table, <usize>load<u8>(at), bases, extras);
    State.set(bitsField, 0);
    return at + 1;
  }
  if (kind === 0) {
    memory.fill(FSE_COUNTS, 0, 512);
    memory.copy(FSE_COUNTS, counts, (<usize>countOf) << 1);
    buildStates(table, symbolMax + 1, countBits, bases, extras);
    State.set(bitsField, countBits);
    return at;
  }
  if (!readCounts(at, end, symbolMax, bitsMax)) return 0;
  const bytes = countsBytes;
  if (!buildStates(table, symbolMax + 1, countsBits, bases, extras)) return 0;
  State.set(bitsField, countsBits);
  return at + bytes;
}

abstract class Take {
  /** The `count` bits at the top of a word; 0 bits give 0. */
  @inline static top(word: u64, count: u64): u32 {
    return <u32>((word >> 1) >> (63 - count));
  }
}

function readSequences(from: usize, end: usize): bool {
  let at = from;
  if (at >= end) return false;
  let count = <u32>load<u8>(at);
  if (count < 128) at++;
  else if (count < 255) {
    count = ((count - 128) << 8) + <u32>load<u8>(at, 1);
    at += 2;
  } else {
    count = <u32>load<u16>(at, 1) + 0x7f00;
    at += 3;
  }
  if (at > end) return false;
  const outEnd = written + <usize>BLOCK_BYTES_MAX;
  let out = written;
  let literals = literalsAt;
  const literalsEnd = literals + literalsBytes;
  if (count > 0) {
    if (at >= end) return false;
    const modes = <u32>load<u8>(at++);
    if (modes & 3) return false;
    at = readTable(modes >> 6, 0, at, end, FSE_LITERALS, 35, 9, LITERAL_COUNTS, 36, 6, LITERAL_BASES, LITERAL_EXTRAS);
    if (at === 0) return false;
    at = readTable((modes >> 4) & 3, 1, at, end, FSE_OFFSETS, 31, 8, OFFSET_COUNTS, 29, 5, OFFSET_BASES, OFFSET_EXTRAS);
    if (at === 0) return false;
    at = readTable((modes >> 2) & 3, 2, at, end, FSE_MATCHES, 52, 9, MATCH_COUNTS, 53, 6, MATCH_BASES, MATCH_EXTRAS);
    if (at === 0 || at >= end) return false;
    let position = Backwards.bitsOf(at, end);
    const base = <usize>State.get(Codec.base);
    let repeat1 = <usize>State.get(Codec.repeat);
    let repeat2 = <usize>State.get(Codec.repeat + 4);
    let repeat3 = <usize>State.get(Codec.repeat + 8);
    const literalBits = <u64>State.get(Codec.matchBits);
    const offsetBits = <u64>State.get(Codec.matchBits + 4);
    const matchBits = <u64>State.get(Codec.matchBits + 8);
    let top = Backwards.top(at, position);
    let literalState = Take.top(top, literalBits);
    let offsetState = Take.top(top << literalBits, offsetBits);
    let matchState = Take.top(top << (literalBits + offsetBits), matchBits);
    position -= <i32>(literalBits + offsetBits + matchBits);
    while (true) {
      if (position < 0) return false;
      const literalEntry = load<u64>(FSE_LITERALS + ((<usize>literalState) << 3));
      const offsetEntry = load<u64>(FSE_OFFSETS + ((<usize>offsetState) << 3));
      const matchEntry = load<u64>(FSE_MATCHES + ((<usize>matchState) << 3));
      const offsetExtra = (offsetEntry >> 24) & 0xff;
      const matchExtra = (matchEntry >> 24) & 0xff;
      const literalExtra = (literalEntry >> 24) & 0xff;
      top = Backwards.top(at, position);
      const code = <usize>(<u32>(offsetEntry >> 32) + Take.top(top, offsetExtra));
      const matchBytes = <usize>(<u32>(matchEntry >> 32) + Take.top(top << offsetExtra, matchExtra));
      position -= <i32>(offsetExtra + matchExtra);
      top = Backwards.top(at, position);
      const plainBytes = <usize>(<u32>(literalEntry >> 32) + Take.top(top, literalExtra));
      top <<= literalExtra;
      position -= <i32>literalExtra;
      count--;
      if (count > 0) {
        const l = (literalEntry >> 16) & 0xff;
        const m = (matchEntry >> 16) & 0xff;
        const o = (offsetEntry >> 16) & 0xff;
        literalState = (<u32>literalEntry & 0xffff) + Take.top(top, l);
        top <<= l;
        matchState = (<u32>matchEntry & 0xffff) + Take.top(top, m);
        top <<= m;
        offsetState = (<u32>offsetEntry & 0xffff) + Take.top(top, o);
        position -= <i32>(l + m + o);
      }
      let distance = code - 3;
      if (code > 3) {
        repeat3 = repeat2;
        repeat2 = repeat1;
        repeat1 = distance;
      } else {
        const which = code - 1 + (plainBytes === 0 ? 1 : 0);
        if (which === 0) distance = repeat1;
        else {
          distance = which === 1 ? repeat2 : which === 2 ? repeat3 : repeat1 - 1;
          if (which > 1) repeat3 = repeat2;
          repeat2 = repeat1;
          repeat1 = distance;
        }
      }
      if (plainBytes > literalsEnd - literals || plainBytes + matchBytes > outEnd - out) return false;
      Copy.plain(out, literals, plainBytes);
      literals += plainBytes;
      out += plainBytes;
      if (distance === 0 || distance > out - base) return false;
      Copy.back(out, distance, matchBytes);
      out += matchBytes;
      if (count === 0) break;
    }
    if (position !== 0) return false;
    State.set(Codec.repeat, <u32>repeat1);
    State.set(Codec.repeat + 4, <u32>repeat2);
    State.set(Codec.repeat + 8, <u32>repeat3);
  } else if (at !== end) return false;
  const lastBytes = literalsEnd - literals;
  if (lastBytes > outEnd - out) return false;
  Copy.plain(out, literals, lastBytes);
  written = out + lastBytes;
  return true;
}
