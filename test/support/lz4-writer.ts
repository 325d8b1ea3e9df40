/** Writes LZ4 frames from the format's text (lz4_Frame_format.md 1.6.4): greedy, and with every option a reader must know. */

export interface Lz4Options {
  readonly independent?: boolean;
  readonly blockChecksum?: boolean;
  readonly contentChecksum?: boolean;
  readonly contentSize?: boolean;
  /** Bytes of a block, at most 64 KiB. */
  readonly blockBytes?: number;
  /** Blocks are stored as they are. */
  readonly stored?: boolean;
}

export function lz4Frame(bytes: Uint8Array, options: Lz4Options = {}): Uint8Array {
  const { independent = false, blockChecksum = false, contentChecksum = false, contentSize = false } = options;
  const flags = 0x40 | (+independent << 5) | (+blockChecksum << 4) | (+contentSize << 3) | (+contentChecksum << 2);
  const size = contentSize ? [...u32(bytes.length), ...u32(0)] : [];
  const head = Uint8Array.from([flags, 0x40, ...size]);
  const out: Uint8Array[] = [Uint8Array.from(u32(0x184d2204)), head, Uint8Array.from([(xxh32(head) >>> 8) & 0xff])];
  const blockBytes = options.blockBytes ?? 65_536;
  for (let at = 0; at < bytes.length; at += blockBytes) {
    const end = Math.min(bytes.length, at + blockBytes);
    const plain = bytes.subarray(at, end);
    const packed = options.stored ? null : lz4Block(bytes, at, end, independent ? at : 0);
    const data = packed !== null && packed.length < plain.length ? packed : plain;
    out.push(Uint8Array.from(u32(data === plain ? data.length + 2 ** 31 : data.length)), data);
    if (blockChecksum) out.push(Uint8Array.from(u32(xxh32(data))));
  }
  out.push(new Uint8Array(4));
  if (contentChecksum) out.push(Uint8Array.from(u32(xxh32(bytes))));
  return Buffer.concat(out);
}

const u32 = (value: number): number[] => [value & 255, (value >>> 8) & 255, (value >>> 16) & 255, (value / 2 ** 24) & 255];

/** Sequences of [from, end); matches reach back to `base` at most. */
function lz4Block(bytes: Uint8Array, from: number, end: number, base: number): Uint8Array {
  const out: number[] = [];
  const seen = new Map<number, number>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = Math.max(base, from - 65_535); at < from && at + 4 <= end; at++) seen.set(view.getUint32(at, true), at);
  let literalsAt = from;
  // The last five bytes are literals, and no match begins in the last twelve.
  for (let at = from; at + 12 <= end; ) {
    const word = view.getUint32(at, true);
    const before = seen.get(word);
    seen.set(word, at);
    if (before === undefined || at - before > 65_535) {
      at++;
      continue;
    }
    let length = 4;
    while (at + length < end - 5 && bytes[before + length] === bytes[at + length]) length++;
    sequence(out, bytes.subarray(literalsAt, at), at - before, length);
    at += length;
    literalsAt = at;
  }
  sequence(out, bytes.subarray(literalsAt, end), 0, 0);
  return Uint8Array.from(out);
}

function sequence(out: number[], literals: Uint8Array, distance: number, length: number): void {
  const more = length - 4;
  out.push((Math.min(literals.length, 15) << 4) | (distance === 0 ? 0 : Math.min(more, 15)));
  if (literals.length >= 15) longer(out, literals.length - 15);
  for (const byte of literals) out.push(byte);
  if (distance === 0) return;
  out.push(distance & 255, distance >> 8);
  if (more >= 15) longer(out, more - 15);
}

function longer(out: number[], rest: number): void {
  for (; rest >= 255; rest -= 255) out.push(255);
  out.push(rest);
}

const P1 = 0x9e3779b1;
const P2 = 0x85ebca77;
const P3 = 0xc2b2ae3d;
const P4 = 0x27d4eb2f;
const P5 = 0x165667b1;

/** xxHash 32 with seed 0, written down step by step. */
export function xxh32(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const rotate = (value: number, by: number) => (value << by) | (value >>> (32 - by));
  const lanes = [(P1 + P2) | 0, P2 | 0, 0, -P1 | 0];
  let at = 0;
  for (; at + 16 <= bytes.length; at += 16) {
    for (const [i, lane] of lanes.entries()) {
      const sum = lane + Math.imul(view.getUint32(at + 4 * i, true), P2);
      lanes[i] = Math.imul(rotate(sum | 0, 13), P1);
    }
  }
  const [a = 0, b = 0, c = 0, d = 0] = lanes;
  let hash = bytes.length >= 16 ? (rotate(a, 1) + rotate(b, 7) + rotate(c, 12) + rotate(d, 18)) | 0 : P5 | 0;
  hash = (hash + bytes.length) | 0;
  for (; at + 4 <= bytes.length; at += 4) hash = Math.imul(rotate((hash + Math.imul(view.getUint32(at, true), P3)) | 0, 17), P4);
  for (; at < bytes.length; at++) hash = Math.imul(rotate((hash + Math.imul(bytes[at] ?? 0, P5)) | 0, 11), P1);
  hash = Math.imul(hash ^ (hash >>> 15), P2);
  hash = Math.imul(hash ^ (hash >>> 13), P3);
  return (hash ^ (hash >>> 16)) >>> 0;
}
