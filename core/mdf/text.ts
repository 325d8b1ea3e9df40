/** TX and MD blocks. */
import type { Block, BlockReader } from "./block.ts";

const utf8 = new TextDecoder();

/** Text up to the first NUL, the block's end or `mostBytes`. UTF-8; bytes that are none become U+FFFD. */
function blockText(block: Block, mostBytes: number): string {
  const bytes = block.data().subarray(0, mostBytes);
  // Names are short and plain: building them by hand is several times faster than a decoder call each.
  let text = "";
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] as number;
    if (byte === 0) return text;
    if (byte > 0x7f || i === 256) return utf8.decode(bytes.subarray(0, endOfText(bytes)));
    text += String.fromCharCode(byte);
  }
  return text;
}

function endOfText(bytes: Uint8Array): number {
  const nul = bytes.indexOf(0);
  return nul < 0 ? bytes.length : nul;
}

/** The text behind a link to TX or MD; "" for no link; cut at `mostBytes`. Faults: as `BlockReader.open`. */
export function textAt(blocks: BlockReader, atByte: number, mostBytes: number): string {
  if (atByte === 0) return "";
  const { id } = blocks.header(atByte, "TX", { readAhead: true });
  return blockText(blocks.open(atByte, id === "MD" ? "MD" : "TX"), mostBytes);
}
