/** The checksum that ends a compressed container of version 1.1 (formats: canedge.md §8). */
import { FaultError } from "../fault.ts";

/** Of no bytes. */
export const CHECKSUM_START = 0xffffffff;

/** Reflected CRC-32 (0xEDB88320) from 0xFFFFFFFF without a final inversion: the complement of zlib's. "123456789" gives 0x340BC6D9. */
export function containerChecksum(bytes: Uint8Array, before: number = CHECKSUM_START): number {
  let crc = before;
  for (const byte of bytes) crc = ((TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8)) >>> 0;
  return crc;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/** `stored`: the 4 bytes at `atByte` of the container, big-endian; `found`: what its compressed bytes give. Faults: `input/bad-container`. */
export function checkContainerChecksum(stored: Uint8Array, found: number, object: string, atByte: number): void {
  const expected = new DataView(stored.buffer, stored.byteOffset, stored.byteLength).getUint32(0);
  if (found === expected) return;
  throw new FaultError({
    code: "input/bad-container",
    message: `The checksum at byte ${atByte} does not fit the compressed bytes: it says ${hexWord(expected)}, they give ${hexWord(found)}. The log was changed or cut`,
    object,
    atByte,
    found: hexWord(found),
    allowed: hexWord(expected),
  });
}

const hexWord = (word: number): string => `0x${word.toString(16).padStart(8, "0")}`;
