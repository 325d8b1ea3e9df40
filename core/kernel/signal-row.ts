/** How one DBC signal is taken out of staged words and scaled: the choice of the cheapest exact way (kernel.md §2a, §2b). */
import { scaling } from "../dbc/decimal.ts";
import { signalBits } from "../dbc/geometry.ts";
import type { DbcSignal } from "../dbc/model.ts";
import { Convert, Signal, Unpack } from "./abi.ts";
import type { Kernel } from "./kernel.ts";

/** Integers up to here are exact in a double. */
const EXACT_MAX = 2n ** 53n;
/** A field that ends at this bit or below needs no shift: the exponent bits start there. */
const MANTISSA_BITS = 52;
const CONSTANT_SHIFT = 13;
const DECIMALS_MAX = 22;

/** Of the kernel's 16 bits. No message is as long: a field that needs more, wherever its DBC puts it, never has a value. */
export const NEED_MAX = 0xffff;

export interface SignalRow {
  readonly unpack: number;
  readonly need: number;
  readonly isBig: boolean;
  readonly shift: number;
  readonly bits: number;
  readonly isSigned: boolean;
  readonly hasNinth: boolean;
  readonly convert: number;
  /** Where an in-place field stands after the constant shift. */
  readonly position: number;
  /** Of the raw value; the kernel gets `factor` × 2^-position. */
  readonly factor: number;
  readonly offset: number;
  readonly divisor: number;
  readonly numerator: bigint;
  readonly addend: bigint;
  readonly plainFactor: number;
  readonly plainOffset: number;
}

/** Row of a signal whose words start at payload byte `windowByte`. */
export function signalRow(signal: DbcSignal, windowByte: number): SignalRow {
  const place = signalBits(signal);
  const isBig = place.byteOrder === "big";
  const hasNinth = place.lastByte - place.firstByte >= 8;
  const fromTop = place.firstBit - 8 * windowByte;
  const spanBits = hasNinth ? 72 : 64;
  const position = isBig ? spanBits - fromTop - place.lengthBits : fromTop;
  const end = position + place.lengthBits;
  const scale = scalingWay(signal);
  const isNarrow = signal.float === null && place.lengthBits <= MANTISSA_BITS && !hasNinth && scale.isProven;
  const unpack =
    signal.float === 32
      ? Unpack.Float32
      : signal.float === 64
        ? Unpack.Float64
        : isNarrow && end <= MANTISSA_BITS
          ? Unpack.InPlace
          : isNarrow && position >= CONSTANT_SHIFT
            ? Unpack.Shift13
            : Unpack.Scalar;
  return {
    unpack,
    need: place.lastByte + 1,
    isBig,
    // Motorola over nine bytes: the unused bits of the ninth.
    shift: position,
    bits: place.lengthBits,
    isSigned: signal.signed,
    hasNinth,
    position: unpack === Unpack.Shift13 ? position - CONSTANT_SHIFT : position,
    ...scale,
    convert:
      unpack === Unpack.Scalar && scale.isExact ? Convert.Decide : unpack < Unpack.Scalar ? scale.convert : Convert.Multiply,
  };
}

/** Golden rule 1: which values go the exact way, and whether the range of raw alone proves it. */
function scalingWay(signal: DbcSignal) {
  const { numeratorFactor, numeratorOffset, decimals, factor: plainFactor, offset: plainOffset } = scaling(signal);
  const plain = { numerator: 0n, addend: 0n, divisor: 1, plainFactor, plainOffset };
  const isExact =
    signal.float === null && decimals <= DECIMALS_MAX && below(numeratorFactor, EXACT_MAX) && below(numeratorOffset, EXACT_MAX);
  if (!isExact) {
    // All values in doubles. A factor near the smallest doubles must not be scaled by 2^-position.
    const isProven = plainFactor === 0 || (Math.abs(plainFactor) > 1e-280 && Math.abs(plainFactor) < 1e280);
    return { ...plain, isExact, isProven, convert: Convert.Multiply, factor: plainFactor, offset: plainOffset };
  }
  const divisor = Number(10n ** BigInt(decimals));
  const exact = { numerator: numeratorFactor, addend: numeratorOffset, divisor, plainFactor, plainOffset, isExact };
  const bits = BigInt(signal.lengthBits);
  const lowest = signal.signed ? -(1n << (bits - 1n)) : 0n;
  const highest = signal.signed ? (1n << (bits - 1n)) - 1n : (1n << bits) - 1n;
  const isProven = [lowest, highest].every(
    (raw) => below(raw * numeratorFactor, EXACT_MAX) && below(raw * numeratorFactor + numeratorOffset, EXACT_MAX),
  );
  const fives = 5n ** BigInt(decimals);
  if (numeratorFactor % fives === 0n && numeratorOffset % fives === 0n) {
    // Dyadic: (raw·F' + O') / 2^d needs no division.
    const halves = 2 ** -decimals;
    const factor = Number(numeratorFactor / fives) * halves;
    return { ...exact, isProven, convert: Convert.Multiply, factor, offset: Number(numeratorOffset / fives) * halves };
  }
  return { ...exact, isProven, convert: Convert.Divide, factor: Number(numeratorFactor), offset: Number(numeratorOffset) };
}

const below = (value: bigint, limit: bigint): boolean => value < limit && value > -limit;

/** Writes the row; `window` and `ninthWindow` are places in the message's list of words. */
export function writeSignalRow(kernel: Kernel, at: number, row: SignalRow, window: number, ninthWindow: number): void {
  const { view } = kernel;
  const inPlace = row.unpack < Unpack.Scalar;
  const position = BigInt(inPlace ? row.position : 0);
  const ones = (1n << BigInt(row.bits)) - 1n;
  const sign = row.isSigned ? 1n << (position + BigInt(row.bits) - 1n) : 0n;
  view.setUint8(at + Signal.unpack, row.unpack);
  view.setUint16(at + Signal.window, window, true);
  view.setUint16(at + Signal.need, Math.min(NEED_MAX, row.need), true);
  view.setUint8(at + Signal.isBig, row.isBig ? 1 : 0);
  view.setUint8(at + Signal.shift, row.shift);
  view.setUint8(at + Signal.bits, row.bits);
  view.setUint8(at + Signal.isSigned, row.isSigned ? 1 : 0);
  view.setUint8(at + Signal.convert, row.convert);
  view.setUint16(at + Signal.window2, ninthWindow, true);
  view.setUint8(at + Signal.hasNinth, row.hasNinth ? 1 : 0);
  kernel.setU64(at + Signal.mask, inPlace ? ones << position : 0n);
  kernel.setU64(at + Signal.sign, inPlace ? sign : 0n);
  kernel.setF64(at + Signal.magic, inPlace ? 2 ** MANTISSA_BITS + Number(sign) : 0);
  kernel.setF64(at + Signal.factor, inPlace ? row.factor * 2 ** -row.position : row.factor);
  kernel.setF64(at + Signal.offset, row.offset);
  kernel.setF64(at + Signal.divisor, row.divisor);
  kernel.setU64(at + Signal.numerator, row.numerator);
  kernel.setU64(at + Signal.addend, row.addend);
  kernel.setF64(at + Signal.plainFactor, row.plainFactor);
  kernel.setF64(at + Signal.plainOffset, row.plainOffset);
}
