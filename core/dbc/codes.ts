/** Raw values that are no data: J1939 codes for "error" and "not available". */
import type { DbcSignal } from "./model.ts";

/**
 * The highest raw value that is data, by the width of the signal. Above lie parameter-specific, error and not-available codes. Source: SAE
 * J1939-71, transmitted signal ranges.
 */
const MAX_RAW: ReadonlyMap<number, number> = new Map([
  [4, 0xa],
  [8, 0xfa],
  [10, 0x3fa],
  [12, 0xfaf],
  [16, 0xfaff],
  [20, 0xfafff],
  [24, 0xfaffff],
  [28, 0xfafffff],
  [32, 0xfaffffff],
]);

/** Highest raw value of a signal that is data, if frames match its message as a parameter group; null: every raw value is data. */
export function maxDataRaw(signal: DbcSignal): number | null {
  if (signal.signed || signal.float !== null) return null;
  return MAX_RAW.get(signal.lengthBits) ?? null;
}
