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
const DEPTH_MAX = 8;

/** The array behind cn_composition, arrays inside arrays taken as further dimensions. Faults: `input/bad-block`, `input/unsupported`, `limit/too-many`. */
export function arrayShape(blocks: BlockReader, atByte: number, dataBytes: number, depth = 0): ArrayShape {
  const block = blocks.open(atByte, "CA");
  if (depth >= DEPTH_MAX) throw badArray(blocks, atByte, `is nested deeper than ${DEPTH_MAX}`, DEPTH_MAX);
  if (block.u8(1) !== STORAGE_CHANNEL) throw otherStorage(blocks, block);
  const shape = dimensionsOf(blocks, block);
  const own = offsetsOf(block, shape);
  const spanned = own.reduce((most, offset) => Math.max(most, offset), 0);
  if (spanned >= Math.max(1, dataBytes))
    throw badArray(blocks, atByte, `has elements ${spanned} bytes apart in a record of ${dataBytes}`, dataBytes);
  const inner = block.link(0);
  if (inner === 0) return { shape, offsets: own, membersLink: 0 };
  if (blocks.header(inner, "CA", { readAhead: true }).id !== "CA") return { shape, offsets: own, membersLink: inner };
  const inside = arrayShape(blocks, inner, dataBytes, depth + 1);
  if (own.length * inside.offsets.length > ELEMENTS_MAX)
    throw tooManyElements(blocks, atByte, own.length * inside.offsets.length);
  return {
    shape: [...shape, ...inside.shape],
    offsets: own.flatMap((outer) => inside.offsets.map((offset) => outer + offset)),
    membersLink: inside.membersLink,
  };
}

function dimensionsOf(blocks: BlockReader, block: Block): number[] {
  const count = block.u16(2);
  if (count === 0 || 16 + 8 * count > block.data().length) throw badArray(blocks, block.atByte, `has ${count} dimensions`, 1);
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

function badArray(blocks: BlockReader, atByte: number, what: string, allowed: number): FaultError {
  return new FaultError({
    code: "input/bad-block",
    message: `The array (##CA) at byte ${atByte} ${what}.`,
    object: blocks.source.key,
    atByte,
    allowed,
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
