/** One record by its field table: any writer, any layout. The slow, complete way; scan.ts has short cuts for what CANedge writes most. */
import { Entry, FieldKind, HEAD, Head, PayloadKind, TimeKind, VLSD } from "./layout";

/** Fields of the record table. A field reads 8 bytes at most; the host pads the window. */
export abstract class Field {
  /** Raw value; `absent` if the record has no such member. */
  @inline static read(entry: usize, field: usize, record: usize, absent: u64): u64 {
    const at = entry + field;
    const kind = <u32>load<u8>(at, 5);
    if (kind === FieldKind.Bits) return (load<u64>(record + <usize>load<u32>(at)) >> <u64>load<u8>(at, 4)) & load<u64>(at, 8);
    if (kind === FieldKind.Constant) return load<u64>(at, 8);
    if (kind !== FieldKind.BigBits) return absent;
    return (bswap<u64>(load<u64>(record + <usize>load<u32>(at))) >> <u64>load<u8>(at, 4)) & load<u64>(at, 8);
  }

  /** ns since the file's start: round(raw × scale), ties to even; integers exactly. */
  @inline static time(entry: usize, record: usize): i64 {
    const at = entry + Entry.time;
    let word = load<u64>(record + <usize>load<u32>(at));
    if (load<u8>(at, 7)) word = bswap<u64>(word);
    const kind = <u32>load<u8>(at, 5);
    if (kind === TimeKind.f64) return <i64>nearest(reinterpret<f64>(word) * load<f64>(at, 24));
    let raw = (word >> <u64>load<u8>(at, 4)) & load<u64>(at, 8);
    if ((kind & 3) === TimeKind.int) {
      const unused = <u64>(64 - load<u8>(at, 6));
      raw = <u64>(<i64>(raw << unused) >> unused);
    }
    return kind <= <u32>TimeKind.int ? <i64>raw * load<i64>(at, 16) : Field.realTime(at, kind, raw);
  }

  /** What few writers do: floats of 32 bits, and units that are no whole ns. */
  static realTime(at: usize, kind: u32, raw: u64): i64 {
    let value: f64 = 0;
    switch (kind & 3) {
      case TimeKind.uint:
        value = <f64>raw;
        break;
      case TimeKind.int:
        value = <f64>(<i64>raw);
        break;
      case TimeKind.f64:
        value = reinterpret<f64>(raw);
        break;
      default:
        value = <f64>reinterpret<f32>(<u32>raw);
    }
    const factor = load<f64>(at, 24);
    return <i64>nearest(kind & TimeKind.linear ? (load<f64>(at, 16) + factor * value) * 1e9 : value * factor);
  }
}

/** The frame read last. */
export let frameTime: i64 = 0;
/** id | extended << 29. */
export let frameId: u32 = 0;
/** channel | bus << 8. */
export let frameChannel: u32 = 0;
/** DataLength as the record says; 255 when it says nothing. */
export let frameLength: u32 = 0;

/** Reads time, identifier, channel and DataLength of the record behind its id. */
export function readFrame(entry: usize, record: usize): void {
  frameTime = Field.time(entry, record);
  const id = Field.read(entry, Entry.id, record, 0);
  // Without an IDE member bit 31 of the identifier says extended (formats/mdf4.md §16).
  const ide = Field.read(entry, Entry.ide, record, (id >> 31) & 1);
  frameId = (<u32>id & 0x1fffffff) | (ide !== 0 ? 0x20000000 : 0);
  frameChannel = (<u32>Field.read(entry, Entry.channel, record, 0) & 0xff) | load<u32>(entry, Entry.busBits);
  let length = <u32>Field.read(entry, Entry.length, record, 255);
  if (load<u32>(entry, Entry.hasTable)) length = <u32>load<u8>(entry + (length & 15), Entry.table);
  frameLength = min<u32>(length, 255);
}

/** VLSD slot: running offset u64 @0, next ring place u32 @8, waiting frames u32 @12, ring of 16 × 80 bytes @64. */
export const VLSD_SLOT_BYTES: usize = 1408;
const RING_PLACES: u32 = 16;
const RING_BYTES: usize = 80;
/** Windows of SD streams: stream u32 @0, isEnd u32 @4, start u64 @8, length u32 @16; bytes at VALUES + slot × VALUE_WINDOW_STRIDE. */
export const VALUE_WINDOWS: usize = HEAD + 0x0e00;
export const VALUES: usize = 0x600000;
export const VALUE_WINDOW_STRIDE: usize = 0x14000;

export let payloadPtr: usize = 0;
/** Bytes there, at most 64. */
export let payloadBytes: u32 = 0;

export enum Found {
  Yes = 0,
  /** The value has not come yet (VLSD group) or must be loaded (SD). */
  Later = 1,
  /** It will never come. */
  Never = 2,
}

/** Finds the payload of the frame read last and cuts it to DataLength. */
export function findPayload(entry: usize, record: usize): Found {
  const kind = load<u32>(entry, Entry.payloadKind);
  payloadBytes = 0;
  payloadPtr = record;
  if (kind === PayloadKind.None) return Found.Yes;
  if (kind === PayloadKind.Inline) {
    payloadPtr = record + <usize>load<u32>(entry, Entry.payloadAt);
    payloadBytes = min<u32>(frameLength, min<u32>(load<u32>(entry, Entry.payloadBytes), 64));
    return Found.Yes;
  }
  const offset = Field.read(entry, Entry.valueOffset, record, 0);
  const slot = load<u32>(entry, Entry.slot);
  return kind === PayloadKind.Value ? findValue(slot, offset) : findSdValue(slot, offset);
}

/** A value of a VLSD group: among the last 16, else still to come, else gone. */
function findValue(slot: u32, offset: u64): Found {
  const state = VLSD + <usize>slot * VLSD_SLOT_BYTES;
  if (offset >= load<u64>(state)) return Found.Later;
  for (let back: u32 = 1; back <= RING_PLACES; back++) {
    const place = state + 64 + <usize>((load<u32>(state, 8) - back) & (RING_PLACES - 1)) * RING_BYTES;
    if (load<u64>(place) === offset && load<u32>(place, 12) !== 0) {
      payloadPtr = place + 16;
      payloadBytes = min<u32>(frameLength, min<u32>(load<u32>(place, 8), 64));
      return Found.Yes;
    }
  }
  return Found.Never;
}

/** A value record has come: keeps its first 64 bytes and moves the running offset on. Returns where it is kept. */
export function keepValue(slot: u32, value: usize, lengthBytes: u32): usize {
  const state = VLSD + <usize>slot * VLSD_SLOT_BYTES;
  const next = load<u32>(state, 8);
  const place = state + 64 + <usize>(next & (RING_PLACES - 1)) * RING_BYTES;
  store<u64>(place, load<u64>(state));
  store<u32>(place, lengthBytes, 8);
  store<u32>(place, 1, 12);
  // 64 bytes whatever the length: the window is padded, and a copy of fixed size is the fast one.
  for (let i: usize = 0; i < 64; i += 16) v128.store(place + 16 + i, v128.load(value + i));
  store<u32>(state, next + 1, 8);
  store<u64>(state, load<u64>(state) + 4 + <u64>lengthBytes);
  return place;
}

/** The value kept last is to come again. Its place is its own again; the one that lay there before is gone, as it would be anyway. */
export function unkeepValue(slot: u32, lengthBytes: u32): void {
  const state = VLSD + <usize>slot * VLSD_SLOT_BYTES;
  const last = load<u32>(state, 8) - 1;
  store<u32>(state + 64 + <usize>(last & (RING_PLACES - 1)) * RING_BYTES, 0, 12);
  store<u32>(state, last, 8);
  store<u64>(state, load<u64>(state) - 4 - <u64>lengthBytes);
}

/** A value of an SD stream, in the window the host loaded for it. */
function findSdValue(stream: u32, offset: u64): Found {
  const window = VALUE_WINDOWS + ((<usize>(stream & 3)) << 5);
  const start = load<u64>(window, 8);
  const length = <u64>load<u32>(window, 16);
  if (load<u32>(window) === stream && offset >= start) {
    const at = offset - start;
    const isEnd = load<u32>(window, 4) !== 0;
    if (at + 4 <= length) {
      const value = VALUES + <usize>(stream & 3) * VALUE_WINDOW_STRIDE + <usize>at;
      const valueBytes = load<u32>(value);
      if (at + 4 + <u64>min<u32>(valueBytes, 64) <= length) {
        payloadPtr = value + 4;
        payloadBytes = min<u32>(frameLength, min<u32>(valueBytes, 64));
        return Found.Yes;
      }
    }
    if (isEnd || at === 0) return Found.Never;
  }
  store<u32>(HEAD, stream, Head.valueSlot);
  store<u64>(HEAD, offset, Head.valueOffset);
  return Found.Later;
}
