/** Which messages of a database travel by a transport protocol on a channel, by what was heard there: one rule for facts, engine and viewer. */

import { isFastPacketGroup } from "../bus/fast-packet-groups.ts";
import { type HeardId, speaks } from "../bus/speaks.ts";
import { type Addressing, streamProtocol, type TransportProtocol } from "../bus/transport.ts";
import type { StreamAccount, StreamKey } from "../bus/transport-account.ts";
import { signalBits } from "./geometry.ts";
import { pgnOf } from "./match.ts";
import type { DbcMessage, DbcSignal } from "./model.ts";

/** Longer messages do not fit a classic frame. */
const FRAME_BYTES = 8;

/** What a user says of a channel instead of letting it be found out. none: whatever comes in a frame is a message. */
export type ForcedTransport = TransportProtocol | "none";

/** A message of a channel that is to be decoded from reassembled payloads, not from frames. */
export interface TransportChoice {
  readonly channel: number;
  readonly message: DbcMessage;
  readonly transport: TransportProtocol;
  /** ISO-TP. */
  readonly addressing: Addressing;
  /** Protocols with parameter groups; null: ISO-TP. */
  readonly pgn: number | null;
}

/** What an assembler made of a stream that `streamsToTry` named. */
export interface TriedStream {
  readonly account: StreamAccount;
  /** J1939-21: groups of whole messages. */
  readonly pgns: ReadonlySet<number>;
  /** First 8 bytes of some messages in hex, and how often they came. */
  readonly heads: ReadonlyMap<string, number>;
}

/** `forced`: a protocol for all messages that do not fit a frame; null = found out. */
export interface ChoiceInput {
  readonly messages: readonly DbcMessage[];
  readonly heard: readonly HeardId[];
  readonly forced: TransportProtocol | null;
}

/** Parameter group of any 29-bit message, whatever its VFrameFormat says. */
const groupOf = (message: DbcMessage): number | null => message.pgn ?? (message.extended ? pgnOf(message.id) : null);

const isLong = (message: DbcMessage): boolean => message.lengthBytes > FRAME_BYTES;

/** A number, since a log may have millions of them. */
const numberOf = ({ id, extended }: { readonly id: number; readonly extended: boolean }): number => id + (extended ? 2 ** 29 : 0);

/** Streams whose messages must be seen before `chooseTransports` can tell. None: every message fits its frames. */
export function streamsToTry({ messages, heard, forced }: ChoiceInput): StreamKey[] {
  const long = messages.filter(isLong);
  if (long.length === 0) return [];
  const ids = new Set(long.map(numberOf));
  const groups = new Set(long.flatMap((message) => groupOf(message) ?? []));
  const wants = (protocol: TransportProtocol) => forced === null || streamProtocol(forced) === protocol;
  const keys: StreamKey[] = [];
  const channels = new Set<number>();
  for (const { channel, id, extended, maxBytes } of heard) {
    const place = { bus: "CAN", channel } as const;
    if (wants("iso-tp") && ids.has(numberOf({ id, extended }))) {
      keys.push({ ...place, protocol: "iso-tp", id, extended, addressing: "normal" });
      keys.push({ ...place, protocol: "iso-tp", id, extended, addressing: "extended" });
    }
    if (!extended) continue;
    const isShort = maxBytes <= FRAME_BYTES || forced === "fast-packet";
    if (wants("fast-packet") && isShort && groups.has(pgnOf(id)))
      keys.push({ ...place, protocol: "fast-packet", pgn: pgnOf(id), id });
    const pduFormat = (id >>> 16) & 0xff;
    if (wants("j1939-21") && groups.size > 0 && (pduFormat === 0xec || pduFormat === 0xeb)) channels.add(channel);
  }
  return [...keys, ...[...channels].map((channel): StreamKey => ({ protocol: "j1939-21", bus: "CAN", channel }))];
}

/** Messages that are to be reassembled, by channel; what is not listed is decoded from its frames. A group may come by two protocols. */
export function chooseTransports(input: ChoiceInput, tried: readonly TriedStream[]): TransportChoice[] {
  const channels = [...new Set(input.heard.map(({ channel }) => channel))].sort((a, b) => a - b);
  return channels.flatMap((channel) => {
    const streams = tried.filter(({ account }) => account.key.channel === channel);
    return input.messages
      .filter(isLong)
      .flatMap((message) => [
        ...isoTpChoice(channel, message, streams, input.forced),
        ...groupChoices(channel, message, streams, input.forced),
      ]);
  });
}

function isoTpChoice(
  channel: number,
  message: DbcMessage,
  streams: readonly TriedStream[],
  forced: TransportProtocol | null,
): TransportChoice[] {
  const own = streams.filter(
    ({ account: { key } }) => key.protocol === "iso-tp" && key.id === message.id && key.extended === message.extended,
  );
  const ofAddressing = (addressing: Addressing) =>
    own.find(({ account: { key } }) => key.protocol === "iso-tp" && key.addressing === addressing);
  const [normal, extended] = [ofAddressing("normal"), ofAddressing("extended")];
  const isExtended = extended !== undefined && speaks(extended.account) && !(normal && speaks(normal.account));
  const stream = isExtended ? extended : normal;
  if (!stream || (forced === null && !speaks(stream.account))) return [];
  const transport = forced ?? isoTpConvention(message, stream.heads);
  return [{ channel, message, transport, addressing: isExtended ? "extended" : "normal", pgn: null }];
}

function groupChoices(
  channel: number,
  message: DbcMessage,
  streams: readonly TriedStream[],
  forced: TransportProtocol | null,
): TransportChoice[] {
  const pgn = groupOf(message);
  if (pgn === null) return [];
  const choice = (transport: TransportProtocol): TransportChoice => ({ channel, message, transport, addressing: "normal", pgn });
  const choices: TransportChoice[] = [];
  if (streams.some(({ account: { key }, pgns }) => key.protocol === "j1939-21" && pgns.has(pgn)))
    choices.push(choice("j1939-21"));
  const packets = streams.filter(({ account: { key } }) => key.protocol === "fast-packet" && key.pgn === pgn);
  const sum = (term: "frames" | "framesUsed" | "messages") => packets.reduce((total, { account }) => total + account[term], 0);
  // A group that is no published fast packet may as well come in frames that are merely shorter than the database says.
  const isFast = isFastPacketGroup(pgn) || sum("framesUsed") >= FAST_SHARE_MIN * sum("frames");
  if (sum("messages") > 0 && (forced !== null || isFast)) choices.push(choice("fast-packet"));
  return choices;
}

const FAST_SHARE_MIN = 0.8;

/**
 * Two conventions of UDS databases: bits count from the byte before the payload (`iso-tp`), or from the payload's first. What the multiplexor
 * at the root says about the messages seen decides; if both fit alike, its place does: bits 0 to 7 are the service only without that byte.
 */
export function isoTpConvention(message: DbcMessage, heads: ReadonlyMap<string, number>): "iso-tp" | "iso-tp-payload" {
  const root = message.signals.find((signal) => signal.selector && signal.selectedBy === null);
  const signals = root ? [root] : message.signals;
  const startsAtOnce = signals.some((signal) => signalBits(signal).firstByte === 0);
  if (root) {
    const below = message.signals.filter((signal) => signal.selectedBy === root.name);
    let prefixed = 0;
    let payload = 0;
    for (const [head, count] of heads) {
      const bytes = Uint8Array.from(head.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
      if (isSelected(root, below, Uint8Array.of(0, ...bytes))) prefixed += count;
      if (isSelected(root, below, bytes)) payload += count;
    }
    if (prefixed !== payload) return payload > prefixed ? "iso-tp-payload" : "iso-tp";
  }
  return startsAtOnce ? "iso-tp-payload" : "iso-tp";
}

/** Does the multiplexor have a value under which something lies? */
function isSelected(root: DbcSignal, below: readonly DbcSignal[], payload: Uint8Array): boolean {
  const raw = unsignedRaw(root, payload);
  return raw !== null && below.some(({ selectedWhen }) => selectedWhen?.some(([low, high]) => raw >= low && raw <= high));
}

/** null if the payload ends before it. */
function unsignedRaw(signal: DbcSignal, payload: Uint8Array): bigint | null {
  const { byteOrder, firstBit, lengthBits, firstByte, lastByte } = signalBits(signal);
  if (lastByte >= payload.length) return null;
  const bytes = [...payload.subarray(firstByte, lastByte + 1)];
  const ordered = byteOrder === "little" ? bytes.reverse() : bytes;
  const all = ordered.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  const inFirst = BigInt(firstBit - 8 * firstByte);
  const shift = byteOrder === "little" ? inFirst : BigInt(8 * bytes.length) - inFirst - BigInt(lengthBits);
  return (all >> shift) & ((1n << BigInt(lengthBits)) - 1n);
}
