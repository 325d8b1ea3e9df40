/** Which identifiers occur in a log, how often, and how long their payloads are: frames without a payload do not count. */
import type { HeardId } from "../bus/speaks.ts";
import type { Notice } from "../fault.ts";
import type { DecodeHost } from "../kernel/decode.ts";
import { type FrameBatch, readFrames } from "../kernel/frames.ts";
import type { Kernel } from "../kernel/kernel.ts";
import type { MdfFile } from "../mdf/file.ts";
import type { ByteSource } from "../store/source.ts";

/** CAN data frames with one identifier on one channel. */
export interface CountedId {
  readonly channel: number;
  readonly id: number;
  readonly extended: boolean;
  frames: number;
  /** Frames by payload length, 0 to 64 bytes. */
  readonly framesOfBytes: Uint32Array;
}

export interface Census {
  readonly ids: readonly CountedId[];
  readonly frames: number;
  /** Smallest and largest time, ns since the file's start; 0 if there are no frames. */
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  readonly notices: readonly Notice[];
}

/** Counts the CAN data frames of `channel`, or of all channels. Faults: those of the source. */
export async function countFrames(
  kernel: Kernel,
  source: ByteSource,
  mdf: MdfFile,
  channel: number | null,
  host: DecodeHost,
): Promise<Census> {
  const ids = new Map<number, CountedId>();
  let frames = 0;
  let firstNs = 0n;
  let lastNs = 0n;
  const count = (batch: FrameBatch, row: number): void => {
    const timeNs = batch.timeNs(row);
    if (frames === 0 || timeNs < firstNs) firstNs = timeNs;
    if (frames === 0 || timeNs > lastNs) lastNs = timeNs;
    frames++;
    const there = countedId(ids, batch, row);
    const bytes = batch.payload(row).length;
    there.frames++;
    there.framesOfBytes[bytes] = (there.framesOfBytes[bytes] ?? 0) + 1;
  };
  const walk = readFrames(kernel, source, mdf, host);
  while (true) {
    const next = await walk.next();
    if (next.done) return { ids: [...ids.values()], frames, firstNs, lastNs, notices: next.value.notices };
    const batch = next.value;
    for (let row = 0; row < batch.rowCount; row++) {
      const isAsked =
        batch.bus(row) === "CAN" && batch.kind(row) === "data" && (channel ?? batch.channel(row)) === batch.channel(row);
      if (isAsked) count(batch, row);
    }
  }
}

function countedId(ids: Map<number, CountedId>, batch: FrameBatch, row: number): CountedId {
  const channel = batch.channel(row);
  const id = batch.id(row) ?? 0;
  const extended = batch.extended(row);
  const key = id + (extended ? 2 ** 29 : 0) + channel * 2 ** 30;
  let there = ids.get(key);
  if (!there) {
    there = { channel, id, extended, frames: 0, framesOfBytes: new Uint32Array(65) };
    ids.set(key, there);
  }
  return there;
}

/** Identifiers of a census as the rules of core/bus/speaks.ts want them. */
export const heardIds = ({ ids }: Census): HeardId[] =>
  ids.map(({ channel, id, extended, frames, framesOfBytes }) => ({
    channel,
    id,
    extended,
    frames,
    maxBytes: framesOfBytes.findLastIndex((count) => count > 0),
  }));
