/** From a link to record or signal data to the extents of its payload, through all that may lie between: DL, HL, LD, GD, DZ. */
import type { Extent } from "../bus/layout.ts";
import { type Fault, FaultError, type Notice } from "../fault.ts";
import {
  BLOCK_HEADER_BYTES,
  type BlockHeader,
  type BlockId,
  type BlockReader,
  damageNotice,
  faultOfFile,
  NO_LOOP,
} from "./block.ts";
import { type Identification, UNFINISHED } from "./identification.ts";
import { readPackedHeader } from "./packed-header.ts";

/** Records (in columns too), values of variable length, and the two columns of column-oriented storage. */
export type DataKind = "DT" | "SD" | "DV" | "DI";

export interface DataExtents {
  readonly extents: readonly Extent[];
  /** Column storage (##DV, ##LD): records have cg_data_bytes, and their cg_inval_bytes lie in `invalidation`, if anywhere. */
  readonly isColumn: boolean;
  readonly invalidation: readonly Extent[] | null;
  readonly notices: readonly Notice[];
  /** The data is stored in a form that is not read; then `extents` is empty. */
  readonly unsupported: Fault | null;
}

/** Blocks that may stand for a kind; the second is its column form. */
const BLOCKS: Readonly<Record<DataKind, readonly [BlockId, ...BlockId[]]>> = {
  DT: ["DT", "DV"],
  SD: ["SD"],
  DV: ["DV"],
  DI: ["DI"],
};

/** Lists nearer together than this are read with what lies between. */
const NEAR_BYTES = 16 * 1024;
/** ld_flags: blocks of invalidation bits are listed behind those of data (4.30 has the same bit in another byte). */
const LD_INVALIDATION = 0x80000000;
/** What gd_version may ask of a reader. */
const VERSION_READ = 430;
const GUARDS_MAX = 8;

/**
 * Follows `link` to all blocks of a kind behind it. What is damaged ends the list with a notice; rows before it stay.
 * Extents are clipped to the file. Faults: `storage/*`.
 */
export async function dataExtents(blocks: BlockReader, link: number, kind: DataKind, id: Identification): Promise<DataExtents> {
  const list = new ExtentList(blocks, kind, id);
  try {
    if (link !== 0) await list.follow(link);
  } catch (error) {
    const fault = faultOfFile(error);
    if (fault.code === "input/unsupported") {
      return { extents: [], isColumn: false, invalidation: null, notices: [], unsupported: fault };
    }
    list.notices.push(
      damageNotice(fault, list.extents.length === 0 ? "Its data is left out." : "Only the data before it is read."),
    );
  }
  const { extents, isColumn, invalidation, notices } = list;
  return { extents, isColumn, invalidation: invalidation?.extents ?? null, notices, unsupported: null };
}

class ExtentList {
  readonly extents: Extent[] = [];
  readonly notices: Notice[];
  isColumn = false;
  invalidation: ExtentList | null = null;
  readonly #blocks: BlockReader;
  readonly #kind: DataKind;
  readonly #id: Identification;
  readonly #visited: Set<number>;

  /** `of`: the list of data that these invalidation bits belong to. */
  constructor(blocks: BlockReader, kind: DataKind, id: Identification, of: ExtentList | null = null) {
    this.#blocks = blocks;
    this.#kind = kind;
    this.#id = id;
    this.notices = of?.notices ?? [];
    this.#visited = of === null ? new Set() : of.#visited;
  }

  async follow(link: number): Promise<void> {
    let atByte = link;
    for (let guards = 0; guards <= GUARDS_MAX; guards++) {
      const { id } = await this.#header(atByte, false);
      if (id === "DL") return this.#chain(atByte);
      if (id === "LD") return this.#columns(atByte);
      if (id === "HL") {
        const at = atByte;
        atByte = await this.#blocks.attempt(() => this.#blocks.open(at, "HL").link(0));
      } else if (id === "GD") atByte = await this.#guarded(atByte);
      else return this.#data(atByte, true, false);
      if (atByte === 0) return;
    }
    throw this.#again(atByte, "block");
  }

  /** Link of a guard block (4.30) whose version is not beyond us. */
  async #guarded(atByte: number): Promise<number> {
    const { link, version } = await this.#blocks.attempt(() => {
      const guard = this.#blocks.open(atByte, "GD");
      return { link: guard.link(0), version: guard.u16(0) };
    });
    if (version <= VERSION_READ) return link;
    throw new FaultError({
      code: "input/unsupported",
      message: `The data needs a reader of MDF ${(version / 100).toFixed(2)} (guard block ##GD); buslens reads up to ${(VERSION_READ / 100).toFixed(2)}.`,
      object: this.#blocks.source.key,
      atByte,
      found: version,
      allowed: VERSION_READ,
    });
  }

  /** dl_dl_next; dl_data is read in full, so offsets and equal lengths are not needed. */
  async #chain(firstAt: number): Promise<void> {
    for (let atByte = firstAt; atByte !== 0; ) {
      this.#visit(atByte, "data list (##DL)");
      const { next, data } = await this.#blocks.attempt(() => this.#list(atByte));
      await this.#all(data, next);
      if (next === 0 && (this.#id.unfinished & UNFINISHED.lastDl) !== 0) await this.#unlisted();
      atByte = next;
    }
  }

  async #all(data: readonly number[], next: number): Promise<void> {
    for (const [i, link] of data.entries()) {
      const following = data[i + 1] ?? next;
      const isNear = Math.abs(following - link) < NEAR_BYTES;
      await this.#data(link, next === 0 && i === data.length - 1, isNear);
    }
  }

  /** A 0 link ends the data. */
  #list(atByte: number): { next: number; data: number[] } {
    const dl = this.#blocks.open(atByte, "DL");
    // dl_count of an interrupted writer is as old as the rest of the list: there only the links count.
    const isUnfinished = (this.#id.unfinished & UNFINISHED.lastDl) !== 0;
    const count = isUnfinished ? dl.linkCount - 1 : Math.min(dl.u32(4), dl.linkCount - 1);
    const data: number[] = [];
    while (data.length < count && dl.link(data.length + 1) !== 0) data.push(dl.link(data.length + 1));
    return { next: data.length < count && !isUnfinished ? 0 : dl.link(0), data };
  }

  /** ld_ld_next, ld_data, ld_inval_data. Numbers of samples are not needed: the blocks say their lengths. */
  async #columns(firstAt: number): Promise<void> {
    this.isColumn = true;
    for (let atByte = firstAt; atByte !== 0; ) {
      this.#visit(atByte, "list of columns (##LD)");
      const { next, data, invalidation } = await this.#blocks.attempt(() => this.#columnList(atByte));
      await this.#all(data, next);
      if (invalidation !== null) {
        this.invalidation ??= new ExtentList(this.#blocks, "DI", this.#id, this);
        await this.invalidation.#all(invalidation, next);
      }
      atByte = next;
    }
  }

  #columnList(atByte: number): { next: number; data: number[]; invalidation: number[] | null } {
    const ld = this.#blocks.open(atByte, "LD");
    const hasInvalidation = (ld.u32(0) & LD_INVALIDATION) !== 0;
    const count = Math.min(ld.u32(4), Math.floor((ld.linkCount - 1) / (hasInvalidation ? 2 : 1)));
    const links = (from: number): number[] => {
      const found: number[] = [];
      while (found.length < count && ld.link(from + found.length) !== 0) found.push(ld.link(from + found.length));
      return found;
    };
    const data = links(1);
    const invalidation = hasInvalidation ? links(1 + count) : null;
    return { next: data.length < count ? 0 : ld.link(0), data, invalidation };
  }

  async #data(atByte: number, isLast: boolean, isNear: boolean): Promise<void> {
    const header = await this.#header(atByte, isNear);
    if (header.id === "DZ") return this.#packed(atByte, header);
    this.#check(atByte, header.id);
    const { lengthBytes } = header;
    const sizeBytes = this.#blocks.source.sizeBytes;
    const startByte = atByte + BLOCK_HEADER_BYTES;
    const isOpen = isLast && this.#kind === "DT" && (this.#id.unfinished & UNFINISHED.lastDt) !== 0;
    const endByte = isOpen ? this.#openEnd(atByte, lengthBytes) : atByte + lengthBytes;
    if (endByte < startByte) throw this.#tooShort(atByte, lengthBytes);
    if (endByte > sizeBytes) this.notices.push(this.#cutNotice(atByte, endByte));
    const end = Math.min(endByte, sizeBytes);
    if (end > startByte) this.extents.push({ atByte: startByte, lengthBytes: end - startByte });
  }

  #packed(atByte: number, { block, lengthBytes }: BlockHeader): void {
    const { key, sizeBytes } = this.#blocks.source;
    const { id, extent, endByte } = readPackedHeader(block, lengthBytes, key, sizeBytes);
    this.#check(atByte, id);
    if (endByte > sizeBytes) this.notices.push(this.#cutNotice(atByte, endByte));
    if (extent.lengthBytes > 0) this.extents.push(extent);
  }

  #check(atByte: number, id: string): void {
    const allowed = BLOCKS[this.#kind];
    if (!allowed.some((one) => one === id)) throw this.#blocks.wrongId(atByte, allowed[0], id);
    this.#visit(atByte, `data block (##${id})`);
    if (id === allowed[1]) this.isColumn = true;
  }

  /** A writer that was interrupted may not have stored the length (it stays 24): then the block runs to the next one, or to the end of the file. */
  #openEnd(atByte: number, lengthBytes: number): number {
    const sizeBytes = this.#blocks.source.sizeBytes;
    let next = sizeBytes;
    for (const link of this.#blocks.links ?? []) if (link > atByte && link < next) next = link;
    const isWritten = lengthBytes > BLOCK_HEADER_BYTES && next < sizeBytes;
    return isWritten ? atByte + lengthBytes : next;
  }

  /** Data blocks that were written but not yet entered in the last list: they follow the last listed one. */
  async #unlisted(): Promise<void> {
    const { sizeBytes } = this.#blocks.source;
    for (;;) {
      const last = this.extents.at(-1);
      if (last === undefined) return;
      const { atByte: startByte, lengthBytes: bytes } = last.packed ?? last;
      const atByte = Math.ceil((startByte + bytes) / 8) * 8;
      if (atByte + BLOCK_HEADER_BYTES > sizeBytes) return;
      const { id, lengthBytes } = await this.#header(atByte, false);
      const isComplete = lengthBytes > BLOCK_HEADER_BYTES && atByte + lengthBytes <= sizeBytes;
      const isData = id === "DZ" || BLOCKS[this.#kind].some((one) => one === id);
      if (!isData || !isComplete || this.#visited.has(atByte)) return;
      const before = this.extents.length;
      await this.#data(atByte, false, false);
      if (this.extents.length === before) return;
    }
  }

  #header(atByte: number, readAhead: boolean): Promise<BlockHeader> {
    return this.#blocks.attempt(() => this.#blocks.header(atByte, this.#kind, { readAhead }));
  }

  #visit(atByte: number, what: string): void {
    if (this.#visited.has(atByte)) throw this.#again(atByte, what);
    this.#visited.add(atByte);
  }

  #again(atByte: number, what: string): FaultError {
    return new FaultError({
      code: "input/bad-block",
      message: `The ${what} at byte ${atByte} is listed twice.`,
      object: this.#blocks.source.key,
      atByte,
      found: atByte,
      allowed: NO_LOOP,
    });
  }

  #tooShort(atByte: number, lengthBytes: number): FaultError {
    return new FaultError({
      code: "input/bad-block",
      message: `The data block (##${this.#kind}) at byte ${atByte} says it has ${lengthBytes} bytes.`,
      object: this.#blocks.source.key,
      atByte,
      found: lengthBytes,
      allowed: BLOCK_HEADER_BYTES,
    });
  }

  #cutNotice(atByte: number, endByte: number): Notice {
    const { key, sizeBytes } = this.#blocks.source;
    const fault: Fault = {
      code: "input/truncated",
      message: `The data block (##${this.#kind}) at byte ${atByte} should end at byte ${endByte}, but the file ends at byte ${sizeBytes}.`,
      object: key,
      atByte: sizeBytes,
      found: sizeBytes,
      allowed: endByte,
    };
    return damageNotice(fault, "What is there is read.");
  }
}
