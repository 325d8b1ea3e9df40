/** The slow truth about a signal: one bit at a time, in BigInt. Shares nothing with core but the shape of a signal. */
import type { DbcSignal } from "../../core/dbc/model.ts";

type Layout = Pick<DbcSignal, "start" | "lengthBits" | "byteOrder" | "signed" | "float">;
type Scaled = Pick<DbcSignal, "float" | "factor" | "offset" | "factorNumber" | "offsetNumber">;

/**
 * Raw value; null if a bit lies behind the payload. Integers: two's complement if signed. Floats: their bits, unsigned.
 */
export function rawByBits(payload: Uint8Array, signal: Layout): bigint | null {
  let raw = 0n;
  let byte = signal.start >> 3;
  let bit = signal.start & 7;
  for (let place = 0; place < signal.lengthBits; place++) {
    const octet = payload[byte];
    if (octet === undefined) return null;
    const one = BigInt((octet >> bit) & 1);
    if (signal.byteOrder === "little") {
      raw += one << BigInt(place); // from the least significant bit upwards
      bit++;
      if (bit === 8) {
        bit = 0;
        byte++;
      }
    } else {
      raw = raw * 2n + one; // from the most significant bit downwards
      bit--;
      if (bit < 0) {
        bit = 7;
        byte++;
      }
    }
  }
  const negative = signal.signed && signal.float === null && raw >> BigInt(signal.lengthBits - 1) === 1n;
  return negative ? raw - (1n << BigInt(signal.lengthBits)) : raw;
}

/** A float signal's number from its bits. */
export function floatOfBits(raw: bigint, width: 32 | 64): number {
  const view = new DataView(new ArrayBuffer(8));
  if (width === 64) {
    view.setBigUint64(0, raw);
    return view.getFloat64(0);
  }
  view.setUint32(0, Number(raw));
  return view.getFloat32(0);
}

const LIMIT = 1n << 53n;

/** Physical value by the decimal rule: exact sum and one rounding where the limits allow, else one multiply and one add in doubles. */
export function physical(raw: bigint, signal: Scaled): number {
  if (signal.float !== null) return floatOfBits(raw, signal.float) * signal.factorNumber + signal.offsetNumber;
  const decimals = Math.max(signal.factor.scale, signal.offset.scale);
  const factor = signal.factor.digits * 10n ** BigInt(decimals - signal.factor.scale);
  const offset = signal.offset.digits * 10n ** BigInt(decimals - signal.offset.scale);
  const sum = raw * factor + offset;
  const exact = decimals <= 22 && [factor, offset, sum].every((value) => value < LIMIT && value > -LIMIT);
  if (exact) return nearestToQuotient(sum, 10n ** BigInt(decimals));
  return Number(raw) * signal.factorNumber + signal.offsetNumber;
}

/** The double nearest to numerator / denominator, ties to even; for quotients of normal size. Zero is +0. */
export function nearestToQuotient(numerator: bigint, denominator: bigint): number {
  if (numerator === 0n) return 0;
  if (numerator < 0n) return -nearestToQuotient(-numerator, denominator);
  // Shift until the whole part of the quotient has 54 or 55 bits: 53 for the significand and at least one to round by.
  let shift = 55 - (numerator.toString(2).length - denominator.toString(2).length);
  let quotient = shiftLeft(numerator, shift) / shiftLeft(denominator, -shift);
  if (quotient >> 55n > 0n) {
    shift--;
    quotient = shiftLeft(numerator, shift) / shiftLeft(denominator, -shift);
  }
  const rest = shiftLeft(numerator, shift) - quotient * shiftLeft(denominator, -shift) > 0n;
  const extraBits = BigInt(quotient.toString(2).length - 53);
  const half = 1n << (extraBits - 1n);
  const low = quotient & ((1n << extraBits) - 1n);
  let significand = quotient >> extraBits;
  if (low > half || (low === half && (rest || (significand & 1n) === 1n))) significand++;
  return Number(significand) * 2 ** (Number(extraBits) - shift);
}

const shiftLeft = (value: bigint, bits: number): bigint => (bits > 0 ? value << BigInt(bits) : value);
