/** Classic frames as records of CANedge firmware 01.07+, written fast: for tests with millions of them. */
import { frame } from "../../fixtures/frame.ts";
import { bareLog, type MadeLog, madeLog } from "./made-log.ts";

export interface PlainFrame {
  readonly timeUs: number;
  readonly id: number;
  readonly extended: boolean;
  /** 8 bytes. */
  readonly payload: Uint8Array;
}

/** Record ids of channel 1, received (formats/canedge.md §4). */
const STANDARD = 0x40;
const EXTENDED = 0x42;

/** A log of these frames on channel 1, in the order given. */
export async function frameLog(frames: readonly PlainFrame[]): Promise<MadeLog> {
  const layouts = await layoutsOfD();
  const bytes = new Uint8Array(frames.reduce((sum, { extended }) => sum + (extended ? 20 : 17), 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const { timeUs, id, extended, payload } of frames) {
    bytes[at] = extended ? EXTENDED : STANDARD;
    view.setUint32(at + 1, timeUs % 2 ** 32, true);
    view.setUint16(at + 5, Math.floor(timeUs / 2 ** 32), true);
    if (extended) {
      view.setUint32(at + 7, id, true);
      bytes[at + 11] = 8;
    } else view.setUint16(at + 7, id | (8 << 12), true);
    bytes.set(payload, at + (extended ? 12 : 9));
    at += extended ? 20 : 17;
  }
  return bareLog(bytes, { recordIdBytes: 1, layouts });
}

let known: MadeLog["mdf"]["streams"][number]["layouts"] | undefined;

async function layoutsOfD() {
  known ??= (await madeLog([frame({ timeNs: 0 })], { generation: "D" })).mdf.streams[0]?.layouts;
  if (!known) throw new Error("a made log has a stream");
  return known;
}
