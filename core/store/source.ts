/** Where bytes come from: the two interfaces every store implements (design §5). */

/** One immutable object, readable by byte range. Faults: `storage/*`. */
export interface ByteSource {
  readonly key: string;
  /** Changes when the bytes change: etag, or size + mtime. */
  readonly version: string;
  readonly sizeBytes: number;
  /** Exactly lengthBytes bytes, which then belong to the caller. For headers, directories, indexes. Faults: `storage/short` past the end, `storage/changed`. */
  read(atByte: number, lengthBytes: number, signal: AbortSignal): Promise<Uint8Array>;
  /** One request; yields windows in order that add up to exactly lengthBytes; each window is lent until the next step. For records. Stopping early (return) releases the request. */
  stream(atByte: number, lengthBytes: number, signal: AbortSignal): AsyncIterable<Uint8Array>;
}

export type Entry =
  | {
      readonly kind: "object";
      readonly key: string;
      readonly sizeBytes: number;
      readonly version: string;
      readonly modifiedMs: number | null;
    }
  /** With `delimiter`: a common prefix, ending in "/". */
  | { readonly kind: "prefix"; readonly key: string };

export interface ListOptions {
  /** Only keys (and prefixes) after this one, in UTF-8 byte order. */
  readonly after?: string;
  readonly delimiter?: "/";
  readonly signal: AbortSignal;
}

/** Keys are relative, "/"-separated, in UTF-8 byte order; `after` is a key, so paging holds no state. */
export interface LogStore {
  list(prefix: string, options: ListOptions): AsyncIterable<Entry>;
  /** Faults: `storage/missing`, and `request/bad-parameter` for a key that leaves the store (checkKey). */
  open(key: string, signal: AbortSignal): Promise<ByteSource>;
}
