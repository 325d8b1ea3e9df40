/** Every byte and frame of an answer is accounted for (design §3, "the ledger"). */
import type { UnpackedBytes } from "../canedge/container.ts";

/**
 * Bytes are those of the log as its records lay in its writer's memory: out of a container (.MFC, .MFE), and each compressed data block (##DZ)
 * counted with what it holds, since of packed bytes nobody can say which belong to a record. `bytesRead` are bytes of the store.
 *
 * `bytes = header + records + tail`; `frames = used + unmatched + muxInactive + tooShort + outOfRange + otherKind + withoutPayload`;
 * `values = samples + notAvailable`; `segments = segmentsUsed + segmentsLost + segmentsControl + segmentsOpen`. A frame all of whose values are "not available" was read and is `used`: what it says is that there is
 * nothing, so the sum that shows it is the one of values.
 */
export interface Ledger {
  readonly files: number;
  readonly bytes: number;
  readonly header: number;
  readonly records: number;
  readonly tail: number;
  /** Records of bus events of any kind. */
  readonly frames: number;
  readonly used: number;
  /** No asked signal has this identifier on this channel. */
  readonly unmatched: number;
  readonly muxInactive: number;
  readonly tooShort: number;
  /** By their time. Frames in parts of a log that need not be read, since a walk before found all their times outside, count here whatever their identifier. */
  readonly outOfRange: number;
  /** Remote, error, overload and LIN frames, which no asked signal can be in. */
  readonly otherKind: number;
  /** Frames whose value of variable length never came. */
  readonly withoutPayload: number;
  /** Records of channel groups that are not bus events (VLSD values are part of their frames and not counted). */
  readonly otherRecords: number;
  /** Values of asked signals in frames that reach them. */
  readonly values: number;
  /** Samples given out, before reduction. */
  readonly samples: number;
  /** Values that are J1939 codes for "error" or "not available", left out as gaps. */
  readonly notAvailable: number;
  /** Frames of transport protocols that were put together for this answer, also outside the range: a message may begin before it. They are `used` or `outOfRange` too. */
  readonly segments: number;
  /** In messages that came out whole. */
  readonly segmentsUsed: number;
  /** Of messages that were lost, or of none. */
  readonly segmentsLost: number;
  /** Flow control and the like. */
  readonly segmentsControl: number;
  /** Of messages that are open where a log ends; the next split goes on with them, and counts them again. */
  readonly segmentsOpen: number;
  /** Bytes of logs read for this answer, as they are inside their containers. */
  readonly bytesRead: number;
  /** Bytes that were decrypted for it, those of a first pass over a log included. */
  readonly bytesDecrypted: number;
  /** The same of bytes that came out of compression. */
  readonly bytesDecompressed: number;
}

export const emptyLedger: Ledger = {
  files: 0,
  bytes: 0,
  header: 0,
  records: 0,
  tail: 0,
  frames: 0,
  used: 0,
  unmatched: 0,
  muxInactive: 0,
  tooShort: 0,
  outOfRange: 0,
  otherKind: 0,
  withoutPayload: 0,
  otherRecords: 0,
  values: 0,
  samples: 0,
  notAvailable: 0,
  segments: 0,
  segmentsUsed: 0,
  segmentsLost: 0,
  segmentsControl: 0,
  segmentsOpen: 0,
  bytesRead: 0,
  bytesDecrypted: 0,
  bytesDecompressed: 0,
};

/** What an opened log has unpacked, as terms of the ledger. */
export const unpackedBytes = (
  unpacked: Readonly<UnpackedBytes> | undefined,
): Pick<Ledger, "bytesDecrypted" | "bytesDecompressed"> => ({
  bytesDecrypted: unpacked?.decrypted ?? 0,
  bytesDecompressed: unpacked?.decompressed ?? 0,
});

/** Term by term. */
export function addLedgers(a: Ledger, b: Ledger): Ledger {
  const sum: Record<string, number> = {};
  for (const key of Object.keys(emptyLedger) as (keyof Ledger)[]) sum[key] = a[key] + b[key];
  return sum as unknown as Ledger;
}

/** The equations that do not hold, as sentences; empty when the ledger balances. */
export function imbalance(ledger: Ledger): string[] {
  const wrong: string[] = [];
  const bytes = ledger.header + ledger.records + ledger.tail;
  if (bytes !== ledger.bytes) wrong.push(`${ledger.bytes} bytes, ${bytes} accounted for`);
  const frames =
    ledger.used +
    ledger.unmatched +
    ledger.muxInactive +
    ledger.tooShort +
    ledger.outOfRange +
    ledger.otherKind +
    ledger.withoutPayload;
  if (frames !== ledger.frames) wrong.push(`${ledger.frames} frames read, ${frames} accounted for`);
  const values = ledger.samples + ledger.notAvailable;
  if (values !== ledger.values) wrong.push(`${ledger.values} values read, ${values} accounted for`);
  const { segments, segmentsUsed, segmentsLost, segmentsControl, segmentsOpen } = ledger;
  const placed = segmentsUsed + segmentsLost + segmentsControl + segmentsOpen;
  if (placed !== segments) wrong.push(`${segments} transport segments, ${placed} accounted for`);
  return wrong;
}
