/** A public bucket that speaks S3, read by a page without any server: its listing once, then its objects by range. */
import { FaultError } from "../../core/fault.ts";
import { missingFault, throwIfCancelled } from "../../core/store/ask.ts";
import { checkKey, checkPrefix, compareKeys, isKey } from "../../core/store/check-key.ts";
import { listKnown } from "../../core/store/listing.ts";
import type { ByteSource, Entry, ListOptions, LogStore } from "../../core/store/source.ts";
import { openHttp } from "./http.ts";
import { reach } from "./reach.ts";
import { type ListedObject, parseListing } from "./s3-listing.ts";

/** Where a bucket lies: its own address, ending in "/", and the folder in it, "" or ending in "/". */
export interface BucketPlace {
  readonly base: string;
  readonly folder: string;
}

/** Some ten megabytes of names; a page of the listing has up to 1,000. */
const KEYS_MAX = 200_000;
/** A store that hands out smaller pages is listed as well; one that only says that there is more is not. */
const PAGES_MAX = 4000;
const EMPTY_PAGES_MAX = 50;

/**
 * The ways an address may name a bucket, likeliest first: `https://bucket.host/folder/`, `https://host/bucket/folder/`, and either as the address
 * of a listing (`?list-type=2&prefix=folder/`).
 */
export function bucketPlaces(address: URL): BucketPlace[] {
  const asFolder = (path: string): string => (path === "" || path.endsWith("/") ? path : `${path}/`);
  const parts = address.pathname.split("/").filter((part) => part !== "");
  const prefix = address.searchParams.get("prefix");
  const [first, ...rest] = parts;
  const own = { base: `${address.origin}/`, folder: asFolder(prefix ?? decoded(parts.join("/"))) };
  if (first === undefined) return [own];
  const below = { base: `${address.origin}/${first}/`, folder: asFolder(prefix ?? decoded(rest.join("/"))) };
  const isNamedByHost = /^[^.]+\.(s3[.-]|.*\.(r2|digitaloceanspaces|storage\.googleapis)\.)/.test(address.host);
  return isNamedByHost ? [own, below] : [below, own];
}

/** Lists the bucket to its end; null if nothing there is a listing. Faults: `storage/*`, `limit/too-many` (also a listing without an end). */
export async function openBucket({ base, folder }: BucketPlace, signal: AbortSignal): Promise<BucketStore | null> {
  const object = new URL(base).host;
  const objects: ListedObject[] = [];
  let emptyPages = 0;
  for (let next: string | null = null, page = 0; next !== null || page === 0; page++) {
    const asked = new URLSearchParams({ "list-type": "2", "encoding-type": "url" });
    if (folder !== "") asked.set("prefix", folder);
    if (next !== null) asked.set("continuation-token", next);
    const response = await reach(`${base.replace(/\/$/, "")}${base === `${new URL(base).origin}/` ? "/" : ""}?${asked}`, {
      object,
      signal,
    });
    const listing = response.ok ? parseListing(await response.text()) : null;
    if (listing === null) {
      if (page === 0) return null;
      throw new FaultError({
        code: "storage/unreachable",
        message: `page ${page + 1} of the listing did not come (HTTP ${response.status})`,
        object,
      });
    }
    if (!listing.isWhole) throw cutListing(object, page + 1);
    objects.push(...listing.objects);
    if (objects.length > KEYS_MAX) throw tooMany(object, objects.length);
    emptyPages = listing.objects.length === 0 ? emptyPages + 1 : 0;
    const isEndless = page + 1 >= PAGES_MAX || emptyPages > EMPTY_PAGES_MAX || listing.next === next;
    if (listing.next !== null && isEndless) throw endless(object, page + 1);
    next = listing.next;
  }
  return new BucketStore(base, folder, objects);
}

export class BucketStore implements LogStore {
  readonly #base: string;
  readonly #objects: ReadonlyMap<string, ListedObject>;

  constructor(base: string, folder: string, objects: readonly ListedObject[]) {
    this.#base = base + folder.split("/").map(encodeURIComponent).join("/");
    const own = objects.map((object) => ({ ...object, key: object.key.slice(folder.length) })).filter(({ key }) => isKey(key));
    this.#objects = new Map(own.sort((a, b) => compareKeys(a.key, b.key)).map((object) => [object.key, object]));
  }

  async *list(prefix: string, options: ListOptions): AsyncGenerator<Entry> {
    const all = [...this.#objects.values()].map((object) => ({ kind: "object", ...object }) as const);
    for (const entry of listKnown(all, checkPrefix(prefix), options)) {
      throwIfCancelled(options.signal);
      yield entry;
    }
  }

  async open(key: string, signal: AbortSignal): Promise<ByteSource> {
    if (!this.#objects.has(checkKey(key))) throw missingFault(key);
    return openHttp(this.#base + key.split("/").map(encodeURIComponent).join("/"), key, signal);
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const cutListing = (object: string, page: number): FaultError =>
  new FaultError({ code: "storage/short", message: `page ${page} of its listing ends in the middle; open it again`, object });

const endless = (object: string, pages: number): FaultError =>
  new FaultError({
    code: "limit/too-many",
    message: `its listing does not come to an end: ${pages} pages were read; name a folder or one log in the address`,
    object,
    found: pages,
    allowed: PAGES_MAX,
  });

const tooMany = (object: string, found: number): FaultError =>
  new FaultError({
    code: "limit/too-many",
    message: "there are too many objects to list in a page; name a folder in the address",
    object,
    found,
    allowed: KEYS_MAX,
  });
