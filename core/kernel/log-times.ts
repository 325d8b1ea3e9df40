/** Which times lie where in a log: one index for each of its record streams (see StreamTimes). */
import { StreamTimes, type Times } from "./stream-times.ts";

/** Plain bytes are read as fast as they are looked at twice. */
const PLAIN_BYTES_LEAST = 4 * 1024 * 1024;
/** Those that must be unpacked for it are dearer. */
const PACKED_BYTES_LEAST = 1024 * 1024;

/** Of one version of a log. */
export class LogTimes {
  readonly #leastBytes: number;
  readonly #streams: StreamTimes[] = [];

  constructor(isPacked: boolean) {
    this.#leastBytes = isPacked ? PACKED_BYTES_LEAST : PLAIN_BYTES_LEAST;
  }

  /** By the number of the stream in the file. */
  stream(number: number): StreamTimes {
    const known = this.#streams[number] ?? new StreamTimes(this.#leastBytes);
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
