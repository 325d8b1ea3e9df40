/** Time of a log's earliest record, from the records after the header alone. */
import { sizeOf } from "../bus/extents.ts";
import type { RecordLayout, RecordStream, TimeField } from "../bus/layout.ts";
import type { Codecs } from "../kernel/codecs.ts";
import { readExtents } from "../mdf/data-stream.ts";
import type { MdfFile } from "../mdf/file.ts";
import { readRecordId } from "../mdf/record-id.ts";
import type { ByteSource } from "../store/source.ts";

/** Generation D stores records up to 0.99 s behind others (formats: canedge.md §6). */
export const DISORDER_NS = 2_000_000_000;
/** Two seconds of two busy buses are about 300 kB; a stream whose time stands still ends the search here. */
const PROBE_BYTES_MAX = 2 * 1024 * 1024;
const PROBE_BYTES_FIRST = 32 * 1024;
const PROBE_GROWTH = 4;

/** ns since 1970; null if no group with frames holds a record. */
export interface FirstTimes {
  readonly earliestNs: bigint | null;
  /** Of the record that is stored first, which another one may precede in time. */
  readonly storedFirstNs: bigint | null;
}

/** Reads a few ranges of `source`. Faults: `storage/*`. */
export async function firstTimes(file: MdfFile, source: ByteSource, codecs: Codecs, signal: AbortSignal): Promise<FirstTimes> {
  let earliest: bigint | null = null;
  let storedFirst: bigint | null = null;
  for (const stream of file.streams) {
    if (!stream.layouts.some((layout) => layout.frame !== null)) continue;
    const found = await firstOfStream(stream, source, codecs, signal);
    storedFirst ??= found.storedFirstNs;
    if (found.earliestNs !== null && (earliest === null || found.earliestNs < earliest)) earliest = found.earliestNs;
  }
  const absolute = (timeNs: bigint | null) => (timeNs === null ? null : file.header.startNs + timeNs);
  return { earliestNs: absolute(earliest), storedFirstNs: absolute(storedFirst) };
}

async function firstOfStream(stream: RecordStream, source: ByteSource, codecs: Codecs, signal: AbortSignal): Promise<FirstTimes> {
  const lengthBytes = sizeOf(stream.extents);
  for (let probe = PROBE_BYTES_FIRST; ; probe *= PROBE_GROWTH) {
    const bytes = await readExtents(source, stream.extents, codecs, signal, { toByte: Math.min(probe, lengthBytes) });
    const found = walk(stream, bytes);
    if (found.isEnough || probe >= Math.min(lengthBytes, PROBE_BYTES_MAX)) return found;
  }
}

/** Times since the file's start. */
interface Walked extends FirstTimes {
  /** More records cannot be earlier, or cannot be reached. */
  readonly isEnough: boolean;
}

function walk(stream: RecordStream, bytes: Uint8Array): Walked {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const layouts = new Map(stream.layouts.toReversed().map((layout) => [layout.recordId, layout]));
  let first = Number.NaN;
  let earliest = Number.POSITIVE_INFINITY;
  let earliestNs: bigint | null = null;
  let storedFirstNs: bigint | null = null;
  let isEnough = false;
  for (let at = 0; at + stream.recordIdBytes <= bytes.length && !isEnough; ) {
    const layout = stream.recordIdBytes === 0 ? stream.layouts[0] : layouts.get(readRecordId(view, at, stream.recordIdBytes));
    const record = at + stream.recordIdBytes;
    const end = layout === undefined ? Number.NaN : endOfRecord(view, layout, record);
    if (layout === undefined || end === at) return { earliestNs, storedFirstNs, isEnough: true };
    if (!(end <= bytes.length)) break;
    at = end;
    if (layout.frame === null) continue;
    const timeNs = nearlyNs(view, layout.frame.time, record);
    // A float may hold anything.
    if (!Number.isFinite(timeNs)) continue;
    if (Number.isNaN(first)) first = timeNs;
    if (timeNs < earliest) {
      earliest = timeNs;
      earliestNs = exactNs(view, layout.frame.time, record);
      storedFirstNs ??= earliestNs; // the first of all is the earliest so far
    }
    isEnough = timeNs - first > DISORDER_NS;
  }
  return { earliestNs, storedFirstNs, isEnough };
}

/** NaN if the length itself is cut off. */
function endOfRecord(view: DataView, layout: RecordLayout, record: number): number {
  if (!layout.isVlsd) return record + layout.recordBytes;
  return record + 4 <= view.byteLength ? record + 4 + view.getUint32(record, true) : Number.NaN;
}

/** Rounded above 2^53. */
function readUint(view: DataView, at: number, lengthBytes: number): number {
  let value = 0;
  for (let i = lengthBytes - 1; i >= 0; i--) value = value * 256 + view.getUint8(at + i);
  return value;
}

/** For comparing: off by less than a µs in the first 3,000 years. A bigint per record would take ten times as long. */
function nearlyNs(view: DataView, time: TimeField, record: number): number {
  const real = realNs(view, time, record);
  if (real !== null) return real;
  const isPlain = time.encoding === "uint" && !time.isBigEndian && time.bitOffset === 0 && time.bitCount % 8 === 0;
  if (isPlain) return readUint(view, record + time.atByte, time.bitCount / 8) * time.scaleNs;
  return Number(exactNs(view, time, record));
}

/** golden README §1, "record time": integers exactly, floats to the nearest, ties to even. `nearlyNs` of it must be finite. */
function exactNs(view: DataView, time: TimeField, record: number): bigint {
  const real = realNs(view, time, record);
  return real === null ? exactInteger(view, time, record) * BigInt(time.scaleNs) : roundHalfEven(real);
}

/** ns not yet rounded; null for an integer that counts whole ns. */
function realNs(view: DataView, time: TimeField, record: number): number | null {
  const { linear } = time;
  if (time.encoding !== "f64" && time.encoding !== "f32" && !linear) return null;
  const raw = realRaw(view, time, record);
  return linear ? (linear.offset + linear.factor * raw) * 1e9 : raw * time.scaleNs;
}

function realRaw(view: DataView, time: TimeField, record: number): number {
  const at = record + time.atByte;
  if (time.encoding === "f64") return view.getFloat64(at, !time.isBigEndian);
  if (time.encoding === "f32") return view.getFloat32(at, !time.isBigEndian);
  return Number(exactInteger(view, time, record));
}

function exactInteger(view: DataView, time: TimeField, record: number): bigint {
  let raw = 0n;
  const byteCount = Math.ceil((time.bitOffset + time.bitCount) / 8);
  const [first, step] = time.isBigEndian ? [0, 1] : [byteCount - 1, -1];
  for (let i = 0; i < byteCount; i++) raw = (raw << 8n) | BigInt(view.getUint8(record + time.atByte + first + step * i));
  raw >>= BigInt(time.bitOffset);
  return time.encoding === "int" ? BigInt.asIntN(time.bitCount, raw) : BigInt.asUintN(time.bitCount, raw);
}

function roundHalfEven(value: number): bigint {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return BigInt(Math.round(value));
  return BigInt(floor % 2 === 0 ? floor : floor + 1);
}
