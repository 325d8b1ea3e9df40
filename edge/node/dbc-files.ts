/** Databases named on the command line: files, or all *.dbc of a folder. */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { FaultError } from "../../core/fault.ts";
import type { GivenDbc } from "../app/context.ts";
import { diskFault } from "../stores/disk-source.ts";
import { folderPath } from "../stores/folder-path.ts";

/** In the order given, folders by name. Faults: `storage/*`, `input/bad-dbc` for a folder without any. */
export async function readDbcFiles(places: readonly string[]): Promise<readonly GivenDbc[]> {
  const lists = await Promise.all(places.map(readPlace));
  return lists.flat();
}

async function readPlace(place: string): Promise<readonly GivenDbc[]> {
  const path = folderPath(place);
  try {
    if (!(await stat(path)).isDirectory()) return [await readOne(path)];
    const names = (await readdir(path)).filter((name) => /\.dbc$/i.test(name)).sort();
    if (names.length === 0)
      throw new FaultError({ code: "input/bad-dbc", message: "the folder holds no .dbc file", object: place });
    return await Promise.all(names.map((name) => readOne(join(path, name))));
  } catch (error) {
    const { fault } = diskFault(error, place);
    throw new FaultError(fault.code === "storage/missing" ? { ...fault, message: "there is no such file or folder" } : fault);
  }
}

const readOne = async (path: string): Promise<GivenDbc> => ({
  file: basename(path),
  bytes: new Uint8Array(await readFile(path)),
});
