/** ISO 15765-2: single, first, consecutive and flow control frames, normal addressing or with one address byte before. */
import { MESSAGE_BYTES_MAX, Port, Session, Stop } from "../layout";
import { deliver, PAYLOAD } from "./deliver";
import { Segment } from "./segment";
import {
  append,
  Count,
  closeSession,
  copyFew,
  feedSession,
  findSession,
  gather,
  loseSession,
  openSession,
  recordLoss,
} from "./sessions";

/** Kinds, as Port.kinds counts them. */
const SINGLE: u32 = 0;
const FIRST: u32 = 1;
const CONSECUTIVE: u32 = 2;
const FLOW_CONTROL: u32 = 3;

/** CAN_DL up to which a length has its place in the low bits of the first byte; FD frames beyond have the escape. */
const CLASSIC_BYTES: u32 = 8;

export function feedIsoTp(port: usize): u32 {
  const skip = load<u32>(port, Port.addressBytes);
  if (Segment.bytes <= skip) {
    Count.one(port + Port.frames);
    Count.one(port + Port.empty);
    return Stop.Done;
  }
  const key = <u64>Segment.id | (skip !== 0 ? ((<u64>Segment.byte(0)) << 32) | ((<u64>1) << 40) : 0);
  const type = Segment.byte(skip) >> 4;
  if (type === 0) return single(port, key, skip);
  if (type === 1) return first(port, key, skip);
  if (type === 2) return consecutive(port, key, skip);
  if (type === 3) {
    Segment.count(port, FLOW_CONTROL);
    return Stop.Done;
  }
  Count.one(port + Port.frames);
  Count.one(port + Port.unknownType);
  return Stop.Done;
}

/** A message whose first frame says a length that cannot be. */
function refuse(port: usize, cause: u32): u32 {
  Count.one(port + <usize>cause);
  Count.one(port + Port.framesLost);
  recordLoss(port, cause, Segment.time, Segment.id, 1, 0);
  return Stop.Done;
}

/** A new start ends what is open. */
function interrupt(port: usize, key: u64): void {
  const open = findSession(port, key);
  if (open !== 0) loseSession(open, Port.interrupted);
}

function single(port: usize, key: u64, skip: u32): u32 {
  let lengthBytes = Segment.byte(skip) & 15;
  let at = skip + 1;
  const isEscape = lengthBytes === 0 && Segment.bytes > CLASSIC_BYTES;
  if (isEscape) lengthBytes = Segment.byte(at++);
  if (lengthBytes === 0) {
    Count.one(port + Port.frames);
    Count.one(port + Port.empty);
    return Stop.Done;
  }
  Segment.count(port, SINGLE);
  interrupt(port, key);
  if (at + lengthBytes > Segment.bytes || (Segment.bytes > CLASSIC_BYTES && !isEscape)) return refuse(port, Port.badLength);
  copyFew(PAYLOAD, Segment.at + <usize>at, lengthBytes);
  return deliver(port, lengthBytes, Segment.time, 1, 0, 0, 0, 0);
}

function first(port: usize, key: u64, skip: u32): u32 {
  Segment.count(port, FIRST);
  interrupt(port, key);
  if (Segment.bytes < CLASSIC_BYTES) return refuse(port, Port.badLength);
  let lengthBytes = ((Segment.byte(skip) & 15) << 8) | Segment.byte(skip + 1);
  let at = skip + 2;
  if (lengthBytes === 0) {
    lengthBytes = bswap<u32>(load<u32>(Segment.at + <usize>at));
    at += 4;
  }
  // What fits a single frame of this size must not come in several (FF_DL minimum).
  const singleBytes = Segment.bytes - skip - (Segment.bytes > CLASSIC_BYTES ? 2 : 1);
  if (lengthBytes <= singleBytes) return refuse(port, Port.badLength);
  if (lengthBytes > MESSAGE_BYTES_MAX) return refuse(port, Port.tooLong);
  const session = openSession(port, key);
  store<u32>(session, lengthBytes, Session.total);
  store<u32>(session, 1, Session.expected);
  store<i64>(session, Segment.time, Session.first);
  store<u32>(session, Segment.bytes - skip - 1, Session.extra);
  feedSession(session);
  append(session, Segment.at + <usize>at, Segment.bytes - at);
  return Stop.Done;
}

function orphan(port: usize): u32 {
  Count.one(port + Port.orphanFrames);
  if (!load<u32>(port, Port.isGap)) recordLoss(port, Port.orphanFrames, Segment.time, Segment.id, 1, 0);
  return Stop.Done;
}

function consecutive(port: usize, key: u64, skip: u32): u32 {
  Segment.count(port, CONSECUTIVE);
  const session = findSession(port, key);
  if (session === 0) return orphan(port);
  if (Segment.time - load<i64>(session, Session.last) > Segment.patience(port)) {
    loseSession(session, Port.timeout);
    return orphan(port);
  }
  const number = load<u32>(session, Session.expected);
  if ((Segment.byte(skip) & 15) !== (number & 15)) {
    loseSession(session, Port.sequence);
    return orphan(port);
  }
  const left = load<u32>(session, Session.total) - load<u32>(session, Session.got);
  const there = Segment.bytes - skip - 1;
  feedSession(session);
  // Only the last frame may be shorter than the first one.
  if (there < min<u32>(left, load<u32>(session, Session.extra))) {
    loseSession(session, Port.badLength);
    return Stop.Done;
  }
  append(session, Segment.at + <usize>(skip + 1), min<u32>(left, there));
  store<u32>(session, number + 1, Session.expected);
  if (there < left) return Stop.Done;
  gather(session, PAYLOAD);
  const startNs = load<i64>(session, Session.first);
  const frames = load<u32>(session, Session.frames);
  const lengthBytes = load<u32>(session, Session.total);
  closeSession(session);
  return deliver(port, lengthBytes, startNs, frames, 0, 0, 0, 0);
}
