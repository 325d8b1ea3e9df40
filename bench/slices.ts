/** Pieces of a workload between record borders, with the times in them: a bucket grid must fit the kernel's 3 MiB of cells. */
import type { RecordStream } from "../core/bus/layout.ts";

export interface Slice {
  readonly startByte: number;
  readonly endByte: number;
  /** Times of the records, half open. */
  readonly fromNs: number;
  readonly toNs: number;
}

/** `count` slices of about the same number of bytes. */
export function slicesOf(bytes: Uint8Array, stream: RecordStream, count: number): Slice[] {
  const isValue = new Uint8Array(256);
  const isFloat = new Uint8Array(256);
  const size = new Uint32Array(256);
  for (const layout of stream.layouts) {
    const recordId = Number(layout.recordId);
    isValue[recordId] = layout.isVlsd ? 1 : 0;
    isFloat[recordId] = layout.frame?.time.encoding === "f64" ? 1 : 0;
    size[recordId] = 1 + layout.recordBytes;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const slices: Slice[] = [];
  let startByte = 0;
  let fromNs = Number.POSITIVE_INFINITY;
  let toNs = 0;
  let at = 0;
  while (at < bytes.length) {
    const recordId = bytes[at] ?? 0;
    if (isValue[recordId]) {
      at += 5 + view.getUint32(at + 1, true);
    } else {
      const due = (slices.length + 1) * (bytes.length / count);
      if (at >= due && slices.length + 1 < count) {
        slices.push({ startByte, endByte: at, fromNs, toNs: toNs + 1 });
        startByte = at;
        fromNs = Number.POSITIVE_INFINITY;
        toNs = 0;
      }
      const timeNs = isFloat[recordId]
        ? Math.round(view.getFloat64(at + 1, true))
        : (view.getUint32(at + 1, true) + view.getUint16(at + 5, true) * 2 ** 32) * 1000;
      if (timeNs < fromNs) fromNs = timeNs;
      if (timeNs > toNs) toNs = timeNs;
      at += size[recordId] ?? 1;
    }
  }
  slices.push({ startByte, endByte: bytes.length, fromNs, toNs: toNs + 1 });
  return slices;
}
