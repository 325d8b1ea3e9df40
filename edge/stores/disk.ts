/** A folder as a store, for Node. Only read; nothing outside the folder can be named. */
import type { BigIntStats, Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import { missingFault, throwIfCancelled } from "../../core/store/ask.ts";
import { checkKey, checkPrefix, compareKeys, isKey } from "../../core/store/check-key.ts";
import { isAfter } from "../../core/store/listing.ts";
import type { ByteSource, Entry, ListOptions, LogStore } from "../../core/store/source.ts";
import { DiskSource, diskFault, versionOf } from "./disk-source.ts";

/** One name of a folder: `key` ends in "/" if it is a folder itself. */
interface Item {
  readonly key: string;
  readonly path: string;
  /** Set for links: where they lead, inside the root. */
  readonly real: string | null;
}

export class DiskStore implements LogStore {
  readonly #root: string;

  private constructor(realRoot: string) {
    this.#root = realRoot;
  }

  /** The folder at `path`. Faults: `storage/missing` if there is none, `storage/refused` if it may not be read. */
  static async open(path: string): Promise<DiskStore> {
    try {
      const root = await realpath(path);
      if (!(await stat(root)).isDirectory()) throw Object.assign(new Error("not a folder"), { code: "ENOTDIR" });
      return new DiskStore(root);
    } catch (error) {
      throw diskFault(error, ".");
    }
  }

  /** Links that leave the folder, and names no key can hold, are left out. A folder without a file is a prefix without keys. */
  async *list(prefix: string, options: ListOptions): AsyncGenerator<Entry> {
    const folder = checkPrefix(prefix).slice(0, prefix.lastIndexOf("/") + 1);
    const path = await this.#inside(folder);
    if (path !== null) yield* this.#walk(folder, path, [path], prefix, options);
  }

  async open(key: string, signal: AbortSignal): Promise<ByteSource> {
    const path = await this.#inside(checkKey(key));
    throwIfCancelled(signal);
    const stats = path === null ? null : await statOrNull(path);
    if (path === null || !stats?.isFile()) throw missingFault(key);
    return new DiskSource(key, path, stats);
  }

  /** Real path of a key, or null if there is nothing, or nothing inside the root. */
  async #inside(key: string): Promise<string | null> {
    try {
      const real = await realpath(join(this.#root, ...key.split("/")));
      return real === this.#root || contains(this.#root, real) ? real : null;
    } catch (error) {
      const fault = diskFault(error, key);
      if (fault.fault.code === "storage/missing") return null;
      throw fault;
    }
  }

  async *#walk(
    folder: string,
    path: string,
    above: readonly string[],
    prefix: string,
    options: ListOptions,
  ): AsyncGenerator<Entry> {
    for (const item of await this.#items(folder, path)) {
      throwIfCancelled(options.signal);
      if (!item.key.endsWith("/")) {
        if (item.key.startsWith(prefix) && isAfter(item.key, options.after)) yield* objectEntry(item);
        continue;
      }
      // Either the folder may hold keys that begin with the prefix, or all its keys do.
      if (!item.key.startsWith(prefix) && !prefix.startsWith(item.key)) continue;
      // A folder whose keys all come before `after` is not read at all.
      if (!isAfter(item.key, options.after) && !options.after?.startsWith(item.key)) continue;
      const real = item.real ?? item.path;
      if (item.real !== null && above.includes(real)) continue; // a link to a folder we are in
      if (options.delimiter === undefined) yield* this.#walk(item.key, item.path, [...above, real], prefix, options);
      else if (isAfter(item.key, options.after)) yield { kind: "prefix", key: item.key };
    }
  }

  /** What lies in a folder, in the order its keys have in a listing: "AA-x/" before "AA/". */
  async #items(folder: string, path: string): Promise<Item[]> {
    const items: Item[] = [];
    for (const found of await readFolder(path, folder)) {
      const item = await this.#item(folder, path, found);
      if (item && isKey(item.key.endsWith("/") ? item.key.slice(0, -1) : item.key)) items.push(item);
    }
    return items.sort((a, b) => compareKeys(a.key, b.key));
  }

  async #item(folder: string, folderPath: string, found: Dirent): Promise<Item | null> {
    const path = join(folderPath, found.name);
    const key = folder + found.name;
    if (found.isFile()) return { key, path, real: null };
    if (found.isDirectory()) return { key: `${key}/`, path, real: null };
    if (!found.isSymbolicLink()) return null;
    const real = await this.#inside(key).catch(() => null);
    const stats = real === null ? null : await statOrNull(real);
    if (stats?.isFile()) return { key, path, real };
    return stats?.isDirectory() ? { key: `${key}/`, path, real } : null;
  }
}

async function* objectEntry(item: Item): AsyncGenerator<Entry> {
  const stats = await statOrNull(item.path);
  if (!stats) return; // went away since its folder was read
  yield {
    kind: "object",
    key: item.key,
    sizeBytes: Number(stats.size),
    version: versionOf(stats),
    modifiedMs: Number(stats.mtimeMs),
  };
}

async function readFolder(path: string, folder: string): Promise<Dirent[]> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    const fault = diskFault(error, folder);
    if (fault.fault.code === "storage/missing") return [];
    throw fault;
  }
}

const statOrNull = (path: string): Promise<BigIntStats | null> => stat(path, { bigint: true }).catch(() => null);

function contains(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way); // absolute: another drive
}
