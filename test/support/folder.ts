/** Folders for one test, in the system's place for such. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface ScratchFolder {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/** An empty folder, and the way to be rid of it. */
export async function scratchFolder(): Promise<ScratchFolder> {
  const path = await mkdtemp(join(tmpdir(), "buslens-test-"));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Writes an object as a store would name it: "/" in the key makes folders. */
export async function writeObject(folder: string, key: string, bytes: Uint8Array): Promise<void> {
  const path = join(folder, ...key.split("/"));
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}
