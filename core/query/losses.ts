/** Messages of transport protocols that the logs of a device lost, whoever can decode them: for annotations. */
import { fastPacketCandidates, type HeardId, isoTpCandidates, j1939Candidates, speaks } from "../bus/speaks.ts";
import { isOfOneObject, type Notice } from "../fault.ts";
import { isOfId, type SurveyedStream } from "../kernel/survey.ts";
import { type Pause, restingHost } from "./aside.ts";
import type { LogEntry } from "./engine.ts";
import type { Host } from "./pace.ts";
import { unreadable } from "./readable-logs.ts";
import { type Loss, streamText } from "./transport-losses.ts";
import { heardCanIds, type TransportParts } from "./transports.ts";

export interface DeviceLosses {
  /** Ascending in time; of each walk over a log the first 1024. */
  readonly losses: readonly Loss[];
  readonly notices: readonly Notice[];
}

export interface LossesQuery {
  readonly device: string;
  /** Half open; null = the data's own. */
  readonly fromNs: bigint | null;
  readonly toNs: bigint | null;
  /** The walks rest as long as this says; absent = they take their turns like any work. */
  readonly pause?: Pause;
}

/** Reads each log once per protocol; what was found is kept by file version. */
export async function deviceLosses(
  parts: TransportParts,
  { device, fromNs, toNs, pause }: LossesQuery,
  signal: AbortSignal,
): Promise<DeviceLosses> {
  const logs = await parts.catalogue.logsInRange({ device, fromNs, toNs }, signal);
  const host = pause ? restingHost(parts.host, pause) : parts.host;
  const notices: Notice[] = [];
  const losses: Loss[] = [];
  /** Streams that the split before left open. */
  let open = new Set<string>();
  for (const [i, log] of logs.entries()) {
    const goesOn = (other: LogEntry | undefined, by: number) =>
      other !== undefined && other.session === log.session && other.split === log.split + by;
    const before = goesOn(logs[i - 1], -1) ? open : new Set<string>();
    open = new Set();
    try {
      const { mdf } = await parts.openDecodable(log.key, signal);
      for (const stream of await speakingStreams(parts, log.key, signal, host)) {
        const name = streamText(stream.account.key);
        let isFirst = true;
        for (const { cause, timeNs, frames } of stream.losses) {
          // A message over the border of two splits is whole: neither its end here nor its rest there was lost.
          const isOpenEnd = cause === "unfinished" && goesOn(logs[i + 1], 1);
          const isRest = isFirst && cause === "orphanFrames" && before.has(name);
          isFirst = false;
          if (isOpenEnd) open.add(name);
          if (isOpenEnd || isRest) continue;
          losses.push({ timeNs: mdf.header.startNs + timeNs, file: log.key, stream: name, cause, frames });
        }
      }
    } catch (error) {
      if (!isOfOneObject(error)) throw error;
      notices.push(unreadable(log.key, error.fault));
    }
  }
  const isIn = ({ timeNs }: Loss): boolean => (fromNs === null || timeNs >= fromNs) && (toNs === null || timeNs < toNs);
  return {
    losses: losses.filter(isIn).sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0)),
    notices,
  };
}

/** Of all protocols; extended addressing only where normal addressing does not make sense. */
async function speakingStreams(parts: TransportParts, key: string, signal: AbortSignal, host: Host): Promise<SurveyedStream[]> {
  const ids: readonly HeardId[] = heardCanIds(await parts.heardLog(key, signal));
  const speaking = async (...keys: Parameters<TransportParts["surveyLog"]>[1][]) =>
    (await parts.surveyLog(key, keys.flat(), signal, host)).filter(({ account }) => speaks(account));
  const normal = await speaking(isoTpCandidates(ids, "normal"), j1939Candidates(ids), fastPacketCandidates(ids));
  const others = ids.filter(
    ({ channel, id, extended }) => !normal.some(({ account }) => isOfId(account.key, channel, id, extended)),
  );
  return [...normal, ...(await speaking(isoTpCandidates(others, "extended")))];
}
