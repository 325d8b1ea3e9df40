/** From channels to the fields of a layout. Where a channel cannot be expressed, the answer is the reason, as text. */
import { CHANNEL_TYPE, type Channel, DATA_TYPE } from "../mdf/channel.ts";
import { convert, linearOf } from "../mdf/conversion.ts";
import type { Field, TimeField } from "./layout.ts";

export type BitField = Field & { readonly kind: "bits" };
type Reason = string;

/** Bits in one 64-bit window, or a constant: CANedge stores what is the same in all records as a virtual channel. */
export function fieldOf(channel: Channel, dataBytes: number): Field | Reason {
  const linear = linearOf(channel.conversion);
  if (channel.type === CHANNEL_TYPE.virtual || channel.type === CHANNEL_TYPE.virtualMaster) {
    if (linear === null || linear.factor !== 0) return `${channel.name} counts records, it is not a constant.`;
    if (!Number.isInteger(linear.offset) || linear.offset < 0 || linear.offset > 0xffffffff) {
      return `${channel.name} is ${linear.offset} in every record.`;
    }
    return { kind: "constant", value: linear.offset };
  }
  if (linear === null || linear.offset !== 0 || linear.factor !== 1) return `${channel.name} has a conversion that is not 1:1.`;
  return bitsOf(channel, dataBytes);
}

/** The raw bits, whatever conversion follows. */
export function bitsOf(channel: Channel, dataBytes: number): BitField | Reason {
  const { byteOffset, bitOffset, bitCount, dataType, name } = channel;
  const isInteger = dataType >= DATA_TYPE.uintLe && dataType <= DATA_TYPE.intBe;
  if (!isInteger) return `${name} is not an integer (data type ${dataType}).`;
  if (bitCount === 0 || bitOffset > 7 || bitOffset + bitCount > 64) return `${name} has ${bitCount} bits from bit ${bitOffset}.`;
  if (!fits(channel, dataBytes)) return `${name} lies behind the end of the record.`;
  return { kind: "bits", atByte: byteOffset, bitOffset, bitCount, ...orderOf(channel) };
}

/** Within one byte there is no order of bytes. */
function orderOf({ dataType, bitOffset, bitCount }: Channel): { readonly isBigEndian?: true } {
  const isBigEndian = dataType === DATA_TYPE.uintBe || dataType === DATA_TYPE.intBe || dataType === DATA_TYPE.floatBe;
  return isBigEndian && bitOffset + bitCount > 8 ? { isBigEndian } : {};
}

/** DataLength: 1:1 as any field, else a table over its few raw values (CANedge: a type 5 conversion over the DLC bits). */
export function lengthOf(channel: Channel, dataBytes: number): { field: Field; table: readonly number[] | null } | Reason {
  const plain = fieldOf(channel, dataBytes);
  if (typeof plain !== "string") return { field: plain, table: null };
  const field = bitsOf(channel, dataBytes);
  if (typeof field === "string") return plain;
  if (field.bitCount > TABLE_BITS_MAX) return plain;
  const table: number[] = [];
  for (let raw = 0; raw < 2 ** field.bitCount; raw++) {
    const length = convert(channel.conversion, raw);
    if (length === null || !Number.isInteger(length) || length < 0 || length > LENGTH_MAX) return plain;
    table.push(length);
  }
  return { field, table };
}

const TABLE_BITS_MAX = 8;
const LENGTH_MAX = 0xffff;

/** The standard's numbers for ns, µs, ms and s, and how near a factor must be to count as one. */
const TIME_SCALES = [
  [1e-9, 1],
  [1e-6, 1e3],
  [1e-3, 1e6],
  [1, 1e9],
] as const;
const SCALE_TOLERANCE = 1e-12;

export function timeOf(channel: Channel, dataBytes: number): TimeField | Reason {
  const { byteOffset, bitOffset, bitCount, dataType, name, type } = channel;
  const linear = linearOf(channel.conversion);
  const scale = TIME_SCALES.find(([factor]) => linear !== null && Math.abs(linear.factor / factor - 1) < SCALE_TOLERANCE);
  if (type === CHANNEL_TYPE.virtualMaster) return `the time ${name} is the number of the record.`;
  if (linear === null) return `the time ${name} has a conversion that is not linear.`;
  // A product with 1e-9 would lose digits that the raw number has.
  const isWhole = linear.offset === 0 && scale !== undefined;
  const unit = isWhole ? { scaleNs: scale[1] } : { scaleNs: 1e9, linear };
  const place = { atByte: byteOffset, bitOffset, bitCount, ...unit, ...orderOf(channel) };
  if (dataType === DATA_TYPE.floatLe || dataType === DATA_TYPE.floatBe) {
    if ((bitCount !== 64 && bitCount !== 32) || bitOffset !== 0) return `the time ${name} is a ${bitCount}-bit float.`;
    if (!fits(channel, dataBytes)) return `the time ${name} lies behind the end of the record.`;
    return { encoding: bitCount === 64 ? "f64" : "f32", ...place };
  }
  const bits = bitsOf(channel, dataBytes);
  if (typeof bits === "string") return bits;
  return { encoding: dataType === DATA_TYPE.intLe || dataType === DATA_TYPE.intBe ? "int" : "uint", ...place };
}

/** Whether the channel's bits lie inside the record's data bytes. */
export function fits(channel: Channel, dataBytes: number): boolean {
  return channel.byteOffset * 8 + channel.bitOffset + channel.bitCount <= dataBytes * 8;
}
