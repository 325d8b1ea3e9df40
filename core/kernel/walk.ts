/** Feeds the bytes of one record stream to the kernel, window by window, and keeps the account of them. */
import { fileOffset, firstExtents, sizeOf } from "../bus/extents.ts";
import type { Extent, RecordStream } from "../bus/layout.ts";
import { type Fault, isOfOneObject, type Notice } from "../fault.ts";
import { damageNotice } from "../mdf/block.ts";
import { streamExtents } from "../mdf/data-stream.ts";
import { StreamReader } from "../mdf/stream-reader.ts";
import { needsValueOrder, withValueOrder } from "../mdf/value-order.ts";
import { countingSource, none } from "../store/counting.ts";
import type { ByteSource } from "../store/source.ts";
import {
  CARRY_BYTES_MAX,
  HEAD,
  Head,
  Stop,
  VALUE_WINDOW_BYTES,
  VALUE_WINDOW_STRIDE,
  VALUE_WINDOWS,
  VALUES,
  VLSD,
  VLSD_SLOT_BYTES,
  Walk,
  WINDOW,
  WINDOW_BYTES,
} from "./abi.ts";
import type { Kernel } from "./kernel.ts";
import { loadRecords } from "./records.ts";
import type { StreamPlan, StreamTimes } from "./stream-times.ts";

export interface WalkHost {
  readonly signal: AbortSignal;
  /** Called after each window with the bytes done; long work gives way here (design, decision 14). */
  readonly onWindow: (bytes: number) => Promise<void> | undefined;
  /** Columns or rows are full. */
  readonly onFull?: () => void;
  /** HEAD.newKey names a parameter group and source address not seen before; must add it. */
  readonly onNewSource?: (key: bigint) => void;
  /** What is known of the stream's times: a walk over all of it adds to that. */
  readonly times?: StreamTimes;
  /** Only these parts of the stream. */
  readonly plan?: Omit<StreamPlan, "covered"> | null;
}

export interface WalkResult {
  /** Bytes of whole records. */
  readonly recordBytes: number;
  /** Bytes behind the last whole record. */
  readonly tailBytes: number;
  /** Bytes taken from the source. */
  readonly bytesRead: number;
  readonly notices: readonly Notice[];
  /** A part of a plan did not end with a record, or the store failed: what was read of it proves nothing. */
  readonly isUnsure: boolean;
}

/** A value stream may be read this often over, if frames refer to it out of order; then the rest counts as without payload. */
const VALUE_REREADS_MAX = 4;

/** Walks a whole stream. Faults: those of the source. Damage ends the stream with a notice and leaves the rest as tail. */
export async function walkStream(
  kernel: Kernel,
  source: ByteSource,
  stream: RecordStream,
  walk: number,
  host: WalkHost,
): Promise<WalkResult> {
  const unread = countedUnread(kernel, source, stream);
  if (unread) return unread;
  const { valueStreams } = loadRecords(kernel, stream, source.key);
  const counts = none();
  const counted = countingSource(source, counts);
  const values = new ValueWindows(
    kernel,
    counted,
    valueStreams.map((payload) => payload.extents),
    host.signal,
  );
  const notices: Notice[] = [];
  const extents = wholeRecords(stream);
  const totalBytes = sizeOf(stream.extents);
  const askedBytes = sizeOf(extents);
  const plan = host.plan ?? null;
  const framesBefore = kernel.counter(Head.frames);
  /** What was read, for the sentence that says where it ended. */
  const readSoFar = (): Required<Fault>["read"] => ({
    frames: kernel.counter(Head.frames) - framesBefore,
    leftBytes: totalBytes - doneBytes,
  });
  // Values in order are counted from the first: such a stream is always walked whole.
  const isInOrder = needsValueOrder(stream);
  const recorder = plan === null && !isInOrder ? (host.times?.recorder(askedBytes) ?? null) : null;
  const parts = plan?.parts ?? [{ fromByte: 0, toByte: askedBytes, valueOffsets: [] }];
  let doneBytes = 0;
  let carryBytes = 0;
  let isDamaged = false;
  let hasFailed = false;
  let isUnsure = false;

  const run = async (start: number, end: number, isLast: boolean): Promise<number> => {
    kernel.setHead(Head.isLast, isLast ? 1 : 0);
    let at = start;
    while (true) {
      at = walk === Walk.Decode ? kernel.exports.scanDecode(at, end) : kernel.exports.scanOther(at, end, walk);
      const stop = kernel.head(Head.stop);
      if (stop === Stop.Done || stop === Stop.NeedMore) return at;
      if (stop === Stop.OutputFull) host.onFull?.();
      else if (stop === Stop.NewSource) host.onNewSource?.(kernel.view.getBigUint64(HEAD + Head.newKey, true));
      else if (stop === Stop.NeedValue)
        await values.load(kernel.head(Head.valueSlot), kernel.view.getBigUint64(HEAD + Head.valueOffset, true));
      else {
        isDamaged = true;
        return at;
      }
    }
  };

  try {
    for (const part of parts) {
      doneBytes = part.fromByte;
      carryBytes = 0;
      seekValues(kernel, part.valueOffsets);
      const stored = streamExtents(counted, extents, kernel.codecs, host.signal, part);
      for await (const window of isInOrder ? withValueOrder(stored, stream) : stored) {
        for (let from = 0; from < window.length && !isDamaged; from += WINDOW_BYTES) {
          const piece = window.subarray(from, from + WINDOW_BYTES);
          kernel.bytes.set(piece, WINDOW);
          const start = WINDOW - carryBytes;
          const end = WINDOW + piece.length;
          const isLast = doneBytes + carryBytes + piece.length === part.toByte;
          const stopped = await run(start, end, isLast);
          recorder?.add(kernel, start, stopped);
          doneBytes += stopped - start;
          carryBytes = end - stopped;
          if (isDamaged) break;
          if (carryBytes > CARRY_BYTES_MAX) {
            isDamaged = true;
            const atByte = fileOffset(extents, doneBytes);
            const text = `${source.key}: the record at byte ${atByte} is longer than ${CARRY_BYTES_MAX} bytes; what follows it is not read`;
            notices.push({
              severity: "warning",
              text,
              fault: {
                code: "limit/too-large",
                message: text,
                object: source.key,
                atByte,
                found: carryBytes,
                allowed: CARRY_BYTES_MAX,
              },
            });
            break;
          }
          kernel.bytes.copyWithin(WINDOW - carryBytes, stopped, end);
          const pause = host.onWindow(piece.length);
          if (pause) await pause;
        }
        if (isDamaged) break;
      }
      isUnsure ||= carryBytes > 0;
      if (isDamaged) break;
    }
  } catch (error) {
    // What was read stays.
    if (!isOfOneObject(error)) throw error;
    isDamaged = true;
    hasFailed = true;
    notices.push(notReadOn(source.key, error.fault, fileOffset(extents, doneBytes), readSoFar()));
  } finally {
    await values.close();
  }
  const lost = kernel.exports.dropWaiting();
  if (lost > 0) {
    const text = `${source.key}: ${lost} frames at the end have lost their payload`;
    notices.push({ severity: "warning", text });
  }
  if (isDamaged && notices.every((notice) => notice.fault === undefined))
    notices.push(damaged(source.key, kernel, fileOffset(extents, doneBytes), readSoFar()));
  else if (!isDamaged && carryBytes > 0)
    notices.push(cutRecord(source.key, fileOffset(extents, doneBytes), carryBytes, readSoFar()));
  if (values.isExhausted) {
    notices.push({
      severity: "warning",
      text: `${source.key}: values lie too far out of order; frames whose value was not at hand are counted as without payload`,
    });
  }
  if (plan !== null) {
    countSkipped(kernel, plan);
    return { ...plan.end, bytesRead: counts.bytes, isUnsure: isUnsure || isDamaged || lost > 0 };
  }
  const end = { recordBytes: doneBytes, tailBytes: totalBytes - doneBytes, notices };
  if (!hasFailed) recorder?.end(end);
  return { ...end, bytesRead: counts.bytes, isUnsure: false };
}

/** The walk goes on in the middle of a stream: the next value of each VLSD group lies where the records before it say. */
function seekValues(kernel: Kernel, offsets: readonly number[]): void {
  for (const [slot, offset] of offsets.entries()) kernel.setU64(VLSD + slot * VLSD_SLOT_BYTES, BigInt(offset));
}

/** Records that are not read are counted all the same, as the walk before found them. Frames of signals: by the pass, as out of range. */
function countSkipped(kernel: Kernel, { skipped }: Pick<StreamPlan, "skipped">): void {
  const add = (counter: number, by: number) =>
    kernel.setU64(HEAD + counter, kernel.view.getBigUint64(HEAD + counter, true) + BigInt(by));
  add(Head.frames, skipped.frames + skipped.otherFrames);
  add(Head.otherKind, skipped.otherFrames);
  add(Head.otherRecords, skipped.otherRecords);
}

/** Records of one group that holds no frames, back to back: their number follows from their size, so that none of them is read. */
function countedUnread(kernel: Kernel, source: ByteSource, stream: RecordStream): WalkResult | null {
  const [only] = stream.layouts;
  if (stream.recordIdBytes !== 0 || !only || only.frame !== null || only.isVlsd || only.recordBytes === 0) return null;
  const extents = wholeRecords(stream);
  const cutBytes = sizeOf(extents) % only.recordBytes;
  const recordBytes = sizeOf(extents) - cutBytes;
  const before = kernel.view.getBigUint64(HEAD + Head.otherRecords, true);
  kernel.setU64(HEAD + Head.otherRecords, before + BigInt(recordBytes / only.recordBytes));
  const notices = cutBytes > 0 ? [cutRecord(source.key, fileOffset(extents, recordBytes), cutBytes, null)] : [];
  return { recordBytes, tailBytes: sizeOf(stream.extents) - recordBytes, bytesRead: 0, notices, isUnsure: false };
}

/** A finalized sorted group has as many records as its cycle count says, or fewer if the bytes end before. */
function wholeRecords(stream: RecordStream): readonly Extent[] {
  const [only] = stream.layouts;
  if (stream.recordIdBytes !== 0 || !only) return stream.extents;
  if (only.recordBytes === 0) return []; // only virtual channels: there is nothing to walk over
  if (only.cycleCount === null) return stream.extents;
  return firstExtents(stream.extents, only.cycleCount * only.recordBytes);
}

type WasRead = Required<Fault>["read"];

const frames = (count: number): string => `${count} frame${count === 1 ? "" : "s"}`;
const isOne = (count: number): string => (count === 1 ? "is" : "are");
/** "131007 frames before it are shown, 2100000 bytes after it are not" */
const shownText = (read: WasRead): string =>
  `${frames(read.frames)} before it ${isOne(read.frames)} shown, ${read.leftBytes} bytes after it are not`;

/** A block that cannot be unpacked, or a store that failed half way. */
function notReadOn(key: string, fault: Fault, atByte: number, read: WasRead): Notice {
  const isOfFile = fault.code.startsWith("input/") || fault.code.startsWith("limit/");
  if (isOfFile) return damageNotice({ ...fault, read }, `${shownText(read)}.`);
  const text = `${key} could not be read on from byte ${atByte}: ${fault.message}. What lies before it is shown`;
  return { severity: "error", text, fault };
}

function damaged(key: string, kernel: Kernel, atByte: number, read: WasRead): Notice {
  const badId = kernel.head(Head.badId);
  const message = `is damaged at byte ${atByte}: record id ${badId} is not in the file's list. ${shownText(read)}`;
  const allowed = "a record id of the file";
  return {
    severity: "warning",
    text: `${key} ${message}`,
    fault: { code: "input/bad-record", message, object: key, atByte, found: badId, allowed, read },
  };
}

/** `read` null: the records hold no frames. */
function cutRecord(key: string, atByte: number, carryBytes: number, read: WasRead | null): Notice {
  const shown =
    read === null
      ? "All complete records are read"
      : read.frames === 1
        ? "The one complete frame is shown"
        : `All ${read.frames} complete frames are shown`;
  const message = `ends in the middle of a record at byte ${atByte} (${carryBytes} bytes of it are there). ${shown}`;
  const fault = { code: "input/truncated", message, object: key, atByte, found: carryBytes, allowed: "a whole record" } as const;
  return { severity: "info", text: `${key} ${message}`, fault: read === null ? fault : { ...fault, read } };
}

/** The windows of SD values the kernel looks into; loaded when it asks. */
class ValueWindows {
  readonly #kernel: Kernel;
  readonly #streams: readonly StreamReader[];
  isExhausted = false;

  constructor(kernel: Kernel, source: ByteSource, streams: readonly (readonly Extent[])[], signal: AbortSignal) {
    this.#kernel = kernel;
    this.#streams = streams.map((extents) => new StreamReader(source, extents, kernel.codecs, signal));
  }

  async load(stream: number, offset: bigint): Promise<void> {
    const reader = this.#streams[stream];
    const total = reader?.sizeBytes ?? 0;
    const start = offset < BigInt(total) ? Number(offset) : total;
    let length = Math.min(VALUE_WINDOW_BYTES, total - start);
    if (reader && reader.workBytes + length > VALUE_REREADS_MAX * total + VALUE_WINDOW_BYTES) {
      this.isExhausted = true;
      length = 0;
    }
    const slot = stream & 3;
    const bytes = reader && length > 0 ? await reader.read(start, length) : new Uint8Array();
    this.#kernel.bytes.set(bytes, VALUES + slot * VALUE_WINDOW_STRIDE);
    const window = VALUE_WINDOWS + slot * 32;
    this.#kernel.setU32(window, stream);
    this.#kernel.setU32(window + 4, start + bytes.length >= total || this.isExhausted ? 1 : 0);
    this.#kernel.setU64(window + 8, this.isExhausted || start === total ? offset : BigInt(start));
    this.#kernel.setU32(window + 16, bytes.length);
  }

  async close(): Promise<void> {
    for (const reader of this.#streams) await reader.close();
  }
}
