/** Messages of transport protocols that the logs of a device lost, whoever can decode them: for annotations. */
import { isOfOneObject, type Notice } from "../fault.ts";
import { type Pause, restingHost } from "./aside.ts";
import type { LogEntry, OnWork } from "./engine.ts";
import { type LossWalks, lossWalks } from "./log-losses.ts";
import { unreadable } from "./readable-logs.ts";
import { type Loss, streamText } from "./transport-losses.ts";
import type { TransportParts } from "./transports.ts";

export interface DeviceLosses {
  /** Ascending in time; of each log the first 1024. */
  readonly losses: readonly Loss[];
  /** Of logs that were not looked through, since the budget did not allow it: then there are no losses either. */
  readonly leftBytes: number;
  readonly notices: readonly Notice[];
}

export interface LossesQuery {
  readonly device: string;
  /** Half open; null = the data's own. */
  readonly fromNs: bigint | null;
  readonly toNs: bigint | null;
  /** The walks rest as long as this says; absent = they take their turns like any work. */
  readonly pause?: Pause;
  /** Of logs that may be walked for this; what is known of a log costs nothing. All or none are. Absent = all. */
  readonly budgetBytes?: number;
}

export type FindLosses = (query: LossesQuery, signal: AbortSignal, onWork?: OnWork) => Promise<DeviceLosses>;

/** Reads each log once; what was found is kept by file version. */
export function lossFinder(parts: TransportParts): FindLosses {
  const walks = lossWalks(parts);
  return async ({ device, fromNs, toNs, pause, budgetBytes }, signal, onWork) => {
    const logs = await parts.catalogue.logsInRange({ device, fromNs, toNs }, signal);
    const toWalk = budgetBytes === undefined && onWork === undefined ? null : await unknownBytes(walks, logs, signal);
    if (budgetBytes !== undefined && toWalk !== null && toWalk > budgetBytes)
      return { losses: [], leftBytes: toWalk, notices: [] };
    const host = pause ? restingHost(parts.host, pause) : parts.host;
    const notices: Notice[] = [];
    const losses: Loss[] = [];
    let doneBytes = 0;
    /** Streams that the split before left open. */
    let open = new Set<string>();
    for (const [i, log] of logs.entries()) {
      const goesOn = (other: LogEntry | undefined, by: number) =>
        other !== undefined && other.session === log.session && other.split === log.split + by;
      const before = goesOn(logs[i - 1], -1) ? open : new Set<string>();
      open = new Set();
      try {
        const { mdf } = await parts.openDecodable(log.key, signal);
        const tell: OnWork = ({ bytes }) => onWork?.({ bytes: doneBytes + bytes, bytesAll: toWalk ?? 0 });
        const isKnown = onWork === undefined || (await walks.known(log.key, signal)) !== null;
        for (const { key, losses: own } of await walks.find(log.key, signal, host, tell)) {
          const name = streamText(key);
          let isFirst = true;
          for (const { cause, timeNs, frames } of own) {
            // A message over the border of two splits is whole: neither its end here nor its rest there was lost.
            const isOpenEnd = cause === "unfinished" && goesOn(logs[i + 1], 1);
            const isRest = isFirst && cause === "orphanFrames" && before.has(name);
            isFirst = false;
            if (isOpenEnd) open.add(name);
            if (isOpenEnd || isRest) continue;
            losses.push({ timeNs: mdf.header.startNs + timeNs, file: log.key, stream: name, cause, frames });
          }
        }
        if (!isKnown) doneBytes += log.sizeBytes;
      } catch (error) {
        if (!isOfOneObject(error)) throw error;
        notices.push(unreadable(log.key, error.fault));
      }
    }
    const isIn = ({ timeNs }: Loss): boolean => (fromNs === null || timeNs >= fromNs) && (toNs === null || timeNs < toNs);
    return {
      losses: losses.filter(isIn).sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0)),
      leftBytes: 0,
      notices,
    };
  };
}

/** Of the logs that have to be walked. One that cannot be opened is said when it is read. */
async function unknownBytes(walks: LossWalks, logs: readonly LogEntry[], signal: AbortSignal): Promise<number> {
  let bytes = 0;
  for (const { key, sizeBytes } of logs) {
    try {
      if ((await walks.known(key, signal)) === null) bytes += sizeBytes;
    } catch (error) {
      if (!isOfOneObject(error)) throw error;
    }
  }
  return bytes;
}
