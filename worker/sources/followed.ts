/** An address that is looked at again: which of its logs grew, changed or came; and of those that grow, only what is new is fetched. */
import { changedFault, checkRange, throwIfCancelled } from "../../core/store/ask.ts";
import type { ByteSource, Entry, ListOptions, LogStore } from "../../core/store/source.ts";
import { WINDOW_BYTES } from "../../core/store/windows.ts";
import type { Differences } from "../api.ts";

/** A growing log is kept whole up to here; a logger starts the next file earlier, as a rule. */
const KEPT_BYTES_MAX = 64 * 1024 * 1024;
/** What must be as it was before the end, for the bytes before to count as the same. */
const OVERLAP_BYTES = 4096;

type ObjectEntry = Extract<Entry, { kind: "object" }>;

export class FollowedStore implements LogStore {
  #below: LogStore;
  /** As they were listed last; null before anybody looked. */
  #known: ReadonlyMap<string, ObjectEntry> | null = null;
  #pending: {
    readonly store: LogStore;
    readonly entries: ReadonlyMap<string, ObjectEntry>;
    readonly grown: readonly string[];
  } | null = null;
  readonly #growing = new Map<string, GrowingLog>();

  constructor(below: LogStore) {
    this.#below = below;
  }

  list(prefix: string, options: ListOptions): AsyncIterable<Entry> {
    return this.#below.list(prefix, options);
  }

  async open(key: string, signal: AbortSignal): Promise<ByteSource> {
    const source = await this.#below.open(key, signal);
    return (await this.#growing.get(key)?.open(source, signal)) ?? source;
  }

  /** What is different at the same address now. Nothing changes here before `take`. */
  async look(next: LogStore, signal: AbortSignal): Promise<Differences> {
    this.#known ??= await entriesOf(this.#below, signal);
    const entries = await entriesOf(next, signal);
    const differences = { grown: [] as string[], changed: [] as string[], added: [] as string[] };
    for (const [key, { version, sizeBytes }] of entries) {
      const before = this.#known.get(key);
      if (before === undefined) differences.added.push(key);
      else if (sizeBytes > before.sizeBytes) differences.grown.push(key);
      else if (sizeBytes !== before.sizeBytes || version !== before.version) differences.changed.push(key);
    }
    this.#pending = { store: next, entries, grown: differences.grown };
    return differences;
  }

  /** From now on the place is read as it was when it was looked at. */
  take(): void {
    if (this.#pending === null) return;
    const { store, entries, grown } = this.#pending;
    this.#below = store;
    this.#known = entries;
    this.#pending = null;
    for (const key of grown) if (!this.#growing.has(key)) this.#growing.set(key, new GrowingLog());
  }
}

async function entriesOf(store: LogStore, signal: AbortSignal): Promise<Map<string, ObjectEntry>> {
  const entries = new Map<string, ObjectEntry>();
  for await (const entry of store.list("", { signal })) if (entry.kind === "object") entries.set(entry.key, entry);
  return entries;
}

/** One log's bytes so far. */
class GrowingLog {
  #bytes = new Uint8Array(0);
  #sizeBytes = 0;
  #version: string | null = null;
  #filling: Promise<unknown> = Promise.resolve();

  /** A source over kept bytes; null: it is too large to be kept. */
  async open(source: ByteSource, signal: AbortSignal): Promise<ByteSource | null> {
    if (source.sizeBytes > KEPT_BYTES_MAX) return null;
    const filled = this.#filling.catch(() => undefined).then(() => this.#fill(source, signal));
    this.#filling = filled;
    await filled;
    return this.#version === source.version ? this.#view(source) : null;
  }

  async #fill(source: ByteSource, signal: AbortSignal): Promise<void> {
    if (this.#version === source.version) return;
    const isContinued = this.#version !== null && source.sizeBytes >= this.#sizeBytes && (await this.#begins(source, signal));
    let at = isContinued ? this.#sizeBytes : 0;
    this.#version = null;
    this.#reserve(source.sizeBytes);
    if (at < source.sizeBytes)
      for await (const window of source.stream(at, source.sizeBytes - at, signal)) {
        this.#bytes.set(window, at);
        at += window.length;
      }
    this.#sizeBytes = source.sizeBytes;
    this.#version = source.version;
  }

  /** Whether it starts as it did, and has the same bytes before the old end: loggers append, other programs write files anew. */
  async #begins(source: ByteSource, signal: AbortSignal): Promise<boolean> {
    const length = Math.min(OVERLAP_BYTES, this.#sizeBytes);
    for (const at of [0, this.#sizeBytes - length]) {
      const now = await source.read(at, length, signal);
      if (now.some((byte, i) => byte !== this.#bytes[at + i])) return false;
    }
    return true;
  }

  #reserve(sizeBytes: number): void {
    if (sizeBytes <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.min(KEPT_BYTES_MAX, Math.max(sizeBytes, this.#bytes.length * 2)));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }

  #view({ key, version, sizeBytes }: ByteSource): ByteSource {
    const part = (atByte: number, endByte: number): Uint8Array => {
      if (this.#version !== version && !(this.#version !== null && this.#sizeBytes >= sizeBytes)) throw changedFault(key);
      return this.#bytes.slice(atByte, endByte);
    };
    const source: ByteSource = {
      key,
      version,
      sizeBytes,
      async read(atByte, lengthBytes, signal) {
        checkRange(source, atByte, lengthBytes);
        throwIfCancelled(signal);
        return part(atByte, atByte + lengthBytes);
      },
      async *stream(atByte, lengthBytes, signal) {
        checkRange(source, atByte, lengthBytes);
        for (let at = atByte; at < atByte + lengthBytes; at += WINDOW_BYTES) {
          throwIfCancelled(signal);
          yield part(at, Math.min(at + WINDOW_BYTES, atByte + lengthBytes));
        }
      },
    };
    return source;
  }
}
