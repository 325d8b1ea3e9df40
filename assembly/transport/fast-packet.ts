/** NMEA 2000 fast packet: a sequence counter in 3 bits, a frame counter in 5, the length in the first frame, 6 and then 7 bytes a frame. */
import { OF_FAST_PACKET, Port, Session, Stop } from "../layout";
import { Lookup } from "../lookup";
import { deliver, PAYLOAD, Target, targetOf } from "./deliver";
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

const FIRST: u32 = 0;
const NEXT: u32 = 1;
/** 6 + 31 × 7. */
const LENGTH_MAX: u32 = 223;

export function feedFastPacket(port: usize): u32 {
  if (Segment.bytes === 0) {
    Count.one(port + Port.frames);
    Count.one(port + Port.empty);
    return Stop.Done;
  }
  const head = Segment.byte(0);
  const key = <u64>Segment.id | ((<u64>(head >> 5)) << 32);
  return (head & 31) === 0 ? first(port, key) : next(port, key, head & 31);
}

function first(port: usize, key: u64): u32 {
  const lengthBytes = Segment.bytes > 1 ? Segment.byte(1) : 0;
  const there = Segment.bytes > 1 ? min<u32>(Segment.bytes - 2, 6) : 0;
  const isGood = lengthBytes > 0 && lengthBytes <= LENGTH_MAX && there >= min<u32>(lengthBytes, 6);
  const pgn = Lookup.group(Segment.id);
  const source = Segment.id & 0xff;
  const isWhole = isGood && lengthBytes <= 6;
  const target = isWhole ? targetOf(port, pgn, source, OF_FAST_PACKET) : 0;
  if (Target.isNew(target)) return Stop.NewSource;
  Segment.count(port, FIRST);
  const open = findSession(port, key);
  if (open !== 0) loseSession(open, Port.interrupted);
  if (!isGood) {
    Count.one(port + Port.badLength);
    Count.one(port + Port.framesLost);
    recordLoss(port, Port.badLength, Segment.time, Segment.id, 1, pgn);
    return Stop.Done;
  }
  if (isWhole) {
    copyFew(PAYLOAD, Segment.at + 2, lengthBytes);
    return deliver(port, lengthBytes, Segment.time, 1, target, pgn, source | 0xff00, 0);
  }
  const session = openSession(port, key);
  store<u32>(session, lengthBytes, Session.total);
  store<u32>(session, 1, Session.expected);
  store<i64>(session, Segment.time, Session.first);
  store<u32>(session, pgn, Session.extra);
  feedSession(session);
  append(session, Segment.at + 2, there);
  return Stop.Done;
}

function orphan(port: usize): u32 {
  Count.one(port + Port.orphanFrames);
  if (!load<u32>(port, Port.isGap)) recordLoss(port, Port.orphanFrames, Segment.time, Segment.id, 1, Lookup.group(Segment.id));
  return Stop.Done;
}

function next(port: usize, key: u64, number: u32): u32 {
  const session = findSession(port, key);
  if (session === 0) {
    Segment.count(port, NEXT);
    return orphan(port);
  }
  const isLate = Segment.time - load<i64>(session, Session.last) > Segment.patience(port);
  if (isLate || load<u32>(session, Session.expected) !== number) {
    Segment.count(port, NEXT);
    loseSession(session, isLate ? Port.timeout : Port.sequence);
    return orphan(port);
  }
  const lengthBytes = load<u32>(session, Session.total);
  const left = lengthBytes - load<u32>(session, Session.got);
  const there = min<u32>(Segment.bytes - 1, 7);
  if (there < min<u32>(left, 7)) {
    Segment.count(port, NEXT);
    feedSession(session);
    loseSession(session, Port.badLength);
    return Stop.Done;
  }
  const pgn = Lookup.group(Segment.id);
  const source = Segment.id & 0xff;
  const target = there < left ? 0 : targetOf(port, pgn, source, OF_FAST_PACKET);
  if (Target.isNew(target)) return Stop.NewSource;
  Segment.count(port, NEXT);
  feedSession(session);
  append(session, Segment.at + 1, min<u32>(left, there));
  store<u32>(session, number + 1, Session.expected);
  if (there < left) return Stop.Done;
  gather(session, PAYLOAD);
  const startNs = load<i64>(session, Session.first);
  const frames = load<u32>(session, Session.frames);
  closeSession(session);
  return deliver(port, lengthBytes, startNs, frames, target, pgn, source | 0xff00, 0);
}
