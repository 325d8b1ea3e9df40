/** Frames are collected per message, 512 at a time; a full chunk is flushed signal by signal (kernel.md decision 1). */

import { flushMessage } from "./flush";
import { CHUNK_ROWS, Chunk, Message, Selector } from "./layout";

/** What became of a frame: bits. */
export enum Staged {
  Used = 1,
  Short = 2,
  /** A column has no room for another chunk. */
  Full = 4,
}

export abstract class Stage {
  /**
   * A frame whose entry says that it is long enough for all signals of its message, and that they need nothing but its first eight bytes
   * (Known.wholeBytes). True: the chunk is full now.
   */
  @inline static whole(message: usize, payload: usize, payloadBytes: u32, time: f64): bool {
    const row = load<u32>(message, Message.cursor);
    const chunk = <usize>load<u32>(message, Message.chunk);
    const word = chunk + ((<usize>row) << 3);
    store<f64>(word, time);
    store<u64>(word, load<u64>(payload), Chunk.words);
    store<u16>(chunk + ((<usize>row) << 1), <u16>payloadBytes, Chunk.lengths);
    store<u32>(message, row + 1, Message.cursor);
    return row + 1 === CHUNK_ROWS;
  }
}

/** Puts a frame into the chunk of its message, and of the sub-messages its multiplexors select. */
export function stage(message: usize, payload: usize, payloadBytes: u32, time: f64): u32 {
  let staged: u32 = 0;
  if (load<u32>(message, Message.signalCount) !== 0) {
    if (payloadBytes < <u32>load<u16>(message, Message.minNeed)) staged = Staged.Short;
    else {
      const row = load<u32>(message, Message.cursor);
      const chunk = <usize>load<u32>(message, Message.chunk);
      store<f64>(chunk + ((<usize>row) << 3), time);
      store<u16>(chunk + ((<usize>row) << 1), <u16>payloadBytes, Chunk.lengths);
      if (payloadBytes < <u32>load<u16>(message, Message.maxNeed)) store<u8>(message, 1, Message.chunkShort);
      let word = chunk + ((<usize>row) << 3) + Chunk.words;
      let window = <usize>load<u32>(message, Message.windows);
      const windowsEnd = window + ((<usize>load<u32>(message, Message.windowCount)) << 1);
      for (; window < windowsEnd; window += 2) {
        store<u64>(word, load<u64>(payload + <usize>load<u16>(window)));
        word += Chunk.wordStride;
      }
      store<u32>(message, row + 1, Message.cursor);
      staged = Staged.Used;
      if (row + 1 === CHUNK_ROWS) staged |= flushMessage(message);
    }
  }
  let selector = <usize>load<u32>(message, Message.selector);
  while (selector !== 0) {
    staged |= select(selector, payload, payloadBytes, time);
    selector = <usize>load<u32>(selector, Selector.next);
  }
  return staged;
}

function select(selector: usize, payload: usize, payloadBytes: u32, time: f64): u32 {
  if (payloadBytes < <u32>load<u16>(selector, Selector.need)) return Staged.Short;
  let word = load<u64>(payload + <usize>load<u16>(selector, Selector.atByte));
  if (load<u8>(selector, Selector.isBig)) word = bswap(word);
  const raw = (word >> <u64>load<u8>(selector, Selector.shift)) & load<u64>(selector, Selector.mask);
  // The last range that starts at or below the raw value; ranges cover everything from 0, message 0 = inactive.
  const ranges = <usize>load<u32>(selector, Selector.ranges);
  let low: u32 = 0;
  let high = load<u32>(selector, Selector.rangeCount);
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (load<u64>(ranges + ((<usize>middle) << 4)) <= raw) low = middle;
    else high = middle;
  }
  const message = <usize>load<u32>(ranges + ((<usize>low) << 4), 8);
  return message === 0 ? 0 : stage(message, payload, payloadBytes, time);
}
