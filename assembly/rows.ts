/** Frames as rows of 96 bytes, for lists of frames: every member the record has. */
import { Entry, FRAME_ROW_BYTES, FrameRow, HEAD, Head, OUT } from "./layout";
import { Field, frameChannel, frameId, frameLength, frameTime, payloadBytes, payloadPtr } from "./record";

export abstract class Rows {
  @inline static isFull(): bool {
    return load<u32>(HEAD, Head.outRows) >= load<u32>(HEAD, Head.outRowsMax);
  }
}

export function writeRow(entry: usize, record: usize): void {
  const count = load<u32>(HEAD, Head.outRows);
  const row = OUT + <usize>count * FRAME_ROW_BYTES;
  store<i64>(row, frameTime, FrameRow.time);
  const hasId = load<u8>(entry, Entry.id + 5) !== 0;
  store<u32>(row, hasId ? (frameId & 0x1fffffff) | ((frameId & 0x20000000) << 2) : 0xffffffff, FrameRow.id);
  store<u8>(row, <u8>frameChannel, FrameRow.channel);
  store<u8>(row, <u8>(frameChannel >> 8), FrameRow.bus);
  store<u8>(row, <u8>load<u32>(entry, Entry.frameKind), FrameRow.kind);
  store<u8>(row, <u8>Field.read(entry, Entry.dir, record, 255), FrameRow.dir);
  store<u8>(row, <u8>Field.read(entry, Entry.dlc, record, 255), FrameRow.dlc);
  store<u8>(row, load<u8>(entry, Entry.length + 5) !== 0 ? <u8>frameLength : 255, FrameRow.length);
  const flags =
    (Field.read(entry, Entry.edl, record, 0) !== 0 ? 1 : 0) |
    (Field.read(entry, Entry.brs, record, 0) !== 0 ? 2 : 0) |
    (Field.read(entry, Entry.esi, record, 0) !== 0 ? 4 : 0);
  store<u8>(row, <u8>flags, FrameRow.flags);
  store<u8>(row, <u8>Field.read(entry, Entry.errorType, record, 255), FrameRow.errorType);
  store<u8>(row, <u8>payloadBytes, FrameRow.payloadBytes);
  for (let at: usize = 0; at < 64; at += 8) store<u64>(row + at, load<u64>(payloadPtr + at), FrameRow.payload);
  store<u32>(HEAD, count + 1, Head.outRows);
}
