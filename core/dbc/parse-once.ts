/** Databases read once for all who ask with the same text: another engine, or one more database beside them, costs only what is new. */
import { sha256Hex } from "../facts/sha256.ts";
import type { DbcEncoding } from "./encoding.ts";
import type { Dbc } from "./model.ts";

/** As `parseDbc`; `encoding` null: the bytes decide. */
export type ParseDbc = (bytes: Uint8Array, file: string, encoding: DbcEncoding | null) => Promise<Dbc>;

/** More than anybody opens; the one that was asked for longest ago goes first. */
const KEPT_MAX = 64;

export function parseOnce(): ParseDbc {
  const kept = new Map<string, Dbc>();
  return async (bytes, file, encoding) => {
    const name = `${file}\n${encoding}\n${sha256Hex(bytes)}`;
    // Loaded with the first database, behind the page's first log.
    const { parseDbc } = await import("./parse.ts");
    const dbc = kept.get(name) ?? parseDbc(bytes, file, { encoding });
    kept.delete(name);
    if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value ?? "");
    kept.set(name, dbc);
    return dbc;
  };
}
