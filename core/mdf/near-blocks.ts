/** Blocks that lie near together in the file are read with one request: a writer may cut an hour into thousands of small ones. */
import type { ByteSource } from "../store/source.ts";

/** What streams need of a source. */
export type StreamSource = Pick<ByteSource, "key" | "stream">;

export interface FileRange {
  readonly atByte: number;
  readonly lengthBytes: number;
}

/** What lies between two blocks is read with them if it is less; heads of blocks have 24 to 48 bytes. */
const GAP_BYTES_MAX = 16 * 1024;
/** Of a run, so that who stops early has not asked for much more; one larger block is a run of its own. */
const RUN_BYTES_MAX = 8 * 1024 * 1024;

/** A run of parts, and the range of the file that holds them all. */
interface Run<T> extends FileRange {
  readonly parts: readonly T[];
}

/** The parts in their order, those together whose ranges follow each other closely in the file. */
export function* runsOf<T>(parts: Iterable<T>, rangeOf: (part: T) => FileRange): Generator<Run<T>> {
  let run: T[] = [];
  let startByte = 0;
  let endByte = 0;
  for (const part of parts) {
    const { atByte, lengthBytes } = rangeOf(part);
    // A block whose head is the last of a cut file has no bytes, and they would lie behind the end.
    if (lengthBytes <= 0) {
      run.push(part);
      continue;
    }
    const isEmpty = startByte === endByte;
    const isNear =
      isEmpty || (atByte >= endByte && atByte - endByte <= GAP_BYTES_MAX && atByte + lengthBytes - startByte <= RUN_BYTES_MAX);
    if (run.length > 0 && !isNear) {
      yield { atByte: startByte, lengthBytes: endByte - startByte, parts: run };
      run = [];
    }
    if (run.length === 0 || isEmpty) startByte = atByte;
    endByte = atByte + lengthBytes;
    run.push(part);
  }
  if (run.length > 0) yield { atByte: startByte, lengthBytes: endByte - startByte, parts: run };
}

/** One stream over a range of a source, handed out in parts that are asked for in ascending order. Close it at the end. */
export class Forward implements StreamSource {
  readonly key: string;
  readonly #windows: AsyncIterator<Uint8Array>;
  /** The window at hand, lent by `#windows`, and where it lies in the file. */
  #window = new Uint8Array() as Uint8Array;
  #windowAt: number;

  constructor(source: StreamSource, { atByte, lengthBytes }: FileRange, signal: AbortSignal) {
    this.key = source.key;
    this.#windows = source.stream(atByte, lengthBytes, signal)[Symbol.asyncIterator]();
    this.#windowAt = atByte;
  }

  /** Windows of a part, lent until the next step. Faults: those of the source. */
  async *stream(atByte: number, lengthBytes: number): AsyncGenerator<Uint8Array> {
    const endByte = atByte + lengthBytes;
    for (let place = atByte; place < endByte; ) {
      const window = this.#window.subarray(place - this.#windowAt, endByte - this.#windowAt);
      if (window.length > 0) {
        place += window.length;
        yield window;
      } else if (!(await this.#next())) return;
    }
  }

  async close(): Promise<void> {
    await this.#windows.return?.();
  }

  async #next(): Promise<boolean> {
    const { done, value } = await this.#windows.next();
    if (done === true) return false;
    this.#windowAt += this.#window.length;
    this.#window = value;
    return true;
  }
}
