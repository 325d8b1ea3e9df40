/** One signal of a chunk: from staged words to doubles, two at a time. */
import { Convert, Signal, Unpack } from "./layout";

const SWAP_BYTES = i8x16(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);

// Kinds of loops, told apart by the size of a type: that alone is decided when compiled, so that no loop holds a branch.
type Intel = u8;
type Motorola = u16;
type InPlace = u8;
type Shifted = u16;
type Raw = u8;
type Multiplied = u16;
type Divided = u32;

/** The loops over staged words. Four rows a turn: up to three values more are written when `rows` is no multiple of four. */
abstract class Loop {
  @inline static rows<Order, Place, Result>(signal: usize, words: usize, rows: u32, out: usize): void {
    const mask = i64x2.splat(load<i64>(signal, Signal.mask));
    const sign = i64x2.splat(load<i64>(signal, Signal.sign));
    const magic = f64x2.splat(load<f64>(signal, Signal.magic));
    const factor = f64x2.splat(load<f64>(signal, Signal.factor));
    const offset = f64x2.splat(load<f64>(signal, Signal.offset));
    const divisor = f64x2.splat(load<f64>(signal, Signal.divisor));
    const end = words + ((<usize>rows) << 3);
    for (; words < end; words += 32, out += 32) {
      const a = Loop.raw<Order, Place>(v128.load(words), mask, sign, magic);
      const b = Loop.raw<Order, Place>(v128.load(words, 16), mask, sign, magic);
      v128.store(out, Loop.value<Result>(a, factor, offset, divisor));
      v128.store(out, Loop.value<Result>(b, factor, offset, divisor), 16);
    }
  }

  /** The field becomes the low bits of 2^52 + raw × 2^position (kernel.md §1, 9). */
  @inline static raw<Order, Place>(word: v128, mask: v128, sign: v128, magic: v128): v128 {
    if (sizeof<Order>() === sizeof<Motorola>()) word = i8x16.swizzle(word, SWAP_BYTES);
    if (sizeof<Place>() === sizeof<Shifted>()) word = i64x2.shr_u(word, 13);
    const bits = v128.or(v128.xor(v128.and(word, mask), sign), i64x2.splat(0x4330000000000000));
    return f64x2.sub(bits, magic);
  }

  @inline static value<Result>(raw: v128, factor: v128, offset: v128, divisor: v128): v128 {
    if (sizeof<Result>() === sizeof<Raw>()) return raw;
    const sum = f64x2.add(f64x2.mul(raw, factor), offset);
    return sizeof<Result>() === sizeof<Divided>() ? f64x2.div(sum, divisor) : sum;
  }

  @inline static column<Result>(signal: usize, words: usize, rows: u32, out: usize): void {
    const isShifted = <u32>load<u8>(signal, Signal.unpack) === Unpack.Shift13;
    if (load<u8>(signal, Signal.isBig)) {
      if (isShifted) Loop.rows<Motorola, Shifted, Result>(signal, words, rows, out);
      else Loop.rows<Motorola, InPlace, Result>(signal, words, rows, out);
    } else if (isShifted) Loop.rows<Intel, Shifted, Result>(signal, words, rows, out);
    else Loop.rows<Intel, InPlace, Result>(signal, words, rows, out);
  }
}

/**
 * Raw values of `rows` staged words as doubles at `out`. Integers that fit 52 bits come out times 2^position (a field is left where it
 * lies: kernel.md §2b); the others come out physical.
 */
export function unpackColumn(signal: usize, words: usize, ninth: usize, rows: u32, out: usize): void {
  if (<i32>load<u8>(signal, Signal.unpack) >= Unpack.Scalar) scalarColumn(signal, words, ninth, rows, out);
  else Loop.column<Raw>(signal, words, rows, out);
}

/** Single values, as unpackColumn gives them: what depends on the signal alone is read once, outside the loop. */
export abstract class One {
  @inline static raw(word: u64, isBig: bool, shift: u64, mask: u64, sign: u64, magic: f64): f64 {
    const bits = (((isBig ? bswap(word) : word) >> shift) & mask) ^ sign;
    return reinterpret<f64>(bits | 0x4330000000000000) - magic;
  }
}

/** Unpacks straight into a column of physical values. */
export function physicalColumn(signal: usize, words: usize, ninth: usize, rows: u32, out: usize): void {
  if (<i32>load<u8>(signal, Signal.unpack) >= Unpack.Scalar) scalarColumn(signal, words, ninth, rows, out);
  else if (<u32>load<u8>(signal, Signal.convert) === Convert.Divide) Loop.column<Divided>(signal, words, rows, out);
  else Loop.column<Multiplied>(signal, words, rows, out);
}

function scalarColumn(signal: usize, words: usize, ninth: usize, rows: u32, out: usize): void {
  for (let row: usize = 0; row < <usize>rows; row++) {
    store<f64>(out + (row << 3), scalarPhysical(signal, words + (row << 3), ninth + (row << 3)));
  }
}

/** In-place raw values to physical ones, in place; `strideBytes` apart. The scalar kinds are physical already. */
export function toPhysical(signal: usize, at: usize, strideBytes: usize, count: u32): void {
  if (<i32>load<u8>(signal, Signal.unpack) >= Unpack.Scalar) return;
  const factor = load<f64>(signal, Signal.factor);
  const offset = load<f64>(signal, Signal.offset);
  const divisor = load<f64>(signal, Signal.divisor);
  const end = at + <usize>count * strideBytes;
  if (<u32>load<u8>(signal, Signal.convert) === Convert.Divide) {
    for (; at < end; at += strideBytes) store<f64>(at, (load<f64>(at) * factor + offset) / divisor);
  } else {
    for (; at < end; at += strideBytes) store<f64>(at, load<f64>(at) * factor + offset);
  }
}

/** Raw bits as they are: sign- or zero-extended integers, floats widened to 64 bits. */
export function rawColumn(signal: usize, words: usize, ninth: usize, rows: u32, out: usize): void {
  for (let row: usize = 0; row < <usize>rows; row++) {
    store<u64>(out + (row << 3), scalarRaw(signal, words + (row << 3), ninth + (row << 3)));
  }
}

function scalarRaw(signal: usize, word: usize, ninth: usize): u64 {
  let bits = load<u64>(word);
  const isBig = load<u8>(signal, Signal.isBig) !== 0;
  const shift = <u64>load<u8>(signal, Signal.shift);
  if (isBig) bits = bswap(bits);
  if (load<u8>(signal, Signal.hasNinth)) {
    // The field touches nine bytes: the ninth comes from a window that ends with it (Intel) or starts behind the eighth (Motorola).
    const more = load<u64>(ninth);
    bits = isBig ? (bits << (8 - shift)) | (((more >> 56) & 0xff) >> shift) : (bits >> shift) | ((more >> 56) << (64 - shift));
  } else bits >>= shift;
  const kind = <u32>load<u8>(signal, Signal.unpack);
  if (kind === Unpack.Float64) return bits;
  if (kind === Unpack.Float32) return reinterpret<u64>(<f64>reinterpret<f32>(<u32>bits));
  const unused = <u64>(64 - load<u8>(signal, Signal.bits));
  bits <<= unused;
  return load<u8>(signal, Signal.isSigned) ? <u64>(<i64>bits >> unused) : bits >> unused;
}

/** Golden rule 1, decided for one value: the sum exact in int64 where it can be, one division; otherwise doubles. */
export function scalarPhysical(signal: usize, word: usize, ninth: usize): f64 {
  const raw = scalarRaw(signal, word, ninth);
  const factor = load<f64>(signal, Signal.plainFactor);
  const offset = load<f64>(signal, Signal.plainOffset);
  if (<u32>load<u8>(signal, Signal.unpack) !== Unpack.Scalar) return reinterpret<f64>(raw) * factor + offset;
  const wide = load<u8>(signal, Signal.isSigned) ? <f64>(<i64>raw) : <f64>raw;
  if (<u32>load<u8>(signal, Signal.convert) === Convert.Decide) {
    const numerator = load<i64>(signal, Signal.numerator);
    const addend = load<i64>(signal, Signal.addend);
    // Below an estimate of 2^54 the wrapped sum is the true one.
    if (abs<f64>(wide * <f64>numerator + <f64>addend) < 18014398509481984.0) {
      const sum = <i64>raw * numerator + addend;
      if (sum < 9007199254740992 && sum > -9007199254740992) return <f64>sum / load<f64>(signal, Signal.divisor);
    }
  }
  return wide * factor + offset;
}
