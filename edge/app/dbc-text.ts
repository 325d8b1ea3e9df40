/** The text of a DBC, wherever it came from. */
import type { Dbc } from "../../core/dbc/model.ts";
import type { AppOptions } from "./context.ts";

/** Bytes as they lie in the store or were given by the host. Faults: `storage/*`. */
export async function dbcBytes(dbc: Dbc, app: AppOptions, signal: AbortSignal): Promise<Uint8Array> {
  const given = app.givenDbcs.find(({ file }) => file === dbc.file);
  if (given !== undefined) return given.bytes;
  const source = await app.store.open(dbc.file, signal);
  return source.read(0, source.sizeBytes, signal);
}
