/** Passwords of encrypted logs by device, as `passwords.json` has them (formats: canedge.md §11). Nothing here ever puts one into a text. */
import { FaultError } from "../fault.ts";
import type { LogStore } from "../store/source.ts";

/** Device ids in upper case, or "default" for all the others. */
export type Passwords = ReadonlyMap<string, string>;

export const PASSWORDS_FILE = "passwords.json";

/** A list of ten thousand loggers has about 1 MB. */
const FILE_BYTES_MAX = 4 * 1024 * 1024;
const DEFAULT = "default";
const DEVICE = /^[0-9A-Fa-f]{8}$/;

/** The device's own password, else the default; null = none. */
export const passwordOf = (passwords: Passwords, device: string): string | null =>
  passwords.get(device) ?? passwords.get(DEFAULT) ?? null;

/** One list of several; what stands further in front counts. */
export const mergedPasswords = (lists: readonly Passwords[]): Passwords =>
  new Map(lists.toReversed().flatMap((list) => [...list]));

/**
 * Ids in any case (an upper-case one counts where both are there); other keys are ignored. Faults: `input/bad-passwords` with line and column,
 * never with what stands there.
 */
export function parsePasswords(text: string, object: string): Passwords {
  const parsed = parsedJson(text, object);
  const passwords = new Map<string, string>();
  const entries = Object.entries(parsed).sort(([a], [b]) => Number(b !== b.toUpperCase()) - Number(a !== a.toUpperCase()));
  for (const [name, password] of entries) {
    const device = DEVICE.test(name) ? name.toUpperCase() : name === DEFAULT ? name : null;
    if (device === null) continue;
    if (typeof password !== "string") throw bad(object, text, 0, `the password of ${device} is not a text in quotes`);
    passwords.set(device, password);
  }
  return passwords;
}

function parsedJson(text: string, object: string): object {
  const plain = text.replace(/^\ufeff/, "");
  let parsed: unknown;
  try {
    parsed = JSON.parse(plain);
  } catch {
    // What JSON.parse says may quote the text.
    throw bad(object, plain, failsAt(plain), "it is no JSON from here on");
  }
  if (typeof parsed === "object" && parsed !== null && !Array.isArray(parsed)) return parsed;
  throw bad(object, plain, 0, "it is not one object of device ids and passwords");
}

const TOKEN =
  /[ \t\n\r]*(?:("(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*")|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|[{}[\],:])/uy;

/** Where a flat object of names and texts stops being one; its end if that cannot be told. */
function failsAt(text: string): number {
  let expects: "{" | "name or }" | "name" | ":" | "value" | ", or }" | "end" = "{";
  TOKEN.lastIndex = 0;
  for (let at = 0; ; at = TOKEN.lastIndex) {
    const found = TOKEN.exec(text);
    const start = at + (/^[ \t\n\r]*/.exec(text.slice(at))?.[0].length ?? 0);
    if (found === null) return start;
    const token = found[0].trim();
    const isText = found[1] !== undefined;
    if (expects === "{" && token === "{") expects = "name or }";
    else if (expects.startsWith("name") && isText) expects = ":";
    else if (expects === "name or }" && token === "}") expects = "end";
    else if (expects === ":" && token === ":") expects = "value";
    else if (expects === "value" && !/^[{}[\],:]$/.test(token)) expects = ", or }";
    else if (expects === ", or }" && token === ",") expects = "name";
    else if (expects === ", or }" && token === "}") expects = "end";
    else return start;
  }
}

function bad(object: string, text: string, at: number, why: string): FaultError {
  const before = text.slice(0, at).split("\n");
  return new FaultError({
    code: "input/bad-passwords",
    message: `The list of passwords cannot be used: ${why}. It looks like {"default": "…", "AABBCCDD": "…"}`,
    object,
    line: before.length,
    column: (before.at(-1)?.length ?? 0) + 1,
  });
}

/** The list at the root of a store, read again when it has changed; empty if there is none. */
export function storedPasswords(store: LogStore): (signal: AbortSignal) => Promise<Passwords> {
  let known: { readonly version: string; readonly passwords: Passwords } | null = null;
  return async (signal) => {
    const source = await store.open(PASSWORDS_FILE, signal).catch((error: unknown) => {
      if (error instanceof FaultError && error.fault.code === "storage/missing") return null;
      throw error;
    });
    if (source === null) return new Map();
    if (known?.version === source.version) return known.passwords;
    if (source.sizeBytes > FILE_BYTES_MAX) {
      const message = `the list of passwords has ${source.sizeBytes} bytes; ${FILE_BYTES_MAX} are allowed`;
      throw new FaultError({
        code: "limit/too-large",
        message,
        object: PASSWORDS_FILE,
        found: source.sizeBytes,
        allowed: FILE_BYTES_MAX,
      });
    }
    const bytes = await source.read(0, source.sizeBytes, signal);
    known = { version: source.version, passwords: parsePasswords(new TextDecoder().decode(bytes), PASSWORDS_FILE) };
    return known.passwords;
  };
}
