/** A full chunk leaves: into columns, or folded into the cells of its buckets. */

import { Fold } from "./cells";
import { CHUNK_ROWS, Chunk, HEAD, Head, Message, Mode, SCRATCH, SIGNAL_SHIFT, Signal, STATS_BYTES, Unpack } from "./layout";
import { hasCodes, keepData, markCodes } from "./limit";
import { One, physicalColumn, rawColumn, scalarPhysical, unpackColumn } from "./unpack";

/** Scratch: values of one signal (512 f64), runs (512 × 16 bytes: start u32, end u32, bucket u32), a copy of rows that are long enough. */
const VALUES: usize = SCRATCH;
const RUNS: usize = SCRATCH + 0x1100;
const KEPT_TIMES: usize = SCRATCH + 0x3200;
const KEPT_WORDS: usize = SCRATCH + 0x4300;
const KEPT_NINTHS: usize = SCRATCH + 0x5400;
const KEPT_RUNS: usize = SCRATCH + 0x6500;
const RUN_BYTES: usize = 16;

/** Empties the chunk of a message. Returns Staged.Full (4) when its columns have no room for another one. */
export function flushMessage(message: usize): u32 {
  const rows = load<u32>(message, Message.cursor);
  if (rows === 0) return 0;
  store<u32>(message, 0, Message.cursor);
  const isShort = load<u8>(message, Message.chunkShort);
  store<u8>(message, 0, Message.chunkShort);
  if (load<u32>(HEAD, Head.mode) === Mode.Columns) return flushColumns(message, rows, isShort);
  flushCells(message, rows, isShort !== 0);
  return 0;
}

function countSamples(values: u32, samples: u32): void {
  store<u64>(HEAD, load<u64>(HEAD, Head.values) + <u64>values, Head.values);
  store<u64>(HEAD, load<u64>(HEAD, Head.samples) + <u64>samples, Head.samples);
}

function flushColumns(message: usize, rows: u32, isShort: u8): u32 {
  const chunk = <usize>load<u32>(message, Message.chunk);
  const before = <usize>load<u32>(message, Message.columnRows);
  const times = <usize>load<u32>(message, Message.timeColumn) + (before << 3);
  for (let i: usize = 0; i < (<usize>rows) << 3; i += 16) v128.store(times + i, v128.load(chunk + i));
  const lengths = <usize>load<u32>(message, Message.lengthColumn) + (before << 1);
  for (let i: usize = 0; i < (<usize>rows) << 1; i += 8) store<u64>(lengths + i, load<u64>(chunk + i, Chunk.lengths));
  if (isShort) store<u8>(message, 1, Message.columnShort);

  let signal = <usize>load<u32>(message, Message.firstSignal);
  const end = signal + ((<usize>load<u32>(message, Message.signalCount)) << SIGNAL_SHIFT);
  let values: u32 = 0;
  let samples: u32 = 0;
  for (; signal < end; signal += 1 << SIGNAL_SHIFT) {
    const words = chunk + Chunk.words + <usize>load<u16>(signal, Signal.window) * Chunk.wordStride;
    const ninth = chunk + Chunk.words + <usize>load<u16>(signal, Signal.window2) * Chunk.wordStride;
    const out = <usize>load<u32>(signal, Signal.out) + (before << 3);
    if (load<u32>(signal, Signal.outKind) === 0) physicalColumn(signal, words, ninth, rows, out);
    else rawColumn(signal, words, ninth, rows, out);
    const long = isShort ? longEnough(chunk, rows, <u32>load<u16>(signal, Signal.need)) : rows;
    values += long;
    samples += long;
    if (load<u32>(signal, Signal.maxRaw) !== 0 && hasCodes(signal, words, rows))
      samples -= markCodes(signal, chunk, words, rows, out);
  }
  countSamples(values, samples);
  const after = <u32>before + rows;
  store<u32>(message, after, Message.columnRows);
  return after + CHUNK_ROWS > load<u32>(message, Message.columnRowsMax) ? 4 : 0;
}

function longEnough(chunk: usize, rows: u32, need: u32): u32 {
  let count: u32 = 0;
  for (let row: usize = 0; row < <usize>rows; row++) count += u32(<u32>load<u16>(chunk + (row << 1), Chunk.lengths) >= need);
  return count;
}

function flushCells(message: usize, rows: u32, isShort: bool): void {
  const chunk = <usize>load<u32>(message, Message.chunk);
  const windowCount = load<u32>(message, Message.windowCount);
  if (!isAscending(chunk, rows)) sortRows(chunk, rows, windowCount);
  const runsEnd = findRuns(chunk, rows, RUNS);
  const mode = load<u32>(HEAD, Head.mode);
  let signal = <usize>load<u32>(message, Message.firstSignal);
  const end = signal + ((<usize>load<u32>(message, Message.signalCount)) << SIGNAL_SHIFT);
  let values: u32 = 0;
  let samples: u32 = 0;
  for (; signal < end; signal += 1 << SIGNAL_SHIFT) {
    let words = chunk + Chunk.words + <usize>load<u16>(signal, Signal.window) * Chunk.wordStride;
    let ninth = chunk + Chunk.words + <usize>load<u16>(signal, Signal.window2) * Chunk.wordStride;
    let times = chunk;
    let kept = rows;
    let runs = RUNS;
    let keptRunsEnd = runsEnd;
    if (isShort) {
      kept = keepLongRows(chunk, rows, <u32>load<u16>(signal, Signal.need), words, ninth);
      if (kept < rows) {
        words = KEPT_WORDS;
        ninth = KEPT_NINTHS;
        times = KEPT_TIMES;
        runs = KEPT_RUNS;
        keptRunsEnd = findRuns(times, kept, KEPT_RUNS);
      }
    }
    const there = inRange(runs, keptRunsEnd, kept);
    values += there;
    if (load<u32>(signal, Signal.maxRaw) !== 0 && hasCodes(signal, words, kept)) {
      kept = keepData(signal, times, words, kept, KEPT_TIMES, KEPT_WORDS);
      words = KEPT_WORDS;
      times = KEPT_TIMES;
      runs = KEPT_RUNS;
      keptRunsEnd = findRuns(times, kept, KEPT_RUNS);
      samples += inRange(runs, keptRunsEnd, kept);
    } else samples += there;
    const cells = <usize>load<u32>(signal, Signal.out);
    if (mode === Mode.Nearest && keptRunsEnd - runs < <usize>kept * 4)
      foldEnds(signal, runs, keptRunsEnd, words, ninth, times, cells);
    else {
      unpackColumn(signal, words, ninth, kept, VALUES);
      fold(mode, runs, keptRunsEnd, times, cells);
    }
  }
  countSamples(values, samples);
}

/** Rows of the runs, those of neighbours left out. */
function inRange(runs: usize, runsEnd: usize, rows: u32): u32 {
  if (!load<u32>(HEAD, Head.clamp)) return rows;
  const behind = <usize>load<u32>(HEAD, Head.bucketCount) + 1;
  let count: u32 = 0;
  for (let run = runs; run < runsEnd; run += RUN_BYTES) {
    const bucket = Runs.bucket(run);
    if (bucket !== 0 && bucket !== behind) count += load<u32>(run, 4) - load<u32>(run);
  }
  return count;
}

/** Runs of the values in VALUES. A loop for each mode: what is folded in is inlined there. */
function fold(mode: u32, runs: usize, runsEnd: usize, times: usize, cells: usize): void {
  if (mode === Mode.Envelope) {
    for (let run = runs; run < runsEnd; run += RUN_BYTES)
      Fold.extremes(cells + (Runs.bucket(run) << 5), VALUES, times, load<u32>(run), load<u32>(run, 4));
  } else if (mode === Mode.M4) {
    for (let run = runs; run < runsEnd; run += RUN_BYTES)
      Fold.m4(cells + (Runs.bucket(run) << 6), VALUES, times, load<u32>(run), load<u32>(run, 4));
  } else if (mode === Mode.Nearest) {
    for (let run = runs; run < runsEnd; run += RUN_BYTES)
      Fold.nearest(cells + (Runs.bucket(run) << 5), VALUES, times, load<u32>(run), load<u32>(run, 4));
  } else {
    for (let run = runs; run < runsEnd; run += RUN_BYTES)
      Fold.stats(cells + Runs.bucket(run) * STATS_BYTES, VALUES, times, load<u32>(run), load<u32>(run, 4));
  }
}

abstract class Runs {
  @inline static bucket(run: usize): usize {
    return <usize>load<u32>(run, 8);
  }
}

/** Nearest mode, buckets not too short: only the first and last sample of each run are unpacked. */
function foldEnds(signal: usize, runs: usize, runsEnd: usize, words: usize, ninth: usize, times: usize, cells: usize): void {
  const unpack = <i32>load<u8>(signal, Signal.unpack);
  const isScalar = unpack >= Unpack.Scalar;
  const isBig = load<u8>(signal, Signal.isBig) !== 0;
  const shift: u64 = unpack === Unpack.Shift13 ? 13 : 0;
  const mask = load<u64>(signal, Signal.mask);
  const sign = load<u64>(signal, Signal.sign);
  const magic = load<f64>(signal, Signal.magic);
  for (let run = runs; run < runsEnd; run += RUN_BYTES) {
    const first = (<usize>load<u32>(run)) << 3;
    const last = (<usize>(load<u32>(run, 4) - 1)) << 3;
    const cell = cells + (Runs.bucket(run) << 5);
    let firstValue: f64;
    let lastValue: f64;
    if (isScalar) {
      firstValue = scalarPhysical(signal, words + first, ninth + first);
      lastValue = scalarPhysical(signal, words + last, ninth + last);
    } else {
      firstValue = One.raw(load<u64>(words + first), isBig, shift, mask, sign, magic);
      lastValue = One.raw(load<u64>(words + last), isBig, shift, mask, sign, magic);
    }
    Fold.ends(cell, firstValue, load<f64>(times + first), lastValue, load<f64>(times + last));
  }
}

function isAscending(times: usize, rows: u32): bool {
  let descents = i64x2.splat(0);
  const last = times + ((<usize>rows - 1) << 3);
  let at = times;
  for (; at + 8 < last; at += 16) descents = v128.or(descents, f64x2.lt(v128.load(at, 8), v128.load(at)));
  if (at < last && load<f64>(at, 8) < load<f64>(at)) return false;
  return !v128.any_true(descents);
}

/** Insertion sort by time, stable: frames of one id from two record ids are nearly in order (formats/canedge.md §6). */
function sortRows(chunk: usize, rows: u32, windowCount: u32): void {
  for (let i: usize = 1; i < <usize>rows; i++) {
    let j = i;
    while (j > 0 && load<f64>(chunk + ((j - 1) << 3)) > load<f64>(chunk + (j << 3))) {
      swapWords(chunk + (j << 3));
      const lengths = chunk + (j << 1);
      const length = load<u16>(lengths, Chunk.lengths);
      store<u16>(lengths, load<u16>(lengths - 2, Chunk.lengths), Chunk.lengths);
      store<u16>(lengths - 2, length, Chunk.lengths);
      for (let w: u32 = 0; w < windowCount; w++) swapWords(chunk + Chunk.words + <usize>w * Chunk.wordStride + (j << 3));
      j--;
    }
  }
}

function swapWords(at: usize): void {
  const word = load<u64>(at);
  store<u64>(at, load<u64>(at - 8));
  store<u64>(at - 8, word);
}

/** Cuts ascending times into runs of one bucket each. One real division a run; borders are exact, since times and step are whole ns. */
function findRuns(times: usize, rows: u32, runs: usize): usize {
  const origin = load<f64>(HEAD, Head.originNs);
  const step = load<f64>(HEAD, Head.stepNs);
  const clamp = load<u32>(HEAD, Head.clamp) !== 0;
  const count = <f64>load<u32>(HEAD, Head.bucketCount);
  const base = load<i64>(HEAD, Head.baseNs);
  const rangeStart = <f64>(load<i64>(HEAD, Head.fromNs) - base);
  const rangeEnd = <f64>(load<i64>(HEAD, Head.toNs) - base);
  let row: u32 = 0;
  while (row < rows) {
    const time = load<f64>(times + ((<usize>row) << 3));
    const since = time - origin;
    let bucket = floor(since / step);
    if (bucket * step > since) bucket -= 1;
    else if ((bucket + 1) * step <= since) bucket += 1;
    let until = (bucket + 1) * step + origin;
    if (clamp) {
      // The range may begin and end within a bucket.
      if (time < rangeStart) {
        bucket = -1;
        until = rangeStart;
      } else if (time >= rangeEnd || bucket >= count) {
        bucket = count;
        until = Infinity;
      } else {
        bucket = max(bucket, 0);
        until = min(until, rangeEnd);
      }
      bucket += 1;
    }
    let end = row + 1;
    while (end + 8 < rows && load<f64>(times + ((<usize>end) << 3), 56) < until) end += 8;
    while (end < rows && load<f64>(times + ((<usize>end) << 3)) < until) end++;
    store<u32>(runs, row);
    store<u32>(runs, end, 4);
    store<u32>(runs, <u32>bucket, 8);
    runs += RUN_BYTES;
    row = end;
  }
  return runs;
}

/** Copies the rows whose payload reaches the signal. */
function keepLongRows(chunk: usize, rows: u32, need: u32, words: usize, ninth: usize): u32 {
  let kept: usize = 0;
  for (let row: usize = 0; row < <usize>rows; row++) {
    if (<u32>load<u16>(chunk + (row << 1), Chunk.lengths) < need) continue;
    store<f64>(KEPT_TIMES + (kept << 3), load<f64>(chunk + (row << 3)));
    store<u64>(KEPT_WORDS + (kept << 3), load<u64>(words + (row << 3)));
    store<u64>(KEPT_NINTHS + (kept << 3), load<u64>(ninth + (row << 3)));
    kept++;
  }
  return <u32>kept;
}
