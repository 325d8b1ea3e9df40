/** What part of time a query is about: whole buckets, and the reach of neighbours. */
import { floorDiv } from "../time.ts";
import type { QueryRange } from "./log-plan.ts";
import { REACH_OVER_SPLITS_NS } from "./neighbours.ts";
import type { Query } from "./query.ts";

/** The range, widened to whole buckets when asked (design, decision 5). An empty one touches no bucket. */
export function widened(query: Query): QueryRange {
  const { fromNs, toNs, grid, wholeBuckets, method } = query;
  if (!wholeBuckets || method === "raw" || grid.kind !== "fixed" || isEmptyRange(query)) return { fromNs, toNs };
  const { originNs, stepNs } = grid;
  return {
    fromNs: fromNs === null ? null : originNs + floorDiv(fromNs - originNs, stepNs) * stepNs,
    toNs: toNs === null ? null : originNs + (floorDiv(toNs - 1n - originNs, stepNs) + 1n) * stepNs,
  };
}

export const isEmptyRange = ({ fromNs, toNs }: QueryRange): boolean => fromNs !== null && toNs !== null && fromNs >= toNs;

/** Where logs may lie that have something for the answer: neighbours of the range, the beginning of a message longer than a frame. */
export const withReach = ({ neighbours }: Query, { fromNs, toNs }: QueryRange, isLong = false): QueryRange => ({
  fromNs: fromNs !== null && (neighbours !== false || isLong) ? fromNs - REACH_OVER_SPLITS_NS : fromNs,
  toNs: toNs !== null && neighbours !== false ? toNs + REACH_OVER_SPLITS_NS : toNs,
});
