/** Where to look into a log for a first, coarse picture: evenly spread pieces of its record streams, in the middle of which records are found. */
import { sizeOf } from "../bus/extents.ts";
import type { RecordStream } from "../bus/layout.ts";
import type { Codecs } from "../kernel/codecs.ts";
import type { LogTimes } from "../kernel/log-times.ts";
import type { StreamPart, Times } from "../kernel/stream-times.ts";
import { readExtents } from "../mdf/data-stream.ts";
import type { MdfFile } from "../mdf/file.ts";
import { entryFrom, type StreamEntry, startInside } from "../mdf/stream-entry.ts";
import { needsValueOrder } from "../mdf/value-order.ts";
import type { ByteSource } from "../store/source.ts";

/** A picture of so many places of a log has the shape of the whole. */
const PIECES = 128;
const PIECE_BYTES = 16 * 1024;
/** So much of a piece finds where its records begin, and where their values lie. */
const FIND_BYTES = 4 * 1024;
const READS_AT_ONCE = 16;

/**
 * Parts of each stream. Where its times are known they begin with chunks of the range; else they lie anywhere between its ends, if records can be told
 * there: of one size, or with ids, and not packed.
 */
export async function spreadParts(
  source: ByteSource,
  mdf: MdfFile,
  times: LogTimes,
  range: Times,
  codecs: Codecs,
  signal: AbortSignal,
): Promise<readonly (readonly StreamPart[])[]> {
  const framed = mdf.streams.map((stream) => (stream.layouts.some(({ frame }) => frame !== null) ? sizeOf(stream.extents) : 0));
  const all = Math.max(
    1,
    framed.reduce((sum, bytes) => sum + bytes, 0),
  );
  const parts: (readonly StreamPart[])[] = [];
  for (const [i, stream] of mdf.streams.entries()) {
    const bytes = framed[i] ?? 0;
    const count = bytes === 0 ? 0 : Math.max(4, Math.round((PIECES * bytes) / all));
    if (count === 0 || needsValueOrder(stream)) parts.push([]);
    else
      parts.push(
        times.stream(i).spread(range, count, PIECE_BYTES) ?? (await foundParts(source, stream, bytes, count, codecs, signal)),
      );
  }
  return parts;
}

async function foundParts(
  source: ByteSource,
  stream: RecordStream,
  bytes: number,
  count: number,
  codecs: Codecs,
  signal: AbortSignal,
): Promise<StreamPart[]> {
  const { recordIdBytes, layouts, extents } = stream;
  if (extents.some(({ packed }) => packed !== undefined)) return [];
  const [only] = layouts;
  const places = Array.from({ length: count }, (_, i) => Math.floor((bytes * i) / count));
  const read = (fromByte: number) => readExtents(source, extents, codecs, signal, { fromByte, toByte: fromByte + FIND_BYTES });
  const parts: StreamPart[] = [];
  let readTo = 0;
  for (let first = 0; first < count; first += READS_AT_ONCE) {
    const some = places.slice(first, first + READS_AT_ONCE);
    const looks = recordIdBytes === 0 ? [] : await Promise.all(some.map(read));
    for (const [i, place] of some.entries()) {
      const entry = recordIdBytes === 0 ? sizedEntry(place, only?.recordBytes ?? 1) : foundEntry(place, looks[i], stream);
      if (entry === null || entry.atByte < readTo) continue;
      readTo = Math.min(bytes, entry.atByte + PIECE_BYTES);
      parts.push({ fromByte: entry.atByte, toByte: readTo, valueOffsets: entry.valueOffsets });
    }
  }
  return parts;
}

const sizedEntry = (place: number, recordBytes: number): StreamEntry => ({
  atByte: place - (place % Math.max(1, recordBytes)),
  valueOffsets: [],
});

function foundEntry(place: number, look: Uint8Array | undefined, stream: RecordStream): StreamEntry | null {
  if (place === 0) return { atByte: 0, valueOffsets: [] };
  const start = look === undefined ? null : startInside(look, stream);
  const entry = look === undefined || start === null ? null : entryFrom(look, start, stream);
  return entry && { ...entry, atByte: place + entry.atByte };
}
