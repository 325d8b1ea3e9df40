/** Physical values that are integers beyond what a double holds: each as the nearest double and the rest to the true integer. */
import { scaling } from "./decimal.ts";
import type { DbcSignal } from "./model.ts";

/** Integers up to here are exact in a double. */
const EXACT_MAX = 2n ** 53n;
/** Powers of ten up to here are exact too. */
const DECIMALS_MAX = 22;

/** Whether values of the signal are integers that doubles may not hold: integer factor and offset, and a range that goes beyond 2^53. */
export function isWideInteger(signal: DbcSignal): boolean {
  const { numeratorFactor, numeratorOffset, decimals } = scaling(signal);
  if (signal.float !== null || decimals > 0 || !isSmall(numeratorFactor) || !isSmall(numeratorOffset)) return false;
  const bits = BigInt(signal.lengthBits);
  const ends = signal.signed ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [(1n << bits) - 1n];
  return ends.some((raw) => !isSmall(raw * numeratorFactor) || !isSmall(raw * numeratorFactor + numeratorOffset));
}

const isSmall = (value: bigint): boolean => value < EXACT_MAX && value > -EXACT_MAX;

/**
 * Values of raw 64-bit words (int64 of signed signals, uint64 of others), by the rule of all values (golden README §1), and rests: value + rest
 * is the exact integer. A rest is NaN where no double holds it.
 */
export function exactIntegers(signal: DbcSignal, raws: BigUint64Array): { values: Float64Array; rests: Float64Array } {
  const { numeratorFactor, numeratorOffset, factor, offset } = scaling(signal);
  const values = new Float64Array(raws.length);
  const rests = new Float64Array(raws.length);
  for (const [row, word] of raws.entries()) {
    const raw = signal.signed ? BigInt.asIntN(64, word) : word;
    const sum = raw * numeratorFactor + numeratorOffset;
    const value = isSmall(sum) ? Number(sum) : Number(raw) * factor + offset;
    const rest = sum - BigInt(value);
    values[row] = value;
    rests[row] = BigInt(Number(rest)) === rest ? Number(rest) : Number.NaN;
  }
  return { values, rests };
}

/** Physical value of one raw integer by the same rule. */
export function physicalOf(signal: DbcSignal, raw: bigint): number {
  const { numeratorFactor, numeratorOffset, decimals, factor, offset } = scaling(signal);
  const sum = raw * numeratorFactor + numeratorOffset;
  const isExact = signal.float === null && decimals <= DECIMALS_MAX && [numeratorFactor, numeratorOffset, sum].every(isSmall);
  return isExact ? Number(sum) / 10 ** decimals : Number(raw) * factor + offset;
}
