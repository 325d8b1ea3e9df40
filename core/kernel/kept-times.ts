/** Which times lie where in the streams of a log, as a document and back. */
import { arrayOf, canBeKept, countOf, listOf, noticesOf, objectOf, timeOf } from "./kept-values.ts";
import { CHUNKS_MAX, type Chunk, type FoundTimes } from "./stream-times.ts";

const STREAMS_MAX = 4096;
const SLOTS_MAX = 64;

/** null: it is not to be kept, since the next time may say otherwise. */
export function timesDocument(streams: readonly (FoundTimes | null)[]): object | null {
  if (streams.some((found) => found !== null && !canBeKept(found.end.notices))) return null;
  return {
    streams: streams.map((found) => {
      if (found === null) return null;
      const rows = found.chunks.map((chunk) => [
        chunk.fromByte,
        chunk.frames,
        chunk.otherFrames,
        chunk.otherRecords,
        `${chunk.earliestNs}`,
        `${chunk.latestNs}`,
        chunk.valueOffsets,
      ]);
      return { ...found.end, chunks: rows };
    }),
  };
}

/** null: it is none, or not one of ours. */
export function parseTimes(value: unknown): readonly (FoundTimes | null)[] | null {
  const streams = listOf(objectOf(value)?.streams, STREAMS_MAX, (one) => (one === null ? [null] : wrapped(foundOf(one))));
  return streams?.flat() ?? null;
}

const wrapped = (found: FoundTimes | null): [FoundTimes] | null => (found === null ? null : [found]);

function foundOf(value: unknown): FoundTimes | null {
  const given = objectOf(value);
  if (given === null) return null;
  const [recordBytes, tailBytes] = [countOf(given.recordBytes), countOf(given.tailBytes)];
  const notices = noticesOf(given.notices);
  const chunks = listOf(given.chunks, CHUNKS_MAX, chunkOf);
  if (recordBytes === null || tailBytes === null || notices === null || chunks === null) return null;
  // One after the other from the first byte, or parts of the log would never be read.
  const inOrder = chunks.every(({ fromByte }, i) => (i === 0 ? fromByte === 0 : fromByte > (chunks[i - 1]?.fromByte ?? 0)));
  const isInside = (chunks.at(-1)?.fromByte ?? 0) <= recordBytes && (chunks.length > 0 || recordBytes === 0);
  return inOrder && isInside ? { chunks, end: { recordBytes, tailBytes, notices } } : null;
}

function chunkOf(value: unknown): Chunk | null {
  const given = arrayOf(value, 7);
  if (given === null || given.length !== 7) return null;
  const [fromByte, frames] = [countOf(given[0]), countOf(given[1])];
  const [otherFrames, otherRecords] = [countOf(given[2]), countOf(given[3])];
  const [earliestNs, latestNs] = [timeOf(given[4]), timeOf(given[5])];
  const valueOffsets = listOf(given[6], SLOTS_MAX, (offset) => countOf(offset));
  if (fromByte === null || frames === null || otherFrames === null || otherRecords === null) return null;
  if (earliestNs === null || latestNs === null || valueOffsets === null) return null;
  return { fromByte, frames, otherFrames, otherRecords, earliestNs, latestNs, valueOffsets };
}
