/** Which times lie where in a log: one index for each of its record streams (see StreamTimes). */
import { StreamTimes } from "./stream-times.ts";

/** Of one version of a log. */
export class LogTimes {
  readonly #streams: StreamTimes[] = [];

  /** By the number of the stream in the file. */
  stream(number: number): StreamTimes {
    const known = this.#streams[number] ?? new StreamTimes();
    this.#streams[number] = known;
    return known;
  }

  get chunkCount(): number {
    return this.#streams.reduce((sum, stream) => sum + stream.chunkCount, 0);
  }
}
