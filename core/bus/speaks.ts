/** Does a stream of frames speak a transport protocol? By where it stands on the bus, and by what an assembler made of it. */
import { pgnOf } from "../dbc/match.ts";
import { isFastPacketGroup, isProprietaryGroup } from "./fast-packet-groups.ts";
import { TP_CM_PGN, TP_DT_PGN } from "./transport.ts";
import type { StreamAccount, StreamKey } from "./transport-account.ts";

/** An identifier with CAN data frames on a channel. */
export interface HeardId {
  readonly channel: number;
  readonly id: number;
  readonly extended: boolean;
  readonly frames: number;
  /** Longest payload. */
  readonly maxBytes: number;
}

/** Bytes of a classic frame: a first frame of ISO-TP fills it. */
const FRAME_BYTES = 8;
/** Wrong frames a diagnostic stream may hold; one elsewhere must be spotless. */
const WRONG_SHARE_MAX = 0.1;
/** Frames that whole messages must use up where nothing but the frames speaks for the protocol. */
const USED_SHARE_MIN = 0.9;
const MESSAGES_MIN = 2;

/** ISO 15765-4 and what follows its habits: 0x700 to 0x7FF; of 29 bits normal fixed (PF 0xDA, 0xDB) and mixed (0xCD, 0xCE) addressing. */
export function isDiagnosticId(id: number, extended: boolean): boolean {
  if (!extended) return id >= 0x700 && id <= 0x7ff;
  const pduFormat = (id >>> 16) & 0xff;
  return id >>> 24 <= 0x1c && [0xcd, 0xce, 0xda, 0xdb].includes(pduFormat);
}

/** Streams that may come to speak, in the order of the identifiers. Extended addressing counts where normal addressing does not speak. */
export function isoTpCandidates(ids: readonly HeardId[], addressing: "normal" | "extended"): StreamKey[] {
  const mayBeSpotless = ({ frames, maxBytes }: HeardId): boolean => maxBytes >= FRAME_BYTES && frames >= 2 * MESSAGES_MIN;
  return ids
    .filter((one) => mayBeSpotless(one) || (addressing === "normal" && isDiagnosticId(one.id, one.extended)))
    .map(({ channel, id, extended }) => ({ protocol: "iso-tp", bus: "CAN", channel, id, extended, addressing }));
}

export function j1939Candidates(ids: readonly HeardId[]): StreamKey[] {
  const channels = new Set(ids.filter(isTransportManagement).map(({ channel }) => channel));
  return [...channels].map((channel) => ({ protocol: "j1939-21", bus: "CAN", channel }));
}

export function fastPacketCandidates(ids: readonly HeardId[]): StreamKey[] {
  return ids
    .filter(({ id, extended, frames, maxBytes }) => {
      return extended && maxBytes <= FRAME_BYTES && frames >= MESSAGES_MIN && tellsItself(pgnOf(id));
    })
    .map(({ channel, id }) => ({ protocol: "fast-packet", bus: "CAN", channel, pgn: pgnOf(id), id }));
}

/** Streams that speak by where they stand on the bus. Of all others nearly every identifier looks like one now and then. */
export function isPlaceOf(key: StreamKey): boolean {
  if (key.protocol === "iso-tp") return key.addressing === "normal" && isDiagnosticId(key.id, key.extended);
  return key.protocol === "j1939-21" || isFastPacketGroup(key.pgn);
}

const isTransportManagement = ({ id, extended }: HeardId): boolean => extended && [TP_CM_PGN, TP_DT_PGN].includes(pgnOf(id));

/**
 * ISO-TP: a diagnostic identifier with a message or the start of one, and few wrong frames; any other only if nearly all its frames make whole
 * messages of several frames. J1939-21: an announcement. Fast packet: a published group of broadcasts with two messages or more, or another
 * one with nearly all frames in messages; groups of makers and those that are sent to an address say nothing about themselves.
 */
export function speaks(account: StreamAccount): boolean {
  const { key, frames, frameKinds, framesUsed, messages } = account;
  if (key.protocol === "j1939-21") return (frameKinds.bam ?? 0) + (frameKinds.rts ?? 0) > 0;
  if (key.protocol === "fast-packet") {
    if (!tellsItself(key.pgn) || messages < MESSAGES_MIN) return false;
    return isFastPacketGroup(key.pgn) || (framesUsed > messages && framesUsed >= USED_SHARE_MIN * frames);
  }
  const isStart = messages > 0 || (frameKinds.first ?? 0) > 0;
  if (isPlaceOf(key)) return isStart && wrongFrames(account) <= WRONG_SHARE_MAX * frames;
  const carrying = frames - (frameKinds.flowControl ?? 0);
  return (
    wrongFrames(account) === 0 &&
    (frameKinds.first ?? 0) >= MESSAGES_MIN &&
    (frameKinds.consecutive ?? 0) >= (frameKinds.first ?? 0) &&
    framesUsed >= USED_SHARE_MIN * carrying
  );
}

/** Groups of makers and those that are sent to an address say nothing about how they travel. */
const tellsItself = (pgn: number): boolean => !isProprietaryGroup(pgn) && ((pgn >>> 8) & 0xff) >= 240;

/** Frames that no sender of the protocol would send. */
const wrongFrames = ({ lost }: StreamAccount): number => (lost.unknownType ?? 0) + (lost.empty ?? 0) + (lost.badLength ?? 0);
