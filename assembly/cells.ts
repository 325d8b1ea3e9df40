/** Folding a run of samples of one bucket into its cell. Values of NaN and ±∞ never are an extreme; ties keep the earlier time. */

abstract class Run {
  /** {least, most} of values start ≤ row < end; {∞, −∞} if none is finite. Looks at some values twice: that changes no extreme. */
  @inline static extremes(values: usize, start: u32, end: u32): v128 {
    let low = f64x2.splat(Infinity);
    let high = f64x2.splat(-Infinity);
    let at = values + ((<usize>start) << 3);
    const stop = values + ((<usize>end) << 3);
    if (end - start >= 4) {
      let low2 = low;
      let high2 = high;
      for (; at + 32 <= stop; at += 32) {
        const a = v128.load(at);
        const b = v128.load(at, 16);
        // pmin(x, y) is y < x ? y : x, so a NaN never gets in.
        low = f64x2.pmin(low, a);
        high = f64x2.pmax(high, a);
        low2 = f64x2.pmin(low2, b);
        high2 = f64x2.pmax(high2, b);
      }
      const a = v128.load(stop - 32);
      const b = v128.load(stop - 16);
      low = f64x2.pmin(f64x2.pmin(low, a), f64x2.pmin(low2, b));
      high = f64x2.pmax(f64x2.pmax(high, a), f64x2.pmax(high2, b));
      low = f64x2.pmin(low, v128.shuffle<u64>(low, low, 1, 0));
      high = f64x2.pmax(high, v128.shuffle<u64>(high, high, 1, 0));
    } else {
      for (; at < stop; at += 8) {
        const value = v128.load64_splat(at);
        low = f64x2.pmin(low, value);
        high = f64x2.pmax(high, value);
      }
    }
    if (f64x2.extract_lane(low, 0) === -Infinity || f64x2.extract_lane(high, 0) === Infinity)
      return finiteExtremes(values, start, end);
    return v128.shuffle<u64>(low, high, 0, 2);
  }

  /** Time of the first row from `start` on with this value. There is one. */
  @inline static timeOf(value: f64, values: usize, times: usize, start: u32): f64 {
    const wanted = f64x2.splat(value);
    let row = (<usize>start) << 3;
    while (true) {
      const first = i64x2.bitmask(f64x2.eq(v128.load(values + row), wanted));
      const hits = first | (i64x2.bitmask(f64x2.eq(v128.load(values + row, 16), wanted)) << 2);
      if (hits) return load<f64>(times + row + ((<usize>ctz(hits)) << 3));
      row += 32;
    }
  }
}

function finiteExtremes(values: usize, start: u32, end: u32): v128 {
  let least: f64 = Infinity;
  let most: f64 = -Infinity;
  for (let row = <usize>start; row < <usize>end; row++) {
    const value = load<f64>(values + (row << 3));
    if (value < least && value > -Infinity) least = value;
    if (value > most && value < Infinity) most = value;
  }
  return f64x2.replace_lane(f64x2.splat(least), 1, most);
}

/** A run of rows start ≤ row < end of one bucket, into its cell. */
export abstract class Fold {
  /** Cell: min max tMin tMax. */
  @inline static extremes(cell: usize, values: usize, times: usize, start: u32, end: u32): void {
    const found = Run.extremes(values, start, end);
    const least = f64x2.extract_lane(found, 0);
    const most = f64x2.extract_lane(found, 1);
    if (least > most) return; // not one finite value
    const startTime = load<f64>(times + ((<usize>start) << 3));
    const cellMin = load<f64>(cell);
    if (least < cellMin || (least === cellMin && startTime < load<f64>(cell, 16))) {
      const time = Run.timeOf(least, values, times, start);
      if (least < cellMin || time < load<f64>(cell, 16)) {
        store<f64>(cell, least);
        store<f64>(cell, time, 16);
      }
    }
    const cellMax = load<f64>(cell, 8);
    if (most > cellMax || (most === cellMax && startTime < load<f64>(cell, 24))) {
      const time = Run.timeOf(most, values, times, start);
      if (most > cellMax || time < load<f64>(cell, 24)) {
        store<f64>(cell, most, 8);
        store<f64>(cell, time, 24);
      }
    }
  }

  /** first tFirst last tLast: of equal times the first stored is first, the last stored is last. An empty cell has times NaN. */
  @inline static ends(cell: usize, first: f64, firstTime: f64, last: f64, lastTime: f64): void {
    if (!(load<f64>(cell, 8) <= firstTime)) {
      store<f64>(cell, first);
      store<f64>(cell, firstTime, 8);
    }
    if (!(load<f64>(cell, 24) > lastTime)) {
      store<f64>(cell, last, 16);
      store<f64>(cell, lastTime, 24);
    }
  }

  @inline static nearest(cell: usize, values: usize, times: usize, start: u32, end: u32): void {
    const first = (<usize>start) << 3;
    const last = (<usize>(end - 1)) << 3;
    Fold.ends(cell, load<f64>(values + first), load<f64>(times + first), load<f64>(values + last), load<f64>(times + last));
  }

  /** Cell: min max tMin tMax first tFirst last tLast. */
  @inline static m4(cell: usize, values: usize, times: usize, start: u32, end: u32): void {
    Fold.extremes(cell, values, times, start, end);
    Fold.nearest(cell + 32, values, times, start, end);
  }

  /** Cell: count sum sumsq min max first tFirst last tLast. Sums of finite values, four lanes combined (0+2)+(1+3). */
  @inline static stats(cell: usize, values: usize, times: usize, start: u32, end: u32): void {
    const found = Run.extremes(values, start, end);
    if (f64x2.extract_lane(found, 0) < load<f64>(cell, 24)) store<f64>(cell, f64x2.extract_lane(found, 0), 24);
    if (f64x2.extract_lane(found, 1) > load<f64>(cell, 32)) store<f64>(cell, f64x2.extract_lane(found, 1), 32);
    let sum = f64x2.splat(0);
    let sum2 = sum;
    let square = sum;
    let square2 = sum;
    let at = values + ((<usize>start) << 3);
    const stop = values + ((<usize>end) << 3);
    for (; at + 32 <= stop; at += 32) {
      const a = v128.load(at);
      const b = v128.load(at, 16);
      sum = f64x2.add(sum, a);
      sum2 = f64x2.add(sum2, b);
      square = f64x2.add(square, f64x2.mul(a, a));
      square2 = f64x2.add(square2, f64x2.mul(b, b));
    }
    sum = f64x2.add(sum, sum2);
    square = f64x2.add(square, square2);
    let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
    let squares = f64x2.extract_lane(square, 0) + f64x2.extract_lane(square, 1);
    for (; at < stop; at += 8) {
      const value = load<f64>(at);
      total += value;
      squares += value * value;
    }
    if (isFinite(squares)) {
      store<f64>(cell, load<f64>(cell) + <f64>(end - start));
      store<f64>(cell, load<f64>(cell, 8) + total, 8);
      store<f64>(cell, load<f64>(cell, 16) + squares, 16);
    } else addFinite(cell, values, start, end);
    Fold.nearest(cell + 40, values, times, start, end);
  }
}

function addFinite(cell: usize, values: usize, start: u32, end: u32): void {
  let total: f64 = 0;
  let squares: f64 = 0;
  let finite: f64 = 0;
  for (let row = <usize>start; row < <usize>end; row++) {
    const value = load<f64>(values + (row << 3));
    if (!isFinite(value)) continue;
    total += value;
    squares += value * value;
    finite += 1;
  }
  store<f64>(cell, load<f64>(cell) + finite);
  store<f64>(cell, load<f64>(cell, 8) + total, 8);
  store<f64>(cell, load<f64>(cell, 16) + squares, 16);
}

/** Fills `count` cells of one kind with their empty value. */
export function clearCells(at: usize, words: u32, extremesAt: i32, timesFrom: u32, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    for (let w: u32 = 0; w < words; w++) {
      let empty: f64 = 0;
      if (<i32>w === extremesAt) empty = Infinity;
      else if (<i32>w === extremesAt + 1) empty = -Infinity;
      else if (w >= timesFrom) empty = NaN;
      store<f64>(at + ((<usize>w) << 3), empty);
    }
    at += (<usize>words) << 3;
  }
}
