/** Which bits of a payload a signal covers. DBC numbers bit b of byte n as 8·n + b, b = 0 the least significant one. */
import type { DbcMessage, DbcSignal } from "./model.ts";
import { selectorChain } from "./mux.ts";

/** Widest number a value can hold; longer signals (texts) are listed but not decoded. */
export const SIGNAL_BITS_MAX = 64;
/** Longest payload that is decoded: an ISO-TP message of 12-bit length, and the length byte that some UDS databases count from. */
export const PAYLOAD_BYTES_MAX = 4096;

/**
 * Where a signal lies. `firstBit` counts in the signal's own direction, so that its bits are always
 * [firstBit, firstBit + lengthBits) of one unbroken string of bits:
 *
 *   Intel     bit 0 = least significant of byte 0; firstBit is the signal's least significant bit (the start bit as written)
 *   Motorola  bit 0 = most significant of byte 0; firstBit is the signal's most significant bit:
 *     SG_ x : 3|8@0+   byte 0 [7 6 5 4 3 2 1 0] byte 1 [15 14 13 12 11 10 9 8]    start bit 3 stands at place 4
 *                              . . . . x x x x          x  x  x  x
 */
export interface SignalBits {
  readonly byteOrder: "little" | "big";
  readonly firstBit: number;
  readonly lengthBits: number;
  readonly firstByte: number;
  /** The payload must have lastByte + 1 bytes. */
  readonly lastByte: number;
}

export function signalBits(signal: Pick<DbcSignal, "start" | "lengthBits" | "byteOrder">): SignalBits {
  const bitInByte = signal.start % 8;
  const firstBit = signal.byteOrder === "little" ? signal.start : signal.start - bitInByte + (7 - bitInByte);
  return {
    byteOrder: signal.byteOrder,
    firstBit,
    lengthBits: signal.lengthBits,
    firstByte: Math.floor(firstBit / 8),
    lastByte: Math.floor((firstBit + signal.lengthBits - 1) / 8),
  };
}

/** Payload bytes without which the signal has no value: its own and those of every selector above it. */
export function neededBytes(message: DbcMessage, signal: DbcSignal): number {
  let lastByte = signalBits(signal).lastByte;
  for (const { selector } of selectorChain(message, signal)) lastByte = Math.max(lastByte, signalBits(selector).lastByte);
  return lastByte + 1;
}

/** Whether a signal has numbers at all: at most 64 bits, a float exactly 32 or 64, inside the longest payload. */
export const isDecodable = (signal: DbcSignal): boolean =>
  signal.lengthBits <= SIGNAL_BITS_MAX &&
  (signal.float === null || signal.float === signal.lengthBits) &&
  signalBits(signal).lastByte < PAYLOAD_BYTES_MAX;

/** Whether a signal can be a multiplexor: an integer within eight bytes. What hangs on another has no values. */
export function isSelectable(signal: Pick<DbcSignal, "start" | "lengthBits" | "byteOrder" | "float">): boolean {
  const { firstByte, lastByte } = signalBits(signal);
  return signal.float === null && signal.lengthBits <= SIGNAL_BITS_MAX && lastByte - firstByte < 8;
}
