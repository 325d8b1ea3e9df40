/** Open messages: bounded in number and in bytes, the one fed longest ago gives way. Payload lies in chained blocks of 252 bytes. */
import {
  BLOCK_BYTES,
  BLOCKS,
  BLOCKS_MAX,
  BUCKETS,
  HEAD,
  Head,
  LOSS_BYTES,
  LOSSES,
  LOSSES_MAX,
  Loss,
  Port,
  SESSION_BYTES,
  SESSIONS,
  SESSIONS_MAX,
  Session,
  TRANSPORT,
} from "../layout";
import { Segment } from "./segment";

/** Heads of the lists, u32 addresses or 0. A free block has the next one at 0, a block in use too; its payload starts at 4. */
const FREE_SESSION: usize = TRANSPORT;
const FREE_BLOCK: usize = TRANSPORT + 4;
const NEWEST: usize = TRANSPORT + 8;
const OLDEST: usize = TRANSPORT + 12;
/** 1024 buckets: the top bits of the hash. */
const BUCKET_SHIFT: u32 = 22;
const BLOCK_PAYLOAD: u32 = <u32>BLOCK_BYTES - 4;

/** All sessions and blocks are free, no loss is recorded. */
export function clearSessions(): void {
  memory.fill(TRANSPORT, 0, SESSIONS - TRANSPORT + <usize>SESSIONS_MAX * SESSION_BYTES);
  for (let i: u32 = 0; i < SESSIONS_MAX; i++) {
    const session = SESSIONS + <usize>i * SESSION_BYTES;
    if (i + 1 < SESSIONS_MAX) store<u32>(session, <u32>(session + SESSION_BYTES), Session.chain);
  }
  store<u32>(FREE_SESSION, <u32>SESSIONS);
  for (let i: u32 = 0; i < BLOCKS_MAX; i++) {
    const block = BLOCKS + <usize>i * BLOCK_BYTES;
    store<u32>(block, i + 1 < BLOCKS_MAX ? <u32>(block + BLOCK_BYTES) : 0);
  }
  store<u32>(FREE_BLOCK, <u32>BLOCKS);
  store<u32>(HEAD, 0, Head.losses);
  store<u32>(HEAD, 0, Head.lossesBeyond);
}

function bucketOf(port: usize, key: u64): usize {
  const hash = (<u32>key + <u32>(key >> 32) * 0x85ebca6b + <u32>port) * 0x9e3779b1;
  return BUCKETS + ((<usize>(hash >>> BUCKET_SHIFT)) << 2);
}

/** The session of this key, or 0. */
export function findSession(port: usize, key: u64): usize {
  let session = <usize>load<u32>(bucketOf(port, key));
  while (session !== 0) {
    if (load<u64>(session, Session.key) === key && <usize>load<u32>(session, Session.port) === port) return session;
    session = <usize>load<u32>(session, Session.chain);
  }
  return 0;
}

/** A new session, fed last; there must be none of this key. */
export function openSession(port: usize, key: u64): usize {
  if (load<u32>(FREE_SESSION) === 0) dropOldest();
  const session = <usize>load<u32>(FREE_SESSION);
  store<u32>(FREE_SESSION, load<u32>(session, Session.chain));
  for (let word: usize = 0; word < SESSION_BYTES; word += 16) v128.store(session + word, i64x2.splat(0));
  const bucket = bucketOf(port, key);
  store<u64>(session, key, Session.key);
  store<u32>(session, <u32>port, Session.port);
  store<u32>(session, load<u32>(bucket), Session.chain);
  store<u32>(bucket, <u32>session);
  linkNewest(session);
  return session;
}

/** Gives the session and its blocks back. */
export function closeSession(session: usize): void {
  const bucket = bucketOf(<usize>load<u32>(session, Session.port), load<u64>(session, Session.key));
  let place = bucket;
  while (<usize>load<u32>(place) !== session) place = <usize>load<u32>(place) + Session.chain;
  store<u32>(place, load<u32>(session, Session.chain));
  unlink(session);
  const first = load<u32>(session, Session.firstBlock);
  if (first !== 0) {
    store<u32>(<usize>load<u32>(session, Session.lastBlock), load<u32>(FREE_BLOCK));
    store<u32>(FREE_BLOCK, first);
  }
  store<u32>(session, 0, Session.port);
  store<u32>(session, load<u32>(FREE_SESSION), Session.chain);
  store<u32>(FREE_SESSION, <u32>session);
}

/** As memory.copy, which is dear for the few bytes of a frame. */
export function copyFew(to: usize, from: usize, bytes: u32): void {
  let left = bytes;
  for (; left >= 8; left -= 8, to += 8, from += 8) store<u64>(to, load<u64>(from));
  for (; left > 0; left--, to++, from++) store<u8>(to, load<u8>(from));
}

/** Appends bytes; others give way if there is no room. At most MESSAGE_BYTES_MAX are asked for, so room can always be made. */
export function append(session: usize, from: usize, bytes: u32): void {
  const got = load<u32>(session, Session.got);
  let done: u32 = 0;
  let block = <usize>load<u32>(session, Session.lastBlock);
  while (done < bytes) {
    const inBlock = (got + done) % BLOCK_PAYLOAD;
    if (inBlock === 0) {
      const next = takeBlock();
      if (block === 0) store<u32>(session, <u32>next, Session.firstBlock);
      else store<u32>(block, <u32>next);
      store<u32>(session, <u32>next, Session.lastBlock);
      block = next;
    }
    const some = min<u32>(bytes - done, BLOCK_PAYLOAD - inBlock);
    copyFew(block + 4 + <usize>inBlock, from + <usize>done, some);
    done += some;
  }
  store<u32>(session, got + bytes, Session.got);
}

/** Whether the bytes of a packet appended before, `offset` bytes from the start, are these. 252 is 36 × 7: no packet lies across two blocks. */
export function holds(session: usize, offset: u32, from: usize, bytes: u32): bool {
  let block = <usize>load<u32>(session, Session.firstBlock);
  for (; offset >= BLOCK_PAYLOAD; offset -= BLOCK_PAYLOAD) block = <usize>load<u32>(block);
  const there = block + 4 + <usize>offset;
  for (let i: usize = 0; i < <usize>bytes; i++) {
    if (load<u8>(there + i) !== load<u8>(from + i)) return false;
  }
  return true;
}

/** The payload in one piece at `out`. */
export function gather(session: usize, out: usize): void {
  let left = load<u32>(session, Session.got);
  let block = <usize>load<u32>(session, Session.firstBlock);
  while (left > 0) {
    const some = min<u32>(left, BLOCK_PAYLOAD);
    memory.copy(out, block + 4, <usize>some);
    out += <usize>some;
    left -= some;
    block = <usize>load<u32>(block);
  }
}

/** The frame at hand belongs to it: it is the newest now. */
export function feedSession(session: usize): void {
  store<i64>(session, Segment.time, Session.last);
  store<u32>(session, load<u32>(session, Session.frames) + 1, Session.frames);
  if (<usize>load<u32>(NEWEST) === session) return;
  unlink(session);
  linkNewest(session);
}

/** The oldest open session, or 0. */
export function oldestSession(): usize {
  return <usize>load<u32>(OLDEST);
}

/** An open message that will never be whole. `cause`: a counter of Port. */
export function loseSession(session: usize, cause: u32): void {
  const port = <usize>load<u32>(session, Session.port);
  const frames = load<u32>(session, Session.frames);
  Count.one(port + <usize>cause);
  store<u32>(port, load<u32>(port, Port.framesLost) + frames, Port.framesLost);
  recordLoss(port, cause, load<i64>(session, Session.last), <u32>load<u64>(session), frames, load<u32>(session, Session.extra));
  closeSession(session);
}

/** One more of a counter. */
export abstract class Count {
  @inline static one(counter: usize): void {
    store<u32>(counter, load<u32>(counter) + 1);
  }
}

/** Losses in range are kept one by one, as many as there is room for. */
export function recordLoss(port: usize, cause: u32, time: i64, id: u32, frames: u32, pgn: u32): void {
  store<u32>(port, 1, Port.isGap);
  if (load<u32>(port, Port.isQuiet)) return;
  if (time < load<i64>(HEAD, Head.fromNs) || time >= load<i64>(HEAD, Head.toNs)) return;
  const count = load<u32>(HEAD, Head.losses);
  if (count >= LOSSES_MAX) {
    Count.one(HEAD + <usize>Head.lossesBeyond);
    return;
  }
  store<u32>(HEAD, count + 1, Head.losses);
  const loss = LOSSES + <usize>count * LOSS_BYTES;
  store<i64>(loss, time);
  store<u32>(loss, load<u32>(port, Port.number), Loss.port);
  store<u32>(loss, id, Loss.id);
  store<u32>(loss, cause, Loss.cause);
  store<u32>(loss, frames, Loss.frames);
  store<u32>(loss, pgn, Loss.pgn);
}

function takeBlock(): usize {
  // Never its owner: that was fed last, and alone it has room for the longest message.
  while (load<u32>(FREE_BLOCK) === 0) dropOldest();
  const block = <usize>load<u32>(FREE_BLOCK);
  store<u32>(FREE_BLOCK, load<u32>(block));
  store<u32>(block, 0);
  return block;
}

function dropOldest(): void {
  const session = <usize>load<u32>(OLDEST);
  const since = Segment.time - load<i64>(session, Session.last);
  const port = <usize>load<u32>(session, Session.port);
  loseSession(session, since > Segment.patience(port) ? Port.timeout : Port.dropped);
}

function linkNewest(session: usize): void {
  const before = load<u32>(NEWEST);
  store<u32>(session, before, Session.older);
  store<u32>(session, 0, Session.newer);
  if (before !== 0) store<u32>(<usize>before, <u32>session, Session.newer);
  else store<u32>(OLDEST, <u32>session);
  store<u32>(NEWEST, <u32>session);
}

function unlink(session: usize): void {
  const newer = load<u32>(session, Session.newer);
  const older = load<u32>(session, Session.older);
  if (newer !== 0) store<u32>(<usize>newer, older, Session.older);
  else store<u32>(NEWEST, older);
  if (older !== 0) store<u32>(<usize>older, newer, Session.newer);
  else store<u32>(OLDEST, newer);
}
