/** Objects behind HTTP addresses, by byte range: a log on any web server, or one a buslens server hands out. */
import { FaultError } from "../../core/fault.ts";
import {
  changedFault,
  checkRange,
  missingFault,
  noRangesFault,
  refusedFault,
  throwIfCancelled,
  unreachableFault,
} from "../../core/store/ask.ts";
import { checkKey, checkPrefix, compareKeys } from "../../core/store/check-key.ts";
import { checkContentRange, parseContentRange, plainEtag, rangeHeader } from "../../core/store/http-range.ts";
import { listKnown } from "../../core/store/listing.ts";
import type { ByteSource, Entry, ListOptions, LogStore } from "../../core/store/source.ts";
import { bytesOf, windowsOf } from "../../core/store/windows.ts";
import { corsFault, isElsewhere, reach } from "./reach.ts";

/** Asked for when an object is opened, and kept: the headers of a log lie here, so opening costs no request of its own. */
const HEAD_BYTES = 64 * 1024;

/** Of each object, at most. */
const HEAD_KEPT_BYTES = 256 * 1024;

export interface HttpOptions {
  /** Sent with every request, e.g. `authorization`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A fixed set of objects below one address. HTTP cannot list, so the keys are given; a listing opens each for its size. */
export class HttpStore implements LogStore {
  readonly #base: string;
  readonly #keys: readonly string[];
  readonly #options: HttpOptions;

  /** `base` ends in "/"; a key's segments are appended, escaped. */
  constructor(base: string, keys: readonly string[], options: HttpOptions = {}) {
    this.#base = base;
    this.#keys = [...new Set(keys.map(checkKey))].sort(compareKeys);
    this.#options = options;
  }

  async *list(prefix: string, options: ListOptions): AsyncGenerator<Entry> {
    const named = this.#keys.map((key) => ({ kind: "object", key, sizeBytes: 0, version: "", modifiedMs: null }) as const);
    for (const entry of listKnown(named, checkPrefix(prefix), options)) {
      throwIfCancelled(options.signal);
      if (entry.kind === "prefix") yield entry;
      else {
        const { sizeBytes, version } = await this.open(entry.key, options.signal);
        yield { ...entry, sizeBytes, version };
      }
    }
  }

  async open(key: string, signal: AbortSignal): Promise<ByteSource> {
    if (!this.#keys.includes(checkKey(key))) throw missingFault(key);
    return openHttp(this.#base + key.split("/").map(encodeURIComponent).join("/"), key, signal, this.#options);
  }
}

/** The object at `url`, pinned to its etag. Faults: `storage/missing`, `storage/refused`, `storage/no-ranges`, `storage/unreachable`. */
export async function openHttp(url: string, key: string, signal: AbortSignal, options: HttpOptions = {}): Promise<ByteSource> {
  const response = await ask(url, key, 0, HEAD_BYTES, signal, options);
  const version = versionOf(response);
  if (isEmpty(response)) {
    await response.body?.cancel();
    return new HttpSource(url, key, version || "0", 0, new Uint8Array(0), options);
  }
  const range = response.status === 206 ? parseContentRange(response.headers.get("content-range")) : null;
  if (range?.atByte !== 0 || !response.body) {
    await response.body?.cancel(); // or the server sends the whole log
    throw faultOfStatus(url, key, response.status) ?? faultOfWhole(url, key, response);
  }
  const head = await bytesOf(response.body, { key, atByte: 0, lengthBytes: range.endByte }, signal);
  return new HttpSource(url, key, version || String(range.sizeBytes), range.sizeBytes, head, options);
}

/** The object as it is now; null: it is still the same. Costs one byte while nothing happens. Faults as `openHttp`. */
export async function openAgain(
  url: string,
  before: ByteSource,
  signal: AbortSignal,
  options: HttpOptions = {},
): Promise<ByteSource | null> {
  const response = await ask(url, before.key, 0, 1, signal, options);
  const range = parseContentRange(response.headers.get("content-range"));
  await response.body?.cancel();
  const isSame =
    response.status === 206 &&
    range?.sizeBytes === before.sizeBytes &&
    (versionOf(response) || before.version) === before.version;
  return isSame ? null : openHttp(url, before.key, signal, options);
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}

class HttpSource implements ByteSource {
  readonly #url: string;
  readonly key: string;
  readonly version: string;
  readonly sizeBytes: number;
  /** The first bytes, as far as they were read one after the other. */
  #head: Uint8Array;
  readonly #options: HttpOptions;

  constructor(url: string, key: string, version: string, sizeBytes: number, head: Uint8Array, options: HttpOptions) {
    this.#url = url;
    this.key = key;
    this.version = version;
    this.sizeBytes = sizeBytes;
    this.#head = head;
    this.#options = options;
  }

  async read(atByte: number, lengthBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    checkRange(this, atByte, lengthBytes);
    throwIfCancelled(signal);
    const endByte = atByte + lengthBytes;
    if (endByte <= this.#head.length) return this.#head.slice(atByte, endByte);
    if (lengthBytes === 0) return new Uint8Array(0);
    // Reads of a header overlap: what is there is not asked for again.
    const fromByte = atByte < this.#head.length ? this.#head.length : atByte;
    const rest = { key: this.key, atByte: fromByte, lengthBytes: endByte - fromByte };
    const fresh = await bytesOf(await this.#body(fromByte, rest.lengthBytes, signal), rest, signal);
    if (fromByte === this.#head.length && endByte <= HEAD_KEPT_BYTES) this.#head = joined(this.#head, fresh);
    return fromByte === atByte ? fresh : joined(this.#head.subarray(atByte, fromByte), fresh);
  }

  async *stream(atByte: number, lengthBytes: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    checkRange(this, atByte, lengthBytes);
    throwIfCancelled(signal);
    if (lengthBytes === 0) return;
    yield* windowsOf(await this.#body(atByte, lengthBytes, signal), { key: this.key, atByte, lengthBytes }, signal);
  }

  // The answer's etag is compared, as If-Match would cost a CORS preflight each.
  async #body(atByte: number, lengthBytes: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array>> {
    const response = await ask(this.#url, this.key, atByte, lengthBytes, signal, this.#options);
    const { key, sizeBytes } = this;
    try {
      const version = versionOf(response);
      if (version !== "" && version !== this.version && response.status < 300) throw changedFault(key);
      if (response.status === 416) throw changedFault(key); // it ends before what it had
      if (response.status !== 206) throw faultOfStatus(this.#url, key, response.status) ?? wholeOnly(this.#url, key, response);
      checkContentRange({ key, sizeBytes, atByte, lengthBytes }, response.headers.get("content-range"), null);
      if (!response.body) throw unreachableFault(key, "an answer without a body");
      return response.body;
    } catch (fault) {
      await response.body?.cancel();
      throw fault;
    }
  }
}

const ask = (
  url: string,
  key: string,
  atByte: number,
  lengthBytes: number,
  signal: AbortSignal,
  options: HttpOptions,
): Promise<Response> =>
  reach(url, { object: key, signal, headers: { ...options.headers, range: rangeHeader(atByte, lengthBytes) } });

/** Servers disagree about a range of nothing: 416 with a range of nothing in it, or 200 without a byte. */
const isEmpty = ({ status, headers }: Response): boolean =>
  (status === 416 && headers.get("content-range")?.trim() === "bytes */0") ||
  (status === 200 && headers.get("content-length") === "0");

const versionOf = ({ headers }: Response): string => plainEtag(headers.get("etag")) || (headers.get("last-modified") ?? "");

/** What came instead of the range: a page to sign in at, a range whose place the store's CORS rule hides or that is another one, or all of it. */
function faultOfWhole(url: string, key: string, response: Response): Error {
  const { status, headers } = response;
  if (status !== 206)
    return /^text\/html\b/i.test(headers.get("content-type") ?? "") ? htmlFault(key) : wholeOnly(url, key, response);
  const range = headers.get("content-range");
  if (range === null) return isElsewhere(url) ? corsFault(url) : noRangesFault(key);
  return unreachableFault(key, `it sent "${range.slice(0, 60)}" where the first bytes were asked`);
}

const htmlFault = (key: string): FaultError =>
  new FaultError({ code: "input/not-mdf", message: "an HTML page lies at this address, not a log", object: key, found: "HTML" });

/** What an answer without bytes means; null: it has some. `found` is the status. */
export function faultOfStatus(url: string, key: string, status: number): FaultError | null {
  if (status < 300) return null;
  const of = ({ fault }: FaultError): FaultError => new FaultError({ ...fault, found: status });
  if (status === 401 || status === 403) return of(refusedFault(key));
  if (status === 404 || status === 410) return of(missingFault(key));
  return of(unreachableFault(new URL(url).host, `HTTP ${status}`));
}

/** Whole files only: who, which one, and how large it is where the server says so. */
function wholeOnly(url: string, key: string, { headers }: Response): FaultError {
  const sizeBytes = Number(headers.get("content-length") ?? 0);
  const { fault } = noRangesFault(`${new URL(url).host}/${key.split("/").at(-1)}`);
  return new FaultError({ ...fault, ...(sizeBytes > 0 ? { found: sizeBytes } : {}) });
}
