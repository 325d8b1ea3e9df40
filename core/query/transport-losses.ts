/** Messages of transport protocols that never came out of the logs of a query: counted by cause, and told. */
import { idText } from "../bus/id-text.ts";
import type { LossCause } from "../bus/transport.ts";
import type { StreamKey } from "../bus/transport-account.ts";
import type { Notice } from "../fault.ts";
import type { LogTransports } from "./decode-log.ts";

/** One loss. */
export interface Loss {
  /** Of its last frame, since 1970 UTC. */
  readonly timeNs: bigint;
  readonly file: string;
  /** Of whom, in words: `CAN 1, ISO-TP 7EC`. */
  readonly stream: string;
  readonly cause: LossCause;
  /** Frames of it that were seen. */
  readonly frames: number;
}

const NAMES = { "iso-tp": "ISO-TP", "j1939-21": "J1939 TP", "fast-packet": "fast packet" } as const;

/** Who sent it, in words. */
export function streamText(key: StreamKey): string {
  const place = `${key.bus} ${key.channel}, ${NAMES[key.protocol]}`;
  if (key.protocol === "iso-tp") return `${place} ${idText(key.id, key.extended)}`;
  return key.protocol === "j1939-21" ? place : `${place} PGN ${key.pgn}`;
}

/** What the log itself ends, the next split may go on with. */
const isOpenEnd = (cause: string): boolean => cause === "unfinished";

export class QueryLosses {
  readonly #counted = new Map<string, Map<string, number>>();

  add({ streams }: LogTransports): void {
    for (const { key, lost } of streams) {
      const name = streamText(key);
      const there = this.#counted.get(name) ?? new Map<string, number>();
      for (const [cause, count] of Object.entries(lost)) if (!isOpenEnd(cause)) there.set(cause, (there.get(cause) ?? 0) + count);
      this.#counted.set(name, there);
    }
  }

  /** One sentence per stream that lost something. */
  notices(): Notice[] {
    return [...this.#counted].flatMap(([stream, causes]): Notice[] => {
      if (causes.size === 0) return [];
      const text = [...causes].map(([cause, count]) => `${count} ${LOSS_WORDS[cause as LossCause] ?? cause}`).join(", ");
      return [{ severity: "info", text: `${stream}: some messages did not come out whole and are left out: ${text}` }];
    });
  }
}

/** What happened, as a person says it. */
export const LOSS_WORDS: Readonly<Record<LossCause, string>> = {
  sequence: "with a missing or wrong frame",
  interrupted: "interrupted by a new start",
  timeout: "with too long a gap",
  aborted: "aborted by a node",
  unfinished: "open at the end of the log",
  badLength: "with contradicting lengths",
  tooLong: "too long",
  dropped: "dropped, since too many were open",
  orphanFrames: "frames of no message",
  empty: "frames without data",
  unknownType: "frames of an unknown type",
};
