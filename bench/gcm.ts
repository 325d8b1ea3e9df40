/** The check of an encrypted log (GHASH in the kernel) against Node's own AES-256-GCM, which decrypts on the way. */
import { createCipheriv, createDecipheriv } from "node:crypto";
import { GHASH_STATE, WINDOW, WINDOW_BYTES } from "../core/kernel/abi.ts";
import type { Kernel } from "../core/kernel/kernel.ts";
import type { EndToEndResult } from "./end-to-end.ts";
import { inTurns, medianOf, ratioOf } from "./rounds.ts";

const BYTES = 16 * 1024 * 1024;
const BLOCK_BYTES = 16;
const LEAST = 0.2;

export function gcmBench(kernel: Kernel): EndToEndResult {
  const key = Uint8Array.from({ length: 32 }, (_, i) => i * 7);
  const iv = new Uint8Array(12).fill(9);
  const text = Uint8Array.from({ length: BYTES }, (_, i) => (i * 31) >> 3);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  const sealed = new Uint8Array(cipher.update(text));
  cipher.final();
  const tag = cipher.getAuthTag();
  const { exports, bytes } = kernel;
  const ours = (): void => {
    bytes.set(aesBlock(key, new Uint8Array(BLOCK_BYTES)), GHASH_STATE);
    exports.ghashStart();
    for (let at = 0; at < BYTES; at += WINDOW_BYTES) {
      bytes.set(sealed.subarray(at, at + WINDOW_BYTES), WINDOW);
      exports.ghash(WINDOW, WINDOW_BYTES / BLOCK_BYTES);
    }
    const lengths = new DataView(bytes.buffer as ArrayBuffer, WINDOW, BLOCK_BYTES);
    lengths.setBigUint64(0, 0n);
    lengths.setBigUint64(8, BigInt(BYTES) * 8n);
    exports.ghash(WINDOW, 1);
    const mask = aesBlock(key, Uint8Array.of(...iv, 0, 0, 0, 1));
    if (tag.some((byte, i) => byte !== ((bytes[GHASH_STATE + BLOCK_BYTES + i] ?? 0) ^ (mask[i] ?? 0))))
      throw new Error("the kernel's tag is another");
  };
  const theirs = (): void => {
    const decipher = createDecipheriv("aes-256-gcm", key, iv);
    decipher.setAuthTag(tag);
    for (let at = 0; at < BYTES; at += WINDOW_BYTES) decipher.update(sealed.subarray(at, at + WINDOW_BYTES));
    decipher.final();
  };
  const times = inTurns(ours, theirs);
  const mbPerS = (side: readonly number[]): number => BYTES / ((medianOf(side) ?? 1) / 1000);
  return {
    what: "check of an encrypted log, node:crypto's time : ours",
    against: "AES-256-GCM of node:crypto, which decrypts too",
    value: ratioOf(times.plain, times.ours) ?? Number.NaN,
    most: null,
    least: LEAST,
    details: { oursMbPerS: mbPerS(times.ours), nodeMbPerS: mbPerS(times.plain) },
  };
}

function aesBlock(key: Uint8Array, block: Uint8Array): Uint8Array {
  const cipher = createCipheriv("aes-256-ecb", key, null);
  cipher.setAutoPadding(false);
  return cipher.update(block);
}
