/** Files a person gave, told apart by what they are: logs, databases, a list of passwords, and what is none of these. */
import { PASSWORDS_FILE } from "../core/canedge/passwords.ts";
import type { Notice } from "../core/fault.ts";
import type { OpenFile } from "./api.ts";
import { sniff } from "./sniff.ts";

export interface HeldFile {
  readonly key: string;
  readonly blob: File;
}

export interface Given {
  readonly logs: readonly HeldFile[];
  readonly databases: readonly HeldFile[];
  /** The last one counts. */
  readonly passwords: readonly HeldFile[];
  /** About files that were not taken. */
  readonly notices: readonly Notice[];
}

export async function tellApart(files: readonly OpenFile[]): Promise<Given> {
  const given = { logs: [] as HeldFile[], databases: [] as HeldFile[], passwords: [] as HeldFile[], notices: [] as Notice[] };
  for (const file of files) {
    const found = await sniff(file);
    if (found.kind === "ignored") given.notices.push(found.notice);
    else if (found.kind === "passwords") given.passwords.push({ key: PASSWORDS_FILE, blob: found.file });
    else if (found.kind === "dbc") given.databases.push({ key: keyOf(found.path, 1), blob: found.file });
    else given.logs.push({ key: keyOf(found.path, 3), blob: found.file });
  }
  return { ...given, passwords: given.passwords.slice(-1) };
}

/** Files that are not held already: the same place, size and time. */
export const notHeld = (fresh: readonly HeldFile[], held: readonly HeldFile[]): HeldFile[] =>
  fresh.filter(({ key, blob }) => !held.some((old) => old.key === key && sameFile(old.blob, blob)));

const sameFile = (a: File, b: File): boolean => a.size === b.size && a.lastModified === b.lastModified;

/** Device, session and split are the last three parts of a path, whatever lies above; DBCs stand at the top, where the engine looks. */
const keyOf = (path: string, partsMax: number): string =>
  path
    .replaceAll(/[\\\0]/g, "_")
    .split("/")
    .slice(-partsMax)
    .join("/");
