/** Who was heard in a log: one row per bus, channel, kind and identifier, from one walk that looks at no payload. */
import type { FrameKind } from "../bus/layout.ts";
import type { Notice } from "../fault.ts";
import type { MdfFile } from "../mdf/file.ts";
import type { ByteSource } from "../store/source.ts";
import { HEAD, HEARD_BYTES, HEARD_PLACES, Head, Heard, OUT, Walk } from "./abi.ts";
import { type DecodeHost, type FrameCounts, readCounts } from "./decode.ts";
import type { Kernel } from "./kernel.ts";
import { FRAME_KINDS } from "./records.ts";
import type { StreamPlan } from "./stream-times.ts";
import { walkStream } from "./walk.ts";

/** Times are ns since the file's start. */
export interface HeardRow {
  readonly bus: "CAN" | "LIN";
  readonly channel: number;
  readonly kind: FrameKind;
  readonly id: number;
  readonly extended: boolean;
  readonly frames: number;
  /** Smallest and largest time, not first and last stored. */
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  /** DataLength; 255 if the records have no such member. */
  readonly minBytes: number;
  readonly maxBytes: number;
}

export interface HeardResult {
  /** Sorted by bus, channel, kind, identifier, extended. */
  readonly ids: readonly HeardRow[];
  /** `used` = frames of the rows; `unmatched` = frames of identifiers for which the table had no place. */
  readonly counts: FrameCounts;
  readonly recordBytes: number;
  readonly tailBytes: number;
  readonly bytesRead: number;
  readonly notices: readonly Notice[];
}

/** Half of the table stays empty, so that a look-up is short. */
const HEARD_IDS_MAX = HEARD_PLACES / 2;

export interface HearHost extends DecodeHost {
  /** Called after each window; `rowsSoFar`: the rows up to there. */
  readonly onHeard?: (rowsSoFar: () => readonly HeardRow[], windowBytes: number) => void;
}

/**
 * One pass over all streams of a log, or over one range of whole records of each. Faults: those of the source. Frames whose value never came
 * count too: they were heard.
 */
export async function readHeard(
  kernel: Kernel,
  source: ByteSource,
  mdf: MdfFile,
  host: HearHost,
  ranges?: readonly { readonly fromByte: number; readonly toByte: number }[],
): Promise<HeardResult> {
  kernel.bytes.fill(0, HEAD + Head.frames, HEAD + Head.notAvailable + 8);
  kernel.bytes.fill(0, OUT, OUT + HEARD_PLACES * HEARD_BYTES);
  kernel.setHead(Head.idCount, 0);
  kernel.setHead(Head.idCountMax, HEARD_IDS_MAX);
  let recordBytes = 0;
  let tailBytes = 0;
  let bytesRead = 0;
  const notices: Notice[] = [];
  const { onHeard } = host;
  const onWindow = (bytes: number) => {
    onHeard?.(() => rowsOf(kernel), bytes);
    return host.onWindow(bytes);
  };
  for (const [number, stream] of mdf.streams.entries()) {
    const times = host.logTimes?.stream(number);
    const range = ranges?.[number];
    if (range !== undefined && range.fromByte >= range.toByte) continue;
    const walked = await walkStream(kernel, source, stream, Walk.Hear, {
      ...host,
      ...(onHeard ? { onWindow } : {}),
      ...(times ? { times } : {}),
      ...(range ? { plan: planOf(range) } : {}),
    });
    recordBytes += walked.recordBytes;
    tailBytes += walked.tailBytes;
    bytesRead += walked.bytesRead;
    notices.push(...walked.notices);
  }
  const unheard = kernel.counter(Head.unheard);
  if (unheard > 0) {
    notices.push({
      severity: "warning",
      text: `${source.key}: more than ${HEARD_IDS_MAX} identifiers; ${unheard} frames of the others are only counted`,
    });
  }
  const counts = readCounts(kernel);
  const heardCounts = { ...counts, used: counts.frames - unheard, unmatched: unheard };
  return { ids: rowsOf(kernel), counts: heardCounts, recordBytes, tailBytes, bytesRead, notices };
}

/** A range that is all there is. */
const planOf = (range: { readonly fromByte: number; readonly toByte: number }): Omit<StreamPlan, "covered"> => ({
  parts: [{ ...range, valueOffsets: [] }],
  skipped: { frames: 0, otherFrames: 0, otherRecords: 0 },
  end: { recordBytes: range.toByte - range.fromByte, tailBytes: 0, notices: [] },
});

function rowsOf(kernel: Kernel): HeardRow[] {
  const rows: HeardRow[] = [];
  const count = kernel.head(Head.idCount);
  for (let at = OUT; rows.length < count; at += HEARD_BYTES) {
    const frames = kernel.u32(at + Heard.count) + kernel.u32(at + Heard.count + 4) * 2 ** 32;
    if (frames > 0) rows.push(rowAt(kernel, at, frames));
  }
  return rows.sort(
    (a, b) =>
      compare(a.bus, b.bus) ||
      a.channel - b.channel ||
      compare(a.kind, b.kind) ||
      a.id - b.id ||
      Number(a.extended) - Number(b.extended),
  );
}

/** Key: id | extended << 29, channel << 32, bus << 40, kind << 48. */
function rowAt(kernel: Kernel, at: number, frames: number): HeardRow {
  const low = kernel.u32(at);
  const high = kernel.u32(at + 4);
  return {
    bus: ((high >>> 8) & 1) === 1 ? "LIN" : "CAN",
    channel: high & 0xff,
    kind: FRAME_KINDS[high >>> 16] ?? "data",
    id: low & 0x1fffffff,
    extended: (low & 0x20000000) !== 0,
    frames,
    firstNs: kernel.view.getBigInt64(at + Heard.first, true),
    lastNs: kernel.view.getBigInt64(at + Heard.last, true),
    minBytes: kernel.bytes[at + Heard.minBytes] ?? 0,
    maxBytes: kernel.bytes[at + Heard.maxBytes] ?? 0,
  };
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
