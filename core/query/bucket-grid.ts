/** Buckets of a range for what is counted rather than read: few enough to lie in memory. */
import { FaultError } from "../fault.ts";
import { floorDiv } from "../time.ts";

/** More than a panel has pixels, and few enough for 64 channels to lie in memory at once. */
export const BUCKETS_MAX = 10_000;
interface RangeInSteps {
  /** Half open. */
  readonly fromNs: bigint;
  readonly toNs: bigint;
  readonly stepNs: bigint;
}

/** Whole buckets that touch a range. */
export interface BucketGrid {
  /** Start of the first. */
  readonly fromNs: bigint;
  readonly stepNs: number;
  readonly bucketCount: number;
}

/** Buckets are [k · stepNs, (k + 1) · stepNs) since 1970. Faults: `request/bad-parameter` for too many. */
export function gridOf({ fromNs, toNs, stepNs }: RangeInSteps): BucketGrid {
  const first = floorDiv(fromNs, stepNs);
  const count = toNs <= fromNs ? 0n : floorDiv(toNs - 1n, stepNs) + 1n - first;
  if (count > BigInt(BUCKETS_MAX))
    throw new FaultError({
      code: "request/bad-parameter",
      message: "The step makes too many buckets of the range",
      found: Number(count),
      allowed: BUCKETS_MAX,
    });
  return { fromNs: first * stepNs, stepNs: Number(stepNs), bucketCount: Number(count) };
}
