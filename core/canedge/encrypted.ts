/**
 * An encrypted layer (AES-256-GCM): checked in one pass over its bytes, then read window by window as what it is inside, the counter mode.
 * The check (GHASH) runs in the kernel, as WebCrypto checks whole messages only; AES is WebCrypto's in every host: with tables in the kernel
 * it took ten times as long (45 against 500 MB/s on one machine), and in software it would leak the key through its timing besides.
 */
import { GHASH_STATE, WINDOW, WINDOW_BYTES } from "../kernel/abi.ts";
import type { KernelPool } from "../kernel/kernel.ts";
import { checkRange } from "../store/ask.ts";
import type { ByteSource } from "../store/source.ts";
import { type EncryptedHeader, TAG_BYTES, type UnpackedBytes } from "./container.ts";
import type { Cryptography } from "./keyring.ts";

const BLOCK_BYTES = 16;

/** An encrypted layer with the key that may open it. */
export interface Locked {
  readonly outer: ByteSource;
  readonly header: EncryptedHeader;
  readonly key: CryptoKey;
  readonly cryptography: Cryptography;
}

/** Called with the bytes of each window of a pass; may ask it to wait. */
export type OnPass = (bytes: number) => Promise<void> | undefined;

/** Whether header and data are as they were encrypted (NIST SP 800-38D §7.2). Reads the layer once. Faults: those of the source. */
export async function isAuthentic(locked: Locked, codecs: KernelPool, signal: AbortSignal, onPass: OnPass): Promise<boolean> {
  const { outer, header } = locked;
  const dataBytes = header.dataEndByte - header.dataAtByte;
  const factor = await encryptBlock(locked, new Uint8Array(BLOCK_BYTES));
  const mask = await encryptBlock(locked, counterOf(header, 1));
  const lease = await codecs.lease();
  try {
    const { exports, bytes } = lease.kernel;
    bytes.set(factor, GHASH_STATE);
    exports.ghashStart();
    let heldBytes = 0;
    const take = (piece: Uint8Array): void => {
      for (let from = 0; from < piece.length; ) {
        const part = piece.subarray(from, from + WINDOW_BYTES - heldBytes);
        from += part.length;
        bytes.set(part, WINDOW + heldBytes);
        heldBytes += part.length;
        exports.ghash(WINDOW, Math.floor(heldBytes / BLOCK_BYTES));
        const wholeBytes = heldBytes - (heldBytes % BLOCK_BYTES);
        bytes.copyWithin(WINDOW, WINDOW + wholeBytes, WINDOW + heldBytes);
        heldBytes -= wholeBytes;
      }
    };
    const fill = (): void => take(new Uint8Array((BLOCK_BYTES - heldBytes) % BLOCK_BYTES));
    take(header.head);
    fill();
    for await (const window of outer.stream(header.dataAtByte, dataBytes, signal)) {
      take(window);
      const pause = onPass(window.length);
      if (pause) await pause;
    }
    fill();
    const lengths = new DataView(new ArrayBuffer(BLOCK_BYTES));
    lengths.setBigUint64(0, BigInt(header.head.length) * 8n);
    lengths.setBigUint64(8, BigInt(dataBytes) * 8n);
    take(new Uint8Array(lengths.buffer));
    const sum = bytes.slice(GHASH_STATE + BLOCK_BYTES, GHASH_STATE + 2 * BLOCK_BYTES);
    const tag = await outer.read(header.dataEndByte, TAG_BYTES, signal);
    // All of it, whichever byte differs: how long it takes says nothing of where.
    return tag.reduce((wrong, byte, i) => wrong | (byte ^ (sum[i] ?? 0) ^ (mask[i] ?? 0)), 0) === 0;
  } finally {
    lease.release();
  }
}

/** What is encrypted, by windows. Nothing is checked here: nobody may see it before `isAuthentic` has said yes. */
export function decryptedSource(locked: Locked, unpacked: UnpackedBytes): ByteSource {
  const { outer, header, key, cryptography } = locked;
  async function decrypt(window: Uint8Array, atByte: number): Promise<Uint8Array> {
    const skipBytes = atByte % BLOCK_BYTES;
    const bytes = new Uint8Array(skipBytes + window.length);
    bytes.set(window, skipBytes);
    const counter = counterOf(header, 2 + Math.floor(atByte / BLOCK_BYTES));
    const plain = await cryptography.decrypt({ name: "AES-CTR", counter, length: 32 }, key, bytes);
    unpacked.decrypted += window.length;
    return new Uint8Array(plain, skipBytes);
  }
  const source: ByteSource = {
    key: outer.key,
    version: outer.version,
    sizeBytes: header.dataEndByte - header.dataAtByte,
    async read(atByte, lengthBytes, signal) {
      checkRange(source, atByte, lengthBytes);
      return decrypt(await outer.read(header.dataAtByte + atByte, lengthBytes, signal), atByte);
    },
    async *stream(atByte, lengthBytes, signal) {
      checkRange(source, atByte, lengthBytes);
      let at = atByte;
      for await (const window of outer.stream(header.dataAtByte + atByte, lengthBytes, signal)) {
        const plain = await decrypt(window, at);
        at += window.length;
        yield plain;
      }
    },
  };
  return source;
}

/** AES of one block, which is what counter mode adds to zeros. */
async function encryptBlock({ key, cryptography }: Locked, counter: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  return new Uint8Array(await cryptography.encrypt({ name: "AES-CTR", counter, length: 32 }, key, new Uint8Array(BLOCK_BYTES)));
}

/** The IV and a number of 32 bits that starts again at 0. */
function counterOf({ iv }: EncryptedHeader, count: number): Uint8Array<ArrayBuffer> {
  const counter = new Uint8Array(BLOCK_BYTES);
  counter.set(iv);
  new DataView(counter.buffer).setUint32(iv.length, count % 2 ** 32);
  return counter;
}
