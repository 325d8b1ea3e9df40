/** What a dropped file is, by its first bytes: the path only says where it belongs. */
import { BINDING_FILE } from "../core/dbc/binding-file.ts";
import type { Notice } from "../core/fault.ts";
import type { OpenFile } from "./api.ts";

const HEAD_BYTES = 64;

export type Sniffed =
  /** dbc: a database, or the file that binds them. */
  | { readonly kind: "log" | "dbc"; readonly path: string; readonly file: File }
  | { readonly kind: "passwords"; readonly file: File }
  | { readonly kind: "ignored"; readonly notice: Notice };

/** Logs keep their path; a log with a foreign ending gets ".mf4", so that a store lists it as one. */
export async function sniff({ path, file }: OpenFile): Promise<Sniffed> {
  const name = path.split("/").at(-1) ?? path;
  if (/\.(mf4|mfc|mfm|mfe)$/i.test(name)) return { kind: "log", path, file };
  if (/\.dbc$/i.test(name) || name === BINDING_FILE) return { kind: "dbc", path, file };
  if (name === "passwords.json") return { kind: "passwords", file };
  const head = new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer());
  const text = String.fromCharCode(...head);
  if (/^(MDF|UnFinMF) /.test(text)) return { kind: "log", path: `${path}.mf4`, file };
  if (/^Generic File/.test(text)) return { kind: "log", path: `${path}.mfm`, file };
  if (/^\s*VERSION\s+"/.test(text)) return { kind: "dbc", path: `${path}.dbc`, file };
  // Few drop anything else: what it is instead is loaded by who does.
  const { foreignFault } = await import("./foreign-file.ts");
  const fault = foreignFault(path, file.size, head);
  return { kind: "ignored", notice: { severity: "warning", text: fault.message, fault } };
}
