/** ZIP archives written byte by byte, right and wrong. Source: PKWARE APPNOTE 6.3.10, §4.3. */
import { crc32, deflateRawSync } from "node:zlib";

export interface ZipEntry {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly deflate?: boolean;
  readonly encrypted?: boolean;
  /** Said in the directory instead of the truth. */
  readonly sizeBytes?: number;
  readonly crc?: number;
  readonly method?: number;
}

export interface ZipOptions {
  /** Sizes and places in ZIP64 fields. */
  readonly zip64?: boolean;
  /** Bytes before the archive, which its offsets do not count. */
  readonly prefix?: Uint8Array;
  readonly comment?: string;
}

export function zipOf(entries: readonly ZipEntry[], { zip64 = false, prefix, comment = "" }: ZipOptions = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { path, bytes, deflate = false, encrypted = false, sizeBytes, crc, method } of entries) {
    const packed = deflate ? deflateRawSync(bytes) : Buffer.from(bytes);
    const name = Buffer.from(path);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    local.writeUInt16LE(4, 28); // an extra field that only the local header has
    parts.push(local, name, Buffer.alloc(4), packed);
    const size = sizeBytes ?? bytes.length;
    const wide = Buffer.alloc(zip64 ? 28 : 0);
    if (zip64) {
      wide.writeUInt16LE(1, 0);
      wide.writeUInt16LE(24, 2);
      wide.writeBigUInt64LE(BigInt(size), 4);
      wide.writeBigUInt64LE(BigInt(packed.length), 12);
      wide.writeBigUInt64LE(BigInt(at), 20);
    }
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(encrypted ? 1 : 0, 8);
    entry.writeUInt16LE(method ?? (deflate ? 8 : 0), 10);
    entry.writeUInt32LE(crc ?? crc32(bytes), 16);
    entry.writeUInt32LE(zip64 ? 0xffffffff : packed.length, 20);
    entry.writeUInt32LE(zip64 ? 0xffffffff : size, 24);
    entry.writeUInt16LE(name.length, 28);
    entry.writeUInt16LE(wide.length, 30);
    entry.writeUInt32LE(zip64 ? 0xffffffff : at, 42);
    directory.push(entry, name, wide);
    at += 30 + name.length + 4 + packed.length;
  }
  const list = Buffer.concat(directory);
  return Buffer.concat([
    prefix ?? Buffer.alloc(0),
    ...parts,
    list,
    ...endOf(list.length, at, entries.length, zip64, comment, prefix?.length ?? 0),
  ]);
}

function endOf(listBytes: number, at: number, count: number, zip64: boolean, comment: string, shift: number): Buffer[] {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(zip64 ? 0xffff : count, 10);
  end.writeUInt32LE(zip64 ? 0xffffffff : listBytes, 12);
  end.writeUInt32LE(zip64 ? 0xffffffff : at, 16);
  end.writeUInt16LE(comment.length, 20);
  if (!zip64) return [end, Buffer.from(comment)];
  const end64 = Buffer.alloc(56);
  end64.writeUInt32LE(0x06064b50, 0);
  end64.writeBigUInt64LE(BigInt(count), 32);
  end64.writeBigUInt64LE(BigInt(listBytes), 40);
  end64.writeBigUInt64LE(BigInt(at), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(at + listBytes + shift), 8);
  return [end64, locator, end, Buffer.from(comment)];
}
