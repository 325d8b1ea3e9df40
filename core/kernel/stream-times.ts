/** Which times lie where in a record stream: found out on the first walk over all of it, so that the next reads only what a range needs. */
import type { Notice } from "../fault.ts";
import { INDEX_ROW_BYTES, INDEX_ROWS, IndexRow, VLSD_SLOTS } from "./abi.ts";
import type { Kernel } from "./kernel.ts";

/** Consecutive whole records. */
export interface Chunk {
  /** In the stream. */
  readonly fromByte: number;
  readonly frames: number;
  /** Bus events that no signal can be in. */
  readonly otherFrames: number;
  readonly otherRecords: number;
  /** Of all its frames, relative to the file's start; earliest > latest if it has none. */
  readonly earliestNs: bigint;
  readonly latestNs: bigint;
  /** Offset at which the next value of each VLSD group lies, as it is before the chunk. */
  readonly valueOffsets: readonly number[];
}

/** What a whole walk found of a stream. */
export interface StreamEnd {
  readonly recordBytes: number;
  readonly tailBytes: number;
  readonly notices: readonly Notice[];
}

/** Half open, ns since the file's start. */
export interface Times {
  readonly fromNs: bigint;
  readonly toNs: bigint;
}

/** More than any log has. */
export const ALL_TIMES: Times = { fromNs: -(2n ** 63n), toNs: 2n ** 63n };

/** Chunks that lie behind each other and are read as one. */
export interface StreamPart {
  readonly fromByte: number;
  readonly toByte: number;
  readonly valueOffsets: readonly number[];
}

/** What to read for a range, and the account of what is not. */
export interface StreamPlan {
  readonly parts: readonly StreamPart[];
  /** Of these times, the range among them, nothing is left out. */
  readonly covered: Times;
  readonly skipped: { readonly frames: number; readonly otherFrames: number; readonly otherRecords: number };
  readonly end: StreamEnd;
}

/** What a whole walk found: enough to do without another. */
export interface FoundTimes {
  readonly chunks: readonly Chunk[];
  readonly end: StreamEnd;
}

/** Of one stream; some 200 bytes each. Above, neighbours become one. */
export const CHUNKS_MAX = 2048;

/** One stream of one version of a log: nothing is known at first. */
export class StreamTimes {
  readonly #leastBytes: number;
  readonly #learnt: () => void;
  #chunks: readonly Chunk[] = [];
  #end: StreamEnd | null = null;

  /** A shorter stream is read whole: an index would save less than it costs. `learnt`: a walk has found all of it. */
  constructor(leastBytes: number, learnt: () => void = () => undefined) {
    this.#leastBytes = leastBytes;
    this.#learnt = learnt;
  }

  /** null: not known. */
  get found(): FoundTimes | null {
    return this.#end === null ? null : { chunks: this.#chunks, end: this.#end };
  }

  /** What a walk before found. */
  restore({ chunks, end }: FoundTimes): void {
    this.#chunks = chunks;
    this.#end = end;
  }

  get chunkCount(): number {
    return this.#chunks.length;
  }

  /** Of all frames; null: not known, or there are none. */
  get span(): Times | null {
    if (this.#end === null) return null;
    const [first, ...others] = this.#chunks.filter(({ earliestNs, latestNs }) => earliestNs <= latestNs);
    if (first === undefined) return null;
    const { earliestNs, latestNs } = others.reduce(joined, first);
    return { fromNs: earliestNs, toNs: latestNs + 1n };
  }

  /** null: not known, or not worth it. A frame lies in the range by its own time, never by its place: disorder costs nothing but bytes. */
  plan(range: Times): StreamPlan | null {
    if (this.#end === null) return null;
    const parts: StreamPart[] = [];
    const skipped = { frames: 0, otherFrames: 0, otherRecords: 0 };
    let { fromNs, toNs } = ALL_TIMES;
    for (const [i, chunk] of this.#chunks.entries()) {
      const toByte = this.#chunks[i + 1]?.fromByte ?? this.#end.recordBytes;
      const last = parts.at(-1);
      if (chunk.latestNs < range.fromNs || chunk.earliestNs >= range.toNs) {
        skipped.frames += chunk.frames;
        skipped.otherFrames += chunk.otherFrames;
        skipped.otherRecords += chunk.otherRecords;
        if (chunk.earliestNs > chunk.latestNs) continue;
        if (chunk.latestNs < range.fromNs) fromNs = chunk.latestNs >= fromNs ? chunk.latestNs + 1n : fromNs;
        else if (chunk.earliestNs < toNs) toNs = chunk.earliestNs;
      } else if (last?.toByte === chunk.fromByte) parts[parts.length - 1] = { ...last, toByte };
      else parts.push({ fromByte: chunk.fromByte, toByte, valueOffsets: chunk.valueOffsets });
    }
    return { parts, covered: { fromNs, toNs }, skipped, end: this.#end };
  }

  /** The beginnings of so many chunks that lie evenly over a range; null: not known. */
  spread({ fromNs, toNs }: Times, count: number, bytesMax: number): readonly StreamPart[] | null {
    if (this.#end === null) return null;
    const { recordBytes } = this.#end;
    const all = this.#chunks.map((chunk, i) => ({ ...chunk, toByte: this.#chunks[i + 1]?.fromByte ?? recordBytes }));
    const inside = all.filter(({ earliestNs, latestNs }) => latestNs >= fromNs && earliestNs < toNs);
    const step = Math.max(1, inside.length / count);
    const chosen = Array.from({ length: Math.floor(inside.length / step) }, (_, i) => inside[Math.floor(i * step)]);
    return chosen.flatMap((chunk) =>
      chunk
        ? [
            {
              fromByte: chunk.fromByte,
              toByte: Math.min(chunk.toByte, chunk.fromByte + bytesMax),
              valueOffsets: chunk.valueOffsets,
            },
          ]
        : [],
    );
  }

  /** For a walk over the whole stream; null if there is nothing to gain. */
  recorder(totalBytes: number): TimesRecorder | null {
    if (this.#end !== null || totalBytes < this.#leastBytes) return null;
    const chunks: Chunk[] = [];
    return new TimesRecorder(chunks, (end) => {
      this.restore({ chunks, end });
      this.#learnt();
    });
  }
}

/** Gathers chunks along a walk. */
export class TimesRecorder {
  readonly #chunks: Chunk[];
  readonly #done: (end: StreamEnd) => void;
  readonly #offsets: number[] = new Array(VLSD_SLOTS).fill(0);
  #atByte = 0;
  /** Chunks of the kernel that make one of ours. */
  #together = 1;
  #open = 0;

  constructor(chunks: Chunk[], done: (end: StreamEnd) => void) {
    this.#chunks = chunks;
    this.#done = done;
  }

  /** The whole records between two addresses, behind those given before. */
  add(kernel: Kernel, from: number, end: number): void {
    const rows = kernel.exports.indexRecords(from, end);
    for (let at = INDEX_ROWS; at < INDEX_ROWS + rows * INDEX_ROW_BYTES; at += INDEX_ROW_BYTES) {
      this.#put(chunkAt(kernel, at, this.#atByte, this.#usedOffsets()));
      this.#atByte += kernel.u32(at + IndexRow.bytes);
      for (let slot = 0; slot < VLSD_SLOTS; slot++) {
        const moved = Number(kernel.view.getBigUint64(at + IndexRow.valueBytes + 8 * slot, true));
        this.#offsets[slot] = (this.#offsets[slot] ?? 0) + moved;
      }
    }
  }

  /** The walk has come to the stream's end. */
  end(end: StreamEnd): void {
    this.#done(end);
  }

  #usedOffsets(): readonly number[] {
    return this.#offsets.slice(0, this.#offsets.findLastIndex((offset) => offset > 0) + 1);
  }

  #put(chunk: Chunk): void {
    const last = this.#chunks.at(-1);
    if (last && this.#open < this.#together) {
      this.#chunks[this.#chunks.length - 1] = joined(last, chunk);
      this.#open++;
      return;
    }
    this.#chunks.push(chunk);
    this.#open = 1;
    if (this.#chunks.length <= CHUNKS_MAX) return;
    const pairs = this.#chunks.splice(0);
    for (let i = 0; i < pairs.length; i += 2) {
      const [first, second] = pairs.slice(i, i + 2);
      if (first) this.#chunks.push(second ? joined(first, second) : first);
    }
    this.#together *= 2;
    this.#open = this.#together;
  }
}

function chunkAt(kernel: Kernel, row: number, fromByte: number, valueOffsets: readonly number[]): Chunk {
  return {
    fromByte,
    frames: kernel.u32(row + IndexRow.frames),
    otherFrames: kernel.u32(row + IndexRow.otherFrames),
    otherRecords: kernel.u32(row + IndexRow.otherRecords),
    earliestNs: kernel.view.getBigInt64(row + IndexRow.earliestNs, true),
    latestNs: kernel.view.getBigInt64(row + IndexRow.latestNs, true),
    valueOffsets,
  };
}

const joined = (a: Chunk, b: Chunk): Chunk => ({
  ...a,
  frames: a.frames + b.frames,
  otherFrames: a.otherFrames + b.otherFrames,
  otherRecords: a.otherRecords + b.otherRecords,
  earliestNs: a.earliestNs < b.earliestNs ? a.earliestNs : b.earliestNs,
  latestNs: a.latestNs > b.latestNs ? a.latestNs : b.latestNs,
});
