/** Walks the records of a window: selects frames by identifier and time, stages them, counts every one. */

import { flushMessage } from "./flush";
import { hear } from "./heard";
import {
  CHANNEL_HASH,
  ENTRY_SHIFT,
  Entry,
  HEAD,
  Head,
  Kind,
  MESSAGE_SHIFT,
  MESSAGES,
  Message,
  NO_SOURCE,
  PayloadKind,
  RECORDS,
  Stop,
  VLSD,
} from "./layout";
import { Known, Lookup } from "./lookup";
import {
  Found,
  findPayload,
  frameChannel,
  frameId,
  frameLength,
  frameTime,
  keepValue,
  payloadBytes,
  payloadPtr,
  readFrame,
  unkeepValue,
  VLSD_SLOT_BYTES,
} from "./record";
import { Rows, writeRow } from "./rows";
import { Stage, Staged, stage } from "./stage";
import { feed, plainOf } from "./transport/port";
import { park, repark, unparkFor } from "./waiting";

/** What a walk is for. */
export enum Walk {
  Decode = 0,
  Rows = 1,
  Hear = 2,
}

let framesOfRuns: u64 = 0;
let used: u64 = 0;
let unmatched: u64 = 0;
let muxInactive: u64 = 0;
let tooShort: u64 = 0;
let outOfRange: u64 = 0;
/** Frames of runs that asked for more than a look, and were counted one by one. */
let others: u64 = 0;
/** Why a run cannot go on: Stop. */
let reason: u32 = 0;

/** The range, for frames of runs: from ≤ time < from + span. Times go out relative to base. */
let from: i64 = 0;
let span: u64 = 0;
let base: i64 = 0;
/** Frames outside the range are of no interest. */
let skipsOutside: bool = false;

abstract class Counters {
  /** Counts a staged frame once. */
  @inline static staged(staged: u32): void {
    if (staged & Staged.Used) used++;
    else if (staged & Staged.Short) tooShort++;
    else muxInactive++;
  }

  @inline static add(counter: usize, by: u64): void {
    store<u64>(HEAD + counter, load<u64>(HEAD + counter) + by);
  }
}

abstract class Ports {
  /** Is what the identifier leads to a port, whose frames are parts of longer messages? */
  @inline static is(message: u32): bool {
    return load<u8>(<usize>message, Message.transport) !== 0;
  }
}

function stop(reason: u32, at: usize): usize {
  store<u32>(HEAD, reason, Head.stop);
  return at;
}

/** Bytes a run may look ahead without asking: a frame of generation B with a value of 64 bytes. */
const LOOK_AHEAD: usize = 96;

/** What runs leave to others: new source addresses, short frames, multiplexors, transports, payloads over eight bytes, neighbours of the range. */
function takeOther(known: usize, id: u32, channel: u32, time: i64, payload: usize, payloadBytes: u32): u32 {
  const message = load<u32>(known, Known.message);
  if (message === NO_SOURCE) return Stop.NewSource;
  if (message === 0) {
    unmatched++;
    return Stop.Done;
  }
  if (Ports.is(message)) {
    const stopped = takeSegment(message, id, channel, time, payload, payloadBytes);
    if (stopped !== Stop.NewSource) others++;
    return stopped;
  }
  others++;
  const isOutside = <u64>(time - from) >= span;
  if (isOutside) {
    outOfRange++;
    if (skipsOutside) return Stop.Done;
  }
  const staged = stage(message, payload, payloadBytes, <f64>(time - base));
  if (!isOutside) Counters.staged(staged);
  return staged & Staged.Full ? Stop.OutputFull : Stop.Done;
}

/** A frame of a transport protocol: fed to its port whatever its time, and staged by itself if somebody asks for that too. */
function takeSegment(port: u32, id: u32, channel: u32, time: i64, payload: usize, payloadBytes: u32): u32 {
  const plain = plainOf(port, id, channel);
  if (plain === NO_SOURCE) return Stop.NewSource;
  const stopped = feed(port, id, time, payload, payloadBytes);
  if (stopped === Stop.NewSource) return stopped;
  const isOutside = time < load<i64>(HEAD, Head.fromNs) || time >= load<i64>(HEAD, Head.toNs);
  if (isOutside) outOfRange++;
  else used++;
  if (plain === 0 || (isOutside && !load<u32>(HEAD, Head.clamp))) return stopped;
  const staged = stage(plain, payload, payloadBytes, <f64>(time - load<i64>(HEAD, Head.baseNs)));
  return staged & Staged.Full ? Stop.OutputFull : stopped;
}

type Standard = u8;
type Extended = u16;

/**
 * Runs of records of one id, of the kinds CANedge writes most. Each is a loop without a call, so that everything stays in registers, inside
 * one that does what the inner leaves: flush a full chunk, or look closer at the record at hand. They return the first record they did not
 * take; `reason` says whether the scan can go on.
 */
abstract class RunD {
  @inline static walk<Id>(p: usize, safeEnd: usize, entry: usize): usize {
    const size: usize = sizeof<Id>() === sizeof<Extended>() ? 20 : 17;
    const start = p;
    const recordId = <u32>load<u8>(p);
    const channelKey = (<u64>load<u32>(entry, Entry.channelKey)) << 32;
    const hashAdd = load<u32>(entry, Entry.hashAdd);
    const earliest = from;
    const width = span;
    const zero = base;
    let skipped: u64 = 0;
    let outside: u64 = 0;
    while (true) {
      let full: u32 = 0;
      do {
        const id = RunD.id<Id>(p);
        const known = Lookup.place(id + hashAdd);
        const message = load<u32>(known, Known.message);
        if (load<u64>(known) !== (channelKey | <u64>id)) break;
        if (message === 0) skipped++;
        else {
          const payloadBytes = RunD.payloadBytes<Id>(p);
          if (payloadBytes < load<u32>(known, Known.wholeBytes)) break;
          const time = RunD.time(p);
          if (<u64>(time - earliest) >= width) {
            if (!skipsOutside) break;
            outside++;
          } else if (Stage.whole(message, p + size - 8, payloadBytes, <f64>(time - zero))) {
            full = message;
            p += size;
            break;
          }
        }
        p += size;
      } while (p < safeEnd && <u32>load<u8>(p) === recordId);
      if (full !== 0) {
        if (flushMessage(full) & Staged.Full) reason = Stop.OutputFull;
      } else if (p < safeEnd && <u32>load<u8>(p) === recordId) {
        const id = RunD.id<Id>(p);
        const channel = <u32>(channelKey >> 32);
        const known = Lookup.known(id, channel, hashAdd);
        reason = takeOther(known, id, channel, RunD.time(p), p + size - 8, RunD.payloadBytes<Id>(p));
        if (reason !== Stop.NewSource) p += size;
      }
      if (reason !== Stop.Done || p >= safeEnd || <u32>load<u8>(p) !== recordId) break;
    }
    framesOfRuns += <u64>((p - start) / size);
    unmatched += skipped;
    outOfRange += outside;
    others += outside;
    return p;
  }

  @inline static id<Id>(p: usize): u32 {
    const word = load<u32>(p, 7);
    return sizeof<Id>() === sizeof<Extended>() ? (word & 0x1fffffff) | 0x20000000 : word & 0x7ff;
  }

  @inline static payloadBytes<Id>(p: usize): u32 {
    return min<u32>(sizeof<Id>() === sizeof<Extended>() ? <u32>load<u8>(p, 11) & 15 : <u32>load<u8>(p, 8) >> 4, 8);
  }

  /** 48 bits of µs behind the record id. */
  @inline static time(p: usize): i64 {
    return <i64>(load<u64>(p - 1) >> 16) * 1000;
  }
}

function runOfStandardD(p: usize, safeEnd: usize, entry: usize): usize {
  return RunD.walk<Standard>(p, safeEnd, entry);
}

function runOfExtendedD(p: usize, safeEnd: usize, entry: usize): usize {
  return RunD.walk<Extended>(p, safeEnd, entry);
}

/** Generation B, where the value follows its frame, as the device writes it: one record of 28 + length bytes. */
abstract class RunB {
  /** `offset`: where the next value must lie. 64 bytes at most, so it ends before the look-ahead does. */
  @inline static isPlain(p: usize, valueId: u32, offset: u64): bool {
    return <u32>load<u8>(p, 23) === valueId && load<u64>(p, 15) === offset && load<u32>(p, 24) <= 64;
  }

  @inline static id(p: usize): u32 {
    const word = load<u32>(p, 9);
    return (word >> 3) | ((word & 1) << 29);
  }

  @inline static channel(p: usize): u32 {
    return (<u32>load<u8>(p, 9) >> 1) & 3;
  }

  @inline static payloadBytes(p: usize): u32 {
    return min<u32>(<u32>load<u8>(p, 13) >> 1, load<u32>(p, 24));
  }

  @inline static time(p: usize): i64 {
    return <i64>nearest(load<f64>(p, 1));
  }
}

function runOfValueB(p: usize, safeEnd: usize, entry: usize): usize {
  const start = p;
  const recordId = <u32>load<u8>(p);
  const valueId = load<u32>(entry, Entry.valueId);
  const state = VLSD + <usize>load<u32>(entry, Entry.slot) * VLSD_SLOT_BYTES;
  const firstOffset = load<u64>(state);
  const earliest = from;
  const width = span;
  const zero = base;
  let offset = firstOffset;
  let skipped: u64 = 0;
  let outside: u64 = 0;
  while (true) {
    let full: u32 = 0;
    do {
      if (<u32>load<u8>(p, 23) !== valueId) break;
      if (load<u64>(p, 15) !== offset) break;
      const valueBytes = load<u32>(p, 24);
      if (valueBytes > 64) break;
      const id = RunB.id(p);
      const channel = RunB.channel(p);
      const known = Lookup.place(id + channel * CHANNEL_HASH);
      const message = load<u32>(known, Known.message);
      if (load<u64>(known) !== (<u64>id | ((<u64>channel) << 32))) break;
      if (message === 0) skipped++;
      else {
        const payloadBytes = RunB.payloadBytes(p);
        if (payloadBytes < load<u32>(known, Known.wholeBytes)) break;
        const exactNs = load<f64>(p, 1);
        if (!(abs(exactNs) < 2251799813685248.0)) break;
        // Below 2^51 the sum with 3·2^51 has whole numbers only; its last bits are the rounded time.
        const time = reinterpret<i64>(exactNs + 6755399441055744.0) - 0x4338000000000000;
        if (<u64>(time - earliest) >= width) {
          if (!skipsOutside) break;
          outside++;
        } else if (Stage.whole(message, p + 28, payloadBytes, <f64>(time - zero))) full = message;
      }
      offset += 4 + <u64>valueBytes;
      p += 28 + <usize>valueBytes;
    } while (full === 0 && p < safeEnd && <u32>load<u8>(p) === recordId);
    if (full !== 0) {
      if (flushMessage(full) & Staged.Full) reason = Stop.OutputFull;
    } else if (p < safeEnd && <u32>load<u8>(p) === recordId && RunB.isPlain(p, valueId, offset)) {
      const id = RunB.id(p);
      const channel = RunB.channel(p);
      const known = Lookup.known(id, channel, channel * CHANNEL_HASH);
      reason = takeOther(known, id, channel, RunB.time(p), p + 28, RunB.payloadBytes(p));
      if (reason !== Stop.NewSource) {
        const valueBytes = load<u32>(p, 24);
        offset += 4 + <u64>valueBytes;
        p += 28 + <usize>valueBytes;
      }
    } else break;
    if (reason !== Stop.Done || p >= safeEnd || <u32>load<u8>(p) !== recordId) break;
  }
  store<u64>(state, offset);
  // Each frame moves the offset on by 24 bytes less than the place in the file.
  framesOfRuns += (<u64>(p - start) - (offset - firstOffset)) / 24;
  unmatched += skipped;
  outOfRange += outside;
  others += outside;
  return p;
}

/**
 * Decodes records from `p` to `end`. Returns the first unprocessed address; HEAD.stop says why. 64 bytes behind `end` must be readable.
 */
export function scanDecode(p: usize, end: usize): usize {
  used = 0;
  unmatched = 0;
  muxInactive = 0;
  tooShort = 0;
  outOfRange = 0;
  others = 0;
  framesOfRuns = 0;
  reason = Stop.Done;
  from = load<i64>(HEAD, Head.fromNs);
  const to = load<i64>(HEAD, Head.toNs);
  span = to > from ? <u64>(to - from) : 0;
  base = load<i64>(HEAD, Head.baseNs);
  skipsOutside = load<u32>(HEAD, Head.clamp) === 0;
  const safeEnd = load<u32>(HEAD, Head.idBytes) === 1 ? end - LOOK_AHEAD : 0;
  store<u32>(HEAD, Stop.Done, Head.stop);

  while (p < end) {
    if (p < safeEnd) {
      const start = p;
      const entry = RECORDS + ((<usize>load<u8>(p)) << ENTRY_SHIFT);
      const kind = load<u32>(entry, Entry.kind);
      if (kind === Kind.StandardD) p = runOfStandardD(p, safeEnd, entry);
      else if (kind === Kind.ExtendedD) p = runOfExtendedD(p, safeEnd, entry);
      else if (kind === Kind.ValueB) p = runOfValueB(p, safeEnd, entry);
      if (reason !== Stop.Done) {
        store<u32>(HEAD, reason, Head.stop);
        break;
      }
      if (p !== start) continue;
    }
    p = step(p, end, Walk.Decode);
    if (load<u32>(HEAD, Head.stop) !== Stop.Done) break;
  }
  Counters.add(Head.frames, framesOfRuns);
  Counters.add(Head.unmatched, unmatched);
  Counters.add(Head.outOfRange, outOfRange);
  Counters.add(Head.used, used + framesOfRuns - unmatched - others);
  Counters.add(Head.muxInactive, muxInactive);
  Counters.add(Head.tooShort, tooShort);
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
  Counters.add(Head.used, used);
  return p;
}

abstract class RecordId {
  /** In 1, 2, 4 or 8 bytes. */
  @inline static at(p: usize, idBytes: u32): u64 {
    return load<u64>(p) & (idBytes === 8 ? u64.MAX_VALUE : ((<u64>1) << ((<u64>idBytes) << 3)) - 1);
  }
}

/** Entry of the record at `p`, or 0. */
export function entryAt(p: usize, idBytes: u32): usize {
  if (idBytes === 1) return RECORDS + ((<usize>load<u8>(p)) << ENTRY_SHIFT);
  if (idBytes === 0) return RECORDS;
  const id = RecordId.at(p, idBytes);
  const count = load<u32>(HEAD, Head.recordIdCount);
  for (let i: u32 = 0; i < count; i++) {
    if (load<u64>(HEAD + Head.recordIdList + ((<usize>i) << 3)) === id) return RECORDS + ((<usize>i) << ENTRY_SHIFT);
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
    store<u32>(HEAD, <u32>RecordId.at(p, idBytes), Head.badId);
    return stop(Stop.BadRecord, p);
  }
  const record = p + <usize>idBytes;
  if (kind === Kind.Value) return stepValue(p, record, end, entry, walk);
  const next = record + <usize>load<u32>(entry);
  if (next > end) return stop(Stop.NeedMore, p);
  if (kind === Kind.Other) {
    Counters.add(Head.otherRecords, 1);
    return next;
  }
  readFrame(entry, record);
  if (walk === Walk.Hear) {
    hear(entry);
    Counters.add(Head.frames, 1);
    return next;
  }
  let message: u32 = 0;
  if (walk === Walk.Decode) {
    if (kind === Kind.OtherFrame) {
      Counters.add(Head.frames, 1);
      Counters.add(Head.otherKind, 1);
      return next;
    }
    message = Lookup.message(frameId, frameChannel, frameChannel * CHANNEL_HASH);
    if (message === NO_SOURCE) return stop(Stop.NewSource, p);
    if (message === 0) {
      Counters.add(Head.frames, 1);
      Counters.add(Head.unmatched, 1);
      return next;
    }
    const isOutside = frameTime < load<i64>(HEAD, Head.fromNs) || frameTime >= load<i64>(HEAD, Head.toNs);
    if (isOutside && !load<u32>(HEAD, Head.clamp) && !Ports.is(message)) {
      Counters.add(Head.frames, 1);
      Counters.add(Head.outOfRange, 1);
      return next;
    }
  } else if (Rows.isFull()) return stop(Stop.OutputFull, p);

  const found = findPayload(entry, record);
  if (found === Found.Later) {
    if (load<u32>(entry, Entry.payloadKind) === PayloadKind.Sd) return stop(Stop.NeedValue, p);
    // A device writes the value right behind its frame: have both in the window before anything is counted.
    const valueBehind = next + 64 + <usize>idBytes + 4 > end;
    if (valueBehind && !load<u32>(HEAD, Head.isLast) && !isValueComplete(next, end, idBytes)) return stop(Stop.NeedMore, p);
    Counters.add(Head.frames, 1);
    if (!park(entry, record, message)) Counters.add(Head.withoutPayload, 1);
    return next;
  }
  if (found === Found.Never) {
    Counters.add(Head.frames, 1);
    Counters.add(Head.withoutPayload, 1);
    return next;
  }
  const stopped = deliver(message, walk, entry, record);
  if (stopped === Stop.NewSource) return stop(stopped, p);
  Counters.add(Head.frames, 1);
  return stopped === Stop.Done ? next : stop(stopped, next);
}

/** Is the record at `p` a value, and whole? */
function isValueComplete(p: usize, end: usize, idBytes: u32): bool {
  if (p + <usize>idBytes + 4 > end) return false;
  const entry = entryAt(p, idBytes);
  if (entry === 0 || load<u32>(entry, Entry.kind) !== Kind.Value) return true;
  return <u64>load<u32>(p + <usize>idBytes) <= <u64>(end - p - <usize>idBytes - 4);
}

/** The frame read last has its payload: stage it or write it as a row. Says how the scan stops, if it must. */
function deliver(message: u32, walk: u32, entry: usize, record: usize): u32 {
  if (walk === Walk.Rows) {
    writeRow(entry, record);
    used++;
    return Stop.Done;
  }
  if (Ports.is(message)) return takeSegment(message, frameId, frameChannel, frameTime, payloadPtr, payloadBytes);
  const isOutside = frameTime < load<i64>(HEAD, Head.fromNs) || frameTime >= load<i64>(HEAD, Head.toNs);
  const staged = stage(message, payloadPtr, payloadBytes, <f64>(frameTime - load<i64>(HEAD, Head.baseNs)));
  if (isOutside) outOfRange++;
  else Counters.staged(staged);
  return staged & Staged.Full ? Stop.OutputFull : Stop.Done;
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
    Counters.add(Head.withoutPayload, 1);
    return next;
  }
  const stopped = deliver(load<u32>(waiting, 4), walk, owner, owned);
  if (stopped === Stop.NewSource) {
    repark(waiting);
    unkeepValue(slot, valueBytes);
    return stop(stopped, p);
  }
  return stopped === Stop.Done ? next : stop(stopped, next);
}

/** Drains all chunks into columns or cells. */
export function flushAll(): void {
  const count = load<u32>(HEAD, Head.messageCount);
  for (let i: u32 = 0; i < count; i++) flushMessage(MESSAGES + ((<usize>i) << MESSAGE_SHIFT));
}

export function lengthOfLast(): u32 {
  return frameLength;
}
