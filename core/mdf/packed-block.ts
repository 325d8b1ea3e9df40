/** The bytes of one compressed block (##DZ): unpacked in bounded memory, checked, and put back into rows. */
import type { Extent, Packed } from "../bus/layout.ts";
import { type Fault, FaultError } from "../fault.ts";
import { type Codecs, rowsAtOnce } from "../kernel/codecs.ts";
import { PACKED_STEP_BYTES, Unpacker, type UnpackStop } from "../kernel/unpacker.ts";
import type { StreamSource } from "./near-blocks.ts";

/** A block up to this size is handed on when all of it is there and right; writers keep to 4 MiB. */
const HELD_BYTES_MAX = 8 * 1024 * 1024;
/** Windows of larger ones. */
const WINDOW_BYTES = 256 * 1024;

export interface BlockRange {
  readonly from: number;
  readonly to: number;
}

/** The bytes of the block in a range, in windows that are lent until the next step. Faults: as `streamExtents`. */
export async function* unpacked(
  source: StreamSource,
  extent: Extent,
  packed: Packed,
  codecs: Codecs,
  signal: AbortSignal,
  { from, to }: BlockRange,
): AsyncGenerator<Uint8Array> {
  const isTransposed = packed.columns > 1 && packed.columns < packed.originalBytes;
  if (isTransposed && packed.originalBytes > HELD_BYTES_MAX) throw tooLarge(source.key, extent, packed);
  const isHeld = isTransposed || (to === packed.originalBytes && to <= HELD_BYTES_MAX);
  const into = new Uint8Array(isHeld ? packed.originalBytes : WINDOW_BYTES);
  let at = 0;
  for await (const window of steps(source, extent, packed, codecs, into, signal)) {
    // Of a block that is cut some columns are missing, and so are all its rows.
    const isWhole = !isTransposed || window.length === packed.originalBytes;
    const pieces = isTransposed ? rowsOf(window, packed.columns, from, codecs) : [{ at, bytes: window }];
    for (const piece of isWhole ? pieces : []) {
      const wanted = piece.bytes.subarray(Math.max(0, from - piece.at), Math.max(0, to - piece.at));
      if (wanted.length > 0) yield wanted;
      if (piece.at + piece.bytes.length >= to) return;
    }
    at += window.length;
  }
}

/** Fills `into` again and again: the block's bytes as they were packed. The last of them are given when the end has proved right. */
async function* steps(
  source: StreamSource,
  extent: Extent,
  packed: Packed,
  codecs: Codecs,
  into: Uint8Array,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const unpacker = new Unpacker(codecs, packed.method);
  const one = new Uint8Array(1);
  let filled = 0;
  let doneBytes = 0;
  try {
    for await (const { part, isLast } of partsOf(source, packed, signal)) {
      unpacker.give(part, isLast);
      while (true) {
        // All are there: is that the end, and the checksum right?
        const isAll = doneBytes + filled === packed.originalBytes;
        if (!isAll && filled === into.length) {
          yield into;
          doneBytes += filled;
          filled = 0;
        }
        const room = Math.min(into.length, packed.originalBytes - doneBytes);
        const step = unpacker.take(isAll ? one : into.subarray(filled, room));
        if (isAll && step.filled > 0) throw wrongLength(source.key, extent, packed, null);
        filled += step.filled;
        if (step.stop === "full") continue;
        if (step.stop === "more") break;
        if (step.stop === "done" && doneBytes + filled !== packed.originalBytes)
          throw wrongLength(source.key, extent, packed, doneBytes + filled);
        if ((step.stop === "done" || step.stop === "cut") && filled > 0) yield into.subarray(0, filled);
        if (step.stop === "done") return;
        throw damaged(source.key, extent, packed, unpacker, step.stop);
      }
    }
  } finally {
    unpacker.end();
  }
}

/** The packed bytes as the unpacker takes them; at least one part, even of nothing. */
async function* partsOf(
  source: StreamSource,
  packed: Packed,
  signal: AbortSignal,
): AsyncGenerator<{ readonly part: Uint8Array; readonly isLast: boolean }> {
  let left = packed.lengthBytes;
  if (left === 0) yield { part: new Uint8Array(), isLast: true };
  for await (const window of left === 0 ? [] : source.stream(packed.atByte, left, signal)) {
    for (let at = 0; at < window.length; ) {
      const part = window.subarray(at, at + PACKED_STEP_BYTES);
      at += part.length;
      left -= part.length;
      yield { part, isLast: left === 0 };
    }
  }
}

/** Rows from the one that holds byte `from`, then what is left behind the last whole row, which was not transposed. */
function* rowsOf(
  stored: Uint8Array,
  columns: number,
  from: number,
  codecs: Codecs,
): Generator<{ readonly at: number; readonly bytes: Uint8Array }> {
  const rowCount = Math.floor(stored.length / columns);
  const atOnce = rowsAtOnce(columns);
  const into = new Uint8Array(Math.min(atOnce, rowCount) * columns);
  for (let row = Math.min(rowCount, Math.floor(from / columns)); row < rowCount; row += atOnce) {
    const end = Math.min(rowCount, row + atOnce);
    codecs.untranspose(stored, columns, row, end, into);
    yield { at: row * columns, bytes: into.subarray(0, (end - row) * columns) };
  }
  const at = rowCount * columns;
  if (at < stored.length) yield { at, bytes: stored.subarray(at) };
}

const METHOD_NAMES = { deflate: "deflate", zstd: "Zstandard", lz4: "LZ4" } as const;
const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, "0");

function damaged(key: string, extent: Extent, packed: Packed, unpacker: Unpacker, stop: UnpackStop): FaultError {
  const atByte = packed.atByte + Math.min(unpacker.usedBytes, packed.lengthBytes);
  const block = `The compressed block (##DZ, ${METHOD_NAMES[packed.method]}) at byte ${extent.atByte}`;
  const fault = (more: Omit<Fault, "object" | "atByte">) => new FaultError({ ...more, object: key, atByte });
  const { found, stored } = unpacker.checksum;
  const { neededBytes, mostBytes } = unpacker.window;
  switch (stop) {
    case "checksum":
      return fault({
        code: "input/bad-block",
        message: `${block} is damaged: its bytes have the checksum ${hex(found)}, it says ${hex(stored)}.`,
        found: hex(found),
        allowed: hex(stored),
      });
    case "cut":
      return fault({
        code: "input/bad-block",
        message: `${block} ends too early, after ${packed.lengthBytes} packed bytes.`,
        found: packed.lengthBytes,
        allowed: `as many as hold ${packed.originalBytes}`,
      });
    case "dictionary":
      return fault({
        code: "input/unsupported",
        message: `${block} was packed with a dictionary, which the file does not have.`,
        found: "a dictionary",
        allowed: "none",
      });
    case "window":
      return fault({
        code: "limit/too-large",
        message: `${block} refers ${neededBytes} bytes back, more than the ${mostBytes} that are kept.`,
        found: neededBytes,
        allowed: mostBytes,
      });
    default:
      return fault({
        code: "input/bad-block",
        message: `${block} is damaged near byte ${atByte}.`,
        found: "bytes that it cannot mean",
        allowed: METHOD_NAMES[packed.method],
      });
  }
}

function wrongLength(key: string, extent: Extent, packed: Packed, found: number | null): FaultError {
  const what = found === null ? "more" : String(found);
  return new FaultError({
    code: "input/bad-block",
    message: `The compressed block (##DZ) at byte ${extent.atByte} should hold ${packed.originalBytes} bytes, but holds ${what}.`,
    object: key,
    atByte: extent.atByte,
    found: what,
    allowed: packed.originalBytes,
  });
}

function tooLarge(key: string, extent: Extent, packed: Packed): FaultError {
  return new FaultError({
    code: "limit/too-large",
    message: `The compressed block (##DZ) at byte ${extent.atByte} is stored column by column with ${packed.originalBytes} bytes; up to ${HELD_BYTES_MAX} can be put back into rows.`,
    object: key,
    atByte: extent.atByte,
    found: packed.originalBytes,
    allowed: HELD_BYTES_MAX,
  });
}
