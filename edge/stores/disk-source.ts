/** One file of a folder: reads pinned to what was opened, and a stream that reads ahead while its caller decodes. */
import type { BigIntStats } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { FaultError } from "../../core/fault.ts";
import { changedFault, checkRange, missingFault, shortFault, throwIfCancelled } from "../../core/store/ask.ts";
import type { ByteSource } from "../../core/store/source.ts";

const BLOCK_BYTES = 1024 * 1024;
/** Blocks kept between streams: fresh ones cost a page fault per 4 KiB. */
const SPARE_BLOCKS_MAX = 8;
const spareBlocks: Uint8Array[] = [];

/** Size and time of change to the nanosecond. */
export const versionOf = (stats: BigIntStats): string => `${stats.size}-${stats.mtimeNs}`;

export class DiskSource implements ByteSource {
  readonly key: string;
  readonly version: string;
  readonly sizeBytes: number;
  readonly #path: string;
  readonly #stats: BigIntStats;

  constructor(key: string, path: string, stats: BigIntStats) {
    this.key = key;
    this.version = versionOf(stats);
    this.sizeBytes = Number(stats.size);
    this.#path = path;
    this.#stats = stats;
  }

  async read(atByte: number, lengthBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    checkRange(this, atByte, lengthBytes);
    throwIfCancelled(signal);
    const bytes = new Uint8Array(lengthBytes);
    if (lengthBytes === 0) return bytes;
    const file = await this.#openFile();
    try {
      await this.#fill(file, bytes, atByte);
      await this.#checkSame(file);
      throwIfCancelled(signal);
      return bytes;
    } finally {
      await file.close();
    }
  }

  // Two blocks take turns: while the caller works on one, the next is read into the other.
  async *stream(atByte: number, lengthBytes: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    checkRange(this, atByte, lengthBytes);
    throwIfCancelled(signal);
    if (lengthBytes === 0) return;
    const file = await this.#openFile();
    const blocks = [takeBlock(), takeBlock()] as const;
    const endByte = atByte + lengthBytes;
    const readBlock = (turn: number, start: number): Promise<Uint8Array> => {
      const block = turn % 2 === 0 ? blocks[0] : blocks[1];
      return this.#fill(file, block.subarray(0, Math.min(BLOCK_BYTES, endByte - start)), start);
    };
    let ahead = readBlock(0, atByte);
    // Looking whether the file is the same goes on while its caller decodes; what it finds is told with the next step.
    let same: Promise<void> = Promise.resolve();
    try {
      for (let start = atByte, turn = 1; start < endByte; turn++) {
        const window = await ahead;
        start += window.length;
        if (start < endByte) {
          ahead = readBlock(turn, start);
          ahead.catch(() => undefined); // awaited in the next turn, or below
        }
        await same;
        throwIfCancelled(signal);
        same = this.#checkSame(file);
        same.catch(() => undefined); // awaited with the next step, or below
        yield window;
      }
      await same;
    } finally {
      await same.catch(() => undefined);
      await ahead.catch(() => undefined); // no read may write into a block that is handed on
      await file.close();
      giveBack(blocks);
    }
  }

  async #openFile(): Promise<FileHandle> {
    try {
      return await open(this.#path, "r");
    } catch (error) {
      throw diskFault(error, this.key);
    }
  }

  async #fill(file: FileHandle, bytes: Uint8Array, atByte: number): Promise<Uint8Array> {
    let done = 0;
    while (done < bytes.length) {
      const { bytesRead } = await file.read(bytes, done, bytes.length - done, atByte + done).catch((error: unknown) => {
        throw diskFault(error, this.key);
      });
      if (bytesRead === 0) {
        await this.#checkSame(file);
        throw shortFault(this.key, atByte, bytes.length, done);
      }
      done += bytesRead;
    }
    return bytes;
  }

  /** Looked at after each read, so what was read before is known to be good. A file that only grew is still the same. */
  async #checkSame(file: FileHandle): Promise<void> {
    const now = await file.stat({ bigint: true });
    const then = this.#stats;
    const grew = now.size > then.size;
    if (now.ino !== then.ino || now.size < then.size || (!grew && now.mtimeNs !== then.mtimeNs)) throw changedFault(this.key);
  }
}

/** What the system's error means for a reader. Never holds the folder's path. */
export function diskFault(error: unknown, key: string): FaultError {
  if (error instanceof FaultError) return error;
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  if (["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG"].includes(code)) return missingFault(key);
  if (["EACCES", "EPERM"].includes(code))
    return new FaultError({ code: "storage/refused", message: "the system does not let us read it", object: key });
  const message = `the system could not read it${code === "" ? "" : ` (${code})`}`;
  return new FaultError({ code: "storage/unreachable", message, object: key });
}

const takeBlock = (): Uint8Array => spareBlocks.pop() ?? new Uint8Array(BLOCK_BYTES);

function giveBack(blocks: readonly Uint8Array[]): void {
  for (const block of blocks) if (spareBlocks.length < SPARE_BLOCKS_MAX) spareBlocks.push(block);
}
