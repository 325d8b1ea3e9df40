/**
 * The frames of an MDF file, walked as plainly as possible over the whole file in memory: the oracle for the kernel. It takes the layouts that
 * core/bus describes and nothing else; no window, no table, no speed.
 */
import type { Extent, Field, FrameLayout, RecordId, RecordLayout, RecordStream, TimeField } from "../../core/bus/layout.ts";
import type { MdfFile } from "../../core/mdf/file.ts";

export interface SlowFrame {
  /** Since 1970 UTC: hd_start_time_ns + record time. */
  readonly timeNs: bigint;
  readonly bus: "CAN" | "LIN";
  readonly channel: number;
  readonly kind: string;
  /** 29 bits; null if the record has none. */
  readonly id: number | null;
  readonly extended: boolean;
  readonly dlc: number | null;
  /** DataLength; null if the record has none. */
  readonly length: number | null;
  /** 0 received, 1 transmitted; null if the record has no Dir. */
  readonly dir: number | null;
  readonly fd: boolean;
  readonly brs: boolean;
  readonly esi: boolean;
  readonly errorType: number | null;
  /** Cut to DataLength. */
  readonly payload: Uint8Array;
}

export interface SlowWalk {
  /** In stored order, stream by stream. */
  readonly frames: SlowFrame[];
  /** Records of groups that hold no frames; VLSD values are not counted. */
  readonly otherRecords: number;
  /** Frames whose value never came (the file was cut before it); not among `frames`. */
  readonly withoutPayload: number;
  /** Bytes of the streams behind their last whole record. */
  readonly tailBytes: number;
  /** Record id that no group has, and where its record begins; the walk of that stream ends there. */
  readonly unknownId: { readonly recordId: number; readonly atByte: number } | null;
}

type Walk = { -readonly [Key in keyof SlowWalk]: SlowWalk[Key] };

export function slowFrames(file: MdfFile, bytes: Uint8Array): SlowWalk {
  const walk: Walk = { frames: [], otherRecords: 0, withoutPayload: 0, tailBytes: 0, unknownId: null };
  for (const stream of file.streams) walkStream(new Bytes(bytes), file, stream, walk);
  return walk;
}

interface StoredRecord {
  readonly layout: RecordLayout;
  /** Without record id; of a VLSD group the value without its length. */
  readonly body: Uint8Array;
}

function walkStream(bytes: Bytes, file: MdfFile, stream: RecordStream, walk: Walk): void {
  const stored = storedRecords(bytes.joined(stream.extents), stream, walk);
  // Values may come before or after the frame that names them, so all of them are collected first.
  const values = new Map<RecordId, ValueStream>();
  for (const { layout, body } of stored) if (layout.isVlsd) valueStream(values, layout.recordId).push(body);
  for (const { layout, body } of stored) {
    if (layout.isVlsd) continue;
    const frame = layout.frame === null ? null : frameOf(bytes, file, layout.frame, body, values);
    if (layout.frame === null) walk.otherRecords++;
    else if (frame === null) walk.withoutPayload++;
    else walk.frames.push(frame);
  }
}

/** All whole records; what is left over goes into the walk's tail. */
function storedRecords(data: Uint8Array, stream: RecordStream, walk: Walk): StoredRecord[] {
  const stored: StoredRecord[] = [];
  let at = 0;
  while (at < data.length) {
    const recordId = unsigned(data, at, stream.recordIdBytes);
    if (recordId === null) break;
    const layout =
      stream.recordIdBytes === 0 ? stream.layouts[0] : stream.layouts.find((one) => BigInt(one.recordId) === recordId);
    if (layout === undefined) {
      walk.unknownId = { recordId: Number(recordId), atByte: placeOf(stream.extents, at) };
      break;
    }
    const afterId = at + stream.recordIdBytes;
    const begin = layout.isVlsd ? afterId + 4 : afterId;
    const lengthBytes = layout.isVlsd ? unsigned(data, afterId, 4) : BigInt(layout.recordBytes);
    if (lengthBytes === null) break;
    const end = begin + Number(lengthBytes);
    if (end > data.length || end === at) break;
    stored.push({ layout, body: data.subarray(begin, end) });
    at = end;
  }
  walk.tailBytes += data.length - at;
  return stored;
}

/** The file, and its extents put together. */
class Bytes {
  readonly #file: Uint8Array;
  readonly #joined = new Map<readonly Extent[], Uint8Array>();

  constructor(file: Uint8Array) {
    this.#file = file;
  }

  joined(extents: readonly Extent[]): Uint8Array {
    const before = this.#joined.get(extents);
    if (before !== undefined) return before;
    const whole = new Uint8Array(extents.reduce((sum, extent) => sum + extent.lengthBytes, 0));
    let at = 0;
    for (const extent of extents) {
      whole.set(this.#file.subarray(extent.atByte, extent.atByte + extent.lengthBytes), at);
      at += extent.lengthBytes;
    }
    this.#joined.set(extents, whole);
    return whole;
  }
}

/** The values of one VLSD group by the offset they would have in an SD stream. */
class ValueStream {
  readonly byOffset = new Map<bigint, Uint8Array>();
  #next = 0n;
  push(value: Uint8Array): void {
    this.byOffset.set(this.#next, value);
    this.#next += BigInt(4 + value.length);
  }
}

function valueStream(values: Map<RecordId, ValueStream>, recordId: RecordId): ValueStream {
  const known = values.get(recordId) ?? new ValueStream();
  values.set(recordId, known);
  return known;
}

/** null: its value is not there. */
function frameOf(
  bytes: Bytes,
  file: MdfFile,
  frame: FrameLayout,
  record: Uint8Array,
  values: ReadonlyMap<RecordId, ValueStream>,
): SlowFrame | null {
  const number = (field: Field | null): number | null => (field === null ? null : Number(fieldValue(field, record)));
  const rawLength = number(frame.dataLength);
  const length = rawLength === null || frame.dataLengthTable === null ? rawLength : (frame.dataLengthTable[rawLength] ?? null);
  const whole = payloadOf(bytes, frame, record, values);
  if (whole === null) return null;
  const rawId = frame.id === null ? null : fieldValue(frame.id, record);
  const ide = number(frame.ide);
  return {
    timeNs: file.header.startNs + timeOf(frame.time, record),
    bus: frame.bus,
    channel: number(frame.busChannel) ?? 0,
    kind: frame.kind,
    id: rawId === null ? null : Number(rawId & 0x1fffffffn),
    extended: ide === null ? rawId !== null && ((rawId >> 31n) & 1n) === 1n : ide === 1,
    dlc: number(frame.dlc),
    length,
    dir: number(frame.dir),
    fd: number(frame.edl) === 1,
    brs: number(frame.brs) === 1,
    esi: number(frame.esi) === 1,
    errorType: number(frame.errorType),
    payload: length === null ? whole : whole.subarray(0, length),
  };
}

function payloadOf(
  bytes: Bytes,
  frame: FrameLayout,
  record: Uint8Array,
  values: ReadonlyMap<RecordId, ValueStream>,
): Uint8Array | null {
  const { payload } = frame;
  switch (payload.kind) {
    case "none":
      return new Uint8Array();
    case "inline":
      return record.subarray(payload.atByte, payload.atByte + payload.capacityBytes);
    case "vlsd-group":
      return values.get(payload.recordId)?.byOffset.get(fieldValue(payload.offset, record)) ?? null;
    case "sd": {
      const signalData = bytes.joined(payload.extents);
      const offset = Number(fieldValue(payload.offset, record));
      const lengthBytes = unsigned(signalData, offset, 4);
      if (lengthBytes === null || offset + 4 + Number(lengthBytes) > signalData.length) return null;
      return signalData.subarray(offset + 4, offset + 4 + Number(lengthBytes));
    }
  }
}

function fieldValue(field: Field, record: Uint8Array): bigint {
  if (field.kind === "constant") return BigInt(field.value);
  return bits(record, field);
}

type Bits = Pick<TimeField, "atByte" | "bitOffset" | "bitCount" | "isBigEndian">;

/** Bit by bit: bit n of a little-endian field is bit n % 8 of byte n / 8; of a big-endian one the bytes count from the last it touches. */
function bits(record: Uint8Array, { atByte, bitOffset, bitCount, isBigEndian }: Bits): bigint {
  const lastByte = (bitOffset + bitCount - 1) >> 3;
  let value = 0n;
  for (let i = 0; i < bitCount; i++) {
    const byte = (bitOffset + i) >> 3;
    const stored = record[atByte + (isBigEndian ? lastByte - byte : byte)] as number;
    if (((stored >> ((bitOffset + i) & 7)) & 1) === 1) value |= 1n << BigInt(i);
  }
  return value;
}

function timeOf(time: TimeField, record: Uint8Array): bigint {
  const unsignedRaw = bits(record, time);
  const raw = time.encoding === "int" ? BigInt.asIntN(time.bitCount, unsignedRaw) : unsignedRaw;
  const isFloat = time.encoding === "f32" || time.encoding === "f64";
  if (!isFloat && !time.linear) return raw * BigInt(time.scaleNs);
  const number = isFloat ? floatOf(unsignedRaw, time.encoding) : Number(raw);
  return roundHalfEven(time.linear ? (time.linear.offset + time.linear.factor * number) * 1e9 : number * time.scaleNs);
}

function floatOf(raw: bigint, encoding: TimeField["encoding"]): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, raw);
  return encoding === "f64" ? view.getFloat64(0) : view.getFloat32(4);
}

const INT64_MAX = 2n ** 63n - 1n;

/** What 64 bits do not hold is the nearest that they do, and not a number is 0. */
function roundHalfEven(value: number): bigint {
  if (Number.isNaN(value)) return 0n;
  if (Math.abs(value) >= 2 ** 63) return value > 0 ? INT64_MAX : -INT64_MAX - 1n;
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return BigInt(Math.round(value));
  return BigInt(floor % 2 === 0 ? floor : floor + 1);
}

function unsigned(data: Uint8Array, at: number, lengthBytes: number): bigint | null {
  if (at + lengthBytes > data.length) return null;
  let value = 0n;
  for (let i = lengthBytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(data[at + i] as number);
  return value;
}

/** Byte of the file where byte `at` of the joined stream lies. */
function placeOf(extents: readonly Extent[], at: number): number {
  let rest = at;
  for (const extent of extents) {
    if (rest < extent.lengthBytes) return extent.atByte + rest;
    rest -= extent.lengthBytes;
  }
  return rest;
}
