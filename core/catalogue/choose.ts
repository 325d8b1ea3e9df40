/** Which logs may hold records of a range: pure functions over starts that are known, and a search that asks for few of them. */
import { DISORDER_NS } from "./first-time.ts";

export interface TimeRange {
  /** null = from the beginning. */
  readonly fromNs: bigint | null;
  /** Exclusive; null = to the end. */
  readonly toNs: bigint | null;
}

export interface TimedLog {
  readonly startNs: bigint | null;
  /** Of the latest record; null if not known. */
  readonly endNs: bigint | null;
  /** Later than the latest record, if the name says so. */
  readonly uploadNs: bigint | null;
}

const DISORDER = BigInt(DISORDER_NS);

/**
 * For logs in the order they were written: whether each may hold records of the range. A log ends, as long as nobody has scanned it, where
 * the next one starts (and up to two seconds later); so the log before the range's start is among them. A log whose start is not known
 * lies between its neighbours.
 */
export function mayOverlap(logs: readonly TimedLog[], range: TimeRange): boolean[] {
  const chosen: boolean[] = [];
  let startNs: bigint | null = null;
  for (const [i, log] of logs.entries()) {
    startNs = log.startNs ?? startNs;
    const endNs = log.endNs ?? boundOf(logs, i, startNs);
    const isBefore = endNs !== null && range.fromNs !== null && endNs < range.fromNs;
    const isAfter = startNs !== null && range.toNs !== null && startNs >= range.toNs;
    chosen.push(!isBefore && !isAfter);
  }
  return chosen;
}

/** null: no bound is known. A next log that starts earlier (its clock was set back) bounds nothing. */
function boundOf(logs: readonly TimedLog[], at: number, startNs: bigint | null): bigint | null {
  for (let i = at + 1; i < logs.length; i++) {
    const nextNs = logs[i]?.startNs ?? null;
    if (nextNs === null) continue;
    if (startNs === null || nextNs >= startNs) return nextNs + DISORDER;
    break;
  }
  const uploadNs = logs[at]?.uploadNs ?? null;
  return uploadNs !== null && startNs !== null && uploadNs >= startNs ? uploadNs + DISORDER : null;
}

/**
 * Index of the first item whose start is at or after `limitNs`, by halving; items without a start take that of the next one that has one.
 * Assumes that starts rise. Asks for about log2(count) starts.
 */
export async function firstAtOrAfter(
  count: number,
  limitNs: bigint,
  startOf: (index: number) => Promise<bigint | null>,
): Promise<number> {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    let probe = middle;
    let startNs: bigint | null = null;
    while (probe < high) {
      startNs = await startOf(probe);
      if (startNs !== null) break;
      probe++;
    }
    if (startNs === null || startNs >= limitNs) high = middle;
    else low = probe + 1;
  }
  return low;
}

/** Earlier than any record that could belong to a log before: the disorder of generation D reaches over the border of two logs. */
export const withDisorder = (fromNs: bigint): bigint => fromNs - DISORDER;
