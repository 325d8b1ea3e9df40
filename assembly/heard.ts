/** Who was heard: one entry per identifier, channel and kind, with counts and first and last time. */
import { Entry, HEAD, HEARD_BYTES, Head, Heard, OUT } from "./layout";
import { Lookup } from "./lookup";
import { frameChannel, frameId, frameLength, frameTime } from "./record";

/** 32768 places of 64 bytes: 2 MiB. */
const MASK: u32 = 32767;

/** Counts the frame read last. Beyond idCountMax identifiers a frame is only counted as unheard. */
export function hear(entry: usize): void {
  const key = <u64>frameId | ((<u64>frameChannel) << 32) | ((<u64>load<u32>(entry, Entry.frameKind)) << 48);
  let at = (Lookup.hash(key) ^ (load<u32>(entry, Entry.frameKind) * 0x9e37)) >>> 17;
  let place: usize;
  while (true) {
    place = OUT + <usize>(at & MASK) * HEARD_BYTES;
    const frames = load<u64>(place, Heard.count);
    if (frames !== 0) {
      if (load<u64>(place) === key) break;
      at++;
      continue;
    }
    const ids = load<u32>(HEAD, Head.idCount);
    if (ids >= load<u32>(HEAD, Head.idCountMax)) {
      store<u64>(HEAD, load<u64>(HEAD, Head.unheard) + 1, Head.unheard);
      return;
    }
    store<u32>(HEAD, ids + 1, Head.idCount);
    store<u64>(place, key);
    store<i64>(place, frameTime, Heard.first);
    store<i64>(place, frameTime, Heard.last);
    store<u8>(place, 255, Heard.minBytes);
    store<u8>(place, 0, Heard.maxBytes);
    break;
  }
  store<u64>(place, load<u64>(place, Heard.count) + 1, Heard.count);
  if (frameTime < load<i64>(place, Heard.first)) store<i64>(place, frameTime, Heard.first);
  if (frameTime > load<i64>(place, Heard.last)) store<i64>(place, frameTime, Heard.last);
  const length = <u8>frameLength;
  if (length < load<u8>(place, Heard.minBytes)) store<u8>(place, length, Heard.minBytes);
  if (length > load<u8>(place, Heard.maxBytes)) store<u8>(place, length, Heard.maxBytes);
}
