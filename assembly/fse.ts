/** Finite state entropy tables of Zstandard (RFC 8878 §4.1). */
import { FSE_COUNTS, FSE_SYMBOLS } from "./codec-layout";

const NEXT_STATES: usize = FSE_COUNTS + 512; // u16 × 256

/** Bytes that the last readCounts took. */
export let countsBytes: usize = 0;
/** Accuracy of the last counts. */
export let countsBits: u32 = 0;

/** Reads the description of a table: FSE_COUNTS (i16; -1: less than one) for symbols up to `symbolMax`. False if it makes no sense. */
export function readCounts(from: usize, end: usize, symbolMax: u32, bitsMax: u32): bool {
  memory.fill(FSE_COUNTS, 0, 512);
  const limit = (<u64>(end - from)) << 3;
  let at: u64 = 4;
  if (from >= end) return false;
  const accuracy = (<u32>load<u8>(from) & 15) + 5;
  if (accuracy > bitsMax) return false;
  let remaining: i32 = (<i32>1) << accuracy;
  let symbol: u32 = 0;
  while (remaining > 0) {
    if (symbol > symbolMax || at > limit) return false;
    const bits = 32 - clz<u32>(<u32>remaining + 1);
    const word = load<u32>(from + <usize>(at >> 3)) >> (<u32>at & 7);
    let value = word & (((<u32>1) << bits) - 1);
    const lowMask = ((<u32>1) << (bits - 1)) - 1;
    const threshold = ((<u32>1) << bits) - 1 - (<u32>remaining + 1);
    if ((value & lowMask) < threshold) {
      at += <u64>(bits - 1);
      value &= lowMask;
    } else {
      at += <u64>bits;
      if (value > lowMask) value -= threshold;
    }
    const count = <i32>value - 1;
    remaining -= count < 0 ? -count : count;
    store<i16>(FSE_COUNTS + ((<usize>symbol) << 1), <i16>count);
    symbol++;
    if (count !== 0) continue;
    let zeros: u32 = 3;
    while (zeros === 3) {
      if (at > limit) return false;
      zeros = (load<u32>(from + <usize>(at >> 3)) >> (<u32>at & 7)) & 3;
      at += 2;
      symbol += zeros;
      if (symbol > symbolMax + 1) return false;
    }
  }
  countsBytes = <usize>((at + 7) >> 3);
  countsBits = accuracy;
  return remaining === 0 && at <= limit;
}

/**
 * Decoding table of FSE_COUNTS, u64 per state: next state without its bits u16, bits of it u8, extra bits of the value u8, base of the value u32. `bases` and
 * `extras`: of the symbols (u32, u8); 0: the value is the symbol.
 */
export function buildStates(table: usize, symbolCount: u32, accuracy: u32, bases: usize, extras: usize): bool {
  const size: u32 = (<u32>1) << accuracy;
  let high = size;
  for (let symbol: u32 = 0; symbol < symbolCount; symbol++) {
    const count = <i32>load<i16>(FSE_COUNTS + ((<usize>symbol) << 1));
    store<u16>(NEXT_STATES + ((<usize>symbol) << 1), count < 0 ? 1 : <u16>count);
    if (count < 0) store<u8>(FSE_SYMBOLS + <usize>--high, <u8>symbol);
  }
  const step = (size >> 1) + (size >> 3) + 3;
  const mask = size - 1;
  let place: u32 = 0;
  for (let symbol: u32 = 0; symbol < symbolCount; symbol++) {
    for (let count = <i32>load<i16>(FSE_COUNTS + ((<usize>symbol) << 1)); count > 0; count--) {
      store<u8>(FSE_SYMBOLS + <usize>place, <u8>symbol);
      do place = (place + step) & mask;
      while (place >= high);
    }
  }
  if (place !== 0) return false;
  for (let state: u32 = 0; state < size; state++) {
    const symbol = <usize>load<u8>(FSE_SYMBOLS + <usize>state);
    const at = NEXT_STATES + (symbol << 1);
    const next = <u32>load<u16>(at);
    store<u16>(at, <u16>(next + 1));
    const bits = accuracy - (31 - clz<u32>(next));
    const entry = table + ((<usize>state) << 3);
    store<u16>(entry, <u16>((next << bits) - size));
    store<u8>(entry, <u8>bits, 2);
    store<u8>(entry, extras === 0 ? 0 : load<u8>(extras + symbol), 3);
    store<u32>(entry, bases === 0 ? <u32>symbol : load<u32>(bases + (symbol << 2)), 4);
  }
  return true;
}

/** A table of one state that always gives `symbol`. */
export function buildSingle(table: usize, symbol: usize, bases: usize, extras: usize): void {
  store<u32>(table, 0);
  store<u8>(table, load<u8>(extras + symbol), 3);
  store<u32>(table, load<u32>(bases + (symbol << 2)), 4);
}
