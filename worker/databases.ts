/** Which databases count in this tab: those beside the logs, those dropped, and of the browser's library those that a person assigned. */
import { BINDING_FILE, type BindingRule } from "../core/dbc/binding-file.ts";
import { FaultError } from "../core/fault.ts";
import type { LogStore } from "../core/store/source.ts";
import type { LibraryDbc } from "./api.ts";
import type { NamedBlob } from "./sources/blob.ts";

export interface Chosen {
  readonly dropped: readonly NamedBlob[];
  readonly library: readonly LibraryDbc[];
  /** What a person said of devices and channels; it counts before the `buslens.json` beside the logs. */
  readonly rules: readonly BindingRule[];
}

/** The files to lay over `store`: databases, and one `buslens.json` that says all that is known of channels and encodings. */
export async function databaseLayer(
  store: LogStore,
  { dropped, library, rules }: Chosen,
  signal: AbortSignal,
): Promise<NamedBlob[]> {
  const named = new Set(rules.flatMap(({ dbcs }) => dbcs));
  const files = dropped.filter(({ key }) => key !== BINDING_FILE);
  const added = library.filter(
    ({ file, encoding }) => named.has(file) || (encoding !== null && files.some((f) => f.key === file)),
  );
  const layer = [
    ...files,
    ...added.filter(({ file }) => !files.some(({ key }) => key === file)).map(({ file, blob }) => ({ key: file, blob })),
  ];
  const own = dropped.findLast(({ key }) => key === BINDING_FILE);
  const encodings = Object.fromEntries(added.flatMap(({ file, encoding }) => (encoding === null ? [] : [[file, encoding]])));
  if (rules.length === 0 && Object.keys(encodings).length === 0) return own === undefined ? layer : [...layer, own];
  const given = own === undefined ? await bindingText(store, signal) : await own.blob.text();
  return [...layer, { key: BINDING_FILE, blob: bindingFile(given, rules, encodings) }];
}

async function bindingText(store: LogStore, signal: AbortSignal): Promise<string> {
  try {
    const source = await store.open(BINDING_FILE, signal);
    return new TextDecoder().decode(await source.read(0, source.sizeBytes, signal));
  } catch (error) {
    if (error instanceof FaultError && error.fault.code !== "request/cancelled") return "{}";
    throw error;
  }
}

let made = 0;

/** A person's rules before those of the file, whose form is its own reader's business. */
function bindingFile(given: string, rules: readonly BindingRule[], encodings: Readonly<Record<string, string>>): File {
  const { bindings, encodings: theirs, ...rest } = asObject(given);
  const merged = {
    ...rest,
    bindings: [...rules, ...(Array.isArray(bindings) ? bindings : [])],
    encodings: { ...(typeof theirs === "object" ? theirs : {}), ...encodings },
  };
  // Each is another version of the file, also of the same length.
  return new File([JSON.stringify(merged)], BINDING_FILE, { lastModified: ++made });
}

function asObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null ? (json as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
