/** What stands for an open end of a range: the data's own. */
import type { Engine, LogEntry } from "../../../core/query/engine.ts";

/** Half open. */
export interface ClosedRange {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

/** From the first log of a device to the end of the last, which is scanned if its end is not known yet; without logs 0 to 0. */
export async function rangeOfData(device: string, engine: Engine, signal: AbortSignal): Promise<ClosedRange> {
  const logs = await engine.logs({ device }, signal);
  const first = logs.reduce<bigint | null>(
    (least, { startNs }) => (least === null || (startNs !== null && startNs < least) ? startNs : least),
    null,
  );
  return first === null ? NOTHING : { fromNs: first, toNs: (await endOf(logs, engine, signal)) ?? first };
}

const NOTHING: ClosedRange = { fromNs: 0n, toNs: 0n };
const DAY_NS = 86_400_000_000_000n;

/** The last 24 hours of what the devices (null: all) have; without logs 0 to 0. For requests that name no range. */
export async function lastDayOfData(
  devices: readonly string[] | null,
  engine: Engine,
  signal: AbortSignal,
): Promise<ClosedRange> {
  if (devices?.length === 0) return NOTHING;
  const all = await engine.logs(devices?.length === 1 && devices[0] !== undefined ? { device: devices[0] } : {}, signal);
  const logs = all.filter(({ device }) => devices === null || devices.includes(device));
  const endNs = await endOf(logs, engine, signal);
  return endNs === null ? NOTHING : { fromNs: endNs - DAY_NS, toNs: endNs };
}

/** Behind the last sample of the log that begins last; null without logs. */
async function endOf(logs: readonly LogEntry[], engine: Engine, signal: AbortSignal): Promise<bigint | null> {
  const [last] = logs
    .filter(({ startNs }) => startNs !== null)
    .toSorted((a, b) => ((a.startNs ?? 0n) > (b.startNs ?? 0n) ? -1 : 1));
  if (last === undefined) return null;
  const { device, key, startNs } = last;
  return (last.endNs ?? (await engine.heard({ device, key }, signal)).lastNs ?? startNs ?? 0n) + 1n;
}
