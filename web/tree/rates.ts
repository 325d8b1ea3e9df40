/** How often an id is sent while something is recorded: the pauses between sessions do not count. */
import type { HeardId, LogEntry } from "../../core/query/engine.ts";

/** Frames per second of recorded time; the engine's own rate where the logs' ends are not known. */
export function recordedRateHz(id: HeardId, logs: readonly LogEntry[]): number | null {
  if (id.rateHz === null) return null;
  let recordedNs = 0n;
  for (const { startNs, endNs } of logs) {
    if (startNs === null || endNs === null) return id.rateHz;
    const from = startNs > id.firstNs ? startNs : id.firstNs;
    const to = endNs < id.lastNs ? endNs : id.lastNs;
    if (to > from) recordedNs += to - from;
  }
  const heardNs = id.lastNs - id.firstNs;
  if (recordedNs <= 0n || recordedNs >= heardNs) return id.rateHz;
  return (id.rateHz * Number(heardNs)) / Number(recordedNs);
}
