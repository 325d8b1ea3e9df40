/** What lies behind an address: one log, a buslens server, or a public bucket. Its own answers decide, the name only says what to ask first. */
import { isLogName, parseLogPath } from "../../core/canedge/path.ts";
import { type Fault, FaultError } from "../../core/fault.ts";
import { missingFault } from "../../core/store/ask.ts";
import { checkKey } from "../../core/store/check-key.ts";
import { listKnown } from "../../core/store/listing.ts";
import type { ByteSource, Entry, ListOptions, LogStore } from "../../core/store/source.ts";
import { bucketPlaces, openBucket } from "./bucket.ts";
import { openAgain, openHttp } from "./http.ts";
import { isElsewhere } from "./reach.ts";
import { openServerStore } from "./server.ts";

export { FollowedStore } from "./followed.ts";

export interface OpenedAddress {
  readonly kind: "server" | "address";
  /** What a person calls it. */
  readonly name: string;
  readonly store: LogStore;
  /** The same place as it is now, asked in the way that worked. */
  again(signal: AbortSignal): Promise<LogStore>;
}

/** Faults: `access/token-*`, `storage/*`, `input/not-mdf` for a file that is no log, `request/bad-parameter`. */
export async function openAddress(address: string, token: string | null, signal: AbortSignal): Promise<OpenedAddress> {
  const url = parsedAddress(address);
  if (isLogName(url.pathname)) return oneLog(url, signal);
  const isListing = url.searchParams.has("list-type") || url.searchParams.has("prefix");
  const ways = isListing || /(^|\.)s3[.-]|storage\.googleapis\./.test(url.host) ? [bucketAt, serverAt] : [serverAt, bucketAt];
  const refusals: FaultError[] = [];
  for (const way of [...ways, oneLog]) {
    try {
      const opened = await way(url, signal, token);
      if (opened !== null) return opened;
    } catch (error) {
      if (!(error instanceof FaultError) || !isAboutTheWay(error.fault)) throw error;
      refusals.push(error);
    }
  }
  // Where all ways end alike, the first says it best.
  throw refusals.find(({ fault }) => fault.code === "storage/cors" || fault.code === "storage/refused") ?? nothingThere(url);
}

/** The faults that only say that it is not this kind of place. */
const isAboutTheWay = ({ code }: Fault): boolean =>
  ["storage/cors", "storage/refused", "storage/missing", "storage/unreachable", "request/not-found", "input/not-mdf"].includes(
    code,
  );

function parsedAddress(text: string): URL {
  if (!URL.canParse(text)) throw badAddress(`${text || "Nothing"} is not an address`);
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw badAddress(`${url.protocol} is no web address`);
  // What the page's own policy forbids (edge/app/page-headers.ts) would look like a store that does not answer.
  if (url.protocol === "http:" && isElsewhere(url.href) && !/^(localhost|127\.0\.0\.1)$/.test(url.hostname))
    throw badAddress(
      `${url.host} can be read over https only; plain http is for this machine and for the server this page is from`,
    );
  return url;
}

const badAddress = (message: string): FaultError => new FaultError({ code: "request/bad-parameter", message });

const nothingThere = (url: URL): FaultError =>
  new FaultError({
    code: "storage/missing",
    message: "there is no buslens server, no log, and no bucket that lists its objects",
    object: url.host,
  });

async function serverAt(url: URL, signal: AbortSignal, token: string | null): Promise<OpenedAddress> {
  const base = `${url.origin}${url.pathname.replace(/(view\/?)?(index\.html)?$/, "").replace(/\/?$/, "/")}`;
  const again = (stop: AbortSignal): Promise<LogStore> => openServerStore(base, token, stop);
  return { kind: "server", name: url.host, store: await again(signal), again };
}

async function bucketAt(url: URL, signal: AbortSignal): Promise<OpenedAddress | null> {
  for (const place of bucketPlaces(url)) {
    const store = await openBucket(place, signal);
    if (store === null) continue;
    const again = async (stop: AbortSignal): Promise<LogStore> => (await openBucket(place, stop)) ?? store;
    return { kind: "address", name: `${url.host}/${place.folder}`.replace(/\/$/, ""), store, again };
  }
  return null;
}

async function oneLog(url: URL, signal: AbortSignal): Promise<OpenedAddress> {
  const key = keyOf(url);
  const source = await openHttp(url.href, key, signal).catch((error: unknown) => {
    if (!(error instanceof FaultError)) throw error;
    // The host said so, whatever the log is called.
    throw error.fault.code === "storage/refused" ? new FaultError({ ...error.fault, object: url.host }) : error;
  });
  const head = await source.read(0, Math.min(8, source.sizeBytes), signal);
  if (source.sizeBytes > 0 && !/^(MDF|UnFinMF|Generic)/.test(String.fromCharCode(...head))) throw notALog(url, head);
  let newest = source;
  const again = async (stop: AbortSignal): Promise<LogStore> => {
    newest = (await openAgain(url.href, newest, stop)) ?? newest;
    return new OneLog(newest);
  };
  return { kind: "address", name: key.split("/").at(-1) ?? key, store: new OneLog(source), again };
}

const notALog = (url: URL, head: Uint8Array): FaultError => {
  const found = [...head.slice(0, 4)].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
  return new FaultError({
    code: "input/not-mdf",
    message: `this is not a log: it starts with ${found}`,
    object: url.pathname.split("/").at(-1) || url.host,
    found,
  });
};

/** Device, session and split where the address ends in them, else the name; always with an ending that a store lists. */
function keyOf(url: URL): string {
  const parts = url.pathname.split("/").map(plain);
  const place = parts.slice(-3).join("/");
  if (parseLogPath(place) !== null) return place;
  const name = (parts.at(-1) || url.host).replaceAll(/[\\\0]/g, "_");
  return checkKey(isLogName(name) ? name : `${name}.mf4`);
}

function plain(part: string): string {
  try {
    return decodeURIComponent(part).replaceAll("/", "_");
  } catch {
    return part;
  }
}

class OneLog implements LogStore {
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    this.#source = source;
  }

  async *list(prefix: string, options: ListOptions): AsyncGenerator<Entry> {
    const { key, sizeBytes, version } = this.#source;
    yield* listKnown([{ kind: "object", key, sizeBytes, version, modifiedMs: null }], prefix, options);
  }

  async open(key: string): Promise<ByteSource> {
    if (key !== this.#source.key) throw missingFault(key);
    return this.#source;
  }
}
