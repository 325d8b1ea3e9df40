/** A whole message: to the DBC message that asks for it, or to OUT as a row. */
import { ASSEMBLED, HEAD, Head, MESSAGE_BYTES_MAX, MessageRow, NO_SOURCE, OUT, Port, Stop } from "../layout";
import { Lookup } from "../lookup";
import { Staged, stage } from "../stage";
import { Segment } from "./segment";
import { Count } from "./sessions";

const OUT_BYTES: u32 = 0x300000;

/** Payload of the message at hand; the byte before it is free for the length. */
export const PAYLOAD: usize = ASSEMBLED + 8;

/** Where a message of this group and source address goes: NO_SOURCE = the host is to be asked before anything is consumed. */
export function targetOf(port: usize, pgn: u32, source: u32, kind: u32): u32 {
  if (load<u32>(HEAD, Head.messageRows)) return 0;
  return Lookup.ofSource(load<u64>(port, Port.identity) & 0xffffffff00000000, pgn | kind, source);
}

/** `lengthBytes` at PAYLOAD, whole with the frame at hand. `message`: of its group and source address, for protocols that have them. */
export function deliver(
  port: usize,
  lengthBytes: u32,
  first: i64,
  frames: u32,
  message: u32,
  pgn: u32,
  addresses: u32,
  kind: u32,
): u32 {
  Count.one(port + Port.messages);
  store<u32>(port, load<u32>(port, Port.framesUsed) + frames, Port.framesUsed);
  store<u32>(port, 0, Port.isGap);
  if (load<u32>(HEAD, Head.messageRows)) return writeRow(port, lengthBytes, first, frames, pgn, addresses, kind);
  const time = load<u32>(HEAD, Head.firstTimes) ? first : Segment.time;
  const isOutside = time < load<i64>(HEAD, Head.fromNs) || time >= load<i64>(HEAD, Head.toNs);
  if (isOutside && !load<u32>(HEAD, Head.clamp)) {
    Count.one(port + Port.outOfRange);
    return Stop.Done;
  }
  const prefixed = load<u32>(port, Port.prefixed);
  const payload = message !== 0 ? message : load<u32>(port, Port.payload);
  const staged = stageBoth(prefixed, payload, lengthBytes, time);
  if (isOutside) Count.one(port + Port.outOfRange);
  else if (prefixed === 0 && payload === 0) Count.one(port + Port.unmatched);
  else if (staged & Staged.Used) Count.one(port + Port.used);
  else Count.one(port + <usize>(staged & Staged.Short ? Port.tooShort : Port.muxInactive));
  return staged & Staged.Full ? Stop.OutputFull : Stop.Done;
}

function stageBoth(prefixed: usize, payload: usize, lengthBytes: u32, time: i64): u32 {
  const relative = <f64>(time - load<i64>(HEAD, Head.baseNs));
  let staged: u32 = 0;
  if (prefixed !== 0) {
    store<u8>(PAYLOAD - 1, <u8>lengthBytes);
    staged = stage(prefixed, PAYLOAD - 1, lengthBytes + 1, relative);
  }
  return payload === 0 ? staged : staged | stage(payload, PAYLOAD, lengthBytes, relative);
}

/** Ports that one frame may lead to, each with a message: ISO-TP by both addressings, J1939-21, fast packet. */
const PORTS_OF_FRAME: u32 = 4;

/** `addresses`: source | destination << 8. Full when those of another frame might not fit. */
function writeRow(port: usize, lengthBytes: u32, first: i64, frames: u32, pgn: u32, addresses: u32, kind: u32): u32 {
  const before = load<u32>(HEAD, Head.messageBytes);
  const row = OUT + <usize>before;
  const rowBytes = (MessageRow.payload + lengthBytes + 7) & ~7;
  store<u32>(row, rowBytes);
  store<u32>(row, load<u32>(port, Port.number), MessageRow.port);
  store<i64>(row, first, MessageRow.first);
  store<i64>(row, Segment.time, MessageRow.last);
  store<u32>(row, lengthBytes, MessageRow.lengthBytes);
  store<u32>(row, frames, MessageRow.frames);
  store<u32>(row, Segment.id, MessageRow.id);
  store<u32>(row, pgn, MessageRow.pgn);
  store<u16>(row, <u16>addresses, MessageRow.source);
  store<u8>(row, <u8>kind, MessageRow.kind);
  memory.copy(row + MessageRow.payload, PAYLOAD, <usize>lengthBytes);
  store<u32>(HEAD, before + rowBytes, Head.messageBytes);
  const another = PORTS_OF_FRAME * (MessageRow.payload + MESSAGE_BYTES_MAX + 8);
  return before + rowBytes + another > OUT_BYTES ? Stop.OutputFull : Stop.Done;
}

export abstract class Target {
  @inline static isNew(message: u32): bool {
    return message === NO_SOURCE;
  }
}
