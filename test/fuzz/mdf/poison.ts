/**
 * Fills a kernel's memory with noise, so that a read of what nobody wrote shows in the answer, and a write where a walk has nothing to write
 * shows in the noise. Beyond its memory a kernel cannot reach: that would be a trap, and a trap is a finding.
 */
import { HEAD, OUT, WINDOW, WINDOW_BYTES } from "../../../core/kernel/abi.ts";
import type { Kernel } from "../../../core/kernel/kernel.ts";
import type { MdfFile } from "../../../core/mdf/file.ts";

const NOISE = 0xa5;
/** One in so many logs is read twice: to fill 16 MiB takes as long as to read many of them. */
const ONE_IN = 16;

/** Behind the record entries, up to the output: tables, messages, signals, chunks of a decoding walk. Rows of frames need none of it. */
const UNUSED_FROM = 0x040000;

/** By what the log holds, so that the same bytes are always treated alike. */
export const isPoisoned = ({ recordBytes, streams }: MdfFile): boolean => (recordBytes + streams.length) % ONE_IN === 0;

/** All but the constants, which lie below HEAD; also of the kernel that unpacks. */
export function poison({ bytes, codecs }: Kernel): void {
  bytes.fill(NOISE, HEAD);
  const guest = { moveOut: () => undefined };
  codecs.moveIn(guest).instance.bytes.fill(NOISE, HEAD);
  codecs.leave(guest);
}

/** After a walk for rows: whether it wrote only where it has something to write. */
export function isUntouched({ bytes }: Kernel, constants: Uint8Array): boolean {
  const isNoise = (from: number, end: number): boolean =>
    Buffer.compare(bytes.subarray(from, end), noise.subarray(from, end)) === 0;
  const isConstant = Buffer.compare(bytes.subarray(0, HEAD), constants) === 0;
  return isConstant && isNoise(UNUSED_FROM, OUT) && isNoise(WINDOW + WINDOW_BYTES, bytes.length);
}

/** What lies below HEAD in a kernel that has done nothing. */
export const constantsOf = ({ bytes }: Kernel): Uint8Array => bytes.slice(0, HEAD);

const noise = new Uint8Array(8 * 1024 * 1024).fill(NOISE);
