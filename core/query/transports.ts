/** Messages longer than a frame in a query: which of them travel by a transport protocol, found out once per log and kept by its version. */
import type { HeardId } from "../bus/speaks.ts";
import type { TransportProtocol } from "../bus/transport.ts";
import { nameOfStream, type StreamKey } from "../bus/transport-account.ts";
import { type Bindings, transportFor } from "../dbc/binding-file.ts";
import type { DbcMessage } from "../dbc/model.ts";
import type { ForcedTransport, TransportChoice } from "../dbc/transport-choice.ts";
import type { SurveyedStream } from "../kernel/survey.ts";
import type { HeardLog } from "./heard-log.ts";
import type { HeardParts } from "./listening.ts";
import type { DecodableLog } from "./opened-logs.ts";
import { pace } from "./pace.ts";

/** What came out of these streams of a log. Streams that were looked at before are not read again. */
export type SurveyLog = (key: string, streams: readonly StreamKey[], signal: AbortSignal) => Promise<readonly SurveyedStream[]>;

/** Logs whose streams are kept. */
const LOGS_MAX = 1024;

export function surveyedLogs(parts: HeardParts): SurveyLog {
  const kept = new Map<string, Map<string, SurveyedStream>>();
  return async (key, streams, signal) => {
    if (streams.length === 0) return [];
    const log = await parts.openDecodable(key, signal);
    const { source, mdf } = log;
    const name = `${source.version}\n${source.sizeBytes}\n${key}`;
    const known = kept.get(name) ?? (await keptBefore(log));
    const missing = streams.filter((stream) => !known.has(nameOfStream(stream)));
    if (missing.length > 0) {
      const { surveyStreams } = await import("../kernel/survey.ts");
      const paced = pace(parts.host, signal, source.sizeBytes, undefined);
      const found = await parts.kernels.use((kernel) => surveyStreams(missing, { kernel, source, mdf, host: paced }));
      for (const { account, senders } of found.streams) known.set(nameOfStream(account.key), { account, senders });
      if (!found.hasFailed) log.kept?.keepStreams([...known.values()]);
    }
    if (!kept.has(name) && kept.size >= LOGS_MAX) kept.delete(kept.keys().next().value ?? "");
    kept.set(name, known);
    return streams.flatMap((stream) => known.get(nameOfStream(stream)) ?? []);
  };
}

/** By another engine, and kept by the host. */
async function keptBefore({ kept }: DecodableLog): Promise<Map<string, SurveyedStream>> {
  const streams = (await kept?.streams()) ?? [];
  return new Map(streams.map((stream) => [nameOfStream(stream.account.key), stream]));
}

/** CAN identifiers of a log as the rules of core/bus/speaks.ts want them. */
export const heardCanIds = ({ ids }: HeardLog): HeardId[] =>
  ids
    .filter(({ bus, kind }) => bus === "CAN" && kind === "data")
    .map(({ channel, id, extended, frames, maxBytes }) => ({ channel, id, extended, frames, maxBytes }));

/** What it takes to find out. */
export interface TransportParts extends HeardParts {
  readonly heardLog: (key: string, signal: AbortSignal) => Promise<HeardLog>;
  readonly surveyLog: SurveyLog;
}

const FRAME_BYTES = 8;

/** Whether it may travel by a transport protocol. */
export const isLongMessage = ({ lengthBytes }: DbcMessage): boolean => lengthBytes > FRAME_BYTES;

/** What a user says of the channels of a device; null: found out. */
export type ForcedOn = (channel: number) => ForcedTransport | null;

/** A query's own protocol is for all channels, `buslens.json` for each. */
export const forcedOn =
  (bindings: Bindings, device: string | null, transport: TransportProtocol | undefined): ForcedOn =>
  (channel) =>
    transport ?? transportFor(bindings, { device, bus: "CAN", channel });

/** What was found out of a message of a channel. */
export interface FoundTransport extends TransportChoice {
  /** Frames of its group are messages too: J1939 sends a group so when its data are short (DM1 with one code). */
  readonly hasFrames: boolean;
}

export interface FoundTransports {
  readonly choices: readonly FoundTransport[];
  /** What came out, log by log. */
  readonly streams: readonly SurveyedStream[];
}

/** Nothing travels so. */
export const noTransports: FoundTransports = { choices: [], streams: [] };
