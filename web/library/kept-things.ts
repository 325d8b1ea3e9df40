/** What this page keeps in the browser (viewer.md §7), with its size, and the way to forget it. Indexes of logs are the worker's. */

import type { LibraryDbc } from "../../worker/api.ts";
import { countText } from "../text/number.ts";
import { browserShelf } from "./browser-shelf.ts";

export interface KeptThing {
  readonly name: string;
  /** How many, or what. */
  readonly detail: string;
  readonly bytes: number;
}

/** Keys of localStorage by what a person calls them; what stands in none of them is a setting. */
const NAMES: Readonly<Record<string, string>> = {
  "buslens.assignments": "DBC assignments",
  "buslens.layouts": "Layouts",
  "buslens.views": "Last views",
  "buslens.hosts": "Hosts that were read from",
};
/** Nobody says what a handle takes. */
const HANDLE_BYTES = 100;
const PREFIX = "buslens.";

/** Nothing that is empty. Where the browser forbids to look, there is nothing. */
export async function keptThings(): Promise<KeptThing[]> {
  const found = [...(await shelfThings()), ...localThings(), ...(await fileThings())];
  return found.filter(({ bytes }) => bytes > 0);
}

export async function forgetKeptThings(): Promise<void> {
  for (const storage of storages()) for (const key of keysOf(storage)) storage.removeItem(key);
  await browserShelf("dbcs").clear();
  await browserShelf("folders").clear();
  const root = await ownFolder();
  for (const name of root === null ? [] : await namesIn(root))
    await root?.removeEntry(name, { recursive: true }).catch(() => undefined);
}

async function shelfThings(): Promise<KeptThing[]> {
  const dbcs = await browserShelf<LibraryDbc>("dbcs").all();
  const folders = await browserShelf<FileSystemDirectoryHandle>("folders").all();
  return [
    {
      name: "DBC library",
      detail: `${countText(dbcs.length)} DBC${dbcs.length === 1 ? "" : "s"}`,
      bytes: dbcs.reduce((all, { blob }) => all + blob.size, 0),
    },
    { name: "Last folder", detail: folders.map(({ name }) => name).join(", "), bytes: folders.length * HANDLE_BYTES },
  ];
}

function localThings(): KeptThing[] {
  const bytesOf = new Map<string, number>();
  for (const storage of storages())
    for (const key of keysOf(storage)) {
      const name = NAMES[key] ?? (key === "buslens.history" ? "Undo of this tab" : "Settings");
      bytesOf.set(name, (bytesOf.get(name) ?? 0) + key.length + (storage.getItem(key)?.length ?? 0));
    }
  return [...bytesOf].map(([name, bytes]) => ({ name, detail: "", bytes }));
}

async function fileThings(): Promise<KeptThing[]> {
  const root = await ownFolder();
  const bytes = root === null ? 0 : await bytesBelow(root);
  return [{ name: "Downloaded logs", detail: "", bytes }];
}

function storages(): Storage[] {
  try {
    return [localStorage, sessionStorage];
  } catch {
    return [];
  }
}

const keysOf = (storage: Storage): string[] => Object.keys(storage).filter((key) => key.startsWith(PREFIX));

/** null: this browser has no storage for files, or forbids it. */
const ownFolder = async (): Promise<FileSystemDirectoryHandle | null> =>
  (await navigator.storage?.getDirectory?.().catch(() => null)) ?? null;

async function namesIn(folder: FileSystemDirectoryHandle): Promise<string[]> {
  const names: string[] = [];
  for await (const name of folder.keys()) names.push(name);
  return names;
}

async function bytesBelow(folder: FileSystemDirectoryHandle): Promise<number> {
  let bytes = 0;
  for await (const handle of folder.values()) {
    if (handle.kind === "directory") bytes += await bytesBelow(handle as FileSystemDirectoryHandle);
    else bytes += (await (handle as FileSystemFileHandle).getFile().catch(() => null))?.size ?? 0;
  }
  return bytes;
}
