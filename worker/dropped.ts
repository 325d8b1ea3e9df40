/** Files a person gave, told apart by what they are: logs, databases, a list of passwords, and what is none of these. */
import { PASSWORDS_FILE } from "../core/canedge/passwords.ts";
import type { Notice } from "../core/fault.ts";
import type { OpenFile } from "./api.ts";
import { type Sniffed, sniff } from "./sniff.ts";

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
  // A folder of thousands is looked at many at a time.
  for (let from = 0; from < files.length; from += AT_ONCE) {
    const some = files.slice(from, from + AT_ONCE);
    for (const found of await Promise.all(some.map((file) => sniff(file).catch(() => unreadable(file))))) take(found);
  }
  return { ...given, passwords: given.passwords.slice(-1), notices: together(given.notices, files.length) };

  function take(found: Sniffed): void {
    if (found.kind === "ignored") given.notices.push(found.notice);
    else if (found.kind === "passwords") given.passwords.push({ key: PASSWORDS_FILE, blob: found.file });
    else if (found.kind === "dbc") given.databases.push({ key: keyOf(found.path, 1), blob: found.file });
    else given.logs.push({ key: keyOf(found.path, 3), blob: found.file });
  }
}

const AT_ONCE = 64;
const EACH_MAX = 5;
const NAMED_MAX = 3;

/** A folder of other files is one sentence; archives keep theirs, which offers to open them. */
function together(notices: readonly Notice[], fileCount: number): readonly Notice[] {
  const archives = notices.filter(({ fault }) => fault?.found === "archive");
  const others = notices.filter((notice) => !archives.includes(notice));
  if (others.length <= EACH_MAX) return notices;
  const names = others.slice(0, NAMED_MAX).map(({ text, fault }) => fault?.object?.split("/").at(-1) ?? text.split(" ")[0]);
  const text = `${others.length} of ${fileCount} files are no logs and no databases: ${names.join(", ")} and ${others.length - NAMED_MAX} more. buslens reads MF4, MFC, MFE, MFM and DBC`;
  const left = archives.length - EACH_MAX;
  const unsaid = `${left} more archives are among them. Drop those alone to open their files`;
  return [
    ...archives.slice(0, EACH_MAX),
    ...(left > 0 ? [{ severity: "warning", text: unsaid } as const] : []),
    { severity: "warning", text },
  ];
}

/** Removed, renamed or forbidden since it was chosen. */
function unreadable({ path }: OpenFile): Sniffed {
  const text = `${path.split("/").at(-1)} cannot be read any more. Drop it again`;
  return { kind: "ignored", notice: { severity: "warning", text } };
}

/** Device, session and split are the last three parts of a path, whatever lies above; DBCs stand at the top, where the engine looks. */
const keyOf = (path: string, partsMax: number): string =>
  path
    .replaceAll(/[\\\0]/g, "_")
    .split("/")
    .slice(-partsMax)
    .join("/");
