/** Raw values of channels from the bytes of a record (formats/mdf4.md §7): any bit width and offset, either order of bytes. */
import { type TextDecode, textDecoder } from "./text-value.ts";

/** Where the bits lie. `at` in the readers is the first data byte of a record, behind its id. */
export interface BitPlace {
  readonly byteOffset: number;
  readonly bitOffset: number;
  readonly bitCount: number;
}

export type ReadNumber = (view: DataView, at: number) => number;

export type RawKind =
  /** `exact`: integers of more than 53 bits to their last one. */
  | {
      readonly kind: "number";
      readonly read: ReadNumber;
      readonly exact: ((view: DataView, at: number) => bigint) | null;
      readonly isFloat: boolean;
    }
  | { readonly kind: "complex"; readonly real: ReadNumber; readonly imaginary: ReadNumber }
  | { readonly kind: "text"; readonly decode: TextDecode }
  | { readonly kind: "bytes" };

const UINT_LE = 0;
const INT_BE = 3;
const FLOAT_LE = 4;
const FLOAT_BE = 5;
const COMPLEX_LE = 15;
const COMPLEX_BE = 16;
/** Byte arrays, MIME samples and streams, CANopen dates and times. */
const BYTES_FIRST = 10;
const BYTES_LAST = 14;
const EXACT_BITS_MAX = 53;

/** How the values of a channel are read, or a sentence that says why they cannot be. */
export function rawKind(dataType: number, place: BitPlace): RawKind | string {
  if (dataType >= UINT_LE && dataType <= INT_BE) return integerKind(dataType, place);
  if (dataType === FLOAT_LE || dataType === FLOAT_BE) {
    const read = floatReader(place, dataType === FLOAT_LE);
    return typeof read === "string" ? read : { kind: "number", read, exact: null, isFloat: true };
  }
  if (dataType === COMPLEX_LE || dataType === COMPLEX_BE) return complexKind(place, dataType === COMPLEX_LE);
  if (place.bitOffset !== 0 || place.bitCount % 8 !== 0)
    return `texts and bytes begin and end with a byte, not at bit ${place.bitOffset} with ${place.bitCount} bits`;
  const decode = textDecoder(dataType);
  if (decode !== null) return { kind: "text", decode };
  if (dataType >= BYTES_FIRST && dataType <= BYTES_LAST) return { kind: "bytes" };
  return `the data type ${dataType} is not known`;
}

function integerKind(dataType: number, place: BitPlace): RawKind | string {
  const { bitCount, bitOffset } = place;
  if (bitCount < 1 || bitCount > 64 || bitOffset > 7) return `an integer of ${bitCount} bits from bit ${bitOffset} is none`;
  const isLittle = (dataType & 1) === 0;
  const isSigned = dataType >= 2;
  if (bitCount <= EXACT_BITS_MAX)
    return { kind: "number", read: integerReader(place, isLittle, isSigned), exact: null, isFloat: false };
  const low = integerReader(partOf(place, isLittle, 0, 32), isLittle, false);
  const high = integerReader(partOf(place, isLittle, 32, bitCount - 32), isLittle, isSigned);
  return {
    kind: "number",
    // The product is exact, so the sum is rounded once: the nearest double.
    read: (view, at) => high(view, at) * 0x1_0000_0000 + low(view, at),
    exact: (view, at) => (BigInt(high(view, at)) << 32n) | BigInt(low(view, at)),
    isFloat: false,
  };
}

/** `count` bits of a field from its bit `from` on, counted from the least significant one. */
function partOf({ byteOffset, bitOffset, bitCount }: BitPlace, isLittle: boolean, from: number, count: number): BitPlace {
  const fieldBytes = Math.ceil((bitOffset + bitCount) / 8);
  const firstByte = (bitOffset + from) >> 3;
  const bit = (bitOffset + from) & 7;
  const partBytes = Math.ceil((bit + count) / 8);
  return {
    byteOffset: byteOffset + (isLittle ? firstByte : fieldBytes - firstByte - partBytes),
    bitOffset: bit,
    bitCount: count,
  };
}

/** At most 53 bits. Byte by byte in doubles, the first one shifted and the last one cut, so that nothing is ever rounded. */
function integerReader(place: BitPlace, isLittle: boolean, isSigned: boolean): ReadNumber {
  const whole = wholeReader(place, isLittle, isSigned);
  if (whole !== null) return whole;
  const { byteOffset, bitOffset, bitCount } = place;
  const byteCount = Math.ceil((bitOffset + bitCount) / 8);
  const [first, step] = isLittle ? [byteOffset, 1] : [byteOffset + byteCount - 1, -1];
  const lastMask = 0xff >> (8 * byteCount - bitOffset - bitCount);
  const negativeFrom = 2 ** (bitCount - 1);
  const scales = Float64Array.from({ length: byteCount }, (_, i) => 2 ** (8 * i - bitOffset));
  return (view, at) => {
    let value = 0;
    let byteAt = at + first;
    for (let i = 0; i < byteCount; i++) {
      let byte = view.getUint8(byteAt);
      if (i === byteCount - 1) byte &= lastMask;
      value += i === 0 ? byte >> bitOffset : byte * (scales[i] as number);
      byteAt += step;
    }
    return isSigned && value >= negativeFrom ? value - 2 * negativeFrom : value;
  };
}

/** Widths a DataView knows. */
function wholeReader({ byteOffset, bitOffset, bitCount }: BitPlace, isLittle: boolean, isSigned: boolean): ReadNumber | null {
  if (bitOffset !== 0) return null;
  switch (bitCount) {
    case 8:
      return isSigned ? (view, at) => view.getInt8(at + byteOffset) : (view, at) => view.getUint8(at + byteOffset);
    case 16:
      return isSigned
        ? (view, at) => view.getInt16(at + byteOffset, isLittle)
        : (view, at) => view.getUint16(at + byteOffset, isLittle);
    case 32:
      return isSigned
        ? (view, at) => view.getInt32(at + byteOffset, isLittle)
        : (view, at) => view.getUint32(at + byteOffset, isLittle);
    default:
      return null;
  }
}

function floatReader({ byteOffset, bitOffset, bitCount }: BitPlace, isLittle: boolean): ReadNumber | string {
  if (bitOffset !== 0) return `a float begins with a byte, not at bit ${bitOffset}`;
  switch (bitCount) {
    case 16:
      return (view, at) => half(view.getUint16(at + byteOffset, isLittle));
    case 32:
      return (view, at) => view.getFloat32(at + byteOffset, isLittle);
    case 64:
      return (view, at) => view.getFloat64(at + byteOffset, isLittle);
    default:
      return `a float of ${bitCount} bits is none`;
  }
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

function complexKind(place: BitPlace, isLittle: boolean): RawKind | string {
  const bitCount = place.bitCount / 2;
  const real = floatReader({ ...place, bitCount }, isLittle);
  const imaginary = floatReader({ ...place, bitCount, byteOffset: place.byteOffset + bitCount / 8 }, isLittle);
  if (typeof real === "string") return real;
  return typeof imaginary === "string" ? imaginary : { kind: "complex", real, imaginary };
}
