/** A bucket of Cloudflare R2 through its binding. The shapes are written out here: only what we call, and no Workers types. */
import { changedFault, checkRange, missingFault, throwIfCancelled, unreachableFault } from "../../core/store/ask.ts";
import { checkKey, checkPrefix, isKey } from "../../core/store/check-key.ts";
import { inKeyOrder, isAfter } from "../../core/store/listing.ts";
import type { ByteSource, Entry, ListOptions, LogStore } from "../../core/store/source.ts";
import { bytesOf, reasonOf, windowsOf } from "../../core/store/windows.ts";

export interface R2ObjectLike {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly uploaded: Date;
  /** Missing when a condition failed. */
  readonly body?: ReadableStream<Uint8Array>;
}

export interface R2ListingLike {
  readonly objects: readonly R2ObjectLike[];
  readonly delimitedPrefixes: readonly string[];
  readonly truncated: boolean;
  readonly cursor?: string;
}

export interface R2BucketLike {
  head(key: string): Promise<R2ObjectLike | null>;
  get(
    key: string,
    options: {
      readonly range: { readonly offset: number; readonly length: number };
      readonly onlyIf: { readonly etagMatches: string };
    },
  ): Promise<R2ObjectLike | null>;
  list(options: {
    prefix?: string;
    startAfter?: string;
    delimiter?: string;
    cursor?: string;
    limit?: number;
  }): Promise<R2ListingLike>;
}

export interface R2Options {
  /** Keys are relative to it; "" or ends in "/". */
  readonly root?: string;
  /** Most keys of one list request; R2 gives up to 1,000. */
  readonly pageKeys?: number;
}

export class R2Store implements LogStore {
  readonly #bucket: R2BucketLike;
  readonly #root: string;
  readonly #pageKeys: number;

  constructor(bucket: R2BucketLike, options: R2Options = {}) {
    this.#bucket = bucket;
    this.#root = options.root ?? "";
    this.#pageKeys = options.pageKeys ?? 1000;
  }

  async *list(prefix: string, options: ListOptions): AsyncGenerator<Entry> {
    const from = this.#root.length;
    const { delimiter, after } = options;
    const shape = { prefix: this.#root + checkPrefix(prefix), limit: this.#pageKeys, ...(delimiter && { delimiter }) };
    let where: { startAfter?: string; cursor?: string } = after === undefined ? {} : { startAfter: this.#root + after };
    for (;;) {
      throwIfCancelled(options.signal);
      const page = await answerOf(prefix, this.#bucket.list({ ...shape, ...where }));
      const entries: Entry[] = page.delimitedPrefixes.map((key) => ({ kind: "prefix", key: key.slice(from) }));
      for (const object of page.objects) if (isKey(object.key.slice(from))) entries.push(entryOf(object, from));
      // The bucket's own idea of "after" a prefix is the first key below it.
      for (const entry of inKeyOrder(entries)) if (isAfter(entry.key, after)) yield entry;
      if (!page.truncated || page.cursor === undefined) return;
      where = { cursor: page.cursor };
    }
  }

  async open(key: string, signal: AbortSignal): Promise<ByteSource> {
    const name = this.#root + checkKey(key);
    throwIfCancelled(signal);
    const object = await answerOf(key, this.#bucket.head(name));
    throwIfCancelled(signal);
    if (!object) throw missingFault(key);
    return new R2Source(this.#bucket, name, key, object);
  }
}

class R2Source implements ByteSource {
  readonly key: string;
  readonly version: string;
  readonly sizeBytes: number;
  readonly #bucket: R2BucketLike;
  readonly #name: string;

  constructor(bucket: R2BucketLike, name: string, key: string, object: R2ObjectLike) {
    this.key = key;
    this.version = object.etag;
    this.sizeBytes = object.size;
    this.#bucket = bucket;
    this.#name = name;
  }

  async read(atByte: number, lengthBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    checkRange(this, atByte, lengthBytes);
    throwIfCancelled(signal);
    if (lengthBytes === 0) return new Uint8Array(0); // a range of nothing is an internal error over there
    return bytesOf(await this.#body(atByte, lengthBytes), { key: this.key, atByte, lengthBytes }, signal);
  }

  async *stream(atByte: number, lengthBytes: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    checkRange(this, atByte, lengthBytes);
    throwIfCancelled(signal);
    if (lengthBytes === 0) return;
    yield* windowsOf(await this.#body(atByte, lengthBytes), { key: this.key, atByte, lengthBytes }, signal);
  }

  /** Pinned: an object that fails the condition comes without a body. */
  async #body(offset: number, length: number): Promise<ReadableStream<Uint8Array>> {
    const asked = this.#bucket.get(this.#name, { range: { offset, length }, onlyIf: { etagMatches: this.version } });
    const object = await answerOf(this.key, asked);
    if (!object) throw missingFault(this.key);
    if (!object.body) throw changedFault(this.key);
    return object.body;
  }
}

const entryOf = (object: R2ObjectLike, from: number): Entry => ({
  kind: "object",
  key: object.key.slice(from),
  sizeBytes: object.size,
  version: object.etag,
  modifiedMs: object.uploaded.getTime(),
});

async function answerOf<T>(key: string, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw unreachableFault(key, reasonOf(error));
  }
}
