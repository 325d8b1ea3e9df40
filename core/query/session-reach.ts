/** The samples next to a range in splits that it does not touch: looked for from split to split, as far as the session goes. */
import { DISORDER_NS } from "../catalogue/first-time.ts";
import { isOfOneObject } from "../fault.ts";
import type { DeviceSeries } from "./device-series.ts";
import type { LogEntry } from "./engine.ts";
import type { QueryRange } from "./log-plan.ts";
import type { pace } from "./pace.ts";

/** `logs`: all of the device, in their order; `read`: those that the answer is made of already. A log that cannot be read has no say. */
export async function reachOverSplits(
  work: DeviceSeries,
  logs: readonly LogEntry[],
  read: ReadonlySet<string>,
  { fromNs, toNs }: QueryRange,
  host: ReturnType<typeof pace>,
): Promise<void> {
  for (const [session, splits] of bySession(logs)) {
    const own = splits.filter(({ key }) => read.has(key));
    const [first, last] = [own[0], own.at(-1)];
    const before = fromNs === null ? [] : splits.slice(0, first ? splits.indexOf(first) : countBefore(splits, fromNs));
    const behind = toNs === null ? [] : splits.slice(last ? splits.indexOf(last) + 1 : countBefore(splits, toNs));
    // Nothing goes on to where the session has nothing.
    if (own.length === 0 && (before.length === 0 || behind.length === 0)) continue;
    await walk(work, session, "before", before.reverse(), (log) => log.endNs ?? nextStart(splits, log), host);
    await walk(work, session, "after", behind, ({ startNs }) => startNs, host);
  }
}

/** Logs that were never gone through, and are large, are so for their neighbours only up to this many on each side. */
const UNSEEN_MAX = 1;

async function walk(
  work: DeviceSeries,
  session: string,
  side: "before" | "after",
  logs: readonly LogEntry[],
  limitOf: (log: LogEntry) => bigint | null,
  host: ReturnType<typeof pace>,
): Promise<void> {
  let unseen = 0;
  for (const log of logs) {
    // A line that leads so far away is a gap whatever its other end.
    if (!(await work.isSeen(log, host)) && ++unseen > UNSEEN_MAX) return;
    await beside(work, session, side, log, limitOf(log), host);
  }
}

/** `limitNs`: no sample of the log is nearer; null: not known. */
async function beside(
  work: DeviceSeries,
  session: string,
  side: "before" | "after",
  log: LogEntry,
  limitNs: bigint | null,
  host: ReturnType<typeof pace>,
): Promise<void> {
  const asked = work.wanting(session, side, limitNs ?? (side === "before" ? FAR_NS : -FAR_NS));
  if (asked.length === 0) return;
  try {
    await work.readBeside(log, side, asked, host);
  } catch (error) {
    if (!isOfOneObject(error)) throw error;
  }
}

/** Later than any time. */
const FAR_NS = 2n ** 63n;

/** Where the next split starts, and a little later: until then the log may go on. */
function nextStart(splits: readonly LogEntry[], log: LogEntry): bigint | null {
  const startNs = splits[splits.indexOf(log) + 1]?.startNs ?? null;
  return startNs === null ? null : startNs + BigInt(DISORDER_NS);
}

const countBefore = (splits: readonly LogEntry[], timeNs: bigint): number =>
  splits.filter(({ startNs }) => startNs !== null && startNs < timeNs).length;

function bySession(logs: readonly LogEntry[]): Map<string, LogEntry[]> {
  const sessions = new Map<string, LogEntry[]>();
  for (const log of logs) if (log.fault === null) sessions.set(log.session, [...(sessions.get(log.session) ?? []), log]);
  return sessions;
}
