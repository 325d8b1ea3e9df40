/** CA blocks: where the elements of an array lie in the record (formats/mdf4.md §13). */
import { FaultError } from "../fault.ts";
import type { Block, BlockReader } from "./block.ts";

export interface ArrayShape {
  /** Elements in each dimension, the outermost first. */
  readonly shape: readonly number[];
  /** Bytes from the template's first to the element's first, last index fastest whatever the storage order. */
  readonly offsets: readonly number[];
  /** First channel of an array of structures, else 0. */
  readonly membersLink: number;
}

const STORAGE_CHANNEL = 0;
const COLUMN_MAJOR = 1 << 6;
/** A record of 64 kB in single bytes, and more than any measurement has. */
const ELEMENTS_MAX = 65_536;
/** Of all arrays of a group: their places are kept. */
const GROUP_ELEMENTS_MAX = 1_000_000;
const DEPTH_MAX = 8;

/** Of one channel group: each CA block is looked at once, however many channels have it. */
export class ArrayShapes {
  readonly #blocks: BlockReader;
  readonly #dataBytes: number;
  readonly #known = new Map<number, ArrayShape>();
  #elements = 0;

  /** `dataBytes`: of a record. */
  constructor(blocks: BlockReader, dataBytes: number) {
    this.#blocks = blocks;
    this.#dataBytes = dataBytes;
  }

  /** The array behind cn_composition, among the members of `outer` if it is in one. Faults: `input/bad-block`, `input/unsupported`, `limit/too-many`. */
  at(atByte: number, outer: ArrayShape | null): ArrayShape {
    const own = this.#known.get(atByte) ?? this.#read(atByte, 0);
    this.#known.set(atByte, own);
    const shape = outer === null ? own : this.#nested(atByte, outer, own);
    this.#elements += shape.offsets.length;
    if (this.#elements > GROUP_ELEMENTS_MAX) throw tooManyOfGroup(this.#blocks, atByte, this.#elements);
    return shape;
  }

  /** Arrays inside arrays are taken as further dimensions. */
  #read(atByte: number, depth: number): ArrayShape {
    const blocks = this.#blocks;
    const block = blocks.open(atByte, "CA");
    if (depth >= DEPTH_MAX) throw badArray(blocks, atByte, `is nested deeper than ${DEPTH_MAX}`, depth + 1, DEPTH_MAX);
    if (block.u8(1) !== STORAGE_CHANNEL) throw otherStorage(blocks, block);
    const shape = dimensionsOf(blocks, block);
    const own = offsetsOf(block, shape);
    const spanned = own.reduce((most, offset) => Math.max(most, offset), 0);
    if (spanned >= Math.max(1, this.#dataBytes)) {
      const what = `has elements ${spanned} bytes apart in a record of ${this.#dataBytes}`;
      throw badArray(blocks, atByte, what, spanned, this.#dataBytes);
    }
    const inner = block.link(0);
    if (inner === 0) return { shape, offsets: own, membersLink: 0 };
    if (blocks.header(inner, "CA", { readAhead: true }).id !== "CA") return { shape, offsets: own, membersLink: inner };
    return this.#nested(atByte, { shape, offsets: own, membersLink: 0 }, this.#read(inner, depth + 1));
  }

  #nested(atByte: number, outer: ArrayShape, inner: ArrayShape): ArrayShape {
    const found = outer.offsets.length * inner.offsets.length;
    if (found > ELEMENTS_MAX) throw tooManyElements(this.#blocks, atByte, found);
    return {
      shape: [...outer.shape, ...inner.shape],
      offsets: outer.offsets.flatMap((before) => inner.offsets.map((offset) => before + offset)),
      membersLink: inner.membersLink,
    };
  }
}

function dimensionsOf(blocks: BlockReader, block: Block): number[] {
  const count = block.u16(2);
  if (count === 0 || 16 + 8 * count > block.data().length)
    throw badArray(
      blocks,
      block.atByte,
      `has ${count} dimensions, for which it has no room`,
      count,
      Math.max(0, Math.floor((block.data().length - 16) / 8)),
    );
  const shape = Array.from({ length: count }, (_, i) => block.u64(16 + 8 * i));
  const elements = shape.reduce((product, size) => product * size, 1);
  if (!(elements >= 1 && elements <= ELEMENTS_MAX)) throw tooManyElements(blocks, block.atByte, elements);
  return shape;
}

/** Row major: the last dimension lies `ca_byte_offset_base` apart; column major: the first. */
function offsetsOf(block: Block, shape: readonly number[]): number[] {
  const isColumnMajor = (block.u32(4) & COLUMN_MAJOR) !== 0;
  const steps = new Array<number>(shape.length).fill(0);
  let step = block.u32(8) | 0;
  for (let i = 0; i < shape.length; i++) {
    const dimension = isColumnMajor ? i : shape.length - 1 - i;
    steps[dimension] = step;
    step *= shape[dimension] as number;
  }
  let offsets = [0];
  for (const [dimension, size] of shape.entries()) {
    const apart = steps[dimension] as number;
    offsets = offsets.flatMap((before) => Array.from({ length: size }, (_, i) => before + i * apart));
  }
  return offsets;
}

function badArray(blocks: BlockReader, atByte: number, what: string, found: number, allowed: number): FaultError {
  return new FaultError({
    code: "input/bad-block",
    message: `The array (##CA) at byte ${atByte} ${what}.`,
    object: blocks.source.key,
    atByte,
    found,
    allowed,
  });
}

function tooManyOfGroup(blocks: BlockReader, atByte: number, found: number): FaultError {
  return new FaultError({
    code: "limit/too-many",
    message: `With the array (##CA) at byte ${atByte} the arrays of one group have ${found} elements; buslens reads up to ${GROUP_ELEMENTS_MAX}.`,
    object: blocks.source.key,
    atByte,
    found,
    allowed: GROUP_ELEMENTS_MAX,
  });
}

function tooManyElements(blocks: BlockReader, atByte: number, found: number): FaultError {
  return new FaultError({
    code: "limit/too-many",
    message: `The array (##CA) at byte ${atByte} has ${found} elements; buslens reads arrays of up to ${ELEMENTS_MAX}.`,
    object: blocks.source.key,
    atByte,
    found,
    allowed: ELEMENTS_MAX,
  });
}

function otherStorage(blocks: BlockReader, block: Block): FaultError {
  const storage = block.u8(1);
  return new FaultError({
    code: "input/unsupported",
    message: `The array (##CA) at byte ${block.atByte} keeps each element in a ${storage === 1 ? "channel group" : "data group"} of its own, which buslens does not read.`,
    object: blocks.source.key,
    atByte: block.atByte,
    found: storage,
    allowed: STORAGE_CHANNEL,
  });
}
