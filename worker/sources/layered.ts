/** A store with files of this tab laid over it: databases that were dropped or are kept in the browser, beside logs that lie anywhere. */
import { compareKeys } from "../../core/store/check-key.ts";
import type { ByteSource, Entry, ListOptions, LogStore } from "../../core/store/source.ts";
import { FileStore, type NamedBlob } from "./blob.ts";

/** Of one key the upper file is seen. The layer may change while an engine reads: databases are looked up for every question. */
export class LayeredStore implements LogStore {
  readonly #below: LogStore;
  #keys: ReadonlySet<string> = new Set();
  #above = new FileStore();

  constructor(below: LogStore) {
    this.#below = below;
  }

  lay(files: readonly NamedBlob[]): void {
    this.#above = new FileStore(files);
    this.#keys = new Set(files.map(({ key }) => key));
  }

  async *list(prefix: string, options: ListOptions): AsyncGenerator<Entry> {
    const upper: Entry[] = [];
    for await (const entry of this.#above.list(prefix, options)) upper.push(entry);
    for await (const entry of this.#below.list(prefix, options)) {
      while (upper[0] !== undefined && compareKeys(upper[0].key, entry.key) < 0) yield upper.shift() as Entry;
      if (upper[0]?.key !== entry.key) yield entry;
    }
    yield* upper;
  }

  async open(key: string, signal: AbortSignal): Promise<ByteSource> {
    return this.#keys.has(key) ? this.#above.open(key, signal) : this.#below.open(key, signal);
  }
}
