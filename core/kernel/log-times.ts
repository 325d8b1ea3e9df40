/** Which times lie where in a log: one index for each of its record streams (see StreamTimes). */
import { type FoundTimes, StreamTimes, type Times } from "./stream-times.ts";

/** Plain bytes are read as fast as they are looked at twice. */
const PLAIN_BYTES_LEAST = 4 * 1024 * 1024;
/** Those that must be unpacked for it are dearer. */
const PACKED_BYTES_LEAST = 1024 * 1024;

/** Of one version of a log. */
export class LogTimes {
  readonly #leastBytes: number;
  readonly #learnt: (times: LogTimes) => void;
  readonly #streams: StreamTimes[] = [];

  /** `learnt`: a walk has found all there is to know of one more stream. */
  constructor(isPacked: boolean, learnt: (times: LogTimes) => void = () => undefined) {
    this.#leastBytes = isPacked ? PACKED_BYTES_LEAST : PLAIN_BYTES_LEAST;
    this.#learnt = learnt;
  }

  /** By the number of the stream; null: not known. */
  get found(): readonly (FoundTimes | null)[] {
    return Array.from(this.#streams, (stream) => stream?.found ?? null);
  }

  restore(found: readonly (FoundTimes | null)[]): void {
    for (const [number, one] of found.entries()) if (one !== null) this.stream(number).restore(one);
  }

  /** By the number of the stream in the file. */
  stream(number: number): StreamTimes {
    const known = this.#streams[number] ?? new StreamTimes(this.#leastBytes, () => this.#learnt(this));
    this.#streams[number] = known;
    return known;
  }

  /** Of the frames of all streams; null where one of them is not known. */
  get span(): Times | null {
    let span: Times | null = null;
    for (const stream of this.#streams) {
      const own = stream?.span ?? null;
      if (own === null) return null;
      span = span === null ? own : { fromNs: least(span.fromNs, own.fromNs), toNs: -least(-span.toNs, -own.toNs) };
    }
    return span;
  }

  get chunkCount(): number {
    return this.#streams.reduce((sum, stream) => sum + stream.chunkCount, 0);
  }
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
