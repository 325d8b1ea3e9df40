/** What a file may hold unpacked. The packed forms let a byte stand for a thousand; whoever reads them works for what comes out. */
import { sizeOf } from "../bus/extents.ts";
import type { RecordStream } from "../bus/layout.ts";
import { FaultError } from "../fault.ts";
import type { ByteSource } from "../store/source.ts";

/** Logs are packed to a tenth, constant columns to a hundredth. */
const TIMES_MAX = 128;
const FREE_BYTES = 64 * 1024 * 1024;
/** A record is more work than its bytes: of a bus log, packed to a tenth, two bytes hold one. Measured values are counted faster than frames. */
const FRAMES_FREE = 2_000_000;
const FRAMES_PER_BYTE = 4;
const RECORDS_FREE = 4_000_000;
const RECORDS_PER_BYTE = 32;

/** Bytes that a file of this size may hold. */
export const unpackedBytesMax = (sizeBytes: number): number => FREE_BYTES + TIMES_MAX * sizeBytes;

/** Faults: `limit/too-large`. */
export function checkUnpacked(source: ByteSource, recordBytes: number): void {
  const allowed = unpackedBytesMax(source.sizeBytes);
  if (recordBytes <= allowed) return;
  throw new FaultError({
    code: "limit/too-large",
    message: `Its compressed blocks say they hold ${recordBytes} bytes, far more than a log of ${source.sizeBytes} bytes does; up to ${allowed} are read.`,
    object: source.key,
    found: recordBytes,
    allowed,
  });
}

/** As many records as its shortest have room for; values of variable length are no records of their own. Faults: `limit/too-many`. */
export function checkUnpackedRecords(source: ByteSource, { extents, layouts, recordIdBytes }: RecordStream): void {
  const sizes = layouts.filter(({ isVlsd }) => !isVlsd).map(({ recordBytes }) => recordIdBytes + recordBytes);
  const leastBytes = Math.max(
    1,
    sizes.reduce((least, size) => Math.min(least, size), Number.POSITIVE_INFINITY),
  );
  const found = Math.floor(sizeOf(extents) / leastBytes);
  const hasFrames = layouts.some(({ frame }) => frame !== null);
  const allowed = hasFrames
    ? FRAMES_FREE + FRAMES_PER_BYTE * source.sizeBytes
    : RECORDS_FREE + RECORDS_PER_BYTE * source.sizeBytes;
  if (found <= allowed) return;
  throw new FaultError({
    code: "limit/too-many",
    message: `Its compressed blocks say they hold ${found} records, far more than a log of ${source.sizeBytes} bytes does; up to ${allowed} are read.`,
    object: source.key,
    ...(extents[0] === undefined ? {} : { atByte: extents[0].atByte }),
    found,
    allowed,
  });
}
