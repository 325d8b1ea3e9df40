/** A store in memory: tests, and bytes that are already there. */
import { changedFault, checkRange, missingFault, throwIfCancelled } from "./ask.ts";
import { checkKey, checkPrefix, compareKeys } from "./check-key.ts";
import { listKnown } from "./listing.ts";
import type { ByteSource, Entry, ListOptions, LogStore } from "./source.ts";

const WINDOW_BYTES = 1024 * 1024;

interface Held {
  readonly bytes: Uint8Array;
  readonly version: string;
  readonly modifiedMs: number | null;
}

/** Objects by key. A source opened before its object was replaced or removed faults, as with a real store. */
export class MemoryStore implements LogStore {
  readonly #objects = new Map<string, Held>();
  readonly #windowBytes: number;
  #puts = 0;

  constructor(
    objects: Iterable<readonly [key: string, bytes: Uint8Array]> = [],
    options: { readonly windowBytes?: number } = {},
  ) {
    this.#windowBytes = options.windowBytes ?? WINDOW_BYTES;
    for (const [key, bytes] of objects) this.put(key, bytes);
  }

  /** Adds or replaces an object and returns its version. The bytes are kept, not copied. */
  put(key: string, bytes: Uint8Array, modifiedMs: number | null = null): string {
    this.#puts += 1;
    const version = `m${this.#puts}`;
    this.#objects.set(checkKey(key), { bytes, version, modifiedMs });
    return version;
  }

  delete(key: string): void {
    this.#objects.delete(key);
  }

  async *list(prefix: string, options: ListOptions): AsyncGenerator<Entry> {
    const keys = [...this.#objects.keys()].sort(compareKeys);
    for (const entry of listKnown(this.#entries(keys), checkPrefix(prefix), options)) {
      throwIfCancelled(options.signal);
      yield entry;
    }
  }

  async open(key: string, signal: AbortSignal): Promise<ByteSource> {
    const held = this.#objects.get(checkKey(key));
    throwIfCancelled(signal);
    if (!held) throw missingFault(key);
    return new MemorySource(key, held, this.#windowBytes, () => this.#objects.get(key));
  }

  *#entries(keys: readonly string[]) {
    for (const key of keys) {
      const held = this.#objects.get(key);
      if (!held) continue;
      const { bytes, version, modifiedMs } = held;
      yield { kind: "object", key, sizeBytes: bytes.length, version, modifiedMs } as const;
    }
  }
}

/** Bytes that are already there, as a source. */
export function memorySource(key: string, bytes: Uint8Array, windowBytes = WINDOW_BYTES): ByteSource {
  const held: Held = { bytes, version: "m1", modifiedMs: null };
  return new MemorySource(key, held, windowBytes, () => held);
}

class MemorySource implements ByteSource {
  readonly key: string;
  readonly #held: Held;
  readonly #windowBytes: number;
  readonly #current: () => Held | undefined;

  constructor(key: string, held: Held, windowBytes: number, current: () => Held | undefined) {
    this.key = key;
    this.#held = held;
    this.#windowBytes = windowBytes;
    this.#current = current;
  }

  get version(): string {
    return this.#held.version;
  }

  get sizeBytes(): number {
    return this.#held.bytes.length;
  }

  async read(atByte: number, lengthBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    checkRange(this, atByte, lengthBytes);
    throwIfCancelled(signal);
    this.#checkCurrent();
    return this.#held.bytes.slice(atByte, atByte + lengthBytes);
  }

  async *stream(atByte: number, lengthBytes: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    checkRange(this, atByte, lengthBytes);
    const endByte = atByte + lengthBytes;
    for (let start = atByte; start < endByte; start += this.#windowBytes) {
      throwIfCancelled(signal);
      this.#checkCurrent();
      yield this.#held.bytes.subarray(start, Math.min(endByte, start + this.#windowBytes));
    }
  }

  #checkCurrent(): void {
    const now = this.#current();
    if (!now) throw missingFault(this.key);
    if (now.version !== this.version) throw changedFault(this.key);
  }
}
