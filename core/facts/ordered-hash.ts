/** SHA-256 over lines in the order of their times, while they come nearly in order: only a window of lines is held. */
import { Sha256 } from "./sha256.ts";

interface Line {
  readonly timeNs: bigint;
  readonly rest: string;
}

/** Loggers store frames up to 1 s late (formats/canedge.md §6); twice that is kept back. */
export const REORDER_NS = 2_000_000_000n;
/** Lines are sorted in pieces of at least so many. */
const PIECE_LINES = 8192;

/** Lines `timeNs rest` + LF, by time as a number, then by the rest as bytes (all ASCII). */
export class OrderedHash {
  readonly #hash = new Sha256();
  readonly #text = new TextEncoder();
  readonly #windowNs: bigint | null;
  #held: Line[] = [];
  #nextSort = PIECE_LINES;
  #maxNs: bigint | null = null;
  #doneNs: bigint | null = null;
  /** A line came after later ones had been hashed: the hash is wrong, and only `windowNs` null gives the right one. */
  isLate = false;

  /** Lines more than `windowNs` behind the latest are final; null holds all lines to the end. */
  constructor(windowNs: bigint | null) {
    this.#windowNs = windowNs;
  }

  add(timeNs: bigint, rest: string): void {
    if (this.#doneNs !== null && timeNs < this.#doneNs) this.isLate = true;
    if (this.#maxNs === null || timeNs > this.#maxNs) this.#maxNs = timeNs;
    this.#held.push({ timeNs, rest });
    if (this.#windowNs === null || this.#held.length < this.#nextSort) return;
    this.#write(this.#maxNs - this.#windowNs);
    this.#nextSort = 2 * this.#held.length + PIECE_LINES;
  }

  /** Of all lines; ends it. */
  hex(): string {
    this.#write(null);
    return this.#hash.hex();
  }

  /** Hashes the lines before `untilNs`. */
  #write(untilNs: bigint | null): void {
    this.#held.sort((a, b) =>
      a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : a.rest < b.rest ? -1 : a.rest > b.rest ? 1 : 0,
    );
    const end = untilNs === null ? this.#held.length : this.#held.findIndex((line) => line.timeNs >= untilNs);
    for (let from = 0; from < end; from += PIECE_LINES) {
      let text = "";
      for (const line of this.#held.slice(from, Math.min(end, from + PIECE_LINES))) text += `${line.timeNs} ${line.rest}\n`;
      this.#hash.update(this.#text.encode(text));
    }
    this.#held = this.#held.slice(end);
    this.#doneNs = untilNs;
  }
}
