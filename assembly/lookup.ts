/** From (id, channel) to the message that is asked for: a direct-mapped cache over the tables the host loaded (kernel.md §2b). */
import { CHANNEL_HASH, EXACT, EXACT_MASK, GROUPS, GROUPS_MASK, HEAD, Head, ID_CACHE, NO_SOURCE } from "./layout";

export abstract class Lookup {
  /** Message address; 0 = not asked for; NO_SOURCE = a group from a source address not seen before. `hashAdd` = channel × CHANNEL_HASH. */
  @inline static message(id: u32, channel: u32, hashAdd: u32): u32 {
    const place = ID_CACHE + ((<usize>(((id + hashAdd) * 0x9e3779b1) >>> 20)) << 4);
    const key = <u64>id | ((<u64>channel) << 32);
    return load<u64>(place) === key ? load<u32>(place, 8) : resolve(key, place);
  }

  @inline static hash(key: u64): u32 {
    return (<u32>key + <u32>(key >> 32) * CHANNEL_HASH) * 0x9e3779b1;
  }
}

/** Address of the entry with this key, or of the empty place where it would stand. Entry: key u64 @0, message u32 @8, taken u32 @12. */
function probe(table: usize, mask: u32, shift: u32, key: u64): usize {
  let at = Lookup.hash(key) >>> shift;
  while (true) {
    const entry = table + ((<usize>at) << 4);
    if (load<u32>(entry, 12) === 0 || load<u64>(entry) === key) return entry;
    at = (at + 1) & mask;
  }
}

/** A hostile file with ever new ids costs one miss a frame, never a round trip. */
function resolve(key: u64, place: usize): u32 {
  const exact = probe(EXACT, EXACT_MASK, 19, key);
  let message: u32 = 0;
  if (load<u32>(exact, 12) !== 0) message = load<u32>(exact, 8);
  else if (<u32>key & 0x20000000) {
    const id = <u32>key;
    // PDU1 (PF < 240): the low byte is the destination, not part of the group (SAE J1939-21).
    const group = ((id >> 16) & 0xff) < 240 ? (id >> 8) & 0x3ff00 : (id >> 8) & 0x3ffff;
    const channel = key & 0xffffffff00000000;
    const ofSource = probe(GROUPS, GROUPS_MASK, 20, channel | <u64>(group | ((id & 0xff) << 18)));
    if (load<u32>(ofSource, 12) !== 0) message = load<u32>(ofSource, 8);
    else {
      const any = probe(GROUPS, GROUPS_MASK, 20, channel | <u64>(group | 0x04000000));
      if (load<u32>(any, 12) !== 0) {
        store<u64>(HEAD, key, Head.newKey);
        return NO_SOURCE;
      }
    }
  }
  store<u64>(place, key);
  store<u32>(place, message, 8);
  return message;
}

/** Empties both tables and the cache; the cache starts with keys that belong to other places, since 0 and 0xffffffff are possible keys. */
export function clearTables(): void {
  memory.fill(EXACT, 0, (<usize>EXACT_MASK + 1) << 4);
  memory.fill(GROUPS, 0, (<usize>GROUPS_MASK + 1) << 4);
  clearCache();
}

/** After a message was added. */
export function clearCache(): void {
  memory.fill(ID_CACHE, 0xff, 4096 << 4);
}

/** Loads one key: exact = id | extended << 29 | channel << 32; group = pgn | source << 18, or pgn | 1 << 26 for any source. */
export function addKey(key: u64, message: u32, isGroup: i32): void {
  const entry = isGroup ? probe(GROUPS, GROUPS_MASK, 20, key) : probe(EXACT, EXACT_MASK, 19, key);
  store<u64>(entry, key);
  store<u32>(entry, message, 8);
  store<u32>(entry, 1, 12);
}
