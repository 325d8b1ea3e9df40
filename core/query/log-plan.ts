/** Which cells of which grid the kernel is to fill for one log, or that it is to give columns instead. */
import type { DecodeOutput, DecodeRange } from "../kernel/decode.ts";
import type { HeardLog } from "./heard-log.ts";
import { bucketOf, cellKindOf } from "./points.ts";
import type { Query } from "./query.ts";

export interface LogPlan {
  readonly range: DecodeRange;
  readonly output: DecodeOutput;
  /** Start of the kernel's bucket 0. */
  readonly gridNs: bigint;
}

/** Half open; null = the data's own. */
export interface QueryRange {
  readonly fromNs: bigint | null;
  readonly toNs: bigint | null;
}

/** More buckets than this in one log are folded from columns on the host. */
const KERNEL_BUCKETS_MAX = 32_768n;
/** Up to this many the range itself is the grid; above, a log's first and last time are used where they are known. */
const UNSEEN_BUCKETS_MAX = 2048n;
/** Above this many a log is scanned once for them. */
const UNHEARD_BUCKETS_MAX = 8192n;
/** Samples a log may hold away from its start: times stay exact in doubles (2^53 ns are 104 days). */
export const REACH_NS = 90n * 86_400_000_000_000n;
export const DAY_NS = 86_400_000_000_000n;

/** `startNs`: time of the earliest record; `headerNs`: what the times in the file count from. `heard`: null where it is not known and not `needed`. */
export async function planLog(
  query: Query,
  asked: QueryRange,
  startNs: bigint,
  headerNs: bigint,
  heard: (needed: boolean) => Promise<HeardLog | null>,
): Promise<LogPlan> {
  const { method, grid } = query;
  const neighbours = query.neighbours !== false && method !== "stats";
  const lowNs = startNs - REACH_NS;
  const fromNs = asked.fromNs !== null && asked.fromNs > lowNs ? asked.fromNs : lowNs;
  const highNs = startNs + REACH_NS;
  const endNs = asked.toNs !== null && asked.toNs < highNs ? asked.toNs : highNs;
  const toNs = endNs < fromNs ? fromNs : endNs;
  const range = { fromNs: fromNs - headerNs, toNs: toNs - headerNs, baseNs: startNs - headerNs };
  const times = query.firstFrameTimes === undefined ? {} : { firstFrameTimes: query.firstFrameTimes };
  const columns = { kind: "columns", keepLengths: false, ...times } as const;
  const isOddGrid = grid.kind === "midnight-per-file" && DAY_NS % grid.stepNs !== 0n;
  const { budgetPoints } = query;
  if (method === "raw" && budgetPoints !== null)
    return { range, output: { ...columns, keepFirst: Math.max(1, budgetPoints) }, gridNs: startNs };
  if (method === "raw" || isOddGrid) return { range, output: columns, gridNs: startNs };
  const { stepNs } = grid;
  const originNs = grid.kind === "fixed" ? grid.originNs : 0n;
  const isMany = toNs - fromNs > UNSEEN_BUCKETS_MAX * stepNs;
  const known = isMany ? await heard(toNs - fromNs > UNHEARD_BUCKETS_MAX * stepNs) : null;
  const span = known ? spanOf(known, fromNs, toNs) : { fromNs, toNs };
  const firstBucket = bucketOf(span.fromNs, originNs, stepNs);
  const bucketCount = span.toNs > span.fromNs ? bucketOf(span.toNs - 1n, originNs, stepNs) - firstBucket + 1n : 0n;
  if (bucketCount > KERNEL_BUCKETS_MAX) return { range, output: columns, gridNs: startNs };
  const gridNs = originNs + firstBucket * stepNs;
  return {
    // With neighbours, what lies outside is wanted too; without, no frame may lie beside the cells.
    range: neighbours ? range : { ...range, fromNs: span.fromNs - headerNs, toNs: span.toNs - headerNs },
    gridNs,
    output: {
      kind: cellKindOf(method, neighbours),
      originNs: Number(gridNs - startNs),
      stepNs: Number(stepNs),
      bucketCount: Number(bucketCount),
      neighbours,
      ...times,
    },
  };
}

/** Where the buckets of this log can lie. */
function spanOf(heard: HeardLog, fromNs: bigint, toNs: bigint): { fromNs: bigint; toNs: bigint } {
  if (!heard.isWhole) return { fromNs, toNs };
  if (heard.firstNs === null || heard.lastNs === null) return { fromNs, toNs: fromNs };
  const from = heard.firstNs > fromNs ? heard.firstNs : fromNs;
  const to = heard.lastNs + 1n < toNs ? heard.lastNs + 1n : toNs;
  return { fromNs: from, toNs: to < from ? from : to };
}
