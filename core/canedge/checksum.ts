/** The checksum that ends a compressed container of version 1.1 (formats: canedge.md §8). */
import { FaultError } from "../fault.ts";

/** Of no bytes. */
export const CHECKSUM_START = 0xffffffff;

/** Reflected CRC-32 (0xEDB88320) from 0xFFFFFFFF without a final inversion: the complement of zlib's. "123456789" gives 0x340BC6D9. */
export function containerChecksum(bytes: Uint8Array, before: number = CHECKSUM_START): number {
  // Four bytes at a time, in 32-bit integers: one by one it would take longer than unpacking them. The casts say what the masks prove.
  let crc = before | 0;
  let at = 0;
  for (; at + 4 <= bytes.length; at += 4) {
    const first = (crc ^ (bytes[at] as number)) & 255;
    const second = ((crc >>> 8) ^ (bytes[at + 1] as number)) & 255;
    const third = ((crc >>> 16) ^ (bytes[at + 2] as number)) & 255;
    const fourth = (crc >>> 24) ^ (bytes[at + 3] as number);
    crc =
      (TABLES[768 + first] as number) ^
      (TABLES[512 + second] as number) ^
      (TABLES[256 + third] as number) ^
      (TABLES[fourth] as number);
  }
  for (; at < bytes.length; at++) crc = (TABLES[(crc ^ (bytes[at] as number)) & 255] as number) ^ (crc >>> 8);
  return crc >>> 0;
}

/** 256 entries each for a byte with none, one, two and three zero bytes behind it. */
const TABLES = tables();

function tables(): Int32Array {
  const table = new Int32Array(1024);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    table[byte] = crc;
  }
  for (let i = 256; i < 1024; i++) {
    const shorter = table[i - 256] as number;
    table[i] = (table[shorter & 255] as number) ^ (shorter >>> 8);
  }
  return table;
}

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
