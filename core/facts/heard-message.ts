/** Messages of a DBC that really occur in a log: one for each channel and, for parameter groups, source address. */

import type { Addressing, TransportProtocol } from "../bus/transport.ts";
import { matchIndex } from "../dbc/match.ts";
import type { Dbc, DbcMessage } from "../dbc/model.ts";
import type { Census, CountedId } from "./census.ts";

export interface HeardMessage {
  readonly channel: number;
  readonly message: DbcMessage;
  /** null unless matched as a parameter group. */
  readonly sourceAddress: number | null;
  /** Identifiers whose frames are this message's: several for a group (priorities, destinations). Reassembled: one, that counts messages. */
  readonly ids: CountedId[];
  /** null: its frames are the messages. */
  readonly transport: TransportProtocol | null;
  readonly addressing: Addressing;
  /** Under which it was matched; null = by its identifier. */
  readonly pgn: number | null;
}

/** Leaves out the messages that are `elsewhere`: they come reassembled. Sorted by channel, identifier of the DBC message, extended, source address (golden README §3); and how many frames have a message. */
export function heardMessages(
  census: Census,
  dbc: Dbc,
  elsewhere: readonly { readonly channel: number; readonly message: DbcMessage }[] = [],
): { readonly messages: readonly HeardMessage[]; readonly matched: number } {
  const index = matchIndex([dbc]);
  const order = new Map(dbc.messages.map((message, i) => [message, i]));
  const messages = new Map<string, HeardMessage>();
  let matched = 0;
  for (const counted of census.ids) {
    const isElsewhere = (message: DbcMessage) =>
      elsewhere.some((other) => other.message === message && other.channel === counted.channel);
    const matches = index.matchesOf(counted.id, counted.extended).filter(({ message }) => !isElsewhere(message));
    if (matches.length > 0) matched += counted.frames;
    for (const { message, sourceAddress } of matches) {
      const key = `${counted.channel} ${order.get(message)} ${sourceAddress}`;
      const there = messages.get(key);
      if (there) there.ids.push(counted);
      else {
        const { channel } = counted;
        const pgn = sourceAddress === null ? null : message.pgn;
        messages.set(key, { channel, message, sourceAddress, ids: [counted], transport: null, addressing: "normal", pgn });
      }
    }
  }
  return { messages: [...messages.values()].sort(byKeys), matched };
}

/** The order of rows. */
export const byKeys = (a: HeardMessage, b: HeardMessage): number =>
  a.channel - b.channel ||
  a.message.id - b.message.id ||
  Number(a.message.extended) - Number(b.message.extended) ||
  (a.sourceAddress ?? -1) - (b.sourceAddress ?? -1);

export const framesOf = ({ ids }: HeardMessage): number => ids.reduce((sum, id) => sum + id.frames, 0);

/** Frames whose payload has fewer, and more, bytes than the DBC says. */
export function otherLengths({ ids, message }: HeardMessage): { readonly shorter: number; readonly longer: number } {
  let shorter = 0;
  let longer = 0;
  for (const { framesOfBytes } of ids) {
    framesOfBytes.forEach((frames, bytes) => {
      if (bytes < message.lengthBytes) shorter += frames;
      if (bytes > message.lengthBytes) longer += frames;
    });
  }
  return { shorter, longer };
}
