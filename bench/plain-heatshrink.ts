// biome-ignore-all lint/style/noNonNullAssertion: every index is in bounds, and a fallback would be paid for in every loop
/** heatshrink unpacked in plain TypeScript: a tag bit, then a byte, or distance and length of a copy; most significant bits first. */
export function plainHeatshrink(packed: Uint8Array, lengthBytes: number, windowBits: number, lookaheadBits: number): Uint8Array {
  const out = new Uint8Array(lengthBytes);
  const windowMask = (1 << windowBits) - 1;
  const lookaheadMask = (1 << lookaheadBits) - 1;
  let bits = 0;
  let held = 0;
  let from = 0;
  let at = 0;
  while (at < lengthBytes) {
    // A copy takes 20 bits at most with the windows of CANedge.
    while (held <= 23 && from < packed.length) {
      bits = ((bits << 8) | packed[from++]!) >>> 0;
      held += 8;
    }
    if ((bits >>> (held - 1)) & 1) {
      held -= 9;
      out[at++] = bits >>> held;
    } else {
      held -= 1 + windowBits;
      const back = ((bits >>> held) & windowMask) + 1;
      held -= lookaheadBits;
      const end = Math.min(lengthBytes, at + ((bits >>> held) & lookaheadMask) + 1);
      while (at < end) {
        out[at] = out[at - back]!;
        at++;
      }
    }
  }
  return out;
}
