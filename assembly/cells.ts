/** Folding a run of samples of one bucket into its cell. Values of NaN and ±∞ never are an extreme; ties keep the earlier time. */

/** The extremes of the run folded last. */
let runMin: f64 = 0;
let runMax: f64 = 0;

function findExtremes(values: usize, start: u32, end: u32): void {
  let low = f64x2.splat(Infinity);
  let high = f64x2.splat(-Infinity);
  let low2 = low;
  let high2 = high;
  let at = values + (<usize>start << 3);
  const stop = values + (<usize>end << 3);
  for (; at + 32 <= stop; at += 32) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    // pmin(x, y) is y < x ? y : x, so a NaN never gets in.
    low = f64x2.pmin(low, a);
    high = f64x2.pmax(high, a);
    low2 = f64x2.pmin(low2, b);
    high2 = f64x2.pmax(high2, b);
  }
  low = f64x2.pmin(low, low2);
  high = f64x2.pmax(high, high2);
  let least = f64x2.extract_lane(low, 0);
  let most = f64x2.extract_lane(high, 0);
  const least1 = f64x2.extract_lane(low, 1);
  const most1 = f64x2.extract_lane(high, 1);
  if (least1 < least) least = least1;
  if (most1 > most) most = most1;
  for (; at < stop; at += 8) {
    const value = load<f64>(at);
    if (value < least) least = value;
    if (value > most) most = value;
  }
  if (least === -Infinity || most === Infinity) {
    least = Infinity;
    most = -Infinity;
    for (at = values + (<usize>start << 3); at < stop; at += 8) {
      const value = load<f64>(at);
      if (value < least && value > -Infinity) least = value;
      if (value > most && value < Infinity) most = value;
    }
  }
  runMin = least;
  runMax = most;
}

/** Time of the first sample of the run with this value. */
function timeOf(value: f64, values: usize, times: usize, start: u32): f64 {
  let row = <usize>start << 3;
  while (load<f64>(values + row) !== value) row += 8;
  return load<f64>(times + row);
}

@inline
function foldExtremes(cell: usize, values: usize, times: usize, start: u32, end: u32): void {
  findExtremes(values, start, end);
  const least = runMin;
  const most = runMax;
  if (least > most) return; // not one finite value
  const startTime = load<f64>(times + (<usize>start << 3));
  const cellMin = load<f64>(cell);
  if (least < cellMin || (least === cellMin && startTime < load<f64>(cell, 16))) {
    const time = timeOf(least, values, times, start);
    if (least < cellMin || time < load<f64>(cell, 16)) {
      store<f64>(cell, least);
      store<f64>(cell, time, 16);
    }
  }
  const cellMax = load<f64>(cell, 8);
  if (most > cellMax || (most === cellMax && startTime < load<f64>(cell, 24))) {
    const time = timeOf(most, values, times, start);
    if (most > cellMax || time < load<f64>(cell, 24)) {
      store<f64>(cell, most, 8);
      store<f64>(cell, time, 24);
    }
  }
}

/** Cell: min max tMin tMax. */
export function foldEnvelope(cell: usize, values: usize, times: usize, start: u32, end: u32): void {
  foldExtremes(cell, values, times, start, end);
}

/** first tFirst last tLast: of equal times the first stored is first, the last stored is last. An empty cell has times NaN. */
export function foldNearest(cell: usize, values: usize, times: usize, start: u32, last: u32): void {
  const firstTime = load<f64>(times + (<usize>start << 3));
  if (!(load<f64>(cell, 8) <= firstTime)) {
    store<f64>(cell, load<f64>(values + (<usize>start << 3)));
    store<f64>(cell, firstTime, 8);
  }
  const lastTime = load<f64>(times + (<usize>last << 3));
  if (!(load<f64>(cell, 24) > lastTime)) {
    store<f64>(cell, load<f64>(values + (<usize>last << 3)), 16);
    store<f64>(cell, lastTime, 24);
  }
}

/** Cell: min max tMin tMax first tFirst last tLast. */
export function foldM4(cell: usize, values: usize, times: usize, start: u32, end: u32): void {
  foldExtremes(cell, values, times, start, end);
  foldNearest(cell + 32, values, times, start, end - 1);
}

/** Cell: count sum sumsq min max first tFirst last tLast. Sums of finite values, four lanes combined (0+2)+(1+3). */
export function foldStats(cell: usize, values: usize, times: usize, start: u32, end: u32): void {
  findExtremes(values, start, end);
  if (runMin < load<f64>(cell, 24)) store<f64>(cell, runMin, 24);
  if (runMax > load<f64>(cell, 32)) store<f64>(cell, runMax, 32);
  let sum = f64x2.splat(0);
  let sum2 = sum;
  let square = sum;
  let square2 = sum;
  let at = values + (<usize>start << 3);
  const stop = values + (<usize>end << 3);
  let finite: f64 = 0;
  for (; at + 32 <= stop; at += 32) {
    const a = v128.load(at);
    const b = v128.load(at, 16);
    sum = f64x2.add(sum, a);
    sum2 = f64x2.add(sum2, b);
    square = f64x2.add(square, f64x2.mul(a, a));
    square2 = f64x2.add(square2, f64x2.mul(b, b));
    finite += 4;
  }
  sum = f64x2.add(sum, sum2);
  square = f64x2.add(square, square2);
  let total = f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1);
  let squares = f64x2.extract_lane(square, 0) + f64x2.extract_lane(square, 1);
  for (; at < stop; at += 8) {
    const value = load<f64>(at);
    total += value;
    squares += value * value;
    finite += 1;
  }
  if (!isFinite(squares)) {
    total = 0;
    squares = 0;
    finite = 0;
    for (at = values + (<usize>start << 3); at < stop; at += 8) {
      const value = load<f64>(at);
      if (!isFinite(value)) continue;
      total += value;
      squares += value * value;
      finite += 1;
    }
  }
  store<f64>(cell, load<f64>(cell) + finite);
  store<f64>(cell, load<f64>(cell, 8) + total, 8);
  store<f64>(cell, load<f64>(cell, 16) + squares, 16);
  foldNearest(cell + 40, values, times, start, end - 1);
}

/** Fills `count` cells of one kind with their empty value. */
export function clearCells(at: usize, words: u32, extremesAt: i32, timesFrom: u32, count: u32): void {
  for (let i: u32 = 0; i < count; i++) {
    for (let w: u32 = 0; w < words; w++) {
      let empty: f64 = 0;
      if (<i32>w === extremesAt) empty = Infinity;
      else if (<i32>w === extremesAt + 1) empty = -Infinity;
      else if (w >= timesFrom) empty = NaN;
      store<f64>(at + (<usize>w << 3), empty);
    }
    at += <usize>words << 3;
  }
}
