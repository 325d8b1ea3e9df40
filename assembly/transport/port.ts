/** Where a frame of a transport protocol arrives, and what is open between two logs. */
import {
  HEAD,
  Head,
  MESSAGE_SHIFT,
  MESSAGES,
  Message,
  NO_SOURCE,
  Port,
  Saved,
  SESSION_BYTES,
  Session,
  Stop,
  Transport,
} from "../layout";
import { Lookup } from "../lookup";
import { feedFastPacket } from "./fast-packet";
import { feedIsoTp } from "./iso-tp";
import { feedJ1939 } from "./j1939";
import { Segment } from "./segment";
import { append, findSession, gather, oldestSession, openSession, recordLoss } from "./sessions";

/** What the frame itself is staged to as well; NO_SOURCE: the host is to be asked first. 0: nothing. */
export function plainOf(port: usize, id: u32, channel: u32): u32 {
  const plain = load<u32>(port, Port.plain);
  return plain === NO_SOURCE ? Lookup.ofSource((<u64>channel) << 32, Lookup.group(id), id & 0xff) : plain;
}

/** Takes one frame. Stop.NewSource: nothing was consumed, the frame is to come again. Stop.OutputFull: consumed, but drain first. */
export function feed(port: usize, id: u32, time: i64, payload: usize, payloadBytes: u32): u32 {
  const to = <usize>load<u32>(port, Port.to);
  Segment.set(id, time, payload, payloadBytes);
  const stopped = feedOne(to);
  const next = <usize>load<u32>(to, Port.next);
  return next === 0 ? stopped : feedOthers(next, stopped);
}

function feedOne(port: usize): u32 {
  const transport = <u32>load<u8>(port, Message.transport);
  if (transport === Transport.IsoTp) return feedIsoTp(port);
  return transport === Transport.J1939 ? feedJ1939(port) : feedFastPacket(port);
}

/** One walk for several protocols. Where whole messages are rows nothing is asked of the host, so no port stops before it consumed the frame. */
function feedOthers(first: usize, stopped: u32): u32 {
  let full = stopped;
  for (let port = first; port !== 0; port = <usize>load<u32>(port, Port.next)) {
    const own = feedOne(port);
    if (own !== Stop.Done) full = own;
  }
  return full;
}

/** At the end of a log: counts what is open, and keeps it. */
export function finishTransport(): void {
  for (let session = oldestSession(); session !== 0; session = <usize>load<u32>(session, Session.newer)) {
    const port = <usize>load<u32>(session, Session.port);
    const frames = load<u32>(session, Session.frames);
    store<u32>(port, load<u32>(port, Port.unfinished) + 1, Port.unfinished);
    store<u32>(port, load<u32>(port, Port.framesOpen) + frames, Port.framesOpen);
    recordLoss(
      port,
      Port.unfinished,
      load<i64>(session, Session.last),
      <u32>load<u64>(session),
      frames,
      load<u32>(session, Session.extra),
    );
  }
}

/** Writes the open sessions, oldest first, with times plus `startNs`. Returns the bytes, at most `capacity`. */
export function saveSessions(out: usize, capacity: u32, startNs: i64): u32 {
  let at = out;
  for (let session = oldestSession(); session !== 0; session = <usize>load<u32>(session, Session.newer)) {
    const got = load<u32>(session, Session.got);
    const end = at + Saved.payload + ((<usize>got + 7) & ~7);
    if (end - out > <usize>capacity) break;
    memory.copy(at, session, SESSION_BYTES);
    store<i64>(at, load<i64>(session, Session.first) + startNs, Session.first);
    store<i64>(at, load<i64>(session, Session.last) + startNs, Session.last);
    const ended = load<i64>(session, Session.ended);
    store<i64>(at, ended === 0 ? 0 : ended + startNs, Session.ended);
    store<u64>(at, load<u64>(<usize>load<u32>(session, Session.port), Port.identity), Saved.identity);
    store<u32>(at, got, Saved.lengthBytes);
    gather(session, at + Saved.payload);
    at = end;
  }
  return <u32>(at - out);
}

/** Opens saved sessions again in ports of the same identity, before any frame is fed. Returns how many found theirs. */
export function restoreSessions(from: usize, bytes: u32, startNs: i64): u32 {
  const end = from + <usize>bytes;
  let restored: u32 = 0;
  for (let at = from; at + Saved.payload <= end; ) {
    const lengthBytes = load<u32>(at, Saved.lengthBytes);
    const next = at + Saved.payload + ((<usize>lengthBytes + 7) & ~7);
    const port = portOf(load<u64>(at, Saved.identity));
    const key = load<u64>(at, Session.key);
    if (next <= end && port !== 0 && findSession(port, key) === 0) {
      restore(port, key, at, lengthBytes, startNs);
      restored++;
    }
    at = next;
  }
  return restored;
}

function restore(port: usize, key: u64, at: usize, lengthBytes: u32, startNs: i64): void {
  const session = openSession(port, key);
  const frames = load<u32>(at, Session.frames);
  store<u32>(session, load<u32>(at, Session.total), Session.total);
  store<u32>(session, load<u32>(at, Session.expected), Session.expected);
  store<i64>(session, load<i64>(at, Session.first) - startNs, Session.first);
  store<i64>(session, load<i64>(at, Session.last) - startNs, Session.last);
  store<u32>(session, frames, Session.frames);
  store<u32>(session, load<u32>(at, Session.extra), Session.extra);
  store<u32>(session, load<u32>(at, Session.kind), Session.kind);
  const ended = load<i64>(at, Session.ended);
  store<i64>(session, ended === 0 ? 0 : ended - startNs, Session.ended);
  append(session, at + Saved.payload, lengthBytes);
  store<u32>(port, load<u32>(port, Port.framesRestored) + frames, Port.framesRestored);
}

/** The port that keeps the sessions of this identity, or 0. Before the first frame all counters are 0, so none looks like a port. */
function portOf(identity: u64): usize {
  const end = MESSAGES + ((<usize>load<u32>(HEAD, Head.messageCount)) << MESSAGE_SHIFT);
  for (let port = MESSAGES; port < end; port += 1 << MESSAGE_SHIFT) {
    if (load<u8>(port, Message.transport) === 0 || <usize>load<u32>(port, Port.to) !== port) continue;
    if (load<u64>(port, Port.identity) === identity) return port;
  }
  return 0;
}
