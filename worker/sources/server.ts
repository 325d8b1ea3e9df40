/** A buslens server as a store: logs by byte range, DBC texts fetched once. The same engine then answers here, so nothing is computed twice. */
import type { Fault } from "../../core/fault.ts";
import { FaultError } from "../../core/fault.ts";
import { throwIfCancelled } from "../../core/store/ask.ts";
import { listKnown } from "../../core/store/listing.ts";
import type { ByteSource, Entry, ListOptions, LogStore } from "../../core/store/source.ts";
import { FileStore } from "./blob.ts";
import { openHttp } from "./http.ts";
import { reach } from "./reach.ts";

interface KnownLog {
  readonly key: string;
  readonly sizeBytes: number;
  readonly version: string;
}

/** Reads the catalogue and DBCs of the server at `baseUrl` (ends in "/"). Faults: `access/*`, `storage/*`, `request/not-found`. */
export async function openServerStore(baseUrl: string, token: string | null, signal: AbortSignal): Promise<LogStore> {
  const headers: Readonly<Record<string, string>> = token === null ? {} : { authorization: `Bearer ${token}` };
  const logs = logsOf(await getJson(`${baseUrl}api/catalogue`, headers, signal));
  const names = dbcFilesOf(await getJson(`${baseUrl}api/dbcs`, headers, signal));
  const dbcs = new FileStore();
  for (const name of names) {
    const response = await get(`${baseUrl}api/dbcs/${encodeURIComponent(name)}`, headers, signal);
    dbcs.add(name.split("/").at(-1) ?? name, await response.blob());
  }
  return new ServerStore(`${baseUrl}api/logs/`, logs, dbcs, headers);
}

class ServerStore implements LogStore {
  readonly #base: string;
  readonly #logs: ReadonlyMap<string, KnownLog>;
  readonly #dbcs: FileStore;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(base: string, logs: readonly KnownLog[], dbcs: FileStore, headers: Readonly<Record<string, string>>) {
    this.#base = base;
    this.#logs = new Map(logs.map((log) => [log.key, log]));
    this.#dbcs = dbcs;
    this.#headers = headers;
  }

  async *list(prefix: string, options: ListOptions): AsyncGenerator<Entry> {
    const entries: Extract<Entry, { kind: "object" }>[] = [...this.#logs.values()].map((log) => ({
      kind: "object",
      modifiedMs: null,
      ...log,
    }));
    for await (const entry of this.#dbcs.list("", { signal: options.signal })) if (entry.kind === "object") entries.push(entry);
    entries.sort((a, b) => (a.key < b.key ? -1 : 1));
    for (const entry of listKnown(entries, prefix, options)) {
      throwIfCancelled(options.signal);
      yield entry;
    }
  }

  async open(key: string, signal: AbortSignal): Promise<ByteSource> {
    if (!this.#logs.has(key)) return this.#dbcs.open(key, signal);
    const address = this.#base + key.split("/").map(encodeURIComponent).join("/");
    return openHttp(address, key, signal, { headers: this.#headers });
  }
}

async function getJson(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<unknown> {
  const response = await get(url, headers, signal);
  if (!isJson(response)) throw notOurs(url);
  return response.json().catch(() => {
    throw notOurs(url);
  });
}

async function get(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<Response> {
  const host = new URL(url).host;
  const response = await reach(url, { object: host, headers, signal });
  if (response.ok) return response;
  const fault: Fault =
    response.status === 403 && !isJson(response)
      ? { code: "storage/refused", message: "the store refuses to hand it out", object: host, found: response.status }
      : response.status === 401 || response.status === 403
        ? {
            code: headers.authorization === undefined ? "access/token-needed" : "access/token-wrong",
            message: "the server asks for an access token",
            object: host,
          }
        : { code: "storage/unreachable", message: `it answers HTTP ${response.status}`, object: host };
  throw new FaultError(fault);
}

/** A server of ours says in JSON what it wants; a bucket says no in XML. */
const isJson = ({ headers }: Response): boolean => (headers.get("content-type") ?? "").includes("json");

const notOurs = (url: string): FaultError =>
  new FaultError({ code: "request/not-found", message: `${new URL(url).host} is not a buslens server` });

/** `{devices:[{sessions:[{splits:[{key,sizeBytes,version}]}]}]}`: what else is in it is not needed here. */
export function logsOf(json: unknown): KnownLog[] {
  const logs: KnownLog[] = [];
  for (const device of list(json, "devices")) {
    for (const session of list(device, "sessions")) {
      for (const split of list(session, "splits")) {
        const { key, sizeBytes, version } = record(split);
        if (typeof key === "string" && typeof sizeBytes === "number" && typeof version === "string")
          logs.push({ key, sizeBytes, version });
      }
    }
  }
  return logs;
}

/** `{dbcs:[{file}]}` */
/** Files of databases, and the one that binds them. */
export const dbcFilesOf = (json: unknown): string[] => {
  const { bindings } = record(json);
  const files = list(json, "dbcs").map((dbc) => record(dbc).file);
  return [...files, bindings].filter((file) => typeof file === "string");
};

const record = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};

function list(value: unknown, name: string): readonly unknown[] {
  const items = record(value)[name];
  return Array.isArray(items) ? items : [];
}
