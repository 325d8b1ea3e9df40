/** Who is heard in the first and the last bytes of a log: what a person sees before the whole of a large one is walked. */
import { sizeOf } from "../bus/extents.ts";
import type { RecordStream } from "../bus/layout.ts";
import { readExtents } from "../mdf/data-stream.ts";
import type { MdfFile } from "../mdf/file.ts";
import { recordStart } from "../mdf/record-chain.ts";
import { needsValueOrder } from "../mdf/value-order.ts";
import type { ByteSource } from "../store/source.ts";
import type { DecodeHost } from "./decode.ts";
import { type HeardRow, readHeard } from "./heard.ts";
import type { Kernel } from "./kernel.ts";

export interface HeardStretch {
  readonly ids: readonly HeardRow[];
  /** Of the record bytes that hold frames, how many were walked: over 0 and below 1. */
  readonly share: number;
  /** The last bytes were among them: the largest time of the rows is the log's, but for disorder. */
  readonly hasEnd: boolean;
}

/** Of one stream. */
interface Range {
  readonly fromByte: number;
  readonly toByte: number;
}

/** Looked at for the end; a quarter of them finds where records begin. */
const END_BYTES = 128 * 1024;
const STREAM_BYTES_LEAST = 16 * 1024;

/** Walks about `firstBytes` at the start, and the end. Faults: those of the source. null: nothing can be said without a walk from the start to the end. */
export async function readStretch(
  kernel: Kernel,
  source: ByteSource,
  mdf: MdfFile,
  firstBytes: number,
  host: DecodeHost,
): Promise<HeardStretch | null> {
  const held = mdf.streams.map((stream) => (holdsFrames(stream) ? bytesOf(stream) : 0));
  const all = held.reduce((sum, bytes) => sum + bytes, 0);
  if (all === 0) return null;
  // Each stream by its size, so that none is counted for more than it holds.
  const own = (ofAll: number, bytes: number): number => Math.max(STREAM_BYTES_LEAST, Math.floor((ofAll * bytes) / all));
  const first = held.map((bytes) => ({ fromByte: 0, toByte: Math.min(bytes, own(firstBytes, bytes)) }));
  const begin = await heardIn(kernel, source, mdf, first, host);
  if (begin.length === 0) return null;
  const ends: Range[] = [];
  for (const [i, stream] of mdf.streams.entries()) {
    const toByte = held[i] ?? 0;
    const fromByte = Math.max(first[i]?.toByte ?? 0, toByte - own(END_BYTES, toByte));
    ends.push(await endOf(kernel, source, stream, { fromByte, toByte }, host));
  }
  const end = await heardIn(kernel, source, mdf, ends, host);
  const isEnd = isOfOneLog(begin, end);
  const walked = sum(first) + (isEnd ? sum(ends) : 0);
  return { ids: isEnd ? joined(begin, end) : begin, share: walked / all, hasEnd: isEnd };
}

const holdsFrames = (stream: RecordStream): boolean =>
  stream.layouts.some(({ frame }) => frame !== null) && !needsValueOrder(stream);

const sum = (ranges: readonly Range[]): number => ranges.reduce((total, { fromByte, toByte }) => total + toByte - fromByte, 0);

/** Whole records, as far as the file says. */
function bytesOf({ recordIdBytes, layouts, extents }: RecordStream): number {
  const [only] = layouts;
  const there = sizeOf(extents);
  if (recordIdBytes !== 0 || !only || only.recordBytes === 0) return there;
  const counted = only.cycleCount === null ? there : Math.min(there, only.cycleCount * only.recordBytes);
  return counted - (counted % only.recordBytes);
}

/** Whole records in the last bytes of a stream; nothing where none can be told. */
async function endOf(
  kernel: Kernel,
  source: ByteSource,
  stream: RecordStream,
  { fromByte, toByte }: Range,
  host: DecodeHost,
): Promise<Range> {
  const nothing = { fromByte: toByte, toByte };
  if (fromByte >= toByte) return nothing;
  const recordBytes = stream.layouts[0]?.recordBytes ?? 1;
  if (stream.recordIdBytes === 0)
    return { fromByte: toByte - Math.floor((toByte - fromByte) / recordBytes) * recordBytes, toByte };
  const bytes = await readExtents(source, stream.extents, kernel.codecs, host.signal, { fromByte, toByte });
  const start = recordStart(bytes, stream);
  return start === null ? nothing : { fromByte: fromByte + start, toByte };
}

async function heardIn(kernel: Kernel, source: ByteSource, mdf: MdfFile, ranges: readonly Range[], host: DecodeHost) {
  const { signal, onWindow } = host; // a part teaches nothing about the times of the whole
  const { ids } = await readHeard(kernel, source, mdf, { signal, onWindow }, ranges);
  return ids;
}

/** Records found in the wrong place give identifiers that nobody sends, and times that never were. */
function isOfOneLog(begin: readonly HeardRow[], end: readonly HeardRow[]): boolean {
  const known = new Set(begin.map(nameOf));
  const frames = (rows: readonly HeardRow[]): number => rows.reduce((total, row) => total + row.frames, 0);
  const startNs = begin.reduce((first, { firstNs }) => (firstNs < first ? firstNs : first), begin[0]?.firstNs ?? 0n);
  const isInTime = end.every(({ firstNs, lastNs }) => firstNs >= startNs && lastNs - startNs < SPAN_NS_MAX);
  return isInTime && end.length > 0 && frames(end.filter((row) => known.has(nameOf(row)))) * 2 >= frames(end);
}

/** Samples later than this after a log's start are not shown either (core/query/log-plan.ts, REACH_NS). */
const SPAN_NS_MAX = 90n * 86_400_000_000_000n;

const nameOf = ({ bus, channel, kind, id, extended }: HeardRow): string => `${bus}${channel} ${kind} ${id} ${extended}`;

function joined(begin: readonly HeardRow[], end: readonly HeardRow[]): HeardRow[] {
  const rows = new Map(begin.map((row) => [nameOf(row), row]));
  for (const row of end) {
    const there = rows.get(nameOf(row));
    rows.set(nameOf(row), there === undefined ? row : together(there, row));
  }
  return [...rows.values()];
}

const together = (a: HeardRow, b: HeardRow): HeardRow => ({
  ...a,
  frames: a.frames + b.frames,
  firstNs: a.firstNs < b.firstNs ? a.firstNs : b.firstNs,
  lastNs: a.lastNs > b.lastNs ? a.lastNs : b.lastNs,
  minBytes: Math.min(a.minBytes, b.minBytes),
  maxBytes: Math.max(a.maxBytes, b.maxBytes),
});
