/** Files a person dropped or picked, as a store: no byte leaves the tab. */
import { changedFault, checkRange, missingFault, throwIfCancelled, unreachableFault } from "../../core/store/ask.ts";
import { checkKey, checkPrefix, compareKeys, isKey } from "../../core/store/check-key.ts";
import { listKnown } from "../../core/store/listing.ts";
import type { ByteSource, Entry, ListOptions, LogStore } from "../../core/store/source.ts";
import { reasonOf, windowsOf } from "../../core/store/windows.ts";

export interface NamedBlob {
  readonly key: string;
  readonly blob: Blob;
}

/** Dropped files by key. Two of one key both stay: the second is "name (2).MF4". */
export class FileStore implements LogStore {
  readonly #blobs = new Map<string, Blob>();

  constructor(files: Iterable<NamedBlob> = []) {
    for (const { key, blob } of files) this.add(key, blob);
  }

  /** These files instead of those before. */
  replace(files: Iterable<NamedBlob>): void {
    this.#blobs.clear();
    for (const { key, blob } of files) this.add(key, blob);
  }

  /** Adds a file and returns the key it got. */
  add(key: string, blob: Blob): string {
    const free = freeKey(checkKey(key), (taken) => this.#blobs.has(taken));
    this.#blobs.set(free, blob);
    return free;
  }

  async *list(prefix: string, options: ListOptions): AsyncGenerator<Entry> {
    for (const entry of listKnown(this.#entries(), checkPrefix(prefix), options)) {
      throwIfCancelled(options.signal);
      yield entry;
    }
  }

  async open(key: string, signal: AbortSignal): Promise<ByteSource> {
    const blob = this.#blobs.get(checkKey(key));
    throwIfCancelled(signal);
    if (!blob) throw missingFault(key);
    return blobSource(key, blob);
  }

  *#entries() {
    const known = [...this.#blobs].sort(([a], [b]) => compareKeys(a, b));
    for (const [key, blob] of known)
      yield { kind: "object", key, sizeBytes: blob.size, version: versionOf(blob), modifiedMs: modifiedOf(blob) } as const;
  }
}

/** One Blob or File. A File whose bytes changed on disk since it was picked is `storage/changed`. */
export function blobSource(key: string, blob: Blob): ByteSource {
  const source: ByteSource = {
    key,
    version: versionOf(blob),
    sizeBytes: blob.size,
    async read(atByte, lengthBytes, signal) {
      checkRange(source, atByte, lengthBytes);
      throwIfCancelled(signal);
      if (lengthBytes === 0) return new Uint8Array(0);
      const bytes = await bytesOfPart(key, blob.slice(atByte, atByte + lengthBytes));
      throwIfCancelled(signal);
      return bytes;
    },
    async *stream(atByte, lengthBytes, signal) {
      checkRange(source, atByte, lengthBytes);
      throwIfCancelled(signal);
      if (lengthBytes === 0) return;
      const part = blob.slice(atByte, atByte + lengthBytes);
      try {
        yield* windowsOf(part.stream(), { key, atByte, lengthBytes }, signal);
      } catch (error) {
        throwIfCancelled(signal);
        await bytesOfPart(key, part.slice(0, 1)); // a stream does not say why it failed, a read does
        throw error;
      }
    },
  };
  return source;
}

/** The key of a picked file: its path below the picked folder's parent, or its name. What a key cannot hold becomes "_". */
export function keyOfFile(file: File): string {
  const path = file.webkitRelativePath || file.name;
  const key = path.replaceAll(/[\\\0]/g, "_");
  return isKey(key) ? key : key.split("/").filter(isKey).join("/") || "unnamed";
}

/** All files below a folder handle, keys relative to it; a file that went away meanwhile is left out. */
export async function* filesBelow(folder: FileSystemDirectoryHandle, prefix = ""): AsyncGenerator<NamedBlob> {
  for await (const handle of folder.values()) {
    const key = prefix + handle.name;
    if (handle.kind === "directory") yield* filesBelow(handle as FileSystemDirectoryHandle, `${key}/`);
    else if (isKey(key)) {
      const blob = await (handle as FileSystemFileHandle).getFile().catch(() => null);
      if (blob) yield { key, blob };
    }
  }
}

const modifiedOf = (blob: Blob): number | null => ("lastModified" in blob ? Number(blob.lastModified) : null);
const versionOf = (blob: Blob): string => `${blob.size}-${modifiedOf(blob) ?? 0}`;

function freeKey(key: string, isTaken: (key: string) => boolean): string {
  if (!isTaken(key)) return key;
  const dot = key.lastIndexOf(".");
  const cut = dot > key.lastIndexOf("/") + 1 ? dot : key.length;
  for (let copy = 2; ; copy++) {
    const next = `${key.slice(0, cut)} (${copy})${key.slice(cut)}`;
    if (!isTaken(next)) return next;
  }
}

async function bytesOfPart(key: string, part: Blob): Promise<Uint8Array> {
  try {
    return new Uint8Array(await part.arrayBuffer());
  } catch (error) {
    const name = error instanceof Error ? error.name : "";
    if (name === "NotReadableError") throw changedFault(key);
    if (name === "NotFoundError") throw missingFault(key);
    throw unreachableFault(key, reasonOf(error));
  }
}
