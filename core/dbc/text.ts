/** The text of a DBC, and what to say of a file that is no DBC at all. */
import { FaultError } from "../fault.ts";
import { type DbcEncoding, decodeText, placeIn } from "./encoding.ts";
import type { Warnings } from "./warnings.ts";

export interface DbcText {
  /** Each line ends with LF. */
  readonly text: string;
  readonly encoding: DbcEncoding;
}

const HEAD_CHARS = 4096;

/** The text of a file, decoded as `encoding.ts` says. Faults: `input/bad-dbc` for what is no text. */
export function dbcText(bytes: Uint8Array, file: string, chosen: DbcEncoding | null, warnings: Warnings): DbcText {
  if (bytes.length === 0) throw notDbc(file, "The file is empty; copy the DBC again.");
  const magic = String.fromCharCode(...bytes.subarray(0, 8));
  if (magic.startsWith("MDF ") || magic === "UnFinMF ") throw notDbc(file, "The file is an MDF log, not a DBC.");
  const { text, encoding, doubt } = decodeText(bytes, chosen);
  const head = text.slice(0, HEAD_CHARS);
  const nulAt = head.indexOf("\0");
  if (nulAt >= 0) {
    const message =
      chosen === null
        ? "The file is binary, not a DBC."
        : `The file is binary, or its text is not ${encoding}; choose another encoding.`;
    throw notDbc(file, message, placeIn(head, nulAt));
  }
  const start = head.trimStart();
  if (start === "" && text.trim() === "") throw notDbc(file, "The file holds nothing but blanks; copy the DBC again.");
  if (start.startsWith("version https://git-lfs")) {
    throw notDbc(file, "The file is a Git LFS pointer, not the DBC itself; fetch it with `git lfs pull`.");
  }
  if (/^<(!doctype html|html)/i.test(start)) {
    throw notDbc(file, "The file is an HTML page, not a DBC; download the raw file.");
  }
  if (start.startsWith("<")) throw notDbc(file, "The file is XML (ARXML, KCD?), not a DBC.");
  if (doubt) warnings.add(doubt, doubt.text);
  return { text, encoding };
}

/** For a file that cannot be a DBC: nothing of it is used. */
export const notDbc = (
  file: string,
  message: string,
  { line, column }: { readonly line: number; readonly column: number } = { line: 1, column: 1 },
): FaultError => new FaultError({ code: "input/bad-dbc", object: file, message, line, column });
