/** The hash reference.c computes too: order matters, every bit counts. `words` from `from` on, `count` of them. */
export function hashWords(hash: number, words: Uint32Array, from: number, count: number): number {
  let h = hash;
  for (let i = from; i < from + count; i++) {
    h = Math.imul(h ^ (words[i] ?? 0), 0x9e3779b1);
    h ^= h >>> 15;
  }
  return h;
}

export const hex = (hash: number): string => (hash >>> 0).toString(16);
