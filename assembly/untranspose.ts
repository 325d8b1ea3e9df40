/** Rows out of columns: what the transposed kinds of ##DZ need after unpacking. */

/** Places of the 16 × 16 bytes of a tile; turned in the registers. */
abstract class Tile {
  /** 16 rows of 16 bytes to `out`, `stride` apart, from 16 columns at `from`, `rows` apart; a column beyond `columns` repeats the first. */
  @inline static turn(from: usize, rows: usize, columns: usize, out: usize, stride: usize): void {
    const c0 = v128.load(from);
    const c1 = v128.load(columns > 1 ? from + rows : from);
    const c2 = v128.load(columns > 2 ? from + 2 * rows : from);
    const c3 = v128.load(columns > 3 ? from + 3 * rows : from);
    const c4 = v128.load(columns > 4 ? from + 4 * rows : from);
    const c5 = v128.load(columns > 5 ? from + 5 * rows : from);
    const c6 = v128.load(columns > 6 ? from + 6 * rows : from);
    const c7 = v128.load(columns > 7 ? from + 7 * rows : from);
    const c8 = v128.load(columns > 8 ? from + 8 * rows : from);
    const c9 = v128.load(columns > 9 ? from + 9 * rows : from);
    const c10 = v128.load(columns > 10 ? from + 10 * rows : from);
    const c11 = v128.load(columns > 11 ? from + 11 * rows : from);
    const c12 = v128.load(columns > 12 ? from + 12 * rows : from);
    const c13 = v128.load(columns > 13 ? from + 13 * rows : from);
    const c14 = v128.load(columns > 14 ? from + 14 * rows : from);
    const c15 = v128.load(columns > 15 ? from + 15 * rows : from);
    // Bytes of neighbouring columns side by side, then pairs, fours, eights.
    const p0 = Tile.low8(c0, c1);
    const p1 = Tile.high8(c0, c1);
    const p2 = Tile.low8(c2, c3);
    const p3 = Tile.high8(c2, c3);
    const p4 = Tile.low8(c4, c5);
    const p5 = Tile.high8(c4, c5);
    const p6 = Tile.low8(c6, c7);
    const p7 = Tile.high8(c6, c7);
    const p8 = Tile.low8(c8, c9);
    const p9 = Tile.high8(c8, c9);
    const p10 = Tile.low8(c10, c11);
    const p11 = Tile.high8(c10, c11);
    const p12 = Tile.low8(c12, c13);
    const p13 = Tile.high8(c12, c13);
    const p14 = Tile.low8(c14, c15);
    const p15 = Tile.high8(c14, c15);
    Tile.eight(p0, p2, p4, p6, p8, p10, p12, p14, out, stride);
    Tile.eight(p1, p3, p5, p7, p9, p11, p13, p15, out + 8 * stride, stride);
  }

  /** Eight rows from the pairs of eight column pairs. */
  @inline static eight(a: v128, b: v128, c: v128, d: v128, e: v128, f: v128, g: v128, h: v128, out: usize, stride: usize): void {
    const ab0 = Tile.low16(a, b);
    const ab4 = Tile.high16(a, b);
    const cd0 = Tile.low16(c, d);
    const cd4 = Tile.high16(c, d);
    const ef0 = Tile.low16(e, f);
    const ef4 = Tile.high16(e, f);
    const gh0 = Tile.low16(g, h);
    const gh4 = Tile.high16(g, h);
    Tile.four(ab0, cd0, ef0, gh0, out, stride);
    Tile.four(ab4, cd4, ef4, gh4, out + 4 * stride, stride);
  }

  @inline static four(ab: v128, cd: v128, ef: v128, gh: v128, out: usize, stride: usize): void {
    const low0 = i32x4.shuffle(ab, cd, 0, 4, 1, 5);
    const low2 = i32x4.shuffle(ab, cd, 2, 6, 3, 7);
    const high0 = i32x4.shuffle(ef, gh, 0, 4, 1, 5);
    const high2 = i32x4.shuffle(ef, gh, 2, 6, 3, 7);
    v128.store(out, i64x2.shuffle(low0, high0, 0, 2));
    v128.store(out + stride, i64x2.shuffle(low0, high0, 1, 3));
    v128.store(out + 2 * stride, i64x2.shuffle(low2, high2, 0, 2));
    v128.store(out + 3 * stride, i64x2.shuffle(low2, high2, 1, 3));
  }

  @inline static low8(a: v128, b: v128): v128 {
    return i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  }
  @inline static high8(a: v128, b: v128): v128 {
    return i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  }
  @inline static low16(a: v128, b: v128): v128 {
    return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
  }
  @inline static high16(a: v128, b: v128): v128 {
    return i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
  }
}

/**
 * `rows` rows of `columns` bytes to `out`, from columns of `rows` bytes one after the other at `from`. Reads and writes up to 15 bytes
 * behind either end. Source: formats/mdf4.md §8, inverse transposition.
 */
export function untranspose(from: usize, rows: usize, columns: usize, out: usize): void {
  if (rows < 16) {
    for (let row: usize = 0; row < rows; row++) {
      for (let column: usize = 0; column < columns; column++) store<u8>(out++, load<u8>(from + column * rows + row));
    }
    return;
  }
  // Rows in order: what a tile narrower than 16 bytes writes too far is written over by the rows behind it. The last 16 rows are turned
  // again if the number is no multiple of 16.
  for (let row: usize = 0; row < rows; row += 16) {
    const first = min(row, rows - 16);
    if (columns < 16) {
      Tile.turn(from + first, rows, columns, out + first * columns, columns);
      continue;
    }
    for (let column: usize = 0; column < columns; column += 16) {
      const left = min(column, columns - 16);
      Tile.turn(from + left * rows + first, rows, 16, out + first * columns + left, columns);
    }
  }
}
