/** Where a line breaks, and which silences all signals of a stripe share. */
import type { Segment } from "../../core/series/series.ts";

/** ns from the view's start, half open. */
export interface Gap {
  readonly fromNs: number;
  readonly toNs: number;
}

const SECOND_NS = 1e9;

/** A line breaks where nothing came for more than five periods, at least 1 s (viewer.md §4, "Gaps"). */
export const gapNsOf = (rateHz: number | null): number =>
  rateHz === null || rateHz <= 0 ? Number.POSITIVE_INFINITY : Math.max((5 / rateHz) * SECOND_NS, SECOND_NS);

const kept = new WeakMap<
  readonly Segment[],
  { readonly gapNs: number; readonly originNs: bigint; readonly gaps: readonly Gap[] }
>();

/** As `gapsOf`, found once per answer and moved to each view's start. */
export function gapsFrom(segments: readonly Segment[], originNs: bigint, gapNs: number): readonly Gap[] {
  const known = kept.get(segments);
  if (known === undefined || known.gapNs !== gapNs) {
    const gaps = gapsOf(segments, originNs, gapNs);
    kept.set(segments, { gapNs, originNs, gaps });
    return gaps;
  }
  const by = Number(known.originNs - originNs);
  return known.gaps.map(({ fromNs, toNs }) => ({ fromNs: fromNs + by, toNs: toNs + by }));
}

/** Silences of one series longer than `gapNs`, and those between sessions. `segments` ascend in time. */
export function gapsOf(segments: readonly Segment[], originNs: bigint, gapNs: number): Gap[] {
  const gaps: Gap[] = [];
  let before: { timeNs: number; session: string } | null = null;
  for (const { baseNs, timesNs, session } of segments) {
    const aheadNs = Number(baseNs - originNs);
    for (let row = 0; row < timesNs.length; row++) {
      const timeNs = aheadNs + (timesNs[row] ?? 0);
      if (before !== null && (timeNs - before.timeNs > gapNs || before.session !== session)) {
        gaps.push({ fromNs: before.timeNs, toNs: timeNs });
      }
      before = { timeNs, session };
    }
  }
  return gaps;
}

/** What is silent in both. Inputs ascend and do not overlap; so does the result. */
export function commonGaps(a: readonly Gap[], b: readonly Gap[]): Gap[] {
  const common: Gap[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const left = a[i];
    const right = b[j];
    if (left === undefined || right === undefined) break;
    const fromNs = Math.max(left.fromNs, right.fromNs);
    const toNs = Math.min(left.toNs, right.toNs);
    if (toNs > fromNs) common.push({ fromNs, toNs });
    if (left.toNs < right.toNs) i++;
    else j++;
  }
  return common;
}
