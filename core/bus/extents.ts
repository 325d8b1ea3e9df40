/** Arithmetic on the extents of a data stream. Positions are those of the stream: unpacked, from its first byte. */
import type { Extent } from "./layout.ts";

/** Bytes of the stream. */
export const sizeOf = (extents: readonly Extent[]): number => extents.reduce((sum, extent) => sum + extent.lengthBytes, 0);

/** The extents of the stream's first bytes. */
export function firstExtents(extents: readonly Extent[], lengthBytes: number): Extent[] {
  const first: Extent[] = [];
  let rest = lengthBytes;
  for (const extent of extents) {
    if (rest <= 0) break;
    first.push(extent.lengthBytes <= rest ? extent : { ...extent, lengthBytes: rest });
    rest -= extent.lengthBytes;
  }
  return first;
}

/** Offset in the file of a byte of the stream: of the byte itself, or of the block that holds it packed. */
export function fileOffset(extents: readonly Extent[], streamByte: number): number {
  let left = streamByte;
  for (const extent of extents) {
    if (left < extent.lengthBytes) return extent.packed ? extent.atByte : extent.atByte + left;
    left -= extent.lengthBytes;
  }
  const last = extents.at(-1);
  if (!last) return 0;
  return last.packed ? last.packed.atByte + last.packed.lengthBytes : last.atByte + last.lengthBytes;
}
