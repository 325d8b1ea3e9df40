/** From a link to record or signal data to the extents of its payload: DT, SD, DL chains, HL. Compressed blocks get their place here. */
import type { Extent } from "../bus/layout.ts";
import { type Fault, FaultError, type Notice } from "../fault.ts";
import { BLOCK_HEADER_BYTES, type BlockReader, damageNotice, faultOfFile } from "./block.ts";
import { type Identification, UNFINISHED } from "./identification.ts";

/** Records, values of variable length, and the two columns of column-oriented storage. */
export type DataKind = "DT" | "SD" | "DV" | "DI";

export interface DataExtents {
  readonly extents: readonly Extent[];
  readonly notices: readonly Notice[];
  /** The data is stored in a form that is not read yet; then `extents` is empty. */
  readonly unsupported: Fault | null;
}

/** What a data block may be that we cannot read yet, in words. */
const UNSUPPORTED: Readonly<Record<string, string>> = {
  DZ: "a compressed data block (##DZ)",
  DV: "a column of data bytes (##DV)",
  DI: "a column of invalidation bits (##DI)",
  LD: "a list of columns (##LD)",
  RD: "reduced data (##RD)",
  GD: "a guard block (##GD)",
};

/** Lists nearer together than this are read with what lies between. */
const NEAR_BYTES = 16 * 1024;

/**
 * Follows `link` to all blocks of kind `DT` or `SD` behind it. What is damaged ends the list with a notice; rows before it stay.
 * Extents are clipped to the file. Faults: `storage/*`.
 */
export async function dataExtents(blocks: BlockReader, link: number, kind: DataKind, id: Identification): Promise<DataExtents> {
  const list = new ExtentList(blocks, kind, id);
  try {
    if (link !== 0) await list.follow(link);
  } catch (error) {
    const fault = faultOfFile(error);
    if (fault.code === "input/unsupported") return { extents: [], notices: [], unsupported: fault };
    list.notices.push(
      damageNotice(fault, list.extents.length === 0 ? "Its data is left out." : "Only the data before it is read."),
    );
  }
  return { extents: list.extents, notices: list.notices, unsupported: null };
}

class ExtentList {
  readonly extents: Extent[] = [];
  readonly notices: Notice[] = [];
  readonly #blocks: BlockReader;
  readonly #kind: DataKind;
  readonly #id: Identification;
  readonly #visited = new Set<number>();

  constructor(blocks: BlockReader, kind: DataKind, id: Identification) {
    this.#blocks = blocks;
    this.#kind = kind;
    this.#id = id;
  }

  async follow(link: number): Promise<void> {
    const { id } = await this.#header(link, false);
    if (id === "DL") return this.#chain(link);
    if (id === "HL") {
      const first = await this.#blocks.attempt(() => this.#blocks.open(link, "HL").link(0));
      if (first !== 0) await this.#chain(first);
      return;
    }
    await this.#data(link, true, false);
  }

  /** dl_dl_next; dl_data is read in full, so offsets and equal lengths are not needed. */
  async #chain(firstAt: number): Promise<void> {
    for (let atByte = firstAt; atByte !== 0; ) {
      if (this.#visited.has(atByte)) throw this.#again(atByte, "data list (##DL)");
      this.#visited.add(atByte);
      const { next, data } = await this.#blocks.attempt(() => this.#list(atByte));
      for (const [i, link] of data.entries()) {
        const following = data[i + 1] ?? next;
        const isNear = Math.abs(following - link) < NEAR_BYTES;
        await this.#data(link, next === 0 && i === data.length - 1, isNear);
      }
      if (next === 0 && (this.#id.unfinished & UNFINISHED.lastDl) !== 0) await this.#unlisted();
      atByte = next;
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

  async #data(atByte: number, isLast: boolean, isNear: boolean): Promise<void> {
    const { id, lengthBytes } = await this.#header(atByte, isNear);
    if (id !== this.#kind) {
      if (UNSUPPORTED[id] !== undefined) throw this.#unsupported(atByte, id);
      throw this.#blocks.wrongId(atByte, this.#kind, id);
    }
    if (this.#visited.has(atByte)) throw this.#again(atByte, `data block (##${this.#kind})`);
    this.#visited.add(atByte);
    const sizeBytes = this.#blocks.source.sizeBytes;
    const startByte = atByte + BLOCK_HEADER_BYTES;
    const isOpen = isLast && this.#kind === "DT" && (this.#id.unfinished & UNFINISHED.lastDt) !== 0;
    const endByte = isOpen ? this.#openEnd(atByte, lengthBytes) : atByte + lengthBytes;
    if (endByte < startByte) throw this.#tooShort(atByte, lengthBytes);
    if (endByte > sizeBytes) this.notices.push(this.#cutNotice(atByte, endByte));
    const end = Math.min(endByte, sizeBytes);
    if (end > startByte) this.extents.push({ atByte: startByte, lengthBytes: end - startByte });
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
      const atByte = Math.ceil((last.atByte + last.lengthBytes) / 8) * 8;
      if (atByte + BLOCK_HEADER_BYTES > sizeBytes) return;
      const { id, lengthBytes } = await this.#header(atByte, false);
      const isComplete = lengthBytes > BLOCK_HEADER_BYTES && atByte + lengthBytes <= sizeBytes;
      if (id !== this.#kind || !isComplete || this.#visited.has(atByte)) return;
      await this.#data(atByte, false, false);
    }
  }

  #header(atByte: number, readAhead: boolean) {
    return this.#blocks.attempt(() => this.#blocks.header(atByte, this.#kind, { readAhead }));
  }

  /** Compressed blocks (DZ by type) and column storage (LD with DV and DI) are not read yet; their place is here. */
  #unsupported(atByte: number, id: string): FaultError {
    return new FaultError({
      code: "input/unsupported",
      message: `The data is stored in ${UNSUPPORTED[id]}, which buslens does not read yet.`,
      object: this.#blocks.source.key,
      atByte,
      found: `##${id}`,
      allowed: `##${this.#kind}`,
    });
  }

  #again(atByte: number, what: string): FaultError {
    return new FaultError({
      code: "input/bad-block",
      message: `The ${what} at byte ${atByte} is listed twice.`,
      object: this.#blocks.source.key,
      atByte,
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
