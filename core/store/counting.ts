/** A decorator that counts what a store is asked, so that cost is a test and not a guess. */
import type { ByteSource, Entry, ListOptions, LogStore } from "./source.ts";

export interface StoreCounts {
  /** Listings begun, and entries they gave. */
  lists: number;
  entries: number;
  opens: number;
  reads: number;
  streams: number;
  /** Delivered by reads and streams together. */
  bytes: number;
  /** Requests (opens, reads, streams) running now, and the most at any time. */
  inFlight: number;
  inFlightPeak: number;
}

/** Any store, with `counts` beside it. Adds no read and no copy. */
export class CountingStore implements LogStore {
  readonly counts: StoreCounts = none();
  readonly #store: LogStore;

  constructor(store: LogStore) {
    this.#store = store;
  }

  /** All counters to zero, but those of requests that still run. */
  reset(): void {
    const { inFlight } = this.counts;
    Object.assign(this.counts, none(), { inFlight, inFlightPeak: inFlight });
  }

  async *list(prefix: string, options: ListOptions): AsyncGenerator<Entry> {
    this.counts.lists += 1;
    for await (const entry of this.#store.list(prefix, options)) {
      this.counts.entries += 1;
      yield entry;
    }
  }

  async open(key: string, signal: AbortSignal): Promise<ByteSource> {
    this.counts.opens += 1;
    const source = await during(this.counts, () => this.#store.open(key, signal));
    return countingSource(source, this.counts);
  }
}

/** One source whose requests are added to `counts`. */
export function countingSource(source: ByteSource, counts: StoreCounts): ByteSource {
  return {
    key: source.key,
    version: source.version,
    sizeBytes: source.sizeBytes,
    async read(atByte, lengthBytes, signal) {
      counts.reads += 1;
      const bytes = await during(counts, () => source.read(atByte, lengthBytes, signal));
      counts.bytes += bytes.length;
      return bytes;
    },
    async *stream(atByte, lengthBytes, signal) {
      counts.streams += 1;
      begin(counts);
      try {
        for await (const window of source.stream(atByte, lengthBytes, signal)) {
          counts.bytes += window.length;
          yield window;
        }
      } finally {
        counts.inFlight -= 1;
      }
    },
  };
}

/** Counters at zero. */
export const none = (): StoreCounts => ({
  lists: 0,
  entries: 0,
  opens: 0,
  reads: 0,
  streams: 0,
  bytes: 0,
  inFlight: 0,
  inFlightPeak: 0,
});

async function during<T>(counts: StoreCounts, request: () => Promise<T>): Promise<T> {
  begin(counts);
  try {
    return await request();
  } finally {
    counts.inFlight -= 1;
  }
}

function begin(counts: StoreCounts): void {
  counts.inFlight += 1;
  counts.inFlightPeak = Math.max(counts.inFlightPeak, counts.inFlight);
}
