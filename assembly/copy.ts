/** Copies of what was unpacked before: the inner loop of every codec here. */

/** Row d: the positions i mod d of a vector that repeats d bytes; d < 16. */
const PATTERNS: usize = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0,
  1, 0, 1, 0, 1, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 0, 1, 2, 3, 4, 0,
  1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 0, 1, 0,
  1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1,
  2, 3, 4, 5, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1, 2, 3, 0, 1, 2, 3, 4, 5,
  6, 7, 8, 9, 10, 11, 12, 0, 1, 2, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 0, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12,
  13, 14, 0,
]);
/** Whole repetitions in a vector, in bytes, by distance. */
const STRIDES: usize = memory.data<u8>([16, 16, 16, 15, 16, 15, 12, 14, 16, 9, 10, 11, 12, 13, 14, 15]);

/** Both may write up to 15 bytes behind their end. */
export abstract class Copy {
  /** `count` bytes from elsewhere. */
  @inline static plain(out: usize, from: usize, count: usize): void {
    const end = out + count;
    for (; out < end; out += 16, from += 16) v128.store(out, v128.load(from));
  }

  /** `count` bytes from `distance` > 0 before `out`; they may overlap. */
  @inline static back(out: usize, distance: usize, count: usize): void {
    const end = out + count;
    let from = out - distance;
    if (distance >= 16) {
      for (; out < end; out += 16, from += 16) v128.store(out, v128.load(from));
      return;
    }
    const pattern = v128.swizzle(v128.load(from), v128.load(PATTERNS + (distance << 4)));
    const stride = <usize>load<u8>(STRIDES + distance);
    for (; out < end; out += stride) v128.store(out, pattern);
  }
}
