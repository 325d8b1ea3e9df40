/** Places in a heatshrink stream where decoding can begin: bit, and the history it needs (design, decision 16). */

export interface SeekPoint {
  /** In the plain bytes. */
  readonly atByte: number;
  /** In the stream: the first bit not used before. */
  readonly atBit: number;
  /** The plain bytes before it, as many as the window has. */
  readonly history: Uint8Array;
}

/** The start: nothing but zeros lies before it. */
const START: SeekPoint = { atByte: 0, atBit: 0, history: new Uint8Array(0) };

/** Of the first ones; with every halving twice as far apart. */
const SPACING_BYTES = 64 * 1024;
/** Histories of one log: with a window of 1 KiB these are a thousand points, one every 256 KiB of a plain log of 256 MB. */
const HISTORY_BYTES_MAX = 1024 * 1024;
const POINTS_MAX = 4096;
const POINTS_LEAST = 8;

/** Gathered in order, thinned out when they become too many: so memory does not grow with the log. */
export class SeekPoints {
  #points: SeekPoint[] = [];
  #spacingBytes = SPACING_BYTES;
  readonly #max: number;

  constructor(windowBytes: number) {
    this.#max = Math.min(POINTS_MAX, Math.max(POINTS_LEAST, Math.floor(HISTORY_BYTES_MAX / windowBytes)));
  }

  /** Those of a pass that was made before, ascending. */
  static of(windowBytes: number, points: readonly SeekPoint[], spacingBytes: number): SeekPoints {
    const all = new SeekPoints(windowBytes);
    all.#points = [...points];
    all.#spacingBytes = spacingBytes;
    return all;
  }

  get all(): readonly SeekPoint[] {
    return this.#points;
  }

  /** Of plain bytes; what is decoded in vain before and behind what was asked for is less than this. */
  get spacingBytes(): number {
    return this.#spacingBytes;
  }

  get heldBytes(): number {
    return this.#points.reduce((sum, { history }) => sum + history.length + POINT_BYTES, 0);
  }

  /** Whether a point at this byte would be of use. */
  wants(atByte: number): boolean {
    return atByte - (this.#points.at(-1)?.atByte ?? 0) >= this.#spacingBytes;
  }

  add(point: SeekPoint): void {
    this.#points.push(point);
    if (this.#points.length > this.#max) this.thin();
  }

  /** Every other point goes. */
  thin(): void {
    this.#points = this.#points.filter((_, i) => i % 2 === 1);
    this.#spacingBytes *= 2;
  }

  /** The last point at or before a plain byte. */
  before(atByte: number): SeekPoint {
    return this.#points[this.#firstAfter(atByte) - 1] ?? START;
  }

  /** Bit of the stream by which all plain bytes before `endByte` are decoded; null: its end. */
  bitBehind(endByte: number): number | null {
    return this.#points[this.#firstAfter(endByte - 1)]?.atBit ?? null;
  }

  #firstAfter(atByte: number): number {
    let low = 0;
    let high = this.#points.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#points[middle]?.atByte ?? 0) <= atByte) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** A point without its history. */
const POINT_BYTES = 150;
