/** What a DBC makes of a log, as JSON of schema `buslens-signals/1` (golden README §3), comparable with what other programs read. */
import type { TransportProtocol } from "../bus/transport.ts";
import type { OpenedLog } from "../canedge/container.ts";
import { isDecodable } from "../dbc/geometry.ts";
import type { Dbc, DbcSignal } from "../dbc/model.ts";
import { selectorChain } from "../dbc/mux.ts";
import type { DecodeHost } from "../kernel/decode.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { MdfFile } from "../mdf/file.ts";
import { countFrames } from "./census.ts";
import { decodeAll } from "./decode-all.ts";
import { baseName, document, type FactsDocument } from "./document.ts";
import { hashSource } from "./hash-source.ts";
import { byKeys, framesOf, type HeardMessage, heardMessages, otherLengths } from "./heard-message.ts";
import { hashSamples } from "./sample-hash.ts";
import { sampleFigures } from "./series-row.ts";
import { heardTransports } from "./transport-messages.ts";

export interface SignalsFactsOptions {
  readonly kernel: Kernel;
  readonly log: OpenedLog;
  readonly mdf: MdfFile;
  /** As printed. */
  readonly fileName: string;
  readonly dbc: Dbc;
  readonly dbcSha256: string;
  /** Only frames of this channel; null = all. */
  readonly channel: number | null;
  /** For messages that do not fit a frame; null = each channel and message says for itself. Default null. */
  readonly transport?: TransportProtocol | null;
  readonly host: DecodeHost;
}

/** What is kept of a signal once its samples are gone. */
interface Counted {
  readonly count: number;
  /** Frames in which it is active, but lies behind the payload. */
  readonly short: number;
  readonly figures: string;
  /** Reassembled: the hash with the times of the first frames. */
  readonly firstFrameSha256?: string;
}

/** The document, LF at its end. Memory grows with the samples of one pass. Faults: those of the source. */
export async function signalsFacts(options: SignalsFactsOptions): Promise<FactsDocument> {
  const { kernel, log, mdf, fileName, dbc, dbcSha256, channel, transport = null, host } = options;
  const { source } = log;
  const census = await countFrames(kernel, source, mdf, channel, host);
  const long = await heardTransports(census, dbc, transport, { kernel, source, mdf, host });
  const plain = heardMessages(census, dbc, long.choices);
  const messages = [...plain.messages, ...long.messages].sort(byKeys);
  const matched = plain.matched + long.messages.reduce((sum, heard) => sum + framesOf(heard), 0);
  const counted = new Map<HeardMessage, Map<DbcSignal, Counted>>(messages.map((heard) => [heard, new Map()]));
  const startNs = mdf.header.startNs + census.firstNs;
  const range = { fromNs: census.firstNs, toNs: census.lastNs + 1n, baseNs: census.firstNs };
  const decoding = { kernel, source, mdf, range, host };
  await decodeAll(messages, decoding, (heard, signal, samples) => {
    const figures = sampleFigures(signal, samples, startNs, heard.sourceAddress !== null);
    counted.get(heard)?.set(signal, { count: samples.times.length, short: samples.short, figures });
  });
  await decodeAll(long.messages, { ...decoding, firstFrameTimes: true }, (heard, signal, { times, values }) => {
    const there = counted.get(heard)?.get(signal);
    if (!there || there.count === 0) return;
    counted.get(heard)?.set(signal, { ...there, firstFrameSha256: hashSamples(startNs, times, values) });
  });
  const protocols = [...new Set(long.choices.map((choice) => choice.transport))];
  const text = document({
    schema: `"buslens-signals/1"`,
    file: JSON.stringify(fileName),
    fileSha256: `"${await hashSource(log.outer, host)}"`,
    dbc: JSON.stringify(baseName(dbc.file)),
    dbcSha256: JSON.stringify(dbcSha256),
    channel: String(channel),
    ...(transport !== null || protocols.length > 0 ? { transport: JSON.stringify(transport ?? protocols.join("+")) } : {}),
    frames: String(census.frames),
    matched: String(matched),
    messages: messages.map((heard) => `{${identity(heard)},"frames":${framesOf(heard)},${lengthFacts(heard)}}`),
    series: messages.flatMap((heard) => seriesRows(heard, counted.get(heard) ?? new Map())),
  });
  return { text, notices: [...mdf.notices, ...census.notices] };
}

function identity({ channel, message, pgn, sourceAddress }: HeardMessage): string {
  return `"channel":${channel},"message":${JSON.stringify(message.name)},"frameId":${message.id},"extended":${message.extended},"pgn":${pgn},"sourceAddress":${sourceAddress}`;
}

function lengthFacts(heard: HeardMessage): string {
  const { shorter, longer } = otherLengths(heard);
  return `"shorter":${shorter},"longer":${longer}`;
}

function seriesRows(heard: HeardMessage, counted: ReadonlyMap<DbcSignal, Counted>): string[] {
  return heard.message.signals.filter(isDecodable).map((signal) => {
    const { count, figures, firstFrameSha256 }: Omit<Counted, "short"> = counted.get(signal) ?? {
      count: 0,
      figures: `"count":0`,
    };
    const first = firstFrameSha256 === undefined ? "" : `,"sha256FirstFrame":"${firstFrameSha256}"`;
    const short = shortFrames(heard, signal, counted);
    const inactive = framesOf(heard) - count - short;
    const names = `"signal":${JSON.stringify(signal.name)},"unit":${JSON.stringify(signal.unit)}`;
    return `{${identity(heard)},${names},"short":${short},"inactive":${inactive},${figures}${first}}`;
  });
}

/**
 * Multiplexing is evaluated first, from the root down: a frame is short where the way ends at a selector that cannot be read, or at the signal
 * itself. A selector is a signal too, and short for itself in exactly the frames in which the way ends there.
 */
function shortFrames({ message }: HeardMessage, signal: DbcSignal, counted: ReadonlyMap<DbcSignal, Counted>): number {
  const way = [...selectorChain(message, signal).map(({ selector }) => selector), signal];
  return way.reduce((sum, one) => sum + (counted.get(one)?.short ?? 0), 0);
}
