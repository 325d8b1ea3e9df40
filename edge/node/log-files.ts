/** Files named on the command line as a store: each under the CANedge path it lies at, else under its name. */
import { stat } from "node:fs/promises";
import { basename, dirname, sep } from "node:path";
import { parseLogPath } from "../../core/canedge/path.ts";
import { FaultError } from "../../core/fault.ts";
import { compareKeys } from "../../core/store/check-key.ts";
import { listKnown } from "../../core/store/listing.ts";
import type { ByteSource, Entry, ListOptions, LogStore } from "../../core/store/source.ts";
import { DiskStore } from "../stores/disk.ts";
import { folderPath } from "../stores/folder-path.ts";

/** One file of the system. Faults: `storage/*`, with the name as it was typed. */
export async function openFile(typed: string, signal: AbortSignal): Promise<ByteSource> {
  const path = folderPath(typed);
  try {
    const folder = await DiskStore.open(dirname(path));
    return await folder.open(basename(path), signal);
  } catch (error) {
    if (!(error instanceof FaultError)) throw error;
    const missing = { ...error.fault, message: await whyNoFile(path) };
    throw new FaultError({ ...(error.fault.code === "storage/missing" ? missing : error.fault), object: typed });
  }
}

async function whyNoFile(path: string): Promise<string> {
  const there = await stat(path).catch(() => null);
  if (there === null) return "there is no such file";
  return there.isDirectory() ? "this is a folder, not a file" : "this is not a plain file";
}

/** Faults: as `openFile`, for the first that cannot be opened. */
export async function logFiles(typed: readonly string[], signal: AbortSignal): Promise<LogFiles> {
  const sources = new Map<string, ByteSource>();
  for (const name of typed) {
    const source = await openFile(name, signal);
    const key = keyOf(name);
    sources.set(sources.has(key) ? `${sources.size}-${basename(key)}` : key, source);
  }
  return new LogFiles(sources);
}

function keyOf(typed: string): string {
  const place = folderPath(typed).split(sep).slice(-3).join("/");
  return parseLogPath(place) === null ? basename(folderPath(typed)) : place;
}

export class LogFiles implements LogStore {
  /** In the order they were named. */
  readonly keys: readonly string[];
  readonly #sources: ReadonlyMap<string, ByteSource>;

  constructor(sources: ReadonlyMap<string, ByteSource>) {
    this.keys = [...sources.keys()];
    this.#sources = sources;
  }

  async *list(prefix: string, options: ListOptions): AsyncGenerator<Entry> {
    const keys = [...this.#sources.keys()].sort(compareKeys);
    const entries = keys.flatMap((key) => {
      const source = this.#sources.get(key);
      if (source === undefined) return [];
      return [{ kind: "object" as const, key, sizeBytes: source.sizeBytes, version: source.version, modifiedMs: null }];
    });
    yield* listKnown(entries, prefix, options);
  }

  async open(key: string): Promise<ByteSource> {
    const source = this.#sources.get(key);
    if (source === undefined) throw new FaultError({ code: "storage/missing", message: "there is no such file", object: key });
    return source;
  }
}
