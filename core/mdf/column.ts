/** A channel's values from batches of records: raw, then through its conversion. */
import { faultOfFile } from "./block.ts";
import { CHANNEL_TYPE } from "./channel.ts";
import { isVirtual, type MeasuredChannel } from "./measured-channel.ts";
import type { MeasuredGroup, Measurement } from "./measurement.ts";
import { type RawKind, type ReadNumber, rawKind } from "./raw-value.ts";
import type { RecordBatch } from "./record-batch.ts";
import type { Value, ValueRule } from "./value-rule.ts";
import type { ValueStream } from "./value-stream.ts";

/** What a column gives, value by value. Bytes are lent. */
export interface ValueSink {
  number(value: number): void;
  /** An integer that is not converted and has more than 53 bits; `number` gets it too. */
  exact(value: bigint): void;
  text(value: string): void;
  bytes(value: Uint8Array): void;
  complex(real: number, imaginary: number): void;
  /** A value of variable length that is not there. */
  missing(): void;
}

export interface Column {
  readonly channel: MeasuredChannel;
  readonly rule: ValueRule | null;
  readonly raw: RawKind;
  /** Where each element begins, from the channel's own place; [0] unless it is an array. */
  readonly offsets: readonly number[];
  readonly stored: Stored;
}

type Stored =
  | { readonly kind: "virtual" }
  | { readonly kind: "fixed" }
  /** Bytes used, from a channel of the same record. */
  | { readonly kind: "sized"; readonly length: ReadNumber }
  | { readonly kind: "variable"; readonly offset: ReadNumber | null; readonly values: ValueStream };

/** The values of a VLSD channel, and whether the offsets in the records are to be used. */
export interface VariableValues {
  readonly values: ValueStream;
  readonly offsetsAreWritten: boolean;
}

/** How the channel's values are read, or a sentence that says why they cannot be. Faults: `limit/*`, `storage/*`. */
export async function columnOf(
  measurement: Measurement,
  group: MeasuredGroup,
  channel: MeasuredChannel,
  variable: (channel: MeasuredChannel) => Promise<VariableValues | string>,
): Promise<Column | string> {
  const [damage] = channel.notices;
  if (damage !== undefined) return damage.text;
  const stored = await storedOf(group, channel, variable);
  if (typeof stored === "string") return stored;
  const raw = rawOf(channel);
  if (typeof raw === "string") return raw;
  if (stored.kind === "variable" && raw.kind !== "text" && raw.kind !== "bytes")
    return "numbers of variable length are not known";
  const offsets = channel.array?.offsets ?? [0];
  if (!isVirtual(channel) && !fits(channel, offsets, group.dataBytes)) return "it lies behind the end of the record";
  try {
    const rule = await measurement.blocks.attempt(() => measurement.rules.at(channel.conversionLink));
    return { channel, rule, raw, offsets, stored };
  } catch (error) {
    return faultOfFile(error).message;
  }
}

/** The declared type of a virtual channel means nothing: its raw value is the number of the record. */
const rawOf = (channel: MeasuredChannel): RawKind | string => {
  if (isVirtual(channel)) return { kind: "number", read: () => 0, exact: null, isFloat: false };
  if (channel.type === CHANNEL_TYPE.vlsd) return rawKind(channel.dataType, { byteOffset: 0, bitOffset: 0, bitCount: 8 });
  return rawKind(channel.dataType, channel);
};

async function storedOf(
  group: MeasuredGroup,
  channel: MeasuredChannel,
  variable: (channel: MeasuredChannel) => Promise<VariableValues | string>,
): Promise<Stored | string> {
  switch (channel.type) {
    case CHANNEL_TYPE.fixed:
    case CHANNEL_TYPE.master:
    case CHANNEL_TYPE.sync:
      return { kind: "fixed" };
    case CHANNEL_TYPE.virtual:
    case CHANNEL_TYPE.virtualMaster:
      return { kind: "virtual" };
    case CHANNEL_TYPE.mlsd: {
      const sizes = group.channels.find((one) => one.atByte === channel.dataLink);
      const length = sizes === undefined ? "the channel of its length is not in the group" : rawKind(sizes.dataType, sizes);
      if (typeof length === "string") return length;
      if (length.kind !== "number" || sizes === undefined || !fits(sizes, [0], group.dataBytes))
        return "the channel of its length holds no numbers";
      return { kind: "sized", length: length.read };
    }
    case CHANNEL_TYPE.vlsd: {
      const found = await variable(channel);
      if (typeof found === "string") return found;
      // The offset has the type of the value, but is an unsigned integer.
      const offset = rawKind(0, channel);
      if (typeof offset === "string" || offset.kind !== "number") return "the place of its values is no integer";
      return { kind: "variable", offset: found.offsetsAreWritten ? offset.read : null, values: found.values };
    }
    case CHANNEL_TYPE.vlsc:
      return "buslens does not read values whose lengths stand in another channel (VLSC, channel type 7)";
    default:
      return `the channel type ${channel.type} is not known`;
  }
}

function fits(channel: MeasuredChannel, offsets: readonly number[], dataBytes: number): boolean {
  const first = offsets.reduce((least, offset) => Math.min(least, offset), 0);
  const last = offsets.reduce((most, offset) => Math.max(most, offset), 0);
  return (
    channel.byteOffset + first >= 0 && (channel.byteOffset + last) * 8 + channel.bitOffset + channel.bitCount <= dataBytes * 8
  );
}

/** Every value is a number: `numbersInto` can be used. */
export const isNumeric = ({ raw, rule }: Column): boolean => raw.kind === "number" && !(rule?.givesText ?? false);

/** Physical values of a numeric column, element by element, record by record; integers of 64 bits as the nearest doubles. */
export function numbersInto(column: Column, batch: RecordBatch, into: Float64Array): void {
  const { rule, offsets, raw } = column;
  if (raw.kind !== "number") return;
  rawNumbersInto(column, raw.read, batch, into);
  const count = batch.rowCount * offsets.length;
  if (rule === null || rule.isIdentity) return;
  if (rule.linear !== null) {
    const { offset, factor } = rule.linear;
    for (let i = 0; i < count; i++) into[i] = offset + factor * (into[i] as number);
    return;
  }
  for (let i = 0; i < count; i++) into[i] = Number(rule.apply(into[i] as number, raw.isFloat));
}

function rawNumbersInto({ stored, offsets }: Column, read: ReadNumber, batch: RecordBatch, into: Float64Array): void {
  const { view, at, rowCount, firstRow } = batch;
  if (stored.kind === "virtual") {
    for (let row = 0; row < rowCount; row++) into[row] = firstRow + row;
    return;
  }
  const [only = 0] = offsets;
  if (offsets.length === 1) {
    for (let row = 0; row < rowCount; row++) into[row] = read(view, (at[row] as number) + only);
    return;
  }
  let i = 0;
  for (let row = 0; row < rowCount; row++) for (const offset of offsets) into[i++] = read(view, (at[row] as number) + offset);
}

/** All values of a batch in turn. Faults: those of values of variable length. */
export async function eachValue(column: Column, batch: RecordBatch, sink: ValueSink): Promise<void> {
  const { stored } = column;
  if (stored.kind === "variable") return eachVariable(column, stored.values, stored.offset, batch, sink);
  const { view, at, rowCount, firstRow } = batch;
  for (let row = 0; row < rowCount; row++) {
    for (const offset of column.offsets) {
      const place = (at[row] as number) + offset;
      if (stored.kind === "virtual") give(column, firstRow + row, sink);
      else if (stored.kind === "fixed") fixedValue(column, view, place, sink);
      else fieldValue(column, view, place, stored.length(view, at[row] as number), sink);
    }
  }
}

function fixedValue(column: Column, view: DataView, place: number, sink: ValueSink): void {
  const { raw, channel, rule } = column;
  switch (raw.kind) {
    case "number": {
      const isConverted = rule !== null && !rule.isIdentity;
      const exact = raw.exact === null ? null : raw.exact(view, place);
      if (exact !== null && !isConverted) sink.exact(exact);
      give(column, exact !== null && isConverted ? exact : raw.read(view, place), sink);
      break;
    }
    case "complex":
      sink.complex(raw.real(view, place), raw.imaginary(view, place));
      break;
    default:
      fieldValue(column, view, place, channel.bitCount / 8, sink);
  }
}

/** Texts and bytes; never longer than the field. */
function fieldValue(column: Column, view: DataView, place: number, lengthBytes: number, sink: ValueSink): void {
  const { byteOffset, bitCount } = column.channel;
  const used = Math.max(0, Math.min(lengthBytes, bitCount / 8));
  bytesValue(column, new Uint8Array(view.buffer, view.byteOffset + place + byteOffset, used), sink);
}

async function eachVariable(
  column: Column,
  values: ValueStream,
  offset: ReadNumber | null,
  { view, at, rowCount }: RecordBatch,
  sink: ValueSink,
): Promise<void> {
  for (let row = 0; row < rowCount; row++) {
    const place = offset === null ? values.nextOffset : offset(view, at[row] as number);
    const here = values.here(place);
    const value = here === undefined ? await values.at(place) : here;
    if (value === null) sink.missing();
    else bytesValue(column, value, sink);
  }
}

function bytesValue(column: Column, bytes: Uint8Array, sink: ValueSink): void {
  const { raw } = column;
  if (raw.kind === "text") give(column, raw.decode(bytes), sink);
  else sink.bytes(bytes);
}

function give({ rule, raw }: Column, value: Value, sink: ValueSink): void {
  const physical = rule === null ? value : rule.apply(value, raw.kind === "number" && raw.isFloat);
  if (typeof physical === "string") sink.text(physical);
  else sink.number(Number(physical));
}

/** Records of the batch whose value is not valid. */
export function invalidIn({ invalidBit, isAllInvalid }: MeasuredChannel, batch: RecordBatch): number {
  if (isAllInvalid) return batch.rowCount;
  if (invalidBit === null) return 0;
  const { invalidView, invalidAt, rowCount } = batch;
  const byte = invalidBit >> 3;
  const bit = invalidBit & 7;
  let count = 0;
  for (let row = 0; row < rowCount; row++) count += (invalidView.getUint8((invalidAt[row] as number) + byte) >> bit) & 1;
  return count;
}
