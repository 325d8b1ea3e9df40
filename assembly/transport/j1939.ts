/** SAE J1939-21, transport protocol: messages of 9 to 1785 bytes by TP.CM (PF 0xEC) and TP.DT (PF 0xEB), broadcast (BAM) or RTS/CTS. */
import { OF_J1939, Port, Session, Stop } from "../layout";
import { deliver, PAYLOAD, Target, targetOf } from "./deliver";
import { Segment } from "./segment";
import {
  append,
  Count,
  closeSession,
  feedSession,
  findSession,
  gather,
  holds,
  loseSession,
  openSession,
  recordLoss,
} from "./sessions";

const BAM: u32 = 0;
const RTS: u32 = 1;
const CTS: u32 = 2;
const END_OF_MESSAGE: u32 = 3;
const ABORT: u32 = 4;
const DATA: u32 = 5;

const PF_DATA: u32 = 0xeb;
const PACKET_BYTES: u32 = 7;
const FRAME_BYTES: u32 = 8;
const LENGTH_MIN: u32 = 9;
const LENGTH_MAX: u32 = 1785;

/** One open message for each source and destination. Priorities do not matter. */
abstract class Pair {
  @inline static key(source: u32, destination: u32): u64 {
    return <u64>(source | (destination << 8));
  }
  @inline static destination(): u32 {
    return (Segment.id >> 8) & 0xff;
  }
  @inline static source(): u32 {
    return Segment.id & 0xff;
  }
}

export function feedJ1939(port: usize): u32 {
  if (((Segment.id >> 16) & 0xff) === PF_DATA) return data(port);
  if (Segment.bytes < FRAME_BYTES) {
    Count.one(port + Port.frames);
    Count.one(port + <usize>(Segment.bytes === 0 ? Port.empty : Port.unknownType));
    return Stop.Done;
  }
  const control = Segment.byte(0);
  if (control === 0x10) return start(port, RTS);
  if (control === 0x20) return start(port, BAM);
  if (control === 0x11) return clearToSend(port);
  if (control === 0x13) return endOfMessage(port);
  if (control === 0xff) return abort(port);
  Count.one(port + Port.frames);
  Count.one(port + Port.unknownType);
  return Stop.Done;
}

/** Parameter group of a TP.CM; in PDU1 its low byte is nothing. */
function announcedGroup(): u32 {
  const group = (load<u32>(Segment.at, 4) >> 8) & 0x3ffff;
  return ((group >> 8) & 0xff) < 240 ? group & 0x3ff00 : group;
}

function start(port: usize, kind: u32): u32 {
  Segment.count(port, kind);
  const key = Pair.key(Pair.source(), Pair.destination());
  const open = findSession(port, key);
  if (open !== 0) loseSession(open, Port.interrupted);
  const lengthBytes = <u32>load<u16>(Segment.at, 1);
  const packets = Segment.byte(3);
  const isGood = lengthBytes >= LENGTH_MIN && lengthBytes <= LENGTH_MAX;
  if (!isGood || packets !== (lengthBytes + PACKET_BYTES - 1) / PACKET_BYTES) {
    Count.one(port + Port.badLength);
    Count.one(port + Port.framesLost);
    recordLoss(port, Port.badLength, Segment.time, <u32>key, 1, announcedGroup());
    return Stop.Done;
  }
  const session = openSession(port, key);
  store<u32>(session, lengthBytes, Session.total);
  store<u32>(session, 1, Session.expected);
  store<i64>(session, Segment.time, Session.first);
  store<u32>(session, announcedGroup(), Session.extra);
  store<u32>(session, kind, Session.kind);
  feedSession(session);
  return Stop.Done;
}

/** The receiver names the packet that comes next: one that came before will be sent again. A number beyond is a packet we did not see. */
function clearToSend(port: usize): u32 {
  Segment.count(port, CTS);
  const session = findSession(port, Pair.key(Pair.destination(), Pair.source()));
  if (session === 0 || load<u32>(session, Session.kind) !== RTS || load<i64>(session, Session.ended) !== 0) return Stop.Done;
  const last = load<i64>(session, Session.last);
  // Records of the two directions may be stored out of order (formats/canedge.md §6): what was said before the last packet is settled.
  if (Segment.time < last || Segment.time - last > Segment.patience(port)) return Stop.Done;
  store<i64>(session, Segment.time, Session.last);
  const next = Segment.byte(2);
  const isHold = Segment.byte(1) === 0;
  if (isHold || next === 0 || next >= load<u32>(session, Session.expected)) return Stop.Done;
  store<u32>(session, next, Session.expected);
  return Stop.Done;
}

/** The receiver has all of it: what it sends later is another message. Packets from before may still be stored behind. */
function endOfMessage(port: usize): u32 {
  Segment.count(port, END_OF_MESSAGE);
  const session = findSession(port, Pair.key(Pair.destination(), Pair.source()));
  if (session !== 0 && Segment.time >= load<i64>(session, Session.last)) store<i64>(session, Segment.time, Session.ended);
  return Stop.Done;
}

/** Either side may end a connection; the group tells which of the two directions is meant. */
function abort(port: usize): u32 {
  Segment.count(port, ABORT);
  const group = announcedGroup();
  let session = findSession(port, Pair.key(Pair.destination(), Pair.source()));
  if (session === 0 || load<u32>(session, Session.extra) !== group)
    session = findSession(port, Pair.key(Pair.source(), Pair.destination()));
  if (session !== 0 && load<u32>(session, Session.extra) === group) loseSession(session, Port.aborted);
  return Stop.Done;
}

function orphan(port: usize): u32 {
  Segment.count(port, DATA);
  Count.one(port + Port.orphanFrames);
  if (!load<u32>(port, Port.isGap))
    recordLoss(port, Port.orphanFrames, Segment.time, <u32>Pair.key(Pair.source(), Pair.destination()), 1, 0);
  return Stop.Done;
}

/** The frame at hand does not go on with the session. */
function breakOff(port: usize, session: usize, isLate: bool): u32 {
  loseSession(session, isLate ? Port.timeout : Port.sequence);
  return orphan(port);
}

function data(port: usize): u32 {
  if (Segment.bytes === 0) {
    Count.one(port + Port.frames);
    Count.one(port + Port.empty);
    return Stop.Done;
  }
  const session = findSession(port, Pair.key(Pair.source(), Pair.destination()));
  if (session === 0) return orphan(port);
  const isLate = Segment.time - load<i64>(session, Session.last) > Segment.patience(port);
  const number = load<u32>(session, Session.expected);
  const ended = load<i64>(session, Session.ended);
  const isOver = ended !== 0 && Segment.time > ended;
  if (isLate || isOver || Segment.byte(0) !== number) return breakOff(port, session, isLate);
  const lengthBytes = load<u32>(session, Session.total);
  const got = load<u32>(session, Session.got);
  const start = (number - 1) * PACKET_BYTES;
  const there = min<u32>(Segment.bytes - 1, PACKET_BYTES);
  if (there < min<u32>(lengthBytes - start, PACKET_BYTES)) {
    Segment.count(port, DATA);
    feedSession(session);
    loseSession(session, Port.badLength);
    return Stop.Done;
  }
  if (start < got) {
    // Sent again. Other bytes are another message, whose announcement we did not see.
    if (!holds(session, start, Segment.at + 1, min<u32>(got - start, PACKET_BYTES))) return breakOff(port, session, false);
    Segment.count(port, DATA);
    feedSession(session);
    store<u32>(session, number + 1, Session.expected);
    return Stop.Done;
  }
  const left = lengthBytes - got;
  const group = load<u32>(session, Session.extra);
  const target = there < left ? 0 : targetOf(port, group, Pair.source(), OF_J1939);
  if (Target.isNew(target)) return Stop.NewSource;
  Segment.count(port, DATA);
  feedSession(session);
  append(session, Segment.at + 1, min<u32>(left, there));
  store<u32>(session, number + 1, Session.expected);
  if (there < left) return Stop.Done;
  gather(session, PAYLOAD);
  const startNs = load<i64>(session, Session.first);
  const frames = load<u32>(session, Session.frames);
  const kind = load<u32>(session, Session.kind);
  closeSession(session);
  return deliver(port, lengthBytes, startNs, frames, target, group, Pair.source() | (Pair.destination() << 8), kind);
}
