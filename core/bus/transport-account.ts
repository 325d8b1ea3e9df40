/** What became of the frames of one transport stream. The terms are counted apart, so that their sums say whether any was forgotten. */
import { type Addressing, CONTROL_KINDS, FRAME_CAUSES, type LossCause, type StreamProtocol } from "./transport.ts";

/** Frames that are fed to one assembler. */
export type StreamKey = { readonly bus: "CAN" | "LIN"; readonly channel: number } & (
  | { readonly protocol: "iso-tp"; readonly id: number; readonly extended: boolean; readonly addressing: Addressing }
  | { readonly protocol: "j1939-21" }
  /** `id` null: all frames of the parameter group, each sender by itself. */
  | { readonly protocol: "fast-packet"; readonly pgn: number; readonly id: number | null }
);

export interface StreamAccount {
  readonly key: StreamKey;
  /** All that were fed, also outside the range: a message may begin before it. */
  readonly frames: number;
  /** By kind (FRAME_KINDS_OF), zero left out; `empty` and `unknownType` frames have none. */
  readonly frameKinds: Readonly<Record<string, number>>;
  /** That came out whole, and their frames. */
  readonly messages: number;
  readonly framesUsed: number;
  /** Of messages that were lost. */
  readonly framesLost: number;
  /** Of messages that are open at the end (`lost.unfinished`), and that were open at the start. */
  readonly framesOpen: number;
  readonly framesRestored: number;
  /** Zero left out. */
  readonly lost: Readonly<Partial<Record<LossCause, number>>>;
  /** Whole messages by what became of them; all but `outOfRange` have their last frame in the range. */
  readonly used: number;
  readonly tooShort: number;
  readonly muxInactive: number;
  /** Nobody asks for such a message. */
  readonly unmatched: number;
  readonly outOfRange: number;
}

/** A message, or a run of frames without one, that was lost. */
export interface TransportLoss {
  /** Of its last frame, ns since the file's start. */
  readonly timeNs: bigint;
  /** Number in the streams of the account. */
  readonly stream: number;
  /** ISO-TP and fast packet. */
  readonly id: number | null;
  readonly pgn: number | null;
  readonly source: number | null;
  readonly destination: number | null;
  readonly cause: LossCause;
  /** Frames of it that were seen. */
  readonly frames: number;
}

export interface TransportAccount {
  readonly streams: readonly StreamAccount[];
  /** Those in the range, in the order they were noticed; at most 1024. Frames without a message count once, where the first of them is. */
  readonly losses: readonly TransportLoss[];
  /** Further ones. */
  readonly lossesBeyond: number;
  /** Messages still open, for `open` of the pass over the next split. */
  readonly open: Uint8Array;
}

export const nameOfStream = (key: StreamKey): string => {
  const place = `${key.protocol} ${key.bus} ${key.channel}`;
  if (key.protocol === "iso-tp") return `${place} ${key.id}${key.extended ? "x" : ""} ${key.addressing}`;
  return key.protocol === "j1939-21" ? place : `${place} ${key.pgn} ${key.id ?? "all"}`;
};

/** The equations that do not hold, as sentences; empty when the account balances. */
export function streamImbalance(account: StreamAccount, isRowsOnly = false): string[] {
  const { frames, frameKinds, framesUsed, framesLost, framesOpen, framesRestored, lost } = account;
  const control = Object.entries(frameKinds).reduce((sum, [kind, count]) => sum + (CONTROL_KINDS.has(kind) ? count : 0), 0);
  const alone = FRAME_CAUSES.reduce((sum, cause) => sum + (lost[cause] ?? 0), 0);
  const wrong: string[] = [];
  const accounted = framesUsed + framesLost + framesOpen + control + alone;
  if (frames + framesRestored !== accounted)
    wrong.push(`${nameOfStream(account.key)}: ${frames + framesRestored} frames, ${accounted} accounted for`);
  const { messages, used, tooShort, muxInactive, unmatched, outOfRange } = account;
  const given = used + tooShort + muxInactive + unmatched + outOfRange;
  if (!isRowsOnly && messages !== given) wrong.push(`${nameOfStream(account.key)}: ${messages} messages, ${given} accounted for`);
  return wrong;
}

export const isStreamOf = <P extends StreamProtocol>(
  key: StreamKey,
  protocol: P,
): key is Extract<StreamKey, { readonly protocol: P }> => key.protocol === protocol;
