/** Frames whose value of variable length comes later in the stream; at most 80, as real writers keep them close. */
import { Entry, HEAD, Head, VLSD } from "./layout";
import { Field, VLSD_SLOT_BYTES } from "./record";

/** Place, 128 bytes: entry u32 @0, message u32 @4, slot u32 @8, taken u32 @12, offset u64 @16, the record's first 88 bytes @32. */
const PLACES: usize = VLSD + 32 * VLSD_SLOT_BYTES;
const PLACE_BYTES: usize = 128;
const PLACE_COUNT: usize = 80;

/** Keeps a frame until its value comes. False: no place, or a record too long to keep. */
export function park(entry: usize, record: usize, message: u32): bool {
  if (load<u32>(entry) > 88) return false;
  for (let i: usize = 0; i < PLACE_COUNT; i++) {
    const place = PLACES + i * PLACE_BYTES;
    if (load<u32>(place, 12) !== 0) continue;
    store<u32>(place, <u32>entry);
    store<u32>(place, message, 4);
    store<u32>(place, load<u32>(entry, Entry.slot), 8);
    store<u32>(place, 1, 12);
    store<u64>(place, Field.read(entry, Entry.valueOffset, record, 0), 16);
    for (let at: usize = 0; at < 96; at += 16) v128.store(place + 32 + at, v128.load(record + at));
    store<u32>(HEAD, load<u32>(HEAD, Head.pendingCount) + 1, Head.pendingCount);
    return true;
  }
  return false;
}

/** The frame that waits for the value at this offset, or 0; it waits no longer. */
export function unparkFor(slot: u32, offset: u64): usize {
  if (load<u32>(HEAD, Head.pendingCount) === 0) return 0;
  for (let i: usize = 0; i < PLACE_COUNT; i++) {
    const place = PLACES + i * PLACE_BYTES;
    if (load<u32>(place, 12) === 0 || load<u32>(place, 8) !== slot || load<u64>(place, 16) !== offset) continue;
    store<u32>(place, 0, 12);
    store<u32>(HEAD, load<u32>(HEAD, Head.pendingCount) - 1, Head.pendingCount);
    return place;
  }
  return 0;
}

/** The frame taken last waits again. */
export function repark(place: usize): void {
  store<u32>(place, 1, 12);
  store<u32>(HEAD, load<u32>(HEAD, Head.pendingCount) + 1, Head.pendingCount);
}

/** At the end of a stream: those that still wait have lost their payload. Returns how many. */
export function dropWaiting(): u32 {
  for (let i: usize = 0; i < PLACE_COUNT; i++) store<u32>(PLACES + i * PLACE_BYTES, 0, 12);
  const count = load<u32>(HEAD, Head.pendingCount);
  store<u32>(HEAD, 0, Head.pendingCount);
  store<u64>(HEAD, load<u64>(HEAD, Head.withoutPayload) + <u64>count, Head.withoutPayload);
  return count;
}
