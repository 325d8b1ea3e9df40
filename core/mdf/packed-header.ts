/** What a compressed data block (##DZ) says of itself, and whether that can be. Source: formats/mdf4.md §8. */
import type { Extent, Packed } from "../bus/layout.ts";
import { FaultError } from "../fault.ts";
import type { Block } from "./block.ts";

const DZ_HEADER_BYTES = 48;

/** dz_zip_type. The odd ones store rows column by column. */
const ZIP_TYPES: readonly Packed["method"][] = ["deflate", "deflate", "zstd", "zstd", "lz4", "lz4"];
const CUSTOM: Readonly<Record<number, string>> = {
  254: "a compression of its writer's own",
  255: "a compression of its writer's own",
};

/** Bytes that one packed byte may stand for, by the form itself: a Deflate match has 258 bytes in two bits, a Zstandard block 128 KiB in four bytes. */
const EXPANSION_MAX = { deflate: 1032, zstd: 32_768, lz4: 255 } as const;
/** Of a few bytes even an empty form has more. */
const EXPANSION_FREE_BYTES = 1024;

export interface PackedHeader {
  /** dz_org_block_type: what it is when unpacked. */
  readonly id: string;
  readonly extent: Extent & { readonly packed: Packed };
  /** Where the packed bytes should end. */
  readonly endByte: number;
}

/** `block`: its first 48 bytes. Faults: `input/unsupported` for a method nobody has told us, `input/bad-block`. */
export function readPackedHeader(block: Block, lengthBytes: number, object: string, sizeBytes: number): PackedHeader {
  const { atByte } = block;
  const id = String.fromCharCode(block.u8(0), block.u8(1));
  const zipType = block.u8(2);
  const method = ZIP_TYPES[zipType];
  const originalBytes = block.u64(8);
  const packedBytes = block.u64(16);
  if (method === undefined) throw unsupported(object, atByte, zipType);
  const startByte = atByte + DZ_HEADER_BYTES;
  if (DZ_HEADER_BYTES + packedBytes > lengthBytes) {
    throw new FaultError({
      code: "input/bad-block",
      message: `The compressed block (##DZ) at byte ${atByte} says it has ${packedBytes} packed bytes, but its length leaves ${lengthBytes - DZ_HEADER_BYTES}.`,
      object,
      atByte,
      found: packedBytes,
      allowed: Math.max(0, lengthBytes - DZ_HEADER_BYTES),
    });
  }
  const mostBytes = EXPANSION_FREE_BYTES + EXPANSION_MAX[method] * Math.min(packedBytes, sizeBytes);
  if (originalBytes > mostBytes) {
    throw new FaultError({
      code: "input/bad-block",
      message: `The compressed block (##DZ) at byte ${atByte} says it holds ${originalBytes} bytes, more than ${packedBytes} packed bytes can.`,
      object,
      atByte,
      found: originalBytes,
      allowed: mostBytes,
    });
  }
  const endByte = startByte + packedBytes;
  const packed: Packed = {
    method,
    columns: zipType % 2 === 1 ? block.u32(4) : 0,
    atByte: startByte,
    lengthBytes: Math.max(0, Math.min(endByte, sizeBytes) - startByte),
    originalBytes,
  };
  return { id, extent: { atByte, lengthBytes: originalBytes, packed }, endByte };
}

function unsupported(object: string, atByte: number, zipType: number): FaultError {
  const what = CUSTOM[zipType] ?? "a compression";
  return new FaultError({
    code: "input/unsupported",
    message: `The data is packed with ${what} (dz_zip_type ${zipType}), which buslens does not know; it reads Deflate, Zstandard and LZ4 (0 to 5).`,
    object,
    atByte,
    found: zipType,
    allowed: "0 to 5",
  });
}
