/** MDF 4 blocks of one file, reached by link only: few range reads, every length checked before it is used. */
import { type Fault, FaultError, type Notice } from "../fault.ts";
import type { ByteSource } from "../store/source.ts";

/** What a block is called in a sentence. */
const BLOCK_NAMES = {
  HD: "header",
  TX: "text",
  MD: "XML text",
  DG: "data group",
  CG: "channel group",
  CN: "channel",
  CC: "conversion",
  DT: "data",
  SD: "signal data",
  DL: "data list",
  LD: "column list",
  HL: "list header",
  SI: "source",
  CA: "array",
  DZ: "compressed data",
  DV: "data column",
  DI: "invalidation column",
  GD: "guard",
  FH: "file history",
  AT: "attachment",
  EV: "event",
} as const;
export type BlockId = keyof typeof BLOCK_NAMES;

/** What a link may lead to, in the faults of chains that lead back. */
export const NO_LOOP = "a block that was not met before";

/** "##DG" as the little-endian number it is in the file. */
const idCode = (id: BlockId): number => 0x2323 | (id.charCodeAt(0) << 16) | (id.charCodeAt(1) << 24);
const ID_CODES = Object.fromEntries(Object.keys(BLOCK_NAMES).map((id) => [id, idCode(id as BlockId)])) as Record<BlockId, number>;

/** id, reserved, length, link count. */
export const BLOCK_HEADER_BYTES = 24;
/** Metadata blocks of real files stay below 100 kB; the largest legal conversion has 1 MiB, a DL of a million data blocks 16. */
const BLOCK_BYTES_MAX = 2 * 1024 * 1024;
const LIST_BYTES_MAX = 16 * 1024 * 1024;
/** A decoded vehicle log of 10,000 signals has about 50,000 blocks. */
const BLOCKS_MAX = 400_000;
/** Around a block that was not loaded yet: what belongs together lies together, mostly forwards. */
const READ_BEFORE_BYTES = 8 * 1024;
const READ_BYTES = 64 * 1024;
const READ_BYTES_MAX = 4 * 1024 * 1024;
/** Reads for one step of the reader (one data group with its channels), and for the whole file. */
const STEP_READS_MAX = 512;
const STEP_BYTES_MAX = 32 * 1024 * 1024;
const FILE_READS_MAX = 8192;
/** Kept from one step to the next, besides the first read. */
const KEPT_BYTES_MAX = 4 * 1024 * 1024;

/** One loaded block. Positions are counted from the data section; what lies behind the block's end reads as 0. */
export class Block {
  readonly atByte: number;
  readonly lengthBytes: number;
  readonly linkCount: number;
  readonly #view: DataView;
  readonly #links: number;
  readonly #data: number;
  readonly #end: number;

  constructor(view: DataView, start: number, atByte: number, lengthBytes: number, linkCount: number) {
    this.#view = view;
    this.#links = start + BLOCK_HEADER_BYTES;
    this.#data = this.#links + 8 * linkCount;
    this.#end = start + lengthBytes;
    this.atByte = atByte;
    this.lengthBytes = lengthBytes;
    this.linkCount = linkCount;
  }

  /** 0 = no target. Not yet checked: `BlockReader.open` refuses what lies outside the file. */
  link(index: number): number {
    return index < this.linkCount ? readUint64(this.#view, this.#links + 8 * index) : 0;
  }
  u8(at: number): number {
    return this.#has(at, 1) ? this.#view.getUint8(this.#data + at) : 0;
  }
  u16(at: number): number {
    return this.#has(at, 2) ? this.#view.getUint16(this.#data + at, true) : 0;
  }
  i16(at: number): number {
    return this.#has(at, 2) ? this.#view.getInt16(this.#data + at, true) : 0;
  }
  u32(at: number): number {
    return this.#has(at, 4) ? this.#view.getUint32(this.#data + at, true) : 0;
  }
  /** Rounded above 2^53: compare it with a limit before use. */
  u64(at: number): number {
    return this.#has(at, 8) ? readUint64(this.#view, this.#data + at) : 0;
  }
  exactU64(at: number): bigint {
    return this.#has(at, 8) ? this.#view.getBigUint64(this.#data + at, true) : 0n;
  }
  f64(at: number): number {
    return this.#has(at, 8) ? this.#view.getFloat64(this.#data + at, true) : 0;
  }
  /** The data section; a view into the loaded piece. */
  data(): Uint8Array {
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + this.#data, this.#end - this.#data);
  }
  #has(at: number, lengthBytes: number): boolean {
    return this.#data + at + lengthBytes <= this.#end;
  }
}

function readUint64(view: DataView, at: number): number {
  return view.getUint32(at, true) + view.getUint32(at + 4, true) * 2 ** 32;
}

/** id, reserved, length, link count and the fields of a compressed block. */
const DZ_HEADER_BYTES = 48;

/** What the first bytes of a block say; nothing of it is checked. */
export interface BlockHeader {
  /** Without "##"; other bytes as they are when it is no MDF block. */
  readonly id: string;
  readonly lengthBytes: number;
  /** The block as far as it was loaded: of DZ all but its packed bytes. */
  readonly block: Block;
}

interface Piece {
  readonly view: DataView;
  readonly atByte: number;
  readonly endByte: number;
}

/** Thrown by synchronous readers, caught by `BlockReader.attempt` alone: these bytes are not loaded yet. */
class MissingBytes {
  readonly atByte: number;
  readonly lengthBytes: number;
  readonly readAhead: boolean;
  constructor(atByte: number, lengthBytes: number, readAhead: boolean) {
    this.atByte = atByte;
    this.lengthBytes = lengthBytes;
    this.readAhead = readAhead;
  }
}

/**
 * Blocks by link. Metadata is read by plain synchronous code inside `attempt`, which fetches what is missing and runs
 * that code again; so a header that lies in the first read costs one pass and no awaiting.
 */
export class BlockReader {
  readonly source: ByteSource;
  /** Bytes 0 … of the file, as first read. */
  readonly prefix: Uint8Array;
  /** atByte, lengthBytes of each block that was looked at, in turn: what the results depend on. */
  readonly opened: number[] = [];
  /** Every link of every opened block, if the rules for unfinalized files need to know what lies behind a block. */
  readonly links: number[] | null;
  readonly #signal: AbortSignal;
  readonly #pieces: Piece[];
  #lastUsed: Piece;
  #reads = 0;
  #stepBytes = 0;

  constructor(source: ByteSource, prefix: Uint8Array, signal: AbortSignal, options: { readonly keepLinks: boolean }) {
    this.source = source;
    this.prefix = prefix;
    this.links = options.keepLinks ? [] : null;
    this.#signal = signal;
    this.#lastUsed = { view: viewOf(prefix), atByte: 0, endByte: prefix.length };
    this.#pieces = [this.#lastUsed];
  }

  /** Runs `work` until all it needs is loaded. `work` must not change anything outside. Faults: of `work`, `storage/*`, `limit/too-many`. */
  async attempt<T>(work: () => T): Promise<T> {
    this.#forget();
    const openedBefore = this.opened.length;
    const linksBefore = this.links?.length ?? 0;
    this.#stepBytes = 0;
    for (let reads = 0; ; reads++) {
      try {
        return work();
      } catch (error) {
        if (!(error instanceof MissingBytes)) throw error;
        await this.#load(error, reads);
        this.opened.length = openedBefore;
        if (this.links !== null) this.links.length = linksBefore;
      }
    }
  }

  /** The block at a link, wholly loaded. Faults: `input/bad-block`, `input/truncated`, `limit/too-many`. */
  open(atByte: number, id: BlockId): Block {
    const { view, start } = this.#header(atByte, id, true);
    if (view.getUint32(start, true) !== ID_CODES[id]) throw this.wrongId(atByte, id, headerAt(view, start).id);
    const lengthBytes = readUint64(view, start + 8);
    const linkCount = readUint64(view, start + 16);
    const mostBytes = id === "DL" || id === "LD" ? LIST_BYTES_MAX : BLOCK_BYTES_MAX;
    const leastBytes = BLOCK_HEADER_BYTES + 8 * linkCount;
    if (lengthBytes > mostBytes) throw this.#badLength(atByte, id, lengthBytes, "", mostBytes);
    if (lengthBytes < leastBytes)
      throw this.#badLength(atByte, id, lengthBytes, `, too few for its ${linkCount} links`, leastBytes);
    if (atByte + lengthBytes > this.source.sizeBytes) throw this.#cut(atByte, id, lengthBytes);
    const piece = this.#pieceWith(atByte, lengthBytes, true);
    if (this.opened.push(atByte, lengthBytes) > 2 * BLOCKS_MAX) throw this.#tooMany("blocks", atByte, BLOCKS_MAX);
    const block = new Block(piece.view, atByte - piece.atByte, atByte, lengthBytes, linkCount);
    if (this.links !== null) {
      for (let i = 0; i < linkCount; i++) this.links.push(block.link(i));
    }
    return block;
  }

  /** Links and first `dataBytes` of a block, and its whole length, which may be any. Faults: as `open`. */
  openHead(atByte: number, id: BlockId, dataBytes: number): { readonly head: Block; readonly lengthBytes: number } {
    const { view, start } = this.#header(atByte, id, true);
    if (view.getUint32(start, true) !== ID_CODES[id]) throw this.wrongId(atByte, id, headerAt(view, start).id);
    const lengthBytes = readUint64(view, start + 8);
    const linkCount = readUint64(view, start + 16);
    const headBytes = BLOCK_HEADER_BYTES + 8 * linkCount + dataBytes;
    if (lengthBytes < headBytes) throw this.#badLength(atByte, id, lengthBytes, "", headBytes);
    if (headBytes > BLOCK_BYTES_MAX) throw this.#badLength(atByte, id, lengthBytes, ` and ${linkCount} links`, BLOCK_BYTES_MAX);
    if (atByte + lengthBytes > this.source.sizeBytes) throw this.#cut(atByte, id, lengthBytes);
    const piece = this.#pieceWith(atByte, headBytes, true);
    this.opened.push(atByte, headBytes);
    return { head: new Block(piece.view, atByte - piece.atByte, atByte, headBytes, linkCount), lengthBytes };
  }

  /** Id and length of the block at a link, without reading on. `expected` is for the fault's sentence. Faults: `input/bad-block`, `input/truncated`. */
  header(atByte: number, expected: BlockId, options: { readonly readAhead: boolean }): BlockHeader {
    const { view, start } = this.#header(atByte, expected, options.readAhead, DZ_HEADER_BYTES);
    if (options.readAhead) this.opened.push(atByte, BLOCK_HEADER_BYTES);
    const { id, lengthBytes } = headerAt(view, start);
    const loadedBytes = Math.min(lengthBytes, DZ_HEADER_BYTES, view.byteLength - start);
    return { id, lengthBytes, block: new Block(view, start, atByte, loadedBytes, 0) };
  }

  wrongId(atByte: number, expected: BlockId, found: string): FaultError {
    return new FaultError({
      code: "input/bad-block",
      message: `A ${BLOCK_NAMES[expected]} block (##${expected}) should stand at byte ${atByte}, but ${printable(found)} stands there.`,
      object: this.source.key,
      atByte,
      found: printable(found),
      allowed: `##${expected}`,
    });
  }

  /** `wantedBytes` of it, or as many as the file has. */
  #header(atByte: number, id: BlockId, readAhead: boolean, wantedBytes = BLOCK_HEADER_BYTES): { view: DataView; start: number } {
    if (atByte < 64) throw this.#badLink(atByte, id);
    if (!(atByte + BLOCK_HEADER_BYTES <= this.source.sizeBytes)) throw this.#cut(atByte, id, BLOCK_HEADER_BYTES);
    const piece = this.#pieceWith(atByte, Math.min(wantedBytes, this.source.sizeBytes - atByte), readAhead);
    return { view: piece.view, start: atByte - piece.atByte };
  }

  /** Oldest pieces first; the first read stays, since it holds the header of all but a few files. */
  #forget(): void {
    let bytes = this.#pieces.reduce((sum, piece) => sum + piece.endByte - piece.atByte, -this.prefix.length);
    while (bytes > KEPT_BYTES_MAX && this.#pieces.length > 2) {
      const [oldest] = this.#pieces.splice(1, 1);
      bytes -= oldest === undefined ? 0 : oldest.endByte - oldest.atByte;
    }
  }

  #pieceWith(atByte: number, lengthBytes: number, readAhead: boolean): Piece {
    if (holds(this.#lastUsed, atByte, lengthBytes)) return this.#lastUsed;
    const piece = this.#pieces.findLast((one) => holds(one, atByte, lengthBytes));
    if (piece === undefined) throw new MissingBytes(atByte, lengthBytes, readAhead);
    this.#lastUsed = piece;
    return piece;
  }

  async #load(missing: MissingBytes, stepReads: number): Promise<void> {
    if (stepReads >= STEP_READS_MAX) throw this.#tooMany("separate places of one data group", missing.atByte, STEP_READS_MAX);
    if (++this.#reads > FILE_READS_MAX) throw this.#tooMany("reads", missing.atByte, FILE_READS_MAX);
    const { atByte, endByte } = this.#range(missing);
    this.#stepBytes += endByte - atByte;
    if (this.#stepBytes > STEP_BYTES_MAX) throw this.#tooMany("bytes for one data group", missing.atByte, STEP_BYTES_MAX);
    const bytes = await this.source.read(atByte, endByte - atByte, this.#signal);
    this.#pieces.push({ view: viewOf(bytes), atByte, endByte });
  }

  /** A description that goes on where the last read ended is long: each further read takes twice as much. */
  #range(missing: MissingBytes): { atByte: number; endByte: number } {
    const neededEnd = missing.atByte + missing.lengthBytes;
    if (!missing.readAhead) return { atByte: missing.atByte, endByte: neededEnd };
    const last = this.#pieces.at(-1) ?? this.#lastUsed;
    const isNext = missing.atByte < last.endByte + READ_BEFORE_BYTES && neededEnd > last.endByte;
    const lengthBytes = isNext ? Math.min(2 * (last.endByte - last.atByte), READ_BYTES_MAX) : READ_BYTES;
    const atByte = Math.max(0, missing.atByte - READ_BEFORE_BYTES);
    return { atByte, endByte: Math.min(Math.max(atByte + lengthBytes, neededEnd), this.source.sizeBytes) };
  }

  #badLink(atByte: number, id: BlockId): FaultError {
    return new FaultError({
      code: "input/bad-block",
      message: `A link to a ${BLOCK_NAMES[id]} block (##${id}) leads to byte ${atByte}, inside the file's identification.`,
      object: this.source.key,
      atByte,
      found: atByte,
      allowed: 64,
    });
  }

  #cut(atByte: number, id: BlockId, lengthBytes: number): FaultError {
    const sizeBytes = this.source.sizeBytes;
    return new FaultError({
      code: "input/truncated",
      message: `A ${BLOCK_NAMES[id]} block (##${id}) at byte ${atByte} should end at byte ${atByte + lengthBytes}, but the file ends at byte ${sizeBytes}: it was cut or is damaged.`,
      object: this.source.key,
      atByte,
      found: sizeBytes,
      allowed: atByte + lengthBytes,
    });
  }

  #badLength(atByte: number, id: BlockId, found: number, why: string, allowed: number): FaultError {
    return new FaultError({
      code: "input/bad-block",
      message: `The ${BLOCK_NAMES[id]} block (##${id}) at byte ${atByte} says it has ${found} bytes${why}.`,
      object: this.source.key,
      atByte,
      found,
      allowed,
    });
  }

  #tooMany(what: string, atByte: number, allowed: number): FaultError {
    return new FaultError({
      code: "limit/too-many",
      message: `The description of this file's groups needs more than ${allowed} ${what}.`,
      object: this.source.key,
      atByte,
      found: allowed + 1,
      allowed,
    });
  }
}

/** The fault of an error that is about the file; any other error goes on. */
export function faultOfFile(error: unknown): Fault {
  if (error instanceof FaultError && (error.fault.code.startsWith("input/") || error.fault.code.startsWith("limit/")))
    return error.fault;
  throw error;
}

/** A fault that costs a part of the file only. */
export function damageNotice(fault: Fault, consequence: string): Notice {
  const object = fault.object === undefined ? "" : `${fault.object}: `;
  return { severity: "warning", text: `${object}${fault.message} ${consequence}`, fault };
}

function holds(piece: Piece, atByte: number, lengthBytes: number): boolean {
  return atByte >= piece.atByte && atByte + lengthBytes <= piece.endByte;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function headerAt(view: DataView, start: number): { readonly id: string; readonly lengthBytes: number } {
  let id = "";
  for (let i = 0; i < 4; i++) id += String.fromCharCode(view.getUint8(start + i));
  return { id: id.startsWith("##") ? id.slice(2) : id, lengthBytes: readUint64(view, start + 8) };
}

/** "##XX" for a block id, hex for bytes that are none. */
function printable(id: string): string {
  if (/^[A-Z]{2}$/.test(id)) return `##${id}`;
  const bytes = id.length === 2 ? `##${id}` : id;
  return `bytes ${Array.from(bytes, (char) => char.charCodeAt(0).toString(16).padStart(2, "0")).join(" ")}`;
}
