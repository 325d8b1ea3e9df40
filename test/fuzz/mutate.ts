/** Ways to break bytes of any kind. */
import type { Random } from "../../fixtures/random.ts";

const ODD_BYTES: readonly [number, ...number[]] = [0x00, 0x09, 0x0a, 0x0d, 0x22, 0x5c, 0x7f, 0x80, 0x81, 0xa0, 0xc3, 0xfe, 0xff];

/** One change: bytes cut away, turned, doubled, moved, or put in from another input. */
export function mutateBytes(input: Uint8Array, other: Uint8Array, random: Random): Uint8Array {
  const at = random.int(input.length + 1);
  const length = 1 + random.int(pick(random, [4, 64, 1024]));
  const [head, piece, tail] = [input.subarray(0, at), input.subarray(at, at + length), input.subarray(at + length)];
  const from = random.int(other.length + 1);
  switch (random.int(7)) {
    case 0:
      return joined(head, tail);
    case 1:
      return head.slice();
    case 2:
      return joined(head, piece, piece, tail);
    case 3:
      return joined(head, other.subarray(from, from + length), tail);
    case 4:
      return joined(tail, piece, head);
    case 5:
      return joined(head, Uint8Array.of(pick(random, ODD_BYTES)), input.subarray(at));
    default: {
      const out = input.slice();
      if (at < out.length) out[at] = (out[at] ?? 0) ^ (1 << random.int(8));
      return out;
    }
  }
}

export const pick = <T>(random: Random, list: readonly [T, ...(readonly T[])]): T => list[random.int(list.length)] ?? list[0];

export function joined(...pieces: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    out.set(piece, at);
    at += piece.length;
  }
  return out;
}
