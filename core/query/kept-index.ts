/** The index of logs as texts by name: for what is heard in a log, which times lie where, what transport streams carried and lost, where decompressing can begin. */
import { sha256Hex } from "../facts/sha256.ts";
import { parseTimes, timesDocument } from "../kernel/kept-times.ts";
import type { ByteSource } from "../store/source.ts";
import { heardDocument, parseHeard } from "./kept-heard.ts";
import type { LogIndex } from "./log-index.ts";

/** Where a host keeps texts. Neither rejects: what is not there is null, what cannot be kept is not. */
export interface TextShelf {
  get(name: string): Promise<string | null>;
  put(name: string, text: string): Promise<void>;
}

/** Another form of the documents, or another meaning, is another number: what was kept before is then not found. */
const VERSION = 1;
/** Two files of one name, size and time may still differ, and most do here: headers say when and by whom they were written. */
const HEAD_BYTES = 4096;

export function keptIndex(shelf: TextShelf): LogIndex {
  return {
    async open(outer, signal) {
      const name = await nameOf(outer, signal);
      const read = async (part: string): Promise<unknown> => jsonOf(await shelf.get(`${name} ${part}`));
      const write = (part: string, document: object | null): void => {
        if (document !== null) void shelf.put(`${name} ${part}`, JSON.stringify(document));
      };
      return {
        heard: async () => parseHeard(await read("heard")),
        keepHeard: (heard) => write("heard", heardDocument(heard)),
        times: async () => parseTimes(await read("times")),
        keepTimes: (times) => write("times", timesDocument(times)),
        // Few logs have transport streams: how they are kept is loaded with the first that may.
        streams: async () => (await import("./kept-streams.ts")).parseStreams(await read("streams")),
        keepStreams: (streams) =>
          later(async () => write("streams", (await import("./kept-streams.ts")).streamsDocument(streams))),
        measured: async (header) => (await import("../canedge/kept-points.ts")).parseMeasured(await read("points"), header),
        keepMeasured: (measured, header) =>
          later(async () => write("points", (await import("../canedge/kept-points.ts")).measuredDocument(measured, header))),
        losses: async () => (await import("./kept-losses.ts")).parseLosses(await read("losses")),
        keepLosses: (losses) => later(async () => write("losses", (await import("./kept-losses.ts")).lossesDocument(losses))),
      };
    },
  };
}

/** What cannot be kept is not. */
const later = (write: () => Promise<void>): void => void write().catch(() => undefined);

/** Key, version, size, and a hash of the first bytes (design §3). */
async function nameOf(outer: ByteSource, signal: AbortSignal): Promise<string> {
  const head = await outer.read(0, Math.min(HEAD_BYTES, outer.sizeBytes), signal);
  return `${VERSION} ${sha256Hex(head)} ${outer.sizeBytes} ${outer.version} ${outer.key}`;
}

function jsonOf(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
