/** Bytes of objects that were read once, kept while there is room for them: the least recently used go first. */

const BLOCK_BYTES = 1024 * 1024;
/** Fresh blocks cost a page fault per 4 KiB, and wait for the collector when they are dropped. */
const SPARE_BLOCKS_MAX = 8;
/** What a piece costs beside its bytes: many tiny reads must not fill the memory unseen. */
const OVERHEAD_BYTES = 128;

/** A piece of one object. Whoever looks at it holds it: its block is not used again before the last has let go. */
export class Piece {
  readonly atByte: number;
  readonly bytes: Uint8Array;
  #holders = 1;
  readonly #free: (piece: Piece) => void;

  constructor(atByte: number, bytes: Uint8Array, free: (piece: Piece) => void) {
    this.atByte = atByte;
    this.bytes = bytes;
    this.#free = free;
  }

  get endByte(): number {
    return this.atByte + this.bytes.length;
  }

  hold(times = 1): void {
    this.#holders += times;
  }

  /** Once for each hold, and once by who made it. */
  release(): void {
    this.#holders--;
    if (this.#holders === 0) this.#free(this);
  }
}

/** The pieces of one object that are kept, by place. */
export class Shelf {
  readonly #pieces: Piece[] = [];
  readonly #emptied: () => void;

  /** `emptied`: the last piece has gone. */
  constructor(emptied: () => void) {
    this.#emptied = emptied;
  }

  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  /** The piece that has this byte. */
  find(atByte: number): Piece | null {
    const last = this.#pieces[this.#countUpTo(atByte) - 1];
    return last !== undefined && atByte < last.endByte ? last : null;
  }

  /** Start of the first piece behind this byte. */
  nextAfter(atByte: number): number {
    return this.#pieces[this.#countUpTo(atByte)]?.atByte ?? Number.POSITIVE_INFINITY;
  }

  /** False if there is one that begins at the same byte. */
  add(piece: Piece): boolean {
    const at = this.#countUpTo(piece.atByte);
    if (this.#pieces[at - 1]?.atByte === piece.atByte) return false;
    this.#pieces.splice(at, 0, piece);
    return true;
  }

  remove(piece: Piece): void {
    const at = this.#countUpTo(piece.atByte) - 1;
    if (this.#pieces[at] === piece) this.#pieces.splice(at, 1);
    if (this.isEmpty) this.#emptied();
  }

  /** Number of pieces that begin at or before this byte. */
  #countUpTo(atByte: number): number {
    let low = 0;
    let high = this.#pieces.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#pieces[middle]?.atByte ?? 0) <= atByte) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The budget of all shelves, and the blocks that its pieces are made of. */
export class KeptBytes {
  readonly #bytesMax: number;
  readonly #shelfOf = new Map<Piece, Shelf>();
  readonly #spare: ArrayBuffer[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Held by the caller; a copy, as the bytes are only lent. */
  copyOf(atByte: number, lent: Uint8Array): Piece {
    const block =
      lent.length === BLOCK_BYTES ? (this.#spare.pop() ?? new ArrayBuffer(BLOCK_BYTES)) : new ArrayBuffer(lent.length);
    const bytes = new Uint8Array(block);
    bytes.set(lent);
    return this.pieceOf(atByte, bytes, block);
  }

  /** Held by the caller, who gives the bytes away. */
  pieceOf(atByte: number, bytes: Uint8Array, block: ArrayBuffer | null = null): Piece {
    return new Piece(atByte, bytes, () => {
      if (block?.byteLength === BLOCK_BYTES && this.#spare.length < SPARE_BLOCKS_MAX) this.#spare.push(block);
    });
  }

  /** As long as there is room. */
  keep(piece: Piece, shelf: Shelf): void {
    const costBytes = costOf(piece);
    if (costBytes > this.#bytesMax || !shelf.add(piece)) return;
    piece.hold();
    this.#shelfOf.set(piece, shelf);
    this.#bytes += costBytes;
    for (const oldest of this.#shelfOf.keys()) {
      if (this.#bytes <= this.#bytesMax) return;
      this.drop(oldest);
    }
  }

  /** No longer kept. */
  drop(piece: Piece): void {
    const shelf = this.#shelfOf.get(piece);
    if (shelf === undefined) return;
    this.#shelfOf.delete(piece);
    this.#bytes -= costOf(piece);
    shelf.remove(piece);
    piece.release();
  }

  /** It is the last to go now. */
  use(piece: Piece): void {
    const shelf = this.#shelfOf.get(piece);
    if (shelf === undefined) return;
    this.#shelfOf.delete(piece);
    this.#shelfOf.set(piece, shelf);
  }
}

const costOf = (piece: Piece): number => piece.bytes.length + OVERHEAD_BYTES;
