/** One raw value of one payload, for looking at a few frames; the kernel does it for all of them. */
import { isDecodable, signalBits } from "./geometry.ts";
import type { DbcSignal } from "./model.ts";

/** Signed if the signal is; the bits of floats; null where the payload ends before it. */
export function rawOf(payload: Uint8Array, signal: DbcSignal): bigint | null {
  if (!isDecodable(signal)) return null;
  const { firstByte, lastByte, firstBit, lengthBits, byteOrder } = signalBits(signal);
  if (lastByte >= payload.length) return null;
  let word = 0n;
  for (let i = 0; i <= lastByte - firstByte; i++) {
    const byte = payload[byteOrder === "big" ? firstByte + i : lastByte - i] ?? 0;
    word = (word << 8n) | BigInt(byte);
  }
  const fromFirst = firstBit - 8 * firstByte;
  const below = byteOrder === "big" ? 8 * (lastByte - firstByte + 1) - fromFirst - lengthBits : fromFirst;
  const raw = BigInt.asUintN(lengthBits, word >> BigInt(below));
  return signal.signed && signal.float === null ? BigInt.asIntN(lengthBits, raw) : raw;
}
