/** Where the samples of one pass come out: columns that are drained when full, or cells that are read at the end. */
import { CHUNK_ROWS, ENVELOPE_BYTES, M4_BYTES, Message, Mode, NEAREST_BYTES, OUT, OUT_END, Signal, STATS_BYTES } from "./abi.ts";
import type { Kernel } from "./kernel.ts";
import { type ColumnPiece, Pieces } from "./pieces.ts";
import type { LanePart, MessagePart } from "./program.ts";

/** f64 words of one cell, where its empty values lie (assembly/cells.ts), and which words are values. */
export interface CellShape {
  readonly mode: number;
  readonly words: number;
  /** Word of the minimum; −1 = none. */
  readonly extremesAt: number;
  readonly timesFrom: number;
  /** Words that toPhysical scales. */
  readonly values: readonly number[];
}

export const CELLS = {
  envelope: { mode: Mode.Envelope, words: ENVELOPE_BYTES / 8, extremesAt: 0, timesFrom: 2, values: [0, 1] },
  m4: { mode: Mode.M4, words: M4_BYTES / 8, extremesAt: 0, timesFrom: 2, values: [0, 1, 4, 6] },
  nearest: { mode: Mode.Nearest, words: NEAREST_BYTES / 8, extremesAt: -2, timesFrom: 0, values: [0, 2] },
  stats: { mode: Mode.Stats, words: STATS_BYTES / 8, extremesAt: 3, timesFrom: 5, values: [3, 4, 5, 7] },
} as const satisfies Record<string, CellShape>;

/** Rows of one message node: how long each frame was, for facts. */
export interface LengthPiece {
  readonly times: Float64Array;
  readonly lengths: Uint16Array;
}

/** Columns of a pass. */
export class Columns {
  readonly #kernel: Kernel;
  readonly #nodes: MessagePart[] = [];
  #rowsMax = 0;
  #at = OUT;
  readonly #keepLengths: boolean;
  readonly #keepFirst: number;
  /** By lane. */
  readonly pieces = new Map<number, Pieces>();
  readonly lengths = new Map<number, LengthPiece[]>();

  constructor(
    kernel: Kernel,
    options: { readonly columnCount: number; readonly keepLengths: boolean; readonly keepFirst?: number },
  ) {
    this.#kernel = kernel;
    this.#keepFirst = options.keepFirst ?? Number.POSITIVE_INFINITY;
    this.#keepLengths = options.keepLengths;
    const rows = Math.floor((OUT_END - OUT) / (8 * Math.max(1, options.columnCount)) / CHUNK_ROWS) * CHUNK_ROWS;
    this.#rowsMax = Math.max(CHUNK_ROWS, Math.min(rows, 64 * CHUNK_ROWS));
  }

  /** Columns that fit when each holds but one chunk. */
  static readonly columnsMax = Math.floor((OUT_END - OUT) / (8 * CHUNK_ROWS) / 2);

  /** False when the memory is full. */
  place(node: MessagePart): boolean {
    if (node.parts.length === 0) return true;
    const columnBytes = this.#rowsMax * 8;
    const end = this.#at + columnBytes * (node.parts.length + 1) + 2 * this.#rowsMax;
    if (end > OUT_END) return false;
    this.#kernel.setU32(node.at + Message.timeColumn, this.#at);
    this.#kernel.setU32(node.at + Message.lengthColumn, this.#at + columnBytes);
    this.#kernel.setU32(node.at + Message.columnRowsMax, this.#rowsMax);
    let at = this.#at + columnBytes + 2 * this.#rowsMax;
    for (const part of node.parts) {
      this.#kernel.setU32(part.signalAt + Signal.out, at);
      at += columnBytes;
    }
    this.#at = end;
    this.#nodes.push(node);
    return true;
  }

  /** Takes what is there and makes room. */
  drain(): void {
    for (const node of this.#nodes) {
      const rows = this.#kernel.u32(node.at + Message.columnRows);
      if (rows === 0) continue;
      const timesAt = this.#kernel.u32(node.at + Message.timeColumn);
      const lengthsAt = this.#kernel.u32(node.at + Message.lengthColumn);
      const times = this.#kernel.doubles.slice(timesAt / 8, timesAt / 8 + rows);
      const hasShort = this.#kernel.bytes[node.at + Message.columnShort] !== 0;
      const isAsked = hasShort || this.#keepLengths;
      const lengths = isAsked ? new Uint16Array(this.#kernel.bytes.buffer, lengthsAt, rows).slice() : null;
      if (this.#keepLengths && lengths) push(this.lengths, node.at, { times, lengths });
      for (const part of node.parts) this.#piecesOf(part.lane).add(this.#piece(part, times, hasShort ? lengths : null));
      this.#kernel.setU32(node.at + Message.columnRows, 0);
      this.#kernel.bytes[node.at + Message.columnShort] = 0;
    }
  }

  #piecesOf(lane: number): Pieces {
    const there = this.pieces.get(lane) ?? new Pieces(this.#keepFirst);
    this.pieces.set(lane, there);
    return there;
  }

  #piece(part: LanePart, times: Float64Array, lengths: Uint16Array | null): ColumnPiece {
    const at = this.#kernel.u32(part.signalAt + Signal.out);
    const values =
      part.output === "raw"
        ? new BigUint64Array(this.#kernel.bytes.buffer, at, times.length).slice()
        : this.#kernel.doubles.slice(at / 8, at / 8 + times.length);
    const hasCodes = this.#kernel.bytes[part.signalAt + Signal.hasCodes] !== 0;
    this.#kernel.bytes[part.signalAt + Signal.hasCodes] = 0;
    if (!lengths && !hasCodes) return { times, values };
    const isCode = (value: number | bigint): boolean =>
      typeof value === "bigint" ? value > BigInt(part.maxRaw) : Number.isNaN(value);
    let kept = 0;
    const keptTimes = times.slice();
    for (let row = 0; row < times.length; row++) {
      if (lengths && (lengths[row] ?? 0) < part.row.need) continue;
      if (hasCodes && isCode(values[row] ?? 0)) continue;
      keptTimes[kept] = times[row] ?? 0;
      if (values instanceof Float64Array) values[kept] = values[row] ?? 0;
      else values[kept] = values[row] ?? 0n;
      kept++;
    }
    return { times: keptTimes.slice(0, kept), values: values.slice(0, kept) };
  }
}

/** Cells of a pass: `count` per lane, absolute bucket = first + index. */
export class Cells {
  readonly #kernel: Kernel;
  readonly #shape: CellShape;
  readonly #count: number;
  #at: number;
  readonly #lanes = new Map<number, LanePart>();

  constructor(kernel: Kernel, shape: CellShape, count: number) {
    this.#kernel = kernel;
    this.#shape = shape;
    this.#count = count;
    this.#at = kernel.cellsAt;
  }

  static lanesMax({ cellsAt, cellsEnd }: Kernel, shape: CellShape, count: number): number {
    return Math.floor((cellsEnd - cellsAt) / (8 * shape.words * Math.max(1, count)));
  }

  /** Parts of one lane fold into the same cells. False when the memory is full. */
  place(node: MessagePart): boolean {
    for (const part of node.parts) {
      const first = this.#lanes.get(part.lane);
      if (first) {
        this.#kernel.setU32(part.signalAt + Signal.out, this.#kernel.u32(first.signalAt + Signal.out));
        continue;
      }
      const bytes = this.#count * this.#shape.words * 8;
      if (this.#at + bytes > this.#kernel.cellsEnd) return false;
      this.#kernel.exports.clearCells(this.#at, this.#shape.words, this.#shape.extremesAt, this.#shape.timesFrom, this.#count);
      this.#kernel.setU32(part.signalAt + Signal.out, this.#at);
      this.#at += bytes;
      this.#lanes.set(part.lane, part);
    }
    return true;
  }

  /** Physical cells of every lane, row after row of `words` doubles. Raw sums of `stats` are scaled too. */
  take(): Map<number, Float64Array> {
    const taken = new Map<number, Float64Array>();
    for (const [lane, part] of this.#lanes) {
      const at = this.#kernel.u32(part.signalAt + Signal.out);
      const stride = this.#shape.words * 8;
      for (const word of this.#shape.values) this.#kernel.exports.toPhysical(part.signalAt, at + word * 8, stride, this.#count);
      const cells = this.#kernel.doubles.slice(at / 8, at / 8 + this.#count * this.#shape.words);
      if (this.#shape.mode === Mode.Stats) scaleSums(cells, part);
      if (this.#shape.extremesAt >= 0) orderExtremes(cells, this.#shape);
      taken.set(lane, cells);
    }
    return taken;
  }
}

/** Σ and Σ² of the physical values from those of the raw ones: value = (raw·A + B) / D. */
function scaleSums(cells: Float64Array, part: LanePart): void {
  const { row } = part;
  if (row.unpack >= 2) return;
  const factor = row.factor * 2 ** -row.position;
  const divisor = row.convert === 1 ? row.divisor : 1;
  for (let at = 0; at < cells.length; at += STATS_BYTES / 8) {
    const count = cells[at] ?? 0;
    const sum = cells[at + 1] ?? 0;
    const squares = cells[at + 2] ?? 0;
    cells[at + 1] = (sum * factor + count * row.offset) / divisor;
    cells[at + 2] =
      (squares * factor * factor + 2 * factor * row.offset * sum + count * row.offset * row.offset) / divisor / divisor;
  }
}

/** A negative factor turns the order of raw values round, and infinities into others. */
function orderExtremes(cells: Float64Array, shape: CellShape): void {
  for (let at = shape.extremesAt; at < cells.length; at += shape.words) {
    const min = cells[at] ?? 0;
    const max = cells[at + 1] ?? 0;
    if (!Number.isFinite(min) && !Number.isFinite(max)) {
      // No finite value: scaling has touched what says so.
      cells[at] = Number.POSITIVE_INFINITY;
      cells[at + 1] = Number.NEGATIVE_INFINITY;
      continue;
    }
    if (!(min > max)) continue;
    cells[at] = max;
    cells[at + 1] = min;
    if (shape.mode === Mode.Stats) continue;
    const timeOfMin = cells[at + 2] ?? 0;
    cells[at + 2] = cells[at + 3] ?? 0;
    cells[at + 3] = timeOfMin;
  }
}

function push<T>(map: Map<number, T[]>, key: number, value: T): void {
  const there = map.get(key);
  if (there) there.push(value);
  else map.set(key, [value]);
}
