/** Numbers as JSON text, as JSON.stringify prints them. */

const POWERS = memory.data<f64>([1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15]);

/** How many of the pairs were written by the last call. */
let written: u32 = 0;

export function pairsWritten(): u32 {
  return written;
}

abstract class Digits {
  /** Of an integer below 10^15, at least `least`. */
  @inline static integer(value: u64, out: usize, least: u32): usize {
    let digits: u32 = 1;
    let power: u64 = 10;
    while (digits < 17 && value >= power) {
      power *= 10;
      digits++;
    }
    if (digits < least) digits = least;
    let at = out + <usize>digits;
    while (at > out) {
      const quotient = value / 10;
      store<u8>(--at, <u8>(48 + (value - quotient * 10)));
      value = quotient;
    }
    return out + <usize>digits;
  }
}

/**
 * A number with at most `decimals` places, or `out` itself if it is none: then |value| × 10^decimals is an integer below 10^15, and that decimal
 * is the shortest text that reads back as this double (golden README §1).
 */
function writeDecimal(value: f64, decimals: u32, out: usize): usize {
  const power = load<f64>(POWERS + ((<usize>decimals) << 3));
  const scaled = nearest(abs(value) * power);
  if (!(scaled < 1e15) || scaled / power !== abs(value)) return out;
  let integer = <u64>scaled;
  let at = out;
  if (value < 0) store<u8>(at++, 45);
  while (decimals > 0 && integer % 10 === 0) {
    integer /= 10;
    decimals--;
  }
  if (decimals === 0) return Digits.integer(integer, at, 1);
  // JSON.stringify turns to exponents below 1e-6.
  if (abs(value) < 1e-6) return out;
  const end = Digits.integer(integer, at, decimals + 1);
  for (let move = end; move > end - <usize>decimals; move--) store<u8>(move, load<u8>(move - 1));
  store<u8>(end - <usize>decimals, 46);
  return end + 1;
}

/**
 * `[value,timeMs],[value,timeMs],…` for `count` values and times (ns relative to a base): timeMs = baseMs + floor((time + baseRestNs) / 10^6).
 * Stops before a value that is not finite or not a decimal of `decimals` ≤ 15 places, and when fewer than 64 bytes are left;
 * pairsWritten() says where. A comma stands before every pair but the first of the call. Returns the bytes written.
 */
export function writePairs(
  values: usize,
  times: usize,
  count: u32,
  baseMs: f64,
  baseRestNs: f64,
  decimals: u32,
  out: usize,
  capacity: u32,
): u32 {
  const end = out + <usize>capacity - 64;
  let at = out;
  let i: u32 = 0;
  for (; i < count && at < end; i++) {
    let p = at;
    if (i > 0) store<u8>(p++, 44);
    store<u8>(p++, 91);
    const afterValue = writeDecimal(load<f64>(values + ((<usize>i) << 3)), decimals, p);
    if (afterValue === p) break;
    p = afterValue;
    store<u8>(p++, 44);
    const timeMs = baseMs + floor((load<f64>(times + ((<usize>i) << 3)) + baseRestNs) / 1e6);
    if (!(abs(timeMs) < 1e15)) break;
    if (timeMs < 0) store<u8>(p++, 45);
    p = Digits.integer(<u64>abs(timeMs), p, 1);
    store<u8>(p++, 93);
    at = p;
  }
  written = i;
  return <u32>(at - out);
}
