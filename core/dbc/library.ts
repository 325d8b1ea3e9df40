/** The databases of a store: which there are, what could not be read, and which one a name means. */
import { type Fault, FaultError, type Notice } from "../fault.ts";
import { throwIfCancelled } from "../store/ask.ts";
import type { LogStore } from "../store/source.ts";
import { BINDING_FILE, type Bindings, noBindings, readBindings } from "./binding-file.ts";
import type { Dbc } from "./model.ts";
import { type ParseDbc, parseOnce } from "./parse-once.ts";
import { checkSize } from "./room.ts";

export interface Library {
  /** In the order of their keys. Two names may differ only in case, or (`a.dbc`, `a.DBC`) not at all. */
  readonly dbcs: readonly Dbc[];
  /** Databases that could not be read, and names that need care. */
  readonly notices: readonly Notice[];
  /** What buslens.json says of devices and channels. */
  readonly bindings: Bindings;
  /** The database of that name, with or without ".dbc": same case if there is one, else the first in any case. */
  find(name: string): Dbc | null;
}

const READS_AT_ONCE = 4;

/**
 * Loads every `*.dbc` (any case) at the root of a store, or the objects of `keys`, as `buslens.json` beside them says. One that cannot be read
 * becomes a notice.
 * Faults: `request/cancelled`, and `storage/*` if the store cannot be listed.
 */
export async function loadLibrary(
  store: LogStore,
  options: { readonly keys?: readonly string[]; readonly parse?: ParseDbc; readonly signal: AbortSignal },
): Promise<Library> {
  const parse = options.parse ?? parseOnce();
  const files = await libraryFiles(store, options.signal);
  const keys = options.keys ?? files.dbcs;
  const bindings = files.hasBindings ? await loadBindings(store, options.signal) : noBindings;
  const loaded: (Dbc | Notice)[] = [];
  for (let first = 0; first < keys.length; first += READS_AT_ONCE) {
    const some = keys.slice(first, first + READS_AT_ONCE);
    loaded.push(...(await Promise.all(some.map((key) => loadOne(store, key, bindings, parse, options.signal)))));
  }
  const dbcs = loaded.filter((each): each is Dbc => "messages" in each);
  const broken = loaded.filter((each): each is Notice => "severity" in each);
  return libraryOf(dbcs, broken, bindings);
}

/** A library of databases that were read already. */
export function libraryOf(dbcs: readonly Dbc[], notices: readonly Notice[] = [], bindings: Bindings = noBindings): Library {
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
  return { dbcs, notices: [...notices, ...clashes, ...bindings.notices, ...unknownIn(bindings, find)], bindings, find };
}

function clash(first: Dbc, second: Dbc): Notice {
  const text =
    first.name === second.name
      ? `${first.file} and ${second.file} have the same name; "${first.name}" means the first, ask for "${second.file}" to get the other`
      : `${first.file} and ${second.file} differ in case only; a name in another case means the first`;
  return { severity: "warning", text };
}

/** Databases that rules name and nobody has. */
function unknownIn({ rules }: Bindings, find: Library["find"]): Notice[] {
  const names = new Set(rules.flatMap(({ dbcs = [] }) => dbcs).filter((name) => find(name) === null));
  return [...names].map((name) => ({ severity: "warning", text: `${BINDING_FILE} names ${name}, which is not here` }));
}

/** Keys of databases, and the versions of all that a library is made of: the same text = the same library. */
export async function libraryFiles(
  store: LogStore,
  signal: AbortSignal,
): Promise<{ readonly dbcs: readonly string[]; readonly hasBindings: boolean; readonly version: string }> {
  const dbcs: string[] = [];
  const versions: string[] = [];
  let hasBindings = false;
  for await (const entry of store.list("", { delimiter: "/", signal })) {
    if (entry.kind !== "object") continue;
    if (entry.key === BINDING_FILE) hasBindings = true;
    else if (/\.dbc$/i.test(entry.key)) dbcs.push(entry.key);
    else continue;
    versions.push(`${entry.key}\n${entry.version}`);
  }
  return { dbcs, hasBindings, version: versions.join("\n") };
}

async function loadBindings(store: LogStore, signal: AbortSignal): Promise<Bindings> {
  try {
    const source = await store.open(BINDING_FILE, signal);
    checkSize(source.sizeBytes, BINDING_FILE);
    return readBindings(new TextDecoder().decode(await source.read(0, source.sizeBytes, signal)));
  } catch (error) {
    throwIfCancelled(signal);
    if (!(error instanceof FaultError)) throw error;
    return {
      ...noBindings,
      notices: [{ severity: "error", text: `${BINDING_FILE} is not used: ${error.fault.message}`, fault: error.fault }],
    };
  }
}

async function loadOne(
  store: LogStore,
  key: string,
  bindings: Bindings,
  parse: ParseDbc,
  signal: AbortSignal,
): Promise<Dbc | Notice> {
  try {
    const source = await store.open(key, signal);
    checkSize(source.sizeBytes, key);
    const encoding = bindings.encodings.get(key.toLowerCase()) ?? null;
    return await parse(await source.read(0, source.sizeBytes, signal), key, encoding);
  } catch (error) {
    throwIfCancelled(signal);
    if (!(error instanceof FaultError)) throw error;
    return { severity: "error", text: `${key} is not used: ${error.fault.message}${placeOf(error.fault)}`, fault: error.fault };
  }
}

/** Where in the text, unless it is the file as a whole. */
const placeOf = ({ line = 1, column = 1 }: Fault): string =>
  line === 1 && column === 1 ? "" : ` (line ${line}, column ${column})`;
