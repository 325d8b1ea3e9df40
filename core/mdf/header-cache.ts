/** Layouts of headers seen before: the files of one logger differ in comments and times, not in their groups. */
import type { DataGroup } from "./data-group.ts";

/** Parsed data groups by the very bytes they were parsed from. Give the same one to every `readMdf` of a process. */
export interface HeaderCache {
  find(prefix: Uint8Array): DataGroup | null;
  /** `ranges`: atByte, lengthBytes in turn, of all that `group` was made from; inside `prefix`. */
  keep(prefix: Uint8Array, ranges: readonly number[], group: DataGroup): void;
}

/** A fleet has a handful of firmware generations. An entry is up to 100 kB (generation D). */
const ENTRIES_MAX = 8;

interface Entry {
  /** startByte, endByte in turn, ascending, apart; multiples of 4. */
  readonly ranges: readonly number[];
  readonly words: Int32Array;
  readonly group: DataGroup;
}

export function headerCache(): HeaderCache {
  const entries: Entry[] = [];
  return {
    find(prefix) {
      const words = wordsOf(prefix);
      const at = entries.findIndex((entry) => isSame(entry, words));
      const [entry] = at < 0 ? [] : entries.splice(at, 1);
      if (entry === undefined) return null;
      entries.unshift(entry);
      return entry.group;
    },
    keep(prefix, ranges, group) {
      const merged = mergeRanges(ranges);
      const endByte = merged.at(-1) ?? 0;
      if (endByte > prefix.length) return;
      entries.unshift({ ranges: merged, words: wordsOf(prefix).slice(0, endByte / 4), group });
      entries.length = Math.min(entries.length, ENTRIES_MAX);
    },
  };
}

/** 32-bit words, since a comparison of single bytes takes four times as long. */
function wordsOf(prefix: Uint8Array): Int32Array {
  const aligned = prefix.byteOffset % 4 === 0 ? prefix : prefix.slice();
  return new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length >> 2);
}

function isSame(entry: Entry, words: Int32Array): boolean {
  const { ranges } = entry;
  if ((ranges.at(-1) ?? 0) / 4 > words.length) return false;
  for (let i = 0; i < ranges.length; i += 2) {
    const end = (ranges[i + 1] as number) / 4;
    for (let word = (ranges[i] as number) / 4; word < end; word++) if (entry.words[word] !== words[word]) return false;
  }
  return true;
}

function mergeRanges(ranges: readonly number[]): number[] {
  const sorted: [number, number][] = [];
  for (let i = 0; i + 1 < ranges.length; i += 2) {
    const startByte = ranges[i] as number;
    sorted.push([Math.floor(startByte / 4) * 4, Math.ceil((startByte + (ranges[i + 1] as number)) / 4) * 4]);
  }
  sorted.sort(([a], [b]) => a - b);
  const merged: number[] = [];
  for (const [startByte, endByte] of sorted) {
    const last = merged.at(-1);
    // A gap of padding may well be compared too.
    if (last !== undefined && startByte - last < 8) merged[merged.length - 1] = Math.max(last, endByte);
    else merged.push(startByte, endByte);
  }
  return merged;
}
