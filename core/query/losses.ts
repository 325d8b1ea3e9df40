/** Messages of transport protocols that the logs of a device lost, whoever can decode them: for annotations. */
import { isOfOneObject, type Notice } from "../fault.ts";
import { type Pause, restingHost } from "./aside.ts";
import type { LogEntry, OnWork } from "./engine.ts";
import { type LogLosses, type LookAt, lossWalks } from "./log-losses.ts";
import type { Host } from "./pace.ts";
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
  const lookAt = lossWalks(parts);
  return async ({ device, fromNs, toNs, pause, budgetBytes }, signal, onWork) => {
    const logs = await parts.catalogue.logsInRange({ device, fromNs, toNs }, signal);
    const isSummed = budgetBytes !== undefined || onWork !== undefined;
    const { known, leftBytes } = isSummed ? await knownOf(lookAt, logs, signal) : { known: noneKnown, leftBytes: 0 };
    if (budgetBytes !== undefined && leftBytes > budgetBytes) return { losses: [], leftBytes, notices: [] };
    const host = pause ? restingHost(parts.host, pause) : parts.host;
    const notices: Notice[] = [];
    const losses: Loss[] = [];
    let doneBytes = 0;
    /** Streams that the split before left open. */
    let open = new Set<string>();
    for (const [i, log] of logs.entries()) {
      const before = goesOn(logs, i, -1) ? open : new Set<string>();
      open = new Set();
      try {
        const tell: OnWork = ({ bytes }) => onWork?.({ bytes: doneBytes + bytes, bytesAll: leftBytes });
        const { startNs, found } = known.get(log.key) ?? (await walked(lookAt, log.key, signal, host, tell));
        for (const { key, losses: own } of found) {
          const name = streamText(key);
          let isFirst = true;
          for (const { cause, timeNs, frames } of own) {
            // A message over the border of two splits is whole: neither its end here nor its rest there was lost.
            const isOpenEnd = cause === "unfinished" && goesOn(logs, i, 1);
            const isRest = isFirst && cause === "orphanFrames" && before.has(name);
            isFirst = false;
            if (isOpenEnd) open.add(name);
            if (isOpenEnd || isRest) continue;
            losses.push({ timeNs: startNs + timeNs, file: log.key, stream: name, cause, frames });
          }
        }
      } catch (error) {
        if (!isOfOneObject(error)) throw error;
        notices.push(unreadable(log.key, error.fault));
      }
      if (!known.has(log.key)) doneBytes += log.sizeBytes;
    }
    const isIn = ({ timeNs }: Loss): boolean => (fromNs === null || timeNs >= fromNs) && (toNs === null || timeNs < toNs);
    return {
      losses: losses.filter(isIn).sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0)),
      leftBytes: 0,
      notices,
    };
  };
}

/** Whether the split beside one is of the same session, and the next or the one before. */
function goesOn(logs: readonly LogEntry[], at: number, by: number): boolean {
  const [own, other] = [logs[at], logs[at + by]];
  return own !== undefined && other !== undefined && other.session === own.session && other.split === own.split + by;
}

interface FoundIn {
  readonly startNs: bigint;
  readonly found: LogLosses;
}

const noneKnown: ReadonlyMap<string, FoundIn> = new Map();

async function walked(look: LookAt, key: string, signal: AbortSignal, host: Host, onWork: OnWork): Promise<FoundIn> {
  const { startNs, known, walk } = await look(key, signal);
  return { startNs, found: known ?? (await walk(host, onWork)) };
}

/** What is known by key, and the bytes of the other logs. One that cannot be opened is said when it is read. */
async function knownOf(
  look: LookAt,
  logs: readonly LogEntry[],
  signal: AbortSignal,
): Promise<{ readonly known: ReadonlyMap<string, FoundIn>; readonly leftBytes: number }> {
  const all = new Map<string, FoundIn>();
  let leftBytes = 0;
  for (const { key, sizeBytes } of logs) {
    try {
      const { startNs, known } = await look(key, signal);
      if (known === null) leftBytes += sizeBytes;
      else all.set(key, { startNs, found: known });
    } catch (error) {
      if (!isOfOneObject(error)) throw error;
    }
  }
  return { known: all, leftBytes };
}
