/** Databases named on the command line: files, or all *.dbc of a folder. */
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import type { DbcEncoding } from "../../core/dbc/encoding.ts";
import { checkSize } from "../../core/dbc/room.ts";
import { FaultError } from "../../core/fault.ts";
import type { GivenDbc } from "../app/context.ts";
import { diskFault } from "../stores/disk-source.ts";
import { folderPath } from "../stores/folder-path.ts";

/** In the order given, folders by name. Faults: `storage/*`, `input/bad-dbc` for a folder without any, `limit/too-large`. */
export async function readDbcFiles(places: readonly string[], encoding: DbcEncoding | null): Promise<readonly GivenDbc[]> {
  const lists = await Promise.all(places.map(readPlace));
  return lists.flat().map((given) => ({ ...given, encoding }));
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
    if (error instanceof FaultError) throw error;
    const { fault } = diskFault(error, place);
    throw new FaultError(fault.code === "storage/missing" ? { ...fault, message: "there is no such file or folder" } : fault);
  }
}

async function readOne(path: string): Promise<GivenDbc> {
  const file = basename(path);
  checkSize((await stat(path)).size, file);
  return { file, bytes: new Uint8Array(await readFile(path)) };
}
