/** Pieces of a data stream, mostly in order: a compressed block is unpacked once for all the pieces that lie in it. */
import { sizeOf } from "../bus/extents.ts";
import type { Extent } from "../bus/layout.ts";
import type { Codecs } from "../kernel/codecs.ts";
import type { ByteSource } from "../store/source.ts";
import { readExtents, streamExtents } from "./data-stream.ts";

/** Reads of plain extents go to the source one by one; of packed ones the stream stays open behind the last piece. Close it at the end. */
export class StreamReader {
  readonly sizeBytes: number;
  /** Bytes read or unpacked so far; more than `sizeBytes` if pieces were asked for out of order. */
  workBytes = 0;
  readonly #source: ByteSource;
  readonly #extents: readonly Extent[];
  readonly #codecs: Codecs;
  readonly #signal: AbortSignal;
  readonly #isPacked: boolean;
  #windows: AsyncGenerator<Uint8Array> | null = null;
  /** The window at hand, lent by `#windows`. */
  #window = new Uint8Array() as Uint8Array;
  #windowAt = 0;

  constructor(source: ByteSource, extents: readonly Extent[], codecs: Codecs, signal: AbortSignal) {
    this.#source = source;
    this.#extents = extents;
    this.#codecs = codecs;
    this.#signal = signal;
    this.sizeBytes = sizeOf(extents);
    this.#isPacked = extents.some((extent) => extent.packed);
  }

  /** Bytes from `atByte`, fewer if the stream ends before. Faults: as `streamExtents`. */
  async read(atByte: number, lengthBytes: number): Promise<Uint8Array> {
    if (!this.#isPacked) {
      const range = { fromByte: atByte, toByte: atByte + lengthBytes };
      const piece = await readExtents(this.#source, this.#extents, this.#codecs, this.#signal, range);
      this.workBytes += piece.length;
      return piece;
    }
    const bytes = new Uint8Array(Math.min(lengthBytes, this.sizeBytes - atByte));
    if (this.#windows === null || atByte < this.#windowAt) await this.#open(atByte);
    let filled = 0;
    while (filled < bytes.length) {
      const from = atByte + filled - this.#windowAt;
      if (from < this.#window.length) {
        const part = this.#window.subarray(from, from + bytes.length - filled);
        bytes.set(part, filled);
        filled += part.length;
      } else if (!(await this.#next())) break;
    }
    return bytes.subarray(0, filled);
  }

  async close(): Promise<void> {
    await this.#windows?.return(undefined);
    this.#windows = null;
  }

  /** From the beginning of the block, whose bytes are made in any case. */
  async #open(atByte: number): Promise<void> {
    await this.close();
    let fromByte = 0;
    for (const extent of this.#extents) {
      if (fromByte + extent.lengthBytes > atByte) break;
      fromByte += extent.lengthBytes;
    }
    this.#windowAt = fromByte;
    this.#window = new Uint8Array();
    this.#windows = streamExtents(this.#source, this.#extents, this.#codecs, this.#signal, { fromByte });
  }

  async #next(): Promise<boolean> {
    const next = await this.#windows?.next();
    if (!next || next.done) return false;
    this.#windowAt += this.#window.length;
    this.#window = next.value;
    this.workBytes += this.#window.length;
    return true;
  }
}
