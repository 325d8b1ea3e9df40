/** SHA-256 over samples: 16 bytes each, the time as int64 and the value, both little-endian (golden README §3). */
import { Sha256 } from "./sha256.ts";

const SAMPLE_BYTES = 16;
const PIECE_SAMPLES = 4096;
/** The one NaN that is hashed. */
const NAN_BITS = 0x7ff8000000000000n;

/** `startNs` + times; values as float64, or 64 bits as they are. Equal lengths. */
export function hashSamples(startNs: bigint, times: Float64Array, values: Float64Array | BigUint64Array): string {
  const hash = new Sha256();
  const view = new DataView(new ArrayBuffer(PIECE_SAMPLES * SAMPLE_BYTES));
  const bytes = new Uint8Array(view.buffer);
  let at = 0;
  for (let i = 0; i < times.length; i++) {
    view.setBigInt64(at, startNs + BigInt(times[i] ?? 0), true);
    const value = values[i] ?? 0;
    if (typeof value === "bigint") view.setBigUint64(at + 8, value, true);
    else if (Number.isNaN(value)) view.setBigUint64(at + 8, NAN_BITS, true);
    else view.setFloat64(at + 8, value, true);
    at += SAMPLE_BYTES;
    if (at < bytes.length) continue;
    hash.update(bytes);
    at = 0;
  }
  hash.update(bytes.subarray(0, at));
  return hash.hex();
}

/** Floats as raw bits, every NaN the same. */
export const withOneNan = (raws: BigUint64Array): BigUint64Array => raws.map((bits) => (isNan(bits) ? NAN_BITS : bits));

const isNan = (bits: bigint): boolean => (bits & 0x7fffffffffffffffn) > 0x7ff0000000000000n;
