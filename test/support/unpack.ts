/** A packed block through the kernel's codecs, cut as a test likes. */
import type { Codecs } from "../../core/kernel/codecs.ts";
import { PACKED_STEP_BYTES, Unpacker, type UnpackStop } from "../../core/kernel/unpacker.ts";

export interface Unpacked {
  /** The last stop: `done`, or what is wrong. */
  readonly stop: UnpackStop;
  readonly bytes: Uint8Array;
}

export interface Cuts {
  /** Bytes given at once; more where that would be too many times. */
  readonly giveBytes?: number;
  /** Bytes taken at once. */
  readonly takeBytes?: number;
  /** Between two steps. */
  readonly between?: () => void;
}

/** Everything that comes out; more than `mostBytes` ends the test. */
export function unpackAll(
  codecs: Codecs,
  method: "deflate" | "zstd" | "lz4",
  packed: Uint8Array,
  { giveBytes = PACKED_STEP_BYTES, takeBytes = 65_536, between = () => undefined }: Cuts = {},
  mostBytes = 32 * 1024 * 1024,
): Unpacked {
  const unpacker = new Unpacker(codecs, method);
  const pieces: Uint8Array[] = [];
  const into = new Uint8Array(takeBytes);
  // A byte at a time is for short ones.
  const partBytes = Math.max(giveBytes, packed.length >> 8);
  let total = 0;
  const end = (stop: UnpackStop): Unpacked => {
    unpacker.end();
    return { stop, bytes: Buffer.concat(pieces) };
  };
  for (let at = 0; ; ) {
    const part = packed.subarray(at, at + partBytes);
    at += part.length;
    unpacker.give(part, at >= packed.length);
    between();
    while (true) {
      const { filled, stop } = unpacker.take(into);
      between();
      if (filled > 0) pieces.push(into.slice(0, filled));
      total += filled;
      if (total > mostBytes) throw new Error(`${packed.length} packed bytes gave more than ${mostBytes}`);
      if (stop === "full") continue;
      if (stop === "more" && at < packed.length) break;
      return end(stop);
    }
  }
}
