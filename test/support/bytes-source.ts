/** A ByteSource over bytes at hand that counts what is asked of it. */
import { FaultError } from "../../core/fault.ts";
import type { ByteSource } from "../../core/store/source.ts";

export interface CountedSource extends ByteSource {
  readonly bytes: Uint8Array;
  /** Ranges read so far. */
  readonly reads: { readonly atByte: number; readonly lengthBytes: number }[];
}

export function bytesSource(bytes: Uint8Array, key = "test.MF4", version = "1"): CountedSource {
  const reads: { atByte: number; lengthBytes: number }[] = [];
  const take = (atByte: number, lengthBytes: number): Uint8Array => {
    reads.push({ atByte, lengthBytes });
    const isInside = Number.isInteger(atByte) && Number.isInteger(lengthBytes) && atByte >= 0 && lengthBytes >= 0;
    if (!isInside || atByte + lengthBytes > bytes.length) {
      throw new FaultError({ code: "storage/short", message: "A read past the end.", object: key, atByte, found: bytes.length });
    }
    return bytes.slice(atByte, atByte + lengthBytes);
  };
  return {
    key,
    version,
    sizeBytes: bytes.length,
    bytes,
    reads,
    read: async (atByte, lengthBytes) => take(atByte, lengthBytes),
    async *stream(atByte, lengthBytes) {
      const all = take(atByte, lengthBytes);
      for (let at = 0; at < all.length; at += 65_536) yield all.subarray(at, at + 65_536);
    },
  };
}
