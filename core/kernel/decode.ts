/** One log through the kernel: rules in, samples or cells of every series out, every frame accounted for. */
import type { Addressing, TransportProtocol } from "../bus/transport.ts";
import type { StreamKey, TransportAccount } from "../bus/transport-account.ts";
import type { DbcMessage, DbcSignal } from "../dbc/model.ts";
import type { Notice } from "../fault.ts";
import type { MdfFile } from "../mdf/file.ts";
import type { ByteSource } from "../store/source.ts";
import { Head, Walk } from "./abi.ts";
import type { Kernel } from "./kernel.ts";
import type { LogTimes } from "./log-times.ts";
import type { AskedLane } from "./message-tree.ts";
import type { CELLS, LengthPiece } from "./output.ts";
import { Pass } from "./pass.ts";
import type { ColumnPiece } from "./pieces.ts";
import type { AskedKey, MessagePart } from "./program.ts";
import { ALL_TIMES, type StreamPart, type StreamPlan, type Times } from "./stream-times.ts";
import { walkStream } from "./walk.ts";

/** Signals of one DBC message that are asked for, wherever frames carry the key. */
export interface Rule {
  readonly key: AskedKey;
  readonly message: DbcMessage;
  readonly signals: readonly AskedOutput[];
  /** Group rules: identifiers that the same database matches exactly, and which therefore are not of the group. */
  readonly except?: readonly number[];
  /**
   * The message comes reassembled, never as a frame. `iso-tp`, `iso-tp-payload`: an exact key; `j1939-21`, `fast-packet`: a group key. Its time is
   * that of its last frame.
   */
  readonly transport?: TransportProtocol;
  /** ISO-TP; default normal. */
  readonly addressing?: Addressing;
  /** Group rules: only these source addresses. */
  readonly sources?: readonly number[];
}

export interface TransportOptions {
  /** Streams to account for although no rule needs them. */
  readonly streams?: readonly StreamKey[];
  /** Messages that were open when the split before ended: `open` of the accounts of its passes. */
  readonly open?: readonly Uint8Array[];
}

/** What of a signal is given out: see AskedLane. */
export type AskedOutput = Pick<AskedLane, "signal" | "output" | "maxRaw">;

/** Times are ns since the file's start; half open. */
export interface DecodeRange {
  readonly fromNs: bigint;
  readonly toNs: bigint;
  /** Samples' times come out relative to this. */
  readonly baseNs: bigint;
}

export type DecodeOutput =
  | {
      readonly kind: "columns";
      readonly keepLengths: boolean;
      /** Source addresses that each group shall have room for; default 3. */
      readonly sources?: number;
      /** Of a lane with more samples keep those with the earliest times; default all. */
      readonly keepFirst?: number;
      readonly firstFrameTimes?: boolean;
    }
  | {
      readonly kind: keyof typeof CELLS;
      /** Start of bucket 0, relative to `baseNs`. */
      readonly originNs: number;
      readonly stepNs: number;
      readonly bucketCount: number;
      /** One cell more before and behind, for the nearest samples outside the range. */
      readonly neighbours: boolean;
      /** Reassembled messages have the time of their first frame instead of the last, which also says whether they are in range. */
      readonly firstFrameTimes?: boolean;
    };

/** One series of one source address. */
export interface LaneResult {
  readonly rule: number;
  readonly signal: DbcSignal;
  readonly output: "physical" | "raw";
  readonly sourceAddress: number | null;
  /** Columns in stored order per piece; a lane of a multiplexed signal may have several pieces for the same time. */
  readonly pieces: readonly ColumnPiece[];
  /** Samples left out because of `keepFirst`. */
  readonly dropped: number;
  /** Cells, `words` doubles each; with neighbours one before and one behind. */
  readonly cells: Float64Array | null;
  /** Nodes of the multiplexor tree in which the signal stands, for counting short frames. */
  readonly nodes: readonly { readonly at: number; readonly need: number }[];
  readonly rootAt: number;
}

/** Frame counters of one walk, and counters of values: `values = samples + notAvailable`. */
export interface FrameCounts {
  frames: number;
  used: number;
  unmatched: number;
  muxInactive: number;
  tooShort: number;
  outOfRange: number;
  otherKind: number;
  withoutPayload: number;
  otherRecords: number;
  /** Part of `frames`: what a walk before saw to lie outside the range, whatever its identifier; not read again. */
  skipped: number;
  /** Of asked signals in frames that reach them. */
  values: number;
  /** As given out by the kernel. */
  samples: number;
  /** Left out as codes (AskedLane.maxRaw). */
  notAvailable: number;
}

export interface DecodeResult {
  readonly lanes: readonly LaneResult[];
  readonly counts: FrameCounts;
  readonly recordBytes: number;
  readonly tailBytes: number;
  /** Bytes taken from the source, values of SD streams read again included. */
  readonly bytesRead: number;
  readonly notices: readonly Notice[];
  /** By node, when lengths were kept. */
  readonly lengths: ReadonlyMap<number, readonly LengthPiece[]>;
  readonly nodes: ReadonlyMap<number, MessagePart>;
  /** Rules (and source addresses) that found no room: to be asked for in another pass. */
  readonly left: readonly LeftOver[];
  /** null: no rule and no option asks for a transport. */
  readonly transport: TransportAccount | null;
  /** Parts of the log were skipped, and what was read does not stand by itself: it must be read whole. */
  readonly isUnsure: boolean;
  /** Every frame of these times was read, those of the range among them; ns since the file's start. */
  readonly covered: Times;
}

export interface LeftOver {
  readonly rule: number;
  readonly sourceAddress: number | null;
}

export interface DecodeHost {
  readonly signal: AbortSignal;
  readonly onWindow: (bytes: number) => Promise<void> | undefined;
  /** What is known of the log's times; walks over all of it add to that. */
  readonly logTimes?: LogTimes;
  /** Nothing outside these times is wanted: parts of the log without them need not be read. */
  readonly within?: Pick<DecodeRange, "fromNs" | "toNs">;
  /** Only these parts of each stream, for a picture that need not be exact: nothing but the samples of the result means anything. */
  readonly spread?: readonly (readonly StreamPart[])[];
}

/** One pass over all streams of a log with as many rules as fit. Frames outside the range still feed transports; a message counts by its own time. */
export async function decodePass(
  kernel: Kernel,
  source: ByteSource,
  mdf: MdfFile,
  rules: readonly Rule[],
  range: DecodeRange,
  output: DecodeOutput,
  host: DecodeHost,
  transport: TransportOptions = {},
): Promise<DecodeResult> {
  const pass = new Pass(kernel, rules, output);
  pass.load(range, transport, mdf.header.startNs);
  let recordBytes = 0;
  let tailBytes = 0;
  let bytesRead = 0;
  let skipped = 0;
  let isUnsure = false;
  let covered = ALL_TIMES;
  const notices: Notice[] = [];
  for (const [number, stream] of mdf.streams.entries()) {
    const times = host.logTimes?.stream(number);
    const spread = host.spread === undefined ? null : onlyParts(host.spread[number] ?? [], range);
    const plan = spread ?? (host.within === undefined ? null : (times?.plan(host.within) ?? null));
    const walked = await walkStream(kernel, source, stream, Walk.Decode, {
      ...host,
      onFull: () => pass.drain(),
      onNewSource: (key) => pass.addSource(key),
      ...(times === undefined ? {} : { times }),
      plan,
    });
    skipped += plan?.skipped.frames ?? 0;
    if (plan !== null) covered = common(covered, plan.covered);
    isUnsure ||= walked.isUnsure;
    recordBytes += walked.recordBytes;
    tailBytes += walked.tailBytes;
    bytesRead += walked.bytesRead;
    notices.push(...walked.notices);
  }
  const result = pass.finish({ recordBytes, tailBytes, bytesRead, notices, isUnsure }, mdf.header.startNs);
  // A frame whose value was not found may have it in a part that was skipped.
  const isMissing = skipped > 0 && result.counts.withoutPayload > 0;
  return { ...result, counts: { ...result.counts, skipped }, isUnsure: isUnsure || isMissing, covered };
}

const onlyParts = (parts: readonly StreamPart[], covered: Times): StreamPlan => ({
  parts,
  covered,
  skipped: { frames: 0, otherFrames: 0, otherRecords: 0 },
  end: { recordBytes: 0, tailBytes: 0, notices: [] },
});

const common = (a: Times, b: Times): Times => ({
  fromNs: a.fromNs > b.fromNs ? a.fromNs : b.fromNs,
  toNs: a.toNs < b.toNs ? a.toNs : b.toNs,
});

export const readCounts = (kernel: Kernel): FrameCounts => ({
  frames: kernel.counter(Head.frames),
  used: kernel.counter(Head.used),
  unmatched: kernel.counter(Head.unmatched),
  muxInactive: kernel.counter(Head.muxInactive),
  tooShort: kernel.counter(Head.tooShort),
  outOfRange: kernel.counter(Head.outOfRange),
  otherKind: kernel.counter(Head.otherKind),
  withoutPayload: kernel.counter(Head.withoutPayload),
  otherRecords: kernel.counter(Head.otherRecords),
  skipped: 0,
  values: kernel.counter(Head.values),
  samples: kernel.counter(Head.samples),
  notAvailable: kernel.counter(Head.notAvailable),
});
