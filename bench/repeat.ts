/** A stretch of record bytes written again and again, its times and payload offsets moved on with every copy. */
import type { RecordStream } from "../core/bus/layout.ts";

/** Where the records of a stream stand, found without the kernel. Frames of generation B carry an offset to move on as well. */
interface Stretch {
  readonly bytes: Uint8Array;
  /** Position of each record with a time, behind its id. */
  readonly recordAt: readonly number[];
  readonly isFloatTime: boolean;
  /** Bytes of the values of a VLSD group, lengths included. */
  readonly valueBytes: number;
}

const B_OFFSET_AT = 14;
const B_RECORD_BYTES = 22;

function stretchOf(bytes: Uint8Array, stream: RecordStream): Stretch {
  const layouts = new Map(stream.layouts.map((layout) => [layout.recordId, layout]));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const recordAt: number[] = [];
  let isFloatTime = false;
  let valueBytes = 0;
  let at = 0;
  while (at + 1 < bytes.length) {
    const layout = layouts.get(bytes[at] ?? 0);
    if (!layout) throw new Error(`byte ${at} starts no record`);
    const length = layout.isVlsd
      ? 4 + (at + 5 <= bytes.length ? view.getUint32(at + 1, true) : bytes.length)
      : layout.recordBytes;
    if (at + 1 + length > bytes.length) break;
    if (layout.isVlsd) valueBytes += length;
    else {
      recordAt.push(at + 1);
      isFloatTime ||= layout.frame?.time.encoding === "f64";
    }
    at += 1 + length;
  }
  return { bytes: bytes.slice(0, at), recordAt, isFloatTime, valueBytes };
}

function timesOf({ bytes, recordAt, isFloatTime }: Stretch): number[] {
  const view = new DataView(bytes.buffer);
  return recordAt.map((at) =>
    isFloatTime ? view.getFloat64(at, true) : (view.getUint32(at, true) + view.getUint16(at + 4, true) * 2 ** 32) * 1000,
  );
}

/** As many copies as fit into `sizeBytes`. Works for record bytes of generations A to D with record ids of one byte. */
export function repeatRecords(records: Uint8Array, stream: RecordStream, sizeBytes: number): Uint8Array {
  const stretch = stretchOf(records, stream);
  const times = timesOf(stretch);
  let lowest = Number.POSITIVE_INFINITY;
  let highest = 0;
  for (const time of times) {
    lowest = Math.min(lowest, time);
    highest = Math.max(highest, time);
  }
  const periodNs = Math.ceil((highest - lowest) / 1e6) * 1e6 + 1e6;
  const copies = Math.max(1, Math.floor(sizeBytes / stretch.bytes.length));
  const all = new Uint8Array(copies * stretch.bytes.length);
  const view = new DataView(all.buffer);
  for (let copy = 0; copy < copies; copy++) {
    const base = copy * stretch.bytes.length;
    all.set(stretch.bytes, base);
    stretch.recordAt.forEach((recordAt, i) => {
      const at = base + recordAt;
      const timeNs = (times[i] ?? 0) + copy * periodNs;
      if (stretch.isFloatTime) {
        view.setFloat64(at, timeNs, true);
        if (stretch.valueBytes === 0) return;
        const isLast = i + 1 === stretch.recordAt.length;
        const nextAt = isLast ? stretch.bytes.length + 1 : (stretch.recordAt[i + 1] ?? 0);
        // Remote and error frames are shorter and have no value.
        if (nextAt - recordAt <= B_RECORD_BYTES + 1) return;
        const offset = view.getUint32(at + B_OFFSET_AT, true) + copy * stretch.valueBytes;
        view.setUint32(at + B_OFFSET_AT, offset, true);
      } else {
        const timeUs = timeNs / 1000;
        view.setUint32(at, timeUs % 2 ** 32, true);
        view.setUint16(at + 4, timeUs / 2 ** 32, true);
      }
    });
  }
  return all;
}
