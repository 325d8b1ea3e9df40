/** A log with three CAN frames, a database attached to it, and one event. */
import {
  type BuiltBlock,
  block,
  CAN_RECORD_BYTES,
  canChannels,
  canRecord,
  chain,
  dataGroup,
  group,
  header,
  joinBytes,
  mdfFile,
  pack,
  text,
} from "./mdf.ts";

/** Frames of identifier 33 at 0, 1 and 2 s, whose first byte counts; `next`: data groups behind theirs. */
export function logWith(attached: Uint8Array, next: BuiltBlock | null = null): Uint8Array {
  const records = joinBytes(...[0, 1, 2].map((i) => canRecord({ timeNs: i * 1e9, id: 33, payload: [i, 0] })));
  const cg = group({ bytes: CAN_RECORD_BYTES, channels: chain(canChannels()), records: 3 });
  const hd = header(dataGroup(0, cg, block("DT", [], records), next));
  const stored = pack(
    ["u16", 1],
    ["u16", 0],
    ["u32", 0],
    ["u64", 0],
    ["u64", 0],
    ["u64", attached.length],
    ["u64", attached.length],
  );
  hd.links[3] = block("AT", [null, text("C:\\work\\body.dbc"), null, null], joinBytes(stored, attached));
  const mark = pack(
    ["u8", 5],
    ["u8", 1],
    ["u8", 0],
    ["u8", 0],
    ["u32", 0],
    ["u32", 0],
    ["u16", 0],
    ["u16", 0],
    ["u64", 2],
    ["f64", 1],
  );
  hd.links[4] = block("EV", [null, null, null, text("limit reached"), null], mark);
  return mdfFile(hd).bytes;
}
