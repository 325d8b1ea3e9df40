/** Heatshrink in the plainest form (formats: canedge.md §9): the oracle for the kernel's decoder, and the way of tests into .MFC logs. */

/** `windowBits` = log2 of the window. Bytes before the start of the output read as 0. Stops when a token is incomplete. */
export function heatshrinkDecode(input: Uint8Array, windowBits: number, lookaheadBits: number): Uint8Array {
  const output: number[] = [];
  let atBit = 0;
  const bitsLeft = () => input.length * 8 - atBit;
  const take = (count: number): number => {
    let value = 0;
    for (let i = 0; i < count; i++, atBit++) value = (value << 1) | (((input[atBit >> 3] as number) >> (7 - (atBit & 7))) & 1);
    return value;
  };
  while (bitsLeft() >= 1) {
    const isLiteral = take(1) === 1;
    if (isLiteral) {
      if (bitsLeft() < 8) break;
      output.push(take(8));
      continue;
    }
    if (bitsLeft() < windowBits + lookaheadBits) break;
    const distance = take(windowBits) + 1;
    const count = take(lookaheadBits) + 1;
    for (let i = 0; i < count; i++) output.push(output[output.length - distance] ?? 0);
  }
  return Uint8Array.from(output);
}
