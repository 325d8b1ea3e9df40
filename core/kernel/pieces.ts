/** Samples of one lane, as the kernel gave them piece by piece. */

/** Samples in stored order. Values: physical, or raw as 64 bits. */
export interface ColumnPiece {
  readonly times: Float64Array;
  readonly values: Float64Array | BigUint64Array;
}

/** Samples in ascending time, stable: the pieces of a lane joined. */
export function joinPieces(pieces: readonly ColumnPiece[]): { times: Float64Array; values: Float64Array } {
  const count = pieces.reduce((sum, piece) => sum + piece.times.length, 0);
  const times = new Float64Array(count);
  const values = new Float64Array(count);
  let at = 0;
  let isAscending = true;
  let last = Number.NEGATIVE_INFINITY;
  for (const piece of pieces) {
    times.set(piece.times, at);
    if (piece.values instanceof Float64Array) values.set(piece.values, at);
    at += piece.times.length;
  }
  for (let i = 0; i < count && isAscending; i++) {
    const time = times[i] ?? 0;
    isAscending = time >= last;
    last = time;
  }
  return isAscending ? { times, values } : sortSamples(times, values);
}

function sortSamples(times: Float64Array, values: Float64Array): { times: Float64Array; values: Float64Array } {
  const order = Uint32Array.from(times, (_, i) => i).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  return { times: Float64Array.from(order, (i) => times[i] ?? 0), values: Float64Array.from(order, (i) => values[i] ?? 0) };
}

/** The pieces of a lane; of more than `keepFirst` samples those with the earliest times. */
export class Pieces {
  readonly #keepFirst: number;
  #pieces: ColumnPiece[] = [];
  #count = 0;
  /** Samples that were not kept. */
  dropped = 0;

  constructor(keepFirst: number) {
    this.#keepFirst = keepFirst;
  }

  get pieces(): readonly ColumnPiece[] {
    return this.#pieces;
  }

  add(piece: ColumnPiece): void {
    this.#pieces.push(piece);
    this.#count += piece.times.length;
    // Seldom, so that sorting costs little beside what it saves.
    if (this.#count <= 2 * this.#keepFirst + SLACK_ROWS) return;
    const { times, values } = joinPieces(this.#pieces);
    this.#pieces = [{ times: times.slice(0, this.#keepFirst), values: values.slice(0, this.#keepFirst) }];
    this.dropped += this.#count - this.#keepFirst;
    this.#count = this.#keepFirst;
  }
}

const SLACK_ROWS = 65_536;
