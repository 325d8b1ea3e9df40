import type { Notice } from "../fault.ts";
import { joinPieces } from "../kernel/pieces.ts";
import type { Segment, StatsSegment } from "../series/series.ts";

/** Segments by their first time; those that overlap (a clock set back, an id on two logs) become one, sorted. */
export function inTimeOrder(segments: readonly Segment[]): Segment[] {
  const firstOf = (segment: Segment) => segment.baseNs + BigInt(segment.timesNs[0] ?? 0);
  const lastOf = (segment: Segment) => segment.baseNs + BigInt(segment.timesNs.at(-1) ?? 0);
  const sorted = [...segments].sort((a, b) => (firstOf(a) < firstOf(b) ? -1 : firstOf(a) > firstOf(b) ? 1 : 0));
  const joined: Segment[] = [];
  for (const segment of sorted) {
    const last = joined.at(-1);
    if (last && firstOf(segment) < lastOf(last)) joined[joined.length - 1] = interleave(last, segment);
    else joined.push(segment);
  }
  return joined;
}

function interleave(a: Segment, b: Segment): Segment {
  const shift = Number(b.baseNs - a.baseNs);
  const piece = ({ timesNs, values, rests }: Segment, by: number) => ({
    times: timesNs.map((time) => time + by),
    values,
    ...(rests ? { rests } : {}),
  });
  const { times, ...columns } = joinPieces([piece(a, 0), piece(b, shift)]);
  return { ...a, timesNs: times, ...columns };
}

/** The first points, or rows of `stats`, of all parts in their order. `dropped`: points left out already. */
export function cutToBudget<Part extends Segment | StatsSegment>(
  parts: readonly Part[],
  budgetPoints: number | null,
  dropped = 0,
): { parts: readonly Part[]; notice: Notice | null } {
  const lengthOf = (part: Segment | StatsSegment) => ("timesNs" in part ? part.timesNs : part.startsNs).length;
  const count = parts.reduce((sum, part) => sum + lengthOf(part), dropped);
  if (budgetPoints === null || count <= budgetPoints) return { parts, notice: null };
  let left = budgetPoints;
  const kept: Part[] = [];
  for (const part of parts) {
    if (left <= 0) break;
    const cut = Object.entries(part).map(([name, column]) => [
      name,
      column instanceof Float64Array ? column.slice(0, left) : column,
    ]);
    kept.push(Object.fromEntries(cut) as Part);
    left -= lengthOf(part);
  }
  const text = `The first ${budgetPoints} of ${count} points are given; ask for a shorter range or a method that reduces`;
  const fault = { code: "limit/too-many", message: text, found: count, allowed: budgetPoints } as const;
  return { parts: kept, notice: { severity: "warning", text, fault } };
}
