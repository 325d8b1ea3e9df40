/** From (id, channel) to the message that is asked for: a direct-mapped cache over the tables the host loaded (kernel.md §2b). */
import {
  ANY_SOURCE,
  CHANNEL_HASH,
  EXACT,
  EXACT_MASK,
  FRAMES_OF_PORT,
  GROUPS,
  GROUPS_MASK,
  HEAD,
  Head,
  ID_CACHE,
  Message,
  NO_SOURCE,
} from "./layout";

/** Entry of the cache, 16 bytes. */
export enum Known {
  key = 0, // u64
  message = 8, // u32 address; 0 = not asked for; NO_SOURCE = a group from a source address not seen before
  wholeBytes = 12, // u32: frames with as many payload bytes go the short way of stage.ts
}
const NEVER_WHOLE: u32 = 0xffffffff;
const NO_KEY: u64 = u64.MAX_VALUE;

export abstract class Lookup {
  /** Where the entry of this identifier stands, if the cache has it. */
  @inline static place(idAndHashAdd: u32): usize {
    return ID_CACHE + ((<usize>((idAndHashAdd * 0x9e3779b1) >>> 20)) << 4);
  }

  /** The entry of this identifier. `hashAdd` = channel × CHANNEL_HASH. */
  @inline static known(id: u32, channel: u32, hashAdd: u32): usize {
    const known = Lookup.place(id + hashAdd);
    const key = <u64>id | ((<u64>channel) << 32);
    if (load<u64>(known) !== key) resolve(key, known);
    return known;
  }

  @inline static message(id: u32, channel: u32, hashAdd: u32): u32 {
    return load<u32>(Lookup.known(id, channel, hashAdd), Known.message);
  }

  @inline static hash(key: u64): u32 {
    return (<u32>key + <u32>(key >> 32) * CHANNEL_HASH) * 0x9e3779b1;
  }

  /** Parameter group of a 29-bit identifier. PDU1 (PF < 240): the low byte is the destination, not part of the group (SAE J1939-21). */
  @inline static group(id: u32): u32 {
    return ((id >> 16) & 0xff) < 240 ? (id >> 8) & 0x3ff00 : (id >> 8) & 0x3ffff;
  }

  /**
   * Message of a group (with its kind) and source address. 0: not asked for; NO_SOURCE: asked for, but not heard before: HEAD.newKey says who.
   * A group that has no room for more sources says 0 for them.
   */
  static ofSource(channel: u64, group: u32, source: u32): u32 {
    const any = probe(GROUPS, GROUPS_MASK, 20, channel | <u64>(group | ANY_SOURCE));
    if (load<u32>(any, 12) === 0) return 0;
    const key = channel | <u64>(group | (source << 18));
    const ofSource = probe(GROUPS, GROUPS_MASK, 20, key);
    if (load<u32>(ofSource, 12) !== 0) return load<u32>(ofSource, 8);
    const message = load<u32>(any, 8);
    if (message === NO_SOURCE) store<u64>(HEAD, key, Head.newKey);
    return message;
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
function resolve(key: u64, known: usize): void {
  const exact = probe(EXACT, EXACT_MASK, 19, key);
  let message: u32 = 0;
  if (load<u32>(exact, 12) !== 0) message = load<u32>(exact, 8);
  else if (<u32>key & 0x20000000) {
    const id = <u32>key;
    const group = Lookup.group(id);
    const channel = key & 0xffffffff00000000;
    const port = probe(GROUPS, GROUPS_MASK, 20, channel | <u64>(group | FRAMES_OF_PORT));
    message = load<u32>(port, 12) !== 0 ? load<u32>(port, 8) : Lookup.ofSource(channel, group, id & 0xff);
    if (message === NO_SOURCE) {
      // Not kept: the host is told again and again until it has added the source.
      store<u64>(known, NO_KEY);
      store<u32>(known, NO_SOURCE, Known.message);
      store<u32>(known, NEVER_WHOLE, Known.wholeBytes);
      return;
    }
  }
  store<u64>(known, key);
  store<u32>(known, message, Known.message);
  store<u32>(known, wholeBytesOf(message), Known.wholeBytes);
}

/** A message without multiplexor whose signals lie in the first eight bytes takes the short way if the payload reaches all of them. */
function wholeBytesOf(message: usize): u32 {
  const isPlain =
    load<u32>(message, Message.signalCount) !== 0 &&
    load<u32>(message, Message.selector) === 0 &&
    load<u32>(message, Message.windowCount) === 1 &&
    load<u16>(<usize>load<u32>(message, Message.windows)) === 0;
  return message !== 0 && isPlain ? <u32>load<u16>(message, Message.maxNeed) : NEVER_WHOLE;
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

/**
 * Loads one key: exact = id | extended << 29 | channel << 32; group = pgn | source << 18 | kind, or pgn | ANY_SOURCE | kind with NO_SOURCE for
 * a message, or pgn | FRAMES_OF_PORT.
 */
export function addKey(key: u64, message: u32, isGroup: i32): void {
  const entry = isGroup ? probe(GROUPS, GROUPS_MASK, 20, key) : probe(EXACT, EXACT_MASK, 19, key);
  store<u64>(entry, key);
  store<u32>(entry, message, 8);
  store<u32>(entry, 1, 12);
}
