/** Which names a person may have meant. */
import { compareKeys } from "../store/check-key.ts";

const NAME_LENGTH_MAX = 128; // a longer name is no slip of the pen; keeps a comparison below 128 · 7 steps

/**
 * Up to `countMax` candidates close to a name, nearest first: few letters differ (case never counts), or one holds the other.
 * Time is linear in the candidates.
 */
export function nearestNames(name: string, candidates: Iterable<string>, countMax: number): string[] {
  const asked = name.toLowerCase();
  if (asked === "" || asked.length > NAME_LENGTH_MAX) return [];
  const editsMax = Math.min(3, Math.ceil(asked.length / 3));
  const ranked = new Map<string, number>();
  for (const candidate of candidates) {
    const rank = distance(asked, candidate.toLowerCase(), editsMax);
    if (rank !== null) ranked.set(candidate, rank);
  }
  return [...ranked]
    .sort((a, b) => a[1] - b[1] || compareKeys(a[0], b[0]))
    .slice(0, countMax)
    .map(([candidate]) => candidate);
}

/** Edits between two names; more than editsMax by the extra letters if one holds the other (3 letters at least), else null. */
function distance(a: string, b: string, editsMax: number): number | null {
  if (b === "" || b.length > NAME_LENGTH_MAX) return null;
  const edits = Math.abs(a.length - b.length) <= editsMax ? editDistance(a, b, editsMax) : null;
  if (edits !== null) return edits;
  const holds = Math.min(a.length, b.length) >= 3 && (b.includes(a) || a.includes(b));
  return holds ? editsMax + Math.abs(a.length - b.length) : null;
}

/** Levenshtein distance if it is at most editsMax, else null; only the diagonal band of that width is computed. */
function editDistance(a: string, b: string, editsMax: number): number | null {
  const far = editsMax + 1;
  let above = Array.from({ length: b.length + 1 }, (_, column) => Math.min(column, far));
  for (let row = 1; row <= a.length; row++) {
    const current = new Array<number>(b.length + 1).fill(far);
    current[0] = Math.min(row, far);
    let best = current[0];
    for (let column = Math.max(1, row - editsMax); column <= Math.min(b.length, row + editsMax); column++) {
      const replaced = (above[column - 1] ?? far) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const cell = Math.min(replaced, (above[column] ?? far) + 1, (current[column - 1] ?? far) + 1, far);
      current[column] = cell;
      best = Math.min(best, cell);
    }
    if (best > editsMax) return null;
    above = current;
  }
  const edits = above[b.length] ?? far;
  return edits <= editsMax ? edits : null;
}
