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
  readonly frames: number;
  /** Frames by payload length. */
  readonly framesOfBytes: Uint32Array;
  /** The longest payload. */
  readonly maxBytes: number;
}

const LENGTHS = 65;

/** While its frames come. Nearly all identifiers have one length: a table for each of millions would be most of the memory. */
class Counting implements CountedId {
  readonly channel: number;
  readonly id: number;
  readonly extended: boolean;
  frames = 0;
  maxBytes = 0;
  #bytes = 0;
  /** null: all frames have `#bytes`. */
  #framesOfBytes: Uint32Array | null = null;

  constructor(channel: number, id: number, extended: boolean) {
    this.channel = channel;
    this.id = id;
    this.extended = extended;
  }

  get framesOfBytes(): Uint32Array {
    if (this.#framesOfBytes) return this.#framesOfBytes;
    const counts = new Uint32Array(LENGTHS);
    counts[this.#bytes] = this.frames;
    return counts;
  }

  /** `bytes`: 0 to 64. */
  add(bytes: number): void {
    if (this.frames === 0) this.#bytes = bytes;
    else if (bytes !== this.#bytes) this.#framesOfBytes ??= this.framesOfBytes;
    this.frames++;
    if (bytes > this.maxBytes) this.maxBytes = bytes;
    if (this.#framesOfBytes) this.#framesOfBytes[bytes] = (this.#framesOfBytes[bytes] ?? 0) + 1;
  }
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
  const ids = new Map<number, Counting>();
  let frames = 0;
  let firstNs = 0n;
  let lastNs = 0n;
  const count = (batch: FrameBatch, row: number): void => {
    const timeNs = batch.timeNs(row);
    if (frames === 0 || timeNs < firstNs) firstNs = timeNs;
    if (frames === 0 || timeNs > lastNs) lastNs = timeNs;
    frames++;
    countedId(ids, batch, row).add(batch.payload(row).length);
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

function countedId(ids: Map<number, Counting>, batch: FrameBatch, row: number): Counting {
  const channel = batch.channel(row);
  const id = batch.id(row) ?? 0;
  const extended = batch.extended(row);
  const key = id + (extended ? 2 ** 29 : 0) + channel * 2 ** 30;
  let there = ids.get(key);
  if (!there) {
    there = new Counting(channel, id, extended);
    ids.set(key, there);
  }
  return there;
}

/** Identifiers of a census as the rules of core/bus/speaks.ts want them. */
export const heardIds = ({ ids }: Census): HeardId[] =>
  ids.map(({ channel, id, extended, frames, maxBytes }) => ({ channel, id, extended, frames, maxBytes }));
