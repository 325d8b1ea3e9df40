/** All files of what was dropped, and of a folder that the browser hands out for good. */
import { type CountedFiles, countedFiles } from "./counted-files.ts";

/** Files and folders as the browser hands them to a drop, with all that lies below. */
export async function filesOfEntries(entries: readonly FileSystemEntry[], found = countedFiles()): Promise<CountedFiles> {
  for (const entry of entries) await collect(entry, found);
  return found;
}

async function collect(entry: FileSystemEntry, found: CountedFiles): Promise<void> {
  if (found.isEnough()) return;
  if (entry.isFile) {
    const open = (): Promise<File | null> =>
      new Promise((resolve) => (entry as FileSystemFileEntry).file(resolve, () => resolve(null)));
    return found.add(entry.fullPath.replace(/^\//, ""), open);
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  // One call gives at most a hundred entries; an empty answer is the end.
  for (;;) {
    const batch = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (batch.length === 0) return;
    for (const child of batch) await collect(child, found);
  }
}

/** All files below, with their paths; one that went away meanwhile is left out. */
export async function filesOfFolder(folder: FileSystemDirectoryHandle): Promise<CountedFiles> {
  const found = countedFiles();
  async function collect(below: FileSystemDirectoryHandle, path: string): Promise<void> {
    for await (const handle of below.values()) {
      if (found.isEnough()) return;
      if (handle.kind === "directory") await collect(handle as FileSystemDirectoryHandle, `${path}/${handle.name}`);
      else await found.add(`${path}/${handle.name}`, () => (handle as FileSystemFileHandle).getFile().catch(() => null));
    }
  }
  await collect(folder, folder.name);
  return found;
}
