/**
 * A decorator for Node and the preview worker: concurrent requests that ask the same share one read, and small settled
 * reads stay for a while. Not between requests of a Worker, where one may not await another's promise.
 */
import { checkRange, throwIfCancelled } from "./ask.ts";
import { Flights } from "./flights.ts";
import type { ByteSource, Entry, ListOptions, LogStore } from "./source.ts";

export interface SharedOptions {
  /** Most bytes kept; the least recently used go first. */
  readonly keptBytesMax?: number;
  /** Larger reads are shared while they run, but not kept. */
  readonly readBytesMax?: number;
}

const KEPT_BYTES_MAX = 16 * 1024 * 1024; // headers of some thousand logs
const READ_BYTES_MAX = 256 * 1024;

export class SharedStore implements LogStore {
  readonly #store: LogStore;
  readonly #opens = new Flights<ByteSource>();
  readonly #reads = new Flights<Uint8Array>();
  readonly #kept: KeptReads;
  readonly #readBytesMax: number;

  constructor(store: LogStore, options: SharedOptions = {}) {
    this.#store = store;
    this.#kept = new KeptReads(options.keptBytesMax ?? KEPT_BYTES_MAX);
    this.#readBytesMax = options.readBytesMax ?? READ_BYTES_MAX;
  }

  list(prefix: string, options: ListOptions): AsyncIterable<Entry> {
    return this.#store.list(prefix, options);
  }

  /** Shared while it runs, never kept: the version must be of now. */
  async open(key: string, signal: AbortSignal): Promise<ByteSource> {
    const source = await this.#opens.join(key, signal, (stop) => this.#store.open(key, stop));
    return this.#shared(source);
  }

  #shared(source: ByteSource): ByteSource {
    return {
      key: source.key,
      version: source.version,
      sizeBytes: source.sizeBytes,
      stream: (atByte, lengthBytes, signal) => source.stream(atByte, lengthBytes, signal),
      read: async (atByte, lengthBytes, signal) => {
        checkRange(source, atByte, lengthBytes);
        throwIfCancelled(signal);
        const id = `${source.key}\0${source.version}\0${atByte}\0${lengthBytes}`;
        const kept = this.#kept.get(id);
        if (kept) return kept.slice();
        const bytes = await this.#reads.join(id, signal, (stop) => source.read(atByte, lengthBytes, stop));
        if (lengthBytes <= this.#readBytesMax) this.#kept.put(id, bytes);
        return bytes.slice(); // each caller owns what it gets
      },
    };
  }
}

/** Settled reads by key, version and range; a Map keeps the order of use. */
class KeptReads {
  readonly #reads = new Map<string, Uint8Array>();
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get(id: string): Uint8Array | undefined {
    const bytes = this.#reads.get(id);
    if (!bytes) return undefined;
    this.#reads.delete(id);
    this.#reads.set(id, bytes);
    return bytes;
  }

  put(id: string, bytes: Uint8Array): void {
    if (this.#reads.has(id)) return;
    this.#reads.set(id, bytes);
    this.#bytes += bytes.length;
    for (const [oldest, { length }] of this.#reads) {
      if (this.#bytes <= this.#bytesMax) return;
      this.#reads.delete(oldest);
      this.#bytes -= length;
    }
  }
}
