/** What stands for an open end of a range: the data's own. */
import type { Engine } from "../../../core/query/engine.ts";

/** Half open. */
export interface ClosedRange {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

/** From the first log of a device to the end of the last, which is scanned if its end is not known yet; without logs 0 to 0. */
export async function rangeOfData(device: string, engine: Engine, signal: AbortSignal): Promise<ClosedRange> {
  const logs = (await engine.logs({ device }, signal)).filter(({ startNs }) => startNs !== null);
  const first = logs.reduce<bigint | null>(
    (least, { startNs }) => (least === null || (startNs ?? least) < least ? startNs : least),
    null,
  );
  const last = logs.toSorted((a, b) => Number((a.startNs ?? 0n) - (b.startNs ?? 0n))).at(-1);
  if (first === null || last === undefined) return { fromNs: 0n, toNs: 0n };
  const endNs = last.endNs ?? (await engine.heard({ device, key: last.key }, signal)).lastNs ?? first;
  return { fromNs: first, toNs: endNs + 1n };
}
