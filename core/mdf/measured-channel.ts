/** CN blocks with all that their values need: unit, invalidation bit, arrays, structures opened up. */
import type { Notice } from "../fault.ts";
import { FaultError } from "../fault.ts";
import { type ArrayShape, ArrayShapes } from "./array-shape.ts";
import { type Block, type BlockReader, damageNotice, faultOfFile, NO_LOOP } from "./block.ts";
import { CHANNEL_TYPE } from "./channel.ts";
import { textAt } from "./text.ts";
import { unitAt } from "./value-rule.ts";

export interface MeasuredChannel {
  readonly atByte: number;
  /** cn_tx_name; may stand twice in a group. */
  readonly name: string;
  /** Name of the structure it is a member of, "" if of none. */
  readonly structure: string;
  /** Of the channel, else of its conversion, else "". */
  readonly unit: string;
  readonly type: number;
  readonly syncType: number;
  readonly dataType: number;
  readonly bitOffset: number;
  /** From the first byte after the record id. */
  readonly byteOffset: number;
  readonly bitCount: number;
  /** Place among the invalidation bits; null if the channel has none. */
  readonly invalidBit: number | null;
  /** The writer says that no value is valid. */
  readonly isAllInvalid: boolean;
  /** cn_data: depends on the type. */
  readonly dataLink: number;
  readonly conversionLink: number;
  /** Channels of structures inside an array are arrays too. */
  readonly array: ArrayShape | null;
  /** Why its values cannot be read although its block can. */
  readonly notices: readonly Notice[];
}

/** Longer names are cut. */
const NAME_BYTES_MAX = 1024;
/** Names and units of one group together; what comes behind that is cut short. 100,000 channels with names of 80 characters fit. */
const GIVEN_CHARACTERS_MAX = 8_000_000;
const SHORT_CHARACTERS = 64;
/** Structures nest; four levels were seen. */
const DEPTH_MAX = 32;
/** cn_flags. */
const ALL_INVALID = 1;
const INVALID_BIT = 2;

export interface GroupBytes {
  /** cg_data_bytes. */
  readonly dataBytes: number;
  /** cg_inval_bytes. */
  readonly invalidBytes: number;
}

/** Channels behind cg_cn_first in file order; structures themselves are none. Faults: `input/bad-block` (cycles too), `input/truncated`. */
export function measuredChannels(blocks: BlockReader, firstAt: number, group: GroupBytes): MeasuredChannel[] {
  const reader = new Reader(blocks, group);
  reader.chain(firstAt, 0, { name: "", array: null });
  return reader.channels;
}

interface Parent {
  readonly name: string;
  readonly array: ArrayShape | null;
}

class Reader {
  readonly channels: MeasuredChannel[] = [];
  readonly #blocks: BlockReader;
  readonly #group: GroupBytes;
  readonly #visited = new Set<number>();
  readonly #names = new Map<number, string>();
  readonly #units = new Map<number, string>();
  #givenCharacters = 0;
  readonly #arrays: ArrayShapes;

  constructor(blocks: BlockReader, group: GroupBytes) {
    this.#blocks = blocks;
    this.#group = group;
    this.#arrays = new ArrayShapes(blocks, group.dataBytes);
  }

  chain(firstAt: number, depth: number, parent: Parent): void {
    for (let atByte = firstAt; atByte !== 0; ) {
      if (this.#visited.has(atByte) || depth > DEPTH_MAX) throw this.#cycle(atByte);
      this.#visited.add(atByte);
      const block = this.#blocks.open(atByte, "CN");
      this.#take(block, depth, parent);
      atByte = block.link(0);
    }
  }

  #take(block: Block, depth: number, parent: Parent): void {
    const composition = block.link(1);
    const id = composition === 0 ? "" : this.#blocks.header(composition, "CN", { readAhead: true }).id;
    if (id === "CN") this.chain(composition, depth + 1, { ...parent, name: this.#name(block) });
    else if (id === "CA") this.#takeArray(block, depth, parent);
    else this.channels.push(this.#channel(block, parent, []));
  }

  #takeArray(block: Block, depth: number, parent: Parent): void {
    let array: ArrayShape;
    try {
      array = this.#arrays.at(block.link(1), parent.array);
    } catch (error) {
      const notice = damageNotice(faultOfFile(error), "The channel is listed without values.");
      this.channels.push(this.#channel(block, { ...parent, array: null }, [notice]));
      return;
    }
    if (array.membersLink === 0) this.channels.push(this.#channel(block, { ...parent, array }, []));
    else this.chain(array.membersLink, depth + 1, { name: this.#name(block), array });
  }

  /** Any number of channels may share one long name: it is kept once. */
  #name(block: Block): string {
    const atByte = block.link(2);
    const name = this.#names.get(atByte) ?? textAt(this.#blocks, atByte, NAME_BYTES_MAX);
    this.#names.set(atByte, name);
    return this.#given(name);
  }

  #channel(block: Block, { name: structure, array }: Parent, notices: readonly Notice[]): MeasuredChannel {
    const flags = block.u32(12);
    const hasInvalidBit = (flags & INVALID_BIT) !== 0 && block.u32(16) < 8 * this.#group.invalidBytes;
    return {
      atByte: block.atByte,
      name: this.#name(block),
      structure,
      unit: this.#unit(block),
      type: block.u8(0),
      syncType: block.u8(1),
      dataType: block.u8(2),
      bitOffset: block.u8(3),
      byteOffset: block.u32(4),
      bitCount: block.u32(8),
      invalidBit: hasInvalidBit ? block.u32(16) : null,
      isAllInvalid: (flags & ALL_INVALID) !== 0,
      dataLink: block.link(5),
      conversionLink: block.link(4),
      array,
      notices,
    };
  }

  /** Optional metadata: what cannot be read is no unit. */
  #unit(block: Block): string {
    try {
      const own = this.#unitAt(block.link(6));
      if (own !== "" || block.link(4) === 0) return own;
      return this.#unitAt(this.#blocks.open(block.link(4), "CC").link(1));
    } catch (error) {
      faultOfFile(error);
      return "";
    }
  }

  #unitAt(atByte: number): string {
    const unit = this.#units.get(atByte) ?? unitAt(this.#blocks, atByte);
    this.#units.set(atByte, unit);
    return this.#given(unit);
  }

  /** One long text may stand for any number of channels, and is written out for each. */
  #given(text: string): string {
    this.#givenCharacters += text.length;
    return this.#givenCharacters > GIVEN_CHARACTERS_MAX ? text.slice(0, SHORT_CHARACTERS) : text;
  }

  #cycle(atByte: number): FaultError {
    return new FaultError({
      code: "input/bad-block",
      message: `The chain of channel blocks (##CN) leads back to byte ${atByte}, or is nested too deep.`,
      object: this.#blocks.source.key,
      atByte,
      found: atByte,
      allowed: `${NO_LOOP}, and ${DEPTH_MAX} levels`,
    });
  }
}

export const isMaster = ({ type }: MeasuredChannel): boolean =>
  type === CHANNEL_TYPE.master || type === CHANNEL_TYPE.virtualMaster;

/** Its raw value is the number of the record. */
export const isVirtual = ({ type }: MeasuredChannel): boolean =>
  type === CHANNEL_TYPE.virtual || type === CHANNEL_TYPE.virtualMaster;
