/** Column-oriented storage (MDF 4.20): LD lists with DV blocks of data bytes and DI blocks of invalidation bits (formats/mdf4.md §8). */
import type { Extent } from "../bus/layout.ts";
import { FaultError, type Notice } from "../fault.ts";
import { type BlockReader, damageNotice, faultOfFile } from "./block.ts";
import { dataExtents } from "./data-list.ts";
import type { Identification } from "./identification.ts";
import type { GroupBytes } from "./measured-channel.ts";

/** The records of one group in two streams: cg_data_bytes and cg_inval_bytes of each. */
export interface ColumnExtents {
  readonly kind: "columns";
  readonly data: readonly Extent[];
  /** Empty if the group has no invalidation bytes. */
  readonly invalid: readonly Extent[];
  readonly notices: readonly Notice[];
}

/** ld_flags: in version 4.30 the same bit in a byte of its own. */
const HAS_INVALID = 0x80000000;

export async function isColumnList(blocks: BlockReader, link: number): Promise<boolean> {
  if (link === 0) return false;
  const { id } = await blocks.attempt(() => blocks.header(link, "DT", { readAhead: true }));
  return id === "LD" || id === "DV";
}

/** Damage ends the list with a notice; records before it stay. Faults: `input/unsupported`, `storage/*`. */
export async function columnExtents(
  blocks: BlockReader,
  link: number,
  group: GroupBytes,
  id: Identification,
): Promise<ColumnExtents> {
  const list = new ColumnList(blocks, group, id);
  try {
    await list.follow(link);
  } catch (error) {
    const fault = faultOfFile(error);
    if (fault.code === "input/unsupported") throw error;
    list.notices.push(damageNotice(fault, "Only the data before it is read."));
  }
  const { data, invalid, notices } = list;
  return { kind: "columns", data, invalid, notices };
}

class ColumnList {
  readonly data: Extent[] = [];
  readonly invalid: Extent[] = [];
  readonly notices: Notice[] = [];
  readonly #blocks: BlockReader;
  readonly #group: GroupBytes;
  readonly #id: Identification;
  readonly #visited = new Set<number>();

  constructor(blocks: BlockReader, group: GroupBytes, id: Identification) {
    this.#blocks = blocks;
    this.#group = group;
    this.#id = id;
  }

  async follow(link: number): Promise<void> {
    const { id } = await this.#blocks.attempt(() => this.#blocks.header(link, "LD", { readAhead: true }));
    if (id !== "LD") return this.#block(link, "DV", this.data);
    for (let atByte = link; atByte !== 0; ) {
      if (this.#visited.has(atByte)) throw this.#again(atByte);
      this.#visited.add(atByte);
      const list = await this.#blocks.attempt(() => this.#list(atByte));
      for (const [i, data] of list.data.entries()) {
        // Of a block without its invalidation bits nothing is known.
        if (data === 0 || (list.invalid !== null && list.invalid[i] === 0)) return;
        await this.#block(data, "DV", this.data);
        const invalid = list.invalid?.[i];
        if (invalid !== undefined && this.#group.invalidBytes > 0) await this.#block(invalid, "DI", this.invalid);
      }
      atByte = list.next;
    }
  }

  /** ld_data, then as many ld_inval_data if the flags say so. */
  #list(atByte: number): { next: number; data: number[]; invalid: number[] | null } {
    const ld = this.#blocks.open(atByte, "LD");
    const hasInvalid = (ld.u32(0) & HAS_INVALID) !== 0;
    const room = Math.floor((ld.linkCount - 1) / (hasInvalid ? 2 : 1));
    const count = Math.min(ld.u32(4), room);
    const links = (from: number) => Array.from({ length: count }, (_, i) => ld.link(from + i));
    return { next: ld.link(0), data: links(1), invalid: hasInvalid ? links(1 + ld.u32(4)) : null };
  }

  async #block(atByte: number, kind: "DV" | "DI", into: Extent[]): Promise<void> {
    if (this.#visited.has(atByte)) throw this.#again(atByte);
    this.#visited.add(atByte);
    const { extents, notices, unsupported } = await dataExtents(this.#blocks, atByte, kind, this.#id);
    if (unsupported !== null) throw new FaultError(unsupported);
    into.push(...extents);
    this.notices.push(...notices);
  }

  #again(atByte: number): FaultError {
    return new FaultError({
      code: "input/bad-block",
      message: `The block at byte ${atByte} is listed twice in the columns of a group.`,
      object: this.#blocks.source.key,
      atByte,
    });
  }
}
