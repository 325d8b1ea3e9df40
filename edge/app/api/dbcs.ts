/** GET /api/dbcs and /api/dbcs/<name>: which DBCs are loaded, and their texts. */
import { BINDING_FILE } from "../../../core/dbc/binding-file.ts";
import { libraryFiles } from "../../../core/dbc/library.ts";
import { FaultError } from "../../../core/fault.ts";
import type { AppOptions, Handler } from "../context.ts";
import { dbcBytes } from "../dbc-text.ts";
import { jsonResponse } from "../fault-answer.ts";
import { decoded, onlyKnown } from "./parameters.ts";

/** Name, file, how much is in it, and what the parser had to say. */
export const dbcList: Handler = async ({ request, url, app }) => {
  onlyKnown(url.searchParams, []);
  const dbcs = await app.engine.dbcs(request.signal);
  const rows = dbcs.map(({ name, file, version, messages, warnings }) => ({
    name,
    file,
    version,
    messageCount: messages.length,
    signalCount: messages.reduce((sum, message) => sum + message.signals.length, 0),
    warnings,
  }));
  return jsonResponse({ dbcs: rows, ...((await hasBindings(app, request.signal)) ? { bindings: BINDING_FILE } : {}) });
};

/** Databases that were given by hand are not bound by the store's file. */
const hasBindings = async (app: AppOptions, signal: AbortSignal): Promise<boolean> =>
  app.givenDbcs.length === 0 && (await libraryFiles(app.store, signal)).hasBindings;

/** The text itself, by name (`canmod-gps`, any case if that is unique) or by file name; `buslens.json` too. Faults: `request/not-found`. */
export const dbcText: Handler = async ({ request, url, app }) => {
  const wanted = decoded(url.pathname.slice("/api/dbcs/".length));
  if (wanted === BINDING_FILE && (await hasBindings(app, request.signal))) {
    const source = await app.store.open(BINDING_FILE, request.signal);
    return textResponse(await source.read(0, source.sizeBytes, request.signal));
  }
  const dbcs = await app.engine.dbcs(request.signal);
  const lower = wanted.toLowerCase();
  const found =
    dbcs.find(({ name, file }) => file === wanted || name === wanted) ??
    dbcs.find(({ name, file }) => file.toLowerCase() === lower || name.toLowerCase() === lower);
  if (found === undefined) {
    const names = dbcs.map(({ name }) => name).join(", ");
    throw new FaultError({
      code: "request/not-found",
      message: `no DBC of this name is loaded; loaded: ${names || "none"}`,
      found: wanted.slice(0, 100),
    });
  }
  return textResponse(await dbcBytes(found, app, request.signal));
};

/** DBCs are UTF-8 or Windows-1252: no charset is claimed, the bytes are the file's. */
const textResponse = (bytes: Uint8Array): Response =>
  new Response(bytes as Uint8Array<ArrayBuffer>, {
    headers: { "Content-Type": "text/plain", "Cache-Control": "no-cache" },
  });
