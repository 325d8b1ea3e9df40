/** Samples that were made on the host (calculated series) reduced as the engine reduces its own. */
import type { Segment, StatsSegment } from "../series/series.ts";
import type { CellPart } from "./cell-part.ts";
import { foldSamples } from "./cell-part.ts";
import { bucketOf, cellKindOf, mergeParts, pointsOf, statsOf } from "./points.ts";
import type { Method } from "./query.ts";

/** Points, or rows of `stats`, on the grid of 1970; samples in ascending time. */
export function foldSegments(
  segments: readonly Segment[],
  method: Exclude<Method, "raw">,
  stepNs: bigint,
): { readonly segments: readonly Segment[]; readonly stats: readonly StatsSegment[] | null } {
  const parts = segments.filter(({ timesNs }) => timesNs.length > 0).map((segment) => partOf(segment, method, stepNs));
  const merged = method === "nearest" ? parts : mergeParts(parts, stepNs);
  if (method === "stats") return { segments: [], stats: merged.map((part) => statsOf(part, stepNs)) };
  return { segments: merged.map((part) => pointsOf(part, method, stepNs)), stats: null };
}

function partOf({ file, session, baseNs, timesNs, values }: Segment, method: Exclude<Method, "raw">, stepNs: bigint): CellPart {
  const kind = cellKindOf(method, false);
  const originNs = bucketOf(baseNs + BigInt(timesNs[0] ?? 0), 0n, stepNs) * stepNs;
  const folded = foldSamples(kind, timesNs, values, Number(originNs - baseNs), Number(stepNs));
  return { file, session, baseNs, kind, originNs, ...folded };
}
