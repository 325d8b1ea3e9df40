/** AT blocks: files inside or beside the measurement (formats/mdf4.md §14). */
import type { Packed } from "../bus/layout.ts";
import { FaultError } from "../fault.ts";
import type { Codecs } from "../kernel/codecs.ts";
import { BLOCK_HEADER_BYTES, type BlockReader } from "./block.ts";
import { readExtents } from "./data-stream.ts";
import { md5Hex } from "./md5.ts";
import { textAt } from "./text.ts";

export interface Attachment {
  /** at_tx_filename, as the writer's system knew it. */
  readonly fileName: string;
  readonly mimeType: string;
  /** at_original_size. */
  readonly sizeBytes: number;
  /** Not inside: only its name is here. */
  readonly isEmbedded: boolean;
  /** Where its bytes lie, and how they are packed; null = as they are. */
  readonly stored: { readonly atByte: number; readonly lengthBytes: number; readonly method: Packed["method"] | null };
  /** Of the unpacked bytes, lower-case hex; null: the file has none. */
  readonly md5: string | null;
}

/** at_flags. */
const EMBEDDED = 1;
const DEFLATED = 2;
const MD5_VALID = 4;
/** Version 4.30: packed as at_zip_type says. */
const PACKED = 8;
const METHODS: Readonly<Record<number, Packed["method"]>> = { 0: "deflate", 2: "zstd", 4: "lz4" };
const NAME_BYTES_MAX = 1024;
const DATA_BYTES = 40;
/** Of an attachment that is read. */
const SIZE_BYTES_MAX = 32 * 1024 * 1024;

/** One AT block without its bytes, and at_at_next; synchronous, for `attempt`. Faults: `input/bad-block`, `input/truncated`, `input/unsupported`. */
export function readAttachment(blocks: BlockReader, atByte: number): { attachment: Attachment; next: number } {
  const { head: block, lengthBytes } = blocks.openHead(atByte, "AT", DATA_BYTES);
  const flags = block.u16(0);
  const embeddedBytes = block.u64(32);
  const isPacked = (flags & (DEFLATED | PACKED)) !== 0;
  const zip = (flags & PACKED) !== 0 ? block.u8(4) : 0;
  const method = isPacked ? METHODS[zip] : null;
  const dataAt = atByte + BLOCK_HEADER_BYTES + 8 * block.linkCount + DATA_BYTES;
  if (method === undefined) throw unsupported(blocks, atByte, zip);
  if ((flags & EMBEDDED) !== 0 && dataAt + embeddedBytes > atByte + lengthBytes)
    throw tooShort(blocks, atByte, embeddedBytes, Math.max(0, atByte + lengthBytes - dataAt));
  const digest = block.data().subarray(8, 24);
  return {
    next: block.link(0),
    attachment: {
      fileName: textAt(blocks, block.link(1), NAME_BYTES_MAX),
      mimeType: textAt(blocks, block.link(2), NAME_BYTES_MAX),
      sizeBytes: block.u64(24),
      isEmbedded: (flags & EMBEDDED) !== 0,
      stored: { atByte: dataAt, lengthBytes: embeddedBytes, method },
      md5: (flags & MD5_VALID) === 0 ? null : Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join(""),
    },
  };
}

/** The bytes, unpacked, and equal to their MD5 if there is one. Faults: `input/bad-block`, `limit/too-large`, those of the source. */
export async function attachmentBytes(
  blocks: BlockReader,
  { fileName, sizeBytes, stored, md5 }: Attachment,
  codecs: Codecs,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const object = blocks.source.key;
  const { atByte, lengthBytes, method } = stored;
  const found = method === null ? lengthBytes : sizeBytes;
  if (Math.max(found, lengthBytes) > SIZE_BYTES_MAX) {
    const message = `The attachment ${fileName} has ${found} bytes; buslens reads attachments of up to ${SIZE_BYTES_MAX}.`;
    throw new FaultError({ code: "limit/too-large", message, object, atByte, found, allowed: SIZE_BYTES_MAX });
  }
  const packed = method === null ? {} : { packed: { method, columns: 0, atByte, lengthBytes, originalBytes: sizeBytes } };
  const bytes = await readExtents(blocks.source, [{ atByte, lengthBytes: found, ...packed }], codecs, signal);
  const digest = md5 === null ? null : md5Hex(bytes);
  if (digest !== md5) {
    const message = `The attachment ${fileName} was changed or is damaged: its MD5 is not the one that is stored with it.`;
    throw new FaultError({ code: "input/bad-block", message, object, atByte, found: digest ?? "", allowed: md5 ?? "" });
  }
  return bytes;
}

function unsupported(blocks: BlockReader, atByte: number, zip: number): FaultError {
  return new FaultError({
    code: "input/unsupported",
    message: `The attachment at byte ${atByte} is packed with the method ${zip}, which buslens does not know.`,
    object: blocks.source.key,
    atByte,
    found: zip,
    allowed: "0, 2 or 4",
  });
}

function tooShort(blocks: BlockReader, atByte: number, found: number, allowed: number): FaultError {
  return new FaultError({
    code: "input/bad-block",
    message: `The attachment block (##AT) at byte ${atByte} says it holds ${found} bytes, more than it has.`,
    object: blocks.source.key,
    atByte,
    found,
    allowed,
  });
}
