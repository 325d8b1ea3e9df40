/** Walks the records of a window: selects frames by identifier and time, stages them, counts every one. */

import { flushMessage } from "./flush";
import { hear } from "./heard";
import {CHANNEL_HASH, 
  ENTRY_SHIFT, Entry, HEAD, Head, Kind, MESSAGE_SHIFT, MESSAGES, NO_SOURCE, PayloadKind, RECORDS, Stop, VLSD
} from "./layout";
import { Known, Lookup } from "./lookup";
import {
  Found, findPayload, frameChannel, frameId, frameLength, frameTime, keepValue, payloadBytes, payloadPtr, readFrame,VLSD_SLOT_BYTES, 
} from "./record";
import { Rows, writeRow } from "./rows";
import { Stage, Staged, stage } from "./stage";
import { park, unparkFor } from "./waiting";

/** What a walk is for. */
export enum Walk {
  Decode = 0,
  Rows = 1,
  Hear = 2,
}

let used: u64 = 0;
let muxInactive: u64 = 0;
let tooShort: u64 = 0;
let outOfRange: u64 = 0;
/** Frames that did not go the short way, and were counted one by one. */
let others: u64 = 0;

/** The range, for frames of the short way: from ≤ time < from + span. Times go out relative to base. */
let from: i64 = 0;
let span: u64 = 0;
let base: i64 = 0;

/** Counts a staged frame once. */
@inline
function count(staged: u32): void {
  if (staged & Staged.Used) used++;
  else if (staged & Staged.Short) tooShort++;
  else muxInactive++;
}

@inline
function bump(counter: usize, by: u64): void {
  store<u64>(HEAD + counter, load<u64>(HEAD + counter) + by);
}

function stop(reason: u32, at: usize): usize {
  store<u32>(HEAD, reason, Head.stop);
  return at;
}

/** Bytes every short cut may look ahead without asking: the longest fixed record plus the head of a value. */
const LOOK_AHEAD: usize = 64;

abstract class Frame {
  /** A frame of a message that is asked for: staged if it lies in the range. Returns Stop.Done, or why the scan cannot go on. */
  @inline static take(known: usize, time: i64, payload: usize, payloadBytes: u32): u32 {
    const message = load<u32>(known, Known.message);
    if (payloadBytes < load<u32>(known, Known.wholeBytes) || <u64>(time - from) >= span) return takeOther(message, time, payload, payloadBytes);
    return Stage.whole(message, payload, payloadBytes, <f64>(time - base)) && flushMessage(message) & Staged.Full ? Stop.OutputFull : Stop.Done;
  }
}

/** What the short way does not know: new source addresses, frames out of range or too short, multiplexors, payloads over eight bytes. */
function takeOther(message: u32, time: i64, payload: usize, payloadBytes: u32): u32 {
  if (message === NO_SOURCE) return Stop.NewSource;
  others++;
  const isOutside = <u64>(time - from) >= span;
  if (isOutside) {
    outOfRange++;
    if (!load<u32>(HEAD, Head.clamp)) return Stop.Done;
  }
  const staged = stage(message, payload, payloadBytes, <f64>(time - base));
  if (!isOutside) count(staged);
  return staged & Staged.Full ? Stop.OutputFull : Stop.Done;
}

/**
 * Decodes records from `p` to `end`. Returns the first unprocessed address; HEAD.stop says why. 64 bytes behind `end` must be readable.
 */
export function scanDecode(p: usize, end: usize): usize {
  used = 0;
  muxInactive = 0;
  tooShort = 0;
  outOfRange = 0;
  others = 0;
  from = load<i64>(HEAD, Head.fromNs);
  const to = load<i64>(HEAD, Head.toNs);
  span = to > from ? <u64>(to - from) : 0;
  base = load<i64>(HEAD, Head.baseNs);
  const safeEnd = load<u32>(HEAD, Head.idBytes) === 1 ? end - LOOK_AHEAD : 0;
  let frames: u64 = 0;
  let unmatched: u64 = 0;
  let reason: u32 = Stop.Done;
  store<u32>(HEAD, Stop.Done, Head.stop);

  while (p < end) {
    if (p < safeEnd) {
      // Runs of one record id, of the kinds CANedge writes most: everything that depends on it stays in registers.
      const start = p;
      const recordId = <u32>load<u8>(p);
      const entry = RECORDS + (<usize>recordId << ENTRY_SHIFT);
      const kind = load<u32>(entry, Entry.kind);
      let size: usize = 0;
      if (kind === Kind.StandardD) {
        const channel = load<u32>(entry, Entry.channelKey);
        const hashAdd = load<u32>(entry, Entry.hashAdd);
        size = 17;
        do {
          const known = Lookup.known(load<u32>(p, 7) & 0x7ff, channel, hashAdd);
          if (load<u32>(known, Known.message) === 0) unmatched++;
          else {
            reason = Frame.take(known, <i64>(load<u64>(p - 1) >> 16) * 1000, p + 9, min<u32>(<u32>load<u8>(p, 8) >> 4, 8));
            if (reason !== Stop.Done) break;
          }
          p += 17;
        } while (p < safeEnd && <u32>load<u8>(p) === recordId);
        frames += <u64>((p - start) / 17);
      } else if (kind === Kind.ExtendedD) {
        const channel = load<u32>(entry, Entry.channelKey);
        const hashAdd = load<u32>(entry, Entry.hashAdd);
        size = 20;
        do {
          const known = Lookup.known((load<u32>(p, 7) & 0x1fffffff) | 0x20000000, channel, hashAdd);
          if (load<u32>(known, Known.message) === 0) unmatched++;
          else {
            reason = Frame.take(known, <i64>(load<u64>(p - 1) >> 16) * 1000, p + 12, min<u32>(<u32>load<u8>(p, 11) & 15, 8));
            if (reason !== Stop.Done) break;
          }
          p += 20;
        } while (p < safeEnd && <u32>load<u8>(p) === recordId);
        frames += <u64>((p - start) / 20);
      } else if (kind === Kind.ValueB) {
        // The value follows its frame, as the device writes it: one record of 28 + length bytes.
        const valueId = load<u32>(entry, Entry.valueId);
        const state = VLSD + <usize>load<u32>(entry, Entry.slot) * VLSD_SLOT_BYTES;
        let offset = load<u64>(state);
        do {
          const valueBytes = load<u32>(p, 24);
          if (<u32>load<u8>(p, 23) !== valueId || load<u64>(p, 15) !== offset || valueBytes > 64 || p + 28 + <usize>valueBytes > end) break;
          const word = load<u32>(p, 9);
          const channel = (word >> 1) & 3;
          const known = Lookup.known((word >> 3) | ((word & 1) << 29), channel, channel * CHANNEL_HASH);
          size = 28 + <usize>valueBytes;
          if (load<u32>(known, Known.message) === 0) unmatched++;
          else {
            const payloadBytes = min<u32>(<u32>load<u8>(p, 13) >> 1, valueBytes);
            reason = Frame.take(known, <i64>nearest(load<f64>(p, 1)), p + 28, payloadBytes);
            if (reason === Stop.NewSource) break;
          }
          frames++;
          offset += 4 + <u64>valueBytes;
          p += size;
        } while (reason === Stop.Done && p < safeEnd && <u32>load<u8>(p) === recordId);
        store<u64>(state, offset);
      }
      if (reason !== Stop.Done) {
        if (reason === Stop.OutputFull && kind !== Kind.ValueB) {
          frames++;
          p += size;
        }
        store<u32>(HEAD, reason, Head.stop);
        break;
      }
      if (p !== start) continue;
    }
    p = step(p, end, Walk.Decode);
    if (load<u32>(HEAD, Head.stop) !== Stop.Done) break;
  }
  bump(Head.frames, frames);
  bump(Head.unmatched, unmatched);
  bump(Head.outOfRange, outOfRange);
  bump(Head.used, used + frames - unmatched - others);
  bump(Head.muxInactive, muxInactive);
  bump(Head.tooShort, tooShort);
  return p;
}

/** The other walks: every frame as a row, or only who was heard. */
export function scanOther(p: usize, end: usize, walk: u32): usize {
  used = 0;
  muxInactive = 0;
  tooShort = 0;
  store<u32>(HEAD, Stop.Done, Head.stop);
  while (p < end) {
    const next = step(p, end, walk);
    p = next;
    if (load<u32>(HEAD, Head.stop) !== Stop.Done) break;
  }
  bump(Head.used, used);
  return p;
}

/** Record id in 1, 2, 4 or 8 bytes. */
@inline
function recordIdAt(p: usize, idBytes: u32): u64 {
  return load<u64>(p) & (idBytes === 8 ? u64.MAX_VALUE : ((<u64>1 << (<u64>idBytes << 3)) - 1));
}

/** Entry of the record at `p`, or 0. */
function entryAt(p: usize, idBytes: u32): usize {
  if (idBytes === 1) return RECORDS + (<usize>load<u8>(p) << ENTRY_SHIFT);
  if (idBytes === 0) return RECORDS;
  const id = recordIdAt(p, idBytes);
  const count = load<u32>(HEAD, Head.recordIdCount);
  for (let i: u32 = 0; i < count; i++) {
    if (load<u64>(HEAD + Head.recordIdList + (<usize>i << 3)) === id) return RECORDS + (<usize>i << ENTRY_SHIFT);
  }
  return 0;
}

/** One record of any kind, everything compared before it is used. */
function step(p: usize, end: usize, walk: u32): usize {
  const idBytes = load<u32>(HEAD, Head.idBytes);
  if (p + <usize>idBytes > end) return stop(Stop.NeedMore, p);
  const entry = entryAt(p, idBytes);
  const kind = entry === 0 ? <u32>Kind.Unknown : load<u32>(entry, Entry.kind);
  if (kind === Kind.Unknown) {
    store<u32>(HEAD, <u32>recordIdAt(p, idBytes), Head.badId);
    return stop(Stop.BadRecord, p);
  }
  const record = p + <usize>idBytes;
  if (kind === Kind.Value) return stepValue(p, record, end, entry, walk);
  const next = record + <usize>load<u32>(entry);
  if (next > end) return stop(Stop.NeedMore, p);
  if (kind === Kind.Other) {
    bump(Head.otherRecords, 1);
    return next;
  }
  readFrame(entry, record);
  if (walk === Walk.Hear) {
    hear(entry);
    bump(Head.frames, 1);
    return next;
  }
  let message: u32 = 0;
  if (walk === Walk.Decode) {
    if (kind === Kind.OtherFrame) {
      bump(Head.frames, 1);
      bump(Head.otherKind, 1);
      return next;
    }
    message = Lookup.message(frameId, frameChannel, frameChannel * CHANNEL_HASH);
    if (message === NO_SOURCE) return stop(Stop.NewSource, p);
    if (message === 0) {
      bump(Head.frames, 1);
      bump(Head.unmatched, 1);
      return next;
    }
    const isOutside = frameTime < load<i64>(HEAD, Head.fromNs) || frameTime >= load<i64>(HEAD, Head.toNs);
    if (isOutside && !load<u32>(HEAD, Head.clamp)) {
      bump(Head.frames, 1);
      bump(Head.outOfRange, 1);
      return next;
    }
  } else if (Rows.isFull()) return stop(Stop.OutputFull, p);

  const found = findPayload(entry, record);
  if (found === Found.Later) {
    if (load<u32>(entry, Entry.payloadKind) === PayloadKind.Sd) return stop(Stop.NeedValue, p);
    // A device writes the value right behind its frame: have both in the window before anything is counted.
    const valueBehind = next + 64 + <usize>idBytes + 4 > end;
    if (valueBehind && !load<u32>(HEAD, Head.isLast) && !isValueComplete(next, end, idBytes)) return stop(Stop.NeedMore, p);
    bump(Head.frames, 1);
    if (!park(entry, record, message)) bump(Head.withoutPayload, 1);
    return next;
  }
  bump(Head.frames, 1);
  if (found === Found.Never) {
    bump(Head.withoutPayload, 1);
    return next;
  }
  return deliver(entry, record, message, walk) & Staged.Full ? stop(Stop.OutputFull, next) : next;
}

/** Is the record at `p` a value, and whole? */
function isValueComplete(p: usize, end: usize, idBytes: u32): bool {
  if (p + <usize>idBytes + 4 > end) return false;
  const entry = entryAt(p, idBytes);
  if (entry === 0 || load<u32>(entry, Entry.kind) !== Kind.Value) return true;
  return <u64>load<u32>(p + <usize>idBytes) <= <u64>(end - p - <usize>idBytes - 4);
}

/** The frame read last has its payload: stage it or write it as a row. */
function deliver(entry: usize, record: usize, message: u32, walk: u32): u32 {
  if (walk === Walk.Rows) {
    writeRow(entry, record);
    used++;
    return 0;
  }
  const isOutside = frameTime < load<i64>(HEAD, Head.fromNs) || frameTime >= load<i64>(HEAD, Head.toNs);
  const staged = stage(message, payloadPtr, payloadBytes, <f64>(frameTime - load<i64>(HEAD, Head.baseNs)));
  if (isOutside) bump(Head.outOfRange, 1);
  else count(staged);
  return staged;
}

/** A longer value is never whole, whatever the window: what a log gives must not depend on how its bytes arrive. */
const VALUE_BYTES_MAX: u32 = 0x10000 - 16;

/** A value record: kept, and given to the frame that waits for it. */
function stepValue(p: usize, record: usize, end: usize, entry: usize, walk: u32): usize {
  if (record + 4 > end) return stop(Stop.NeedMore, p);
  const valueBytes = load<u32>(record);
  if (valueBytes > VALUE_BYTES_MAX || <u64>valueBytes > <u64>(end - record - 4)) return stop(Stop.NeedMore, p);
  const next = record + 4 + <usize>valueBytes;
  const slot = load<u32>(entry, Entry.slot);
  if (walk === Walk.Hear) return next;
  if (walk === Walk.Rows && Rows.isFull()) return stop(Stop.OutputFull, p);
  const offset = load<u64>(VLSD + <usize>slot * VLSD_SLOT_BYTES);
  keepValue(slot, record + 4, valueBytes);
  const waiting = unparkFor(slot, offset);
  if (waiting === 0) return next;
  const owner = <usize>load<u32>(waiting);
  const owned = waiting + 32;
  readFrame(owner, owned);
  if (findPayload(owner, owned) !== Found.Yes) {
    bump(Head.withoutPayload, 1);
    return next;
  }
  return deliver(owner, owned, load<u32>(waiting, 4), walk) & Staged.Full ? stop(Stop.OutputFull, next) : next;
}

/** Drains all chunks into columns or cells. */
export function flushAll(): void {
  const count = load<u32>(HEAD, Head.messageCount);
  for (let i: u32 = 0; i < count; i++) flushMessage(MESSAGES + (<usize>i << MESSAGE_SHIFT));
}

export function lengthOfLast(): u32 {
  return frameLength;
}
