/** One signal of a chunk: from staged words to doubles, two at a time. */
import { Convert, Signal, Unpack } from "./layout";

const SWAP_BYTES = i8x16(7, 6, 5, 4, 3, 2, 1, 0, 15, 14, 13, 12, 11, 10, 9, 8);

/**
 * Raw values of `rows` staged words as doubles at `out`. Integers that fit 52 bits come out times 2^position (a field is left where it
 * lies: kernel.md §2b); the others come out physical. Writes one value more when `rows` is odd.
 */
export function unpackColumn(signal: usize, words: usize, ninth: usize, rows: u32, out: usize): void {
  const unpack = <i32>load<u8>(signal, Signal.unpack);
  if (unpack >= Unpack.Scalar) {
    for (let row: usize = 0; row < <usize>rows; row++) {
      store<f64>(out + (row << 3), scalarPhysical(signal, words + (row << 3), ninth + (row << 3)));
    }
    return;
  }
  const mask = i64x2.splat(load<i64>(signal, Signal.mask));
  const sign = i64x2.splat(load<i64>(signal, Signal.sign));
  const exponent = i64x2.splat(0x4330000000000000);
  const magic = f64x2.splat(load<f64>(signal, Signal.magic));
  const end = words + ((<usize>rows) << 3);
  if (load<u8>(signal, Signal.isBig)) {
    if (unpack === Unpack.InPlace) {
      for (; words < end; words += 16, out += 16) {
        const word = v128.and(i8x16.swizzle(v128.load(words), SWAP_BYTES), mask);
        v128.store(out, f64x2.sub(v128.or(v128.xor(word, sign), exponent), magic));
      }
    } else {
      for (; words < end; words += 16, out += 16) {
        const word = v128.and(i64x2.shr_u(i8x16.swizzle(v128.load(words), SWAP_BYTES), 13), mask);
        v128.store(out, f64x2.sub(v128.or(v128.xor(word, sign), exponent), magic));
      }
    }
  } else if (unpack === Unpack.InPlace) {
    for (; words < end; words += 16, out += 16) {
      v128.store(out, f64x2.sub(v128.or(v128.xor(v128.and(v128.load(words), mask), sign), exponent), magic));
    }
  } else {
    for (; words < end; words += 16, out += 16) {
      const word = v128.and(i64x2.shr_u(v128.load(words), 13), mask);
      v128.store(out, f64x2.sub(v128.or(v128.xor(word, sign), exponent), magic));
    }
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

/** Unpacks straight into a column of physical values. */
export function physicalColumn(signal: usize, words: usize, ninth: usize, rows: u32, out: usize): void {
  unpackColumn(signal, words, ninth, rows, out);
  if (<i32>load<u8>(signal, Signal.unpack) >= Unpack.Scalar) return;
  const factor = f64x2.splat(load<f64>(signal, Signal.factor));
  const offset = f64x2.splat(load<f64>(signal, Signal.offset));
  const end = out + ((<usize>rows) << 3);
  if (<u32>load<u8>(signal, Signal.convert) === Convert.Divide) {
    const divisor = f64x2.splat(load<f64>(signal, Signal.divisor));
    for (; out < end; out += 16) v128.store(out, f64x2.div(f64x2.add(f64x2.mul(v128.load(out), factor), offset), divisor));
  } else {
    for (; out < end; out += 16) v128.store(out, f64x2.add(f64x2.mul(v128.load(out), factor), offset));
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
function scalarPhysical(signal: usize, word: usize, ninth: usize): f64 {
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
