/** Samples of one lane, as the kernel gave them piece by piece. */
import { assert } from "../fault.ts";

/** Samples in stored order. Values: physical, or raw as 64 bits. `rests`: of wide integers (core/dbc/exact-integer.ts). */
export interface ColumnPiece {
  readonly times: Float64Array;
  readonly values: Float64Array | BigUint64Array;
  readonly rests?: Float64Array;
}

/** Samples in ascending time, stable: the pieces of a lane joined. */
export function joinPieces(pieces: readonly ColumnPiece[]): { times: Float64Array; values: Float64Array; rests?: Float64Array } {
  const { values, ...joined } = join(pieces);
  assert(values instanceof Float64Array, "raw words are made values before they are joined");
  return { ...joined, values };
}

/** Columns of one kind. */
function join(pieces: readonly ColumnPiece[]): ColumnPiece {
  const count = pieces.reduce((sum, piece) => sum + piece.times.length, 0);
  const times = new Float64Array(count);
  const isRaw = pieces[0]?.values instanceof BigUint64Array;
  const values = isRaw ? new BigUint64Array(count) : new Float64Array(count);
  const rests = pieces.some((piece) => piece.rests) ? new Float64Array(count).fill(Number.NaN) : undefined;
  let at = 0;
  for (const piece of pieces) {
    times.set(piece.times, at);
    if (values instanceof Float64Array && piece.values instanceof Float64Array) values.set(piece.values, at);
    if (values instanceof BigUint64Array && piece.values instanceof BigUint64Array) values.set(piece.values, at);
    if (piece.rests) rests?.set(piece.rests, at);
    at += piece.times.length;
  }
  const joined = { times, values, ...(rests ? { rests } : {}) };
  return isAscending(times) ? joined : sortSamples(joined);
}

function isAscending(times: Float64Array): boolean {
  let last = Number.NEGATIVE_INFINITY;
  for (const time of times) {
    if (!(time >= last)) return false;
    last = time;
  }
  return true;
}

function sortSamples({ times, values, rests }: ColumnPiece): ColumnPiece {
  const order = Uint32Array.from(times, (_, i) => i).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
  const inOrder = (column: Float64Array) => Float64Array.from(order, (i) => column[i] ?? 0);
  return {
    times: inOrder(times),
    values: values instanceof Float64Array ? inOrder(values) : BigUint64Array.from(order, (i) => values[i] ?? 0n),
    ...(rests ? { rests: inOrder(rests) } : {}),
  };
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
    const { times, values } = join(this.#pieces);
    this.#pieces = [{ times: times.slice(0, this.#keepFirst), values: values.slice(0, this.#keepFirst) }];
    this.dropped += this.#count - this.#keepFirst;
    this.#count = this.#keepFirst;
  }
}

const SLACK_ROWS = 65_536;
