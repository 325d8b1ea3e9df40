/** Heatshrink, as CANedge compresses its logs (formats/canedge.md §9). Streaming: state stays between calls. */
import { HEAD } from "./layout";

/** State: bits u32 @0, bitCount u32 @4, input used u32 @8. */
const STATE: usize = HEAD + 0x0d00;
/** History before the output: as long as the longest window. */
const HISTORY_BYTES: usize = 32768;

export function heatshrinkStart(outPtr: usize): void {
  store<u64>(STATE, 0);
  // The window is zero-filled at the start, and real files refer to bytes before the first.
  memory.fill(outPtr - HISTORY_BYTES, 0, HISTORY_BYTES);
}

/** After heatshrinkStart: goes on in the middle of a stream. The host puts the history before the output, and the held bits here. */
export function heatshrinkResume(bits: u32, bitCount: u32): void {
  store<u32>(STATE, bits);
  store<u32>(STATE, bitCount, 4);
}

/** Bits, less than 8, of the input taken that no token has used. */
export function heatshrinkHeldBits(): u32 {
  return load<u32>(STATE, 4);
}

abstract class Copy {
  /** `count` bytes from `distance` before `out`; they may overlap. Returns the end. Writes up to 15 bytes more. */
  @inline static back(out: usize, distance: usize, count: usize): usize {
    const end = out + count;
    let from = out - distance;
    if (distance >= 16) {
      for (; out < end; out += 16, from += 16) v128.store(out, v128.load(from));
    } else if (distance === 1) {
      const same = i8x16.splat(load<i8>(from));
      for (; out < end; out += 16) v128.store(out, same);
    } else if (distance >= 8) {
      for (; out < end; out += 8, from += 8) store<u64>(out, load<u64>(from));
    } else while (out < end) store<u8>(out++, load<u8>(from++));
    return end;
  }
}

/**
 * Decodes from `inPtr` until the input ends or `outCap` − 1024 bytes are written. 32 KiB of history lie before `outPtr`; afterwards the last
 * 32 KiB of output are moved there, so the host must copy the output out before the next call: hence `outPtr` alternates
 * nothing: call keepHistory() when done. Returns the bytes written; `heatshrinkUsed()` the input bytes taken.
 */
export function heatshrink(inPtr: usize, inBytes: u32, outPtr: usize, outCap: u32, windowBits: u32, lookaheadBits: u32): u32 {
  let bits = <u64>load<u32>(STATE);
  let bitCount = load<u32>(STATE, 4);
  let at = inPtr;
  const inEnd = inPtr + <usize>inBytes;
  let out = outPtr;
  const outEnd = outPtr + <usize>outCap - ((<usize>1) << lookaheadBits) - 16;
  const referenceBits: u32 = 1 + windowBits + lookaheadBits;
  const windowMask = ((<u64>1) << (<u64>windowBits)) - 1;
  const countMask = ((<u64>1) << (<u64>lookaheadBits)) - 1;
  // With 32 bits or more at hand every token is whole (31 bits at most). Above the bitCount bits not used yet stands what was used.
  while (out < outEnd && at + 4 <= inEnd) {
    if (bitCount < 32) {
      bits = (bits << 32) | <u64>bswap(load<u32>(at));
      at += 4;
      bitCount += 32;
    }
    if ((bits >> <u64>(bitCount - 1)) & 1) {
      bitCount -= 9;
      store<u8>(out++, <u8>(bits >> <u64>bitCount));
    } else {
      bitCount -= referenceBits;
      const token = bits >> <u64>bitCount;
      out = Copy.back(out, <usize>((token >> <u64>lookaheadBits) & windowMask) + 1, <usize>(token & countMask) + 1);
    }
  }
  bits &= ((<u64>1) << (<u64>bitCount)) - 1;
  while (out < outEnd) {
    // Most significant bit first; `bits` holds the bitCount bits not used yet, right-aligned.
    while (bitCount <= 48 && at < inEnd) {
      bits = (bits << 8) | <u64>load<u8>(at++);
      bitCount += 8;
    }
    if (bitCount === 0) break;
    if ((bits >> <u64>(bitCount - 1)) & 1) {
      if (bitCount < 9) break;
      bitCount -= 9;
      store<u8>(out++, <u8>(bits >> <u64>bitCount));
    } else {
      if (bitCount < referenceBits) break;
      bitCount -= referenceBits;
      const token = bits >> <u64>bitCount;
      out = Copy.back(out, <usize>((token >> <u64>lookaheadBits) & windowMask) + 1, <usize>(token & countMask) + 1);
    }
    bits &= ((<u64>1) << (<u64>bitCount)) - 1;
  }
  // At most 7 whole bytes are held back; give them back so that the state fits 32 bits.
  while (bitCount >= 8) {
    at--;
    bitCount -= 8;
    bits >>= 8;
  }
  store<u32>(STATE, <u32>bits);
  store<u32>(STATE, bitCount, 4);
  store<u32>(STATE, <u32>(at - inPtr), 8);
  return <u32>(out - outPtr);
}

/** Input bytes that the last call took. */
export function heatshrinkUsed(): u32 {
  return load<u32>(STATE, 8);
}

/** Moves the end of the output before `outPtr`, where the next call looks for its references. */
export function heatshrinkKeep(outPtr: usize, outBytes: u32): void {
  memory.copy(outPtr - HISTORY_BYTES, outPtr + <usize>outBytes - HISTORY_BYTES, HISTORY_BYTES);
}
