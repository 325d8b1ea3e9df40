/** The databases of a store: which there are, what could not be read, and which one a name means. */
import { FaultError, type Notice } from "../fault.ts";
import { throwIfCancelled } from "../store/ask.ts";
import type { LogStore } from "../store/source.ts";
import type { Dbc } from "./model.ts";
import { parseDbc } from "./parse.ts";
import { checkSize } from "./room.ts";

export interface Library {
  /** In the order of their keys. Two names may differ only in case, or (`a.dbc`, `a.DBC`) not at all. */
  readonly dbcs: readonly Dbc[];
  /** Databases that could not be read, and names that need care. */
  readonly notices: readonly Notice[];
  /** The database of that name, with or without ".dbc": same case if there is one, else the first in any case. */
  find(name: string): Dbc | null;
}

const READS_AT_ONCE = 4;

/**
 * Loads every `*.dbc` (any case) at the root of a store, or the objects of `keys`. One that cannot be read becomes a notice.
 * Faults: `request/cancelled`, and `storage/*` if the store cannot be listed.
 */
export async function loadLibrary(
  store: LogStore,
  options: { readonly keys?: readonly string[]; readonly signal: AbortSignal },
): Promise<Library> {
  const keys = options.keys ?? (await dbcKeys(store, options.signal));
  const loaded: (Dbc | Notice)[] = [];
  for (let first = 0; first < keys.length; first += READS_AT_ONCE) {
    const some = keys.slice(first, first + READS_AT_ONCE);
    loaded.push(...(await Promise.all(some.map((key) => loadOne(store, key, options.signal)))));
  }
  const dbcs = loaded.filter((each): each is Dbc => "messages" in each);
  const broken = loaded.filter((each): each is Notice => "severity" in each);
  return libraryOf(dbcs, broken);
}

/** A library of databases that were read already. */
export function libraryOf(dbcs: readonly Dbc[], notices: readonly Notice[] = []): Library {
  const exact = new Map<string, Dbc>();
  const anyCase = new Map<string, Dbc>();
  const clashes: Notice[] = [];
  for (const dbc of dbcs) {
    const twin = exact.get(dbc.name) ?? anyCase.get(dbc.name.toLowerCase());
    if (twin) clashes.push(clash(twin, dbc));
    for (const name of [dbc.name, `${dbc.name}.dbc`, dbc.file]) {
      if (!exact.has(name)) exact.set(name, dbc);
      if (!anyCase.has(name.toLowerCase())) anyCase.set(name.toLowerCase(), dbc);
    }
  }
  const find = (name: string): Dbc | null => exact.get(name) ?? anyCase.get(name.toLowerCase()) ?? null;
  return { dbcs, notices: [...notices, ...clashes], find };
}

function clash(first: Dbc, second: Dbc): Notice {
  const text =
    first.name === second.name
      ? `${first.file} and ${second.file} have the same name; "${first.name}" means the first, ask for "${second.file}" to get the other`
      : `${first.file} and ${second.file} differ in case only; a name in another case means the first`;
  return { severity: "warning", text };
}

async function dbcKeys(store: LogStore, signal: AbortSignal): Promise<string[]> {
  const keys: string[] = [];
  for await (const entry of store.list("", { delimiter: "/", signal })) {
    if (entry.kind === "object" && /\.dbc$/i.test(entry.key)) keys.push(entry.key);
  }
  return keys;
}

async function loadOne(store: LogStore, key: string, signal: AbortSignal): Promise<Dbc | Notice> {
  try {
    const source = await store.open(key, signal);
    checkSize(source.sizeBytes, key);
    return parseDbc(await source.read(0, source.sizeBytes, signal), key);
  } catch (error) {
    throwIfCancelled(signal);
    if (!(error instanceof FaultError)) throw error;
    return { severity: "error", text: `${key} is not used: ${error.fault.message}`, fault: error.fault };
  }
}
