/** Cells of one series in one log: only the buckets that have samples, by their number. */
/** Which cells a method needs; words as in assembly/layout.ts. */
export type CellKind = "envelope" | "m4" | "nearest" | "stats";

/** Words of a cell. `min` stands before max, tMin, tMax (not in stats); `first` before tFirst, last, tLast. −1: not there. */
export const WORDS = {
  envelope: { words: 4, min: 0, tMin: 2, first: -1 },
  m4: { words: 8, min: 0, tMin: 2, first: 4 },
  nearest: { words: 4, min: -1, tMin: -1, first: 0 },
  stats: { words: 10, min: 3, tMin: -1, first: 5 },
} as const;

export interface CellPart {
  readonly file: string;
  readonly session: string;
  readonly kind: CellKind;
  /** Times in the cells are relative to this. */
  readonly baseNs: bigint;
  /** Start of bucket 0: a border of the grid so near that numbers of buckets and times from here on are exact in doubles. */
  readonly originNs: bigint;
  /** Ascending numbers of buckets. */
  readonly buckets: Float64Array;
  readonly cells: Float64Array;
}

/** Folds the cells of `b` into those of `a`: the same buckets, the same base. */
export function combineDense(kind: CellKind, a: Float64Array, b: Float64Array): void {
  for (let at = 0; at < a.length; at += WORDS[kind].words) combineCell(kind, a, at, b, at, 0);
}

/** One cell into another; times of `b` are `shiftNs` later on the clock of `a`. */
export function combineCell(kind: CellKind, a: Float64Array, atA: number, b: Float64Array, atB: number, shiftNs: number): void {
  const { min, tMin, first } = WORDS[kind];
  const word = (cells: Float64Array, at: number) => cells[at] ?? Number.NaN;
  if (kind === "stats") for (let w = 0; w < 3; w++) a[atA + w] = word(a, atA + w) + word(b, atB + w);
  if (min >= 0) {
    for (const [w, sign] of [
      [min, 1],
      [min + 1, -1],
    ] as const) {
      const difference = sign * (word(b, atB + w) - word(a, atA + w));
      const time = tMin < 0 ? 0 : word(b, atB + w + 2) + shiftNs;
      const isEarlier = tMin >= 0 && difference === 0 && time < word(a, atA + w + 2);
      if (!(difference < 0) && !isEarlier) continue;
      a[atA + w] = word(b, atB + w);
      if (tMin >= 0) a[atA + w + 2] = time;
    }
  }
  if (first < 0) return;
  const firstTime = word(b, atB + first + 1) + shiftNs;
  const lastTime = word(b, atB + first + 3) + shiftNs;
  if (firstTime < word(a, atA + first + 1) || Number.isNaN(word(a, atA + first + 1))) {
    a[atA + first] = word(b, atB + first);
    a[atA + first + 1] = firstTime;
  }
  if (lastTime >= word(a, atA + first + 3) || Number.isNaN(word(a, atA + first + 3))) {
    a[atA + first + 2] = word(b, atB + first + 2);
    a[atA + first + 3] = lastTime;
  }
}

/** Drops empty cells. `firstBucket` = number of the first cell. */
export function sparse(kind: CellKind, dense: Float64Array, firstBucket: number): { buckets: Float64Array; cells: Float64Array } {
  const { words } = WORDS[kind];
  const count = dense.length / words;
  const buckets = new Float64Array(count);
  const cells = new Float64Array(dense.length);
  let kept = 0;
  for (let i = 0; i < count; i++) {
    if (isEmptyCell(kind, dense, i * words)) continue;
    buckets[kept] = firstBucket + i;
    for (let w = 0; w < words; w++) cells[kept * words + w] = dense[i * words + w] ?? Number.NaN;
    kept++;
  }
  return { buckets: buckets.slice(0, kept), cells: cells.slice(0, kept * words) };
}

export function isEmptyCell(kind: CellKind, cells: Float64Array, at: number): boolean {
  const { tMin, first } = WORDS[kind];
  return Number.isNaN(cells[at + (first >= 0 ? first + 1 : tMin)]);
}

/** Cells of samples in ascending time, for grids with more buckets than a kernel has cells. `originNs` relative to the samples' base. */
export function foldSamples(
  kind: CellKind,
  times: Float64Array,
  values: Float64Array,
  originNs: number,
  stepNs: number,
): { buckets: Float64Array; cells: Float64Array } {
  const { words, min, tMin, first } = WORDS[kind];
  const buckets: number[] = [];
  const cells: number[] = [];
  let at = -words;
  let current = Number.NaN;
  for (let i = 0; i < times.length; i++) {
    const time = times[i] ?? 0;
    const value = values[i] ?? 0;
    const bucket = Math.floor((time - originNs) / stepNs);
    if (bucket !== current) {
      current = bucket;
      at += words;
      buckets.push(bucket);
      for (let w = 0; w < words; w++) cells.push(w < 3 && kind === "stats" ? 0 : Number.NaN);
      if (min >= 0) {
        cells[at + min] = Number.POSITIVE_INFINITY;
        cells[at + min + 1] = Number.NEGATIVE_INFINITY;
      }
      if (first >= 0) {
        cells[at + first] = value;
        cells[at + first + 1] = time;
      }
    }
    if (first >= 0) {
      cells[at + first + 2] = value;
      cells[at + first + 3] = time;
    }
    if (!Number.isFinite(value)) continue;
    if (kind === "stats") {
      cells[at] = (cells[at] ?? 0) + 1;
      cells[at + 1] = (cells[at + 1] ?? 0) + value;
      cells[at + 2] = (cells[at + 2] ?? 0) + value * value;
    }
    if (min < 0) continue;
    if (value < (cells[at + min] ?? 0)) {
      cells[at + min] = value;
      if (tMin >= 0) cells[at + tMin] = time;
    }
    if (value > (cells[at + min + 1] ?? 0)) {
      cells[at + min + 1] = value;
      if (tMin >= 0) cells[at + tMin + 1] = time;
    }
  }
  const full = { buckets: Float64Array.from(buckets), cells: Float64Array.from(cells) };
  return kind === "envelope" ? dropEmpty(full) : full;
}

/** A bucket with samples, none of them finite, has no envelope. */
function dropEmpty(part: { buckets: Float64Array; cells: Float64Array }): { buckets: Float64Array; cells: Float64Array } {
  const keep = [...part.buckets.keys()].filter((i) => !isEmptyCell("envelope", part.cells, i * 4));
  if (keep.length === part.buckets.length) return part;
  return {
    buckets: Float64Array.from(keep, (i) => part.buckets[i] ?? 0),
    cells: Float64Array.from(keep.flatMap((i) => [...part.cells.subarray(i * 4, i * 4 + 4)])),
  };
}
