/** A file that is neither log nor database: what it is instead, by its first bytes (viewer.md §9, 7 to 9). */
import type { Fault } from "../core/fault.ts";

/** `found` of an archive, which can be unpacked. */
const ARCHIVE = "archive";

/** The message goes on after the file's name, which stands in `object`. */
export function foreignFault(path: string, sizeBytes: number, head: Uint8Array): Fault {
  if (sizeBytes === 0) return { code: "input/empty", message: "is empty (0 bytes)", object: path };
  const message = whatItIs(head);
  return { code: "input/unsupported", message, object: path, found: archiveName(head) === null ? hexOf(head) : ARCHIVE };
}

const SIGNATURES: readonly (readonly [RegExp, string])[] = [
  [/^LOGG/, "a Vector BLF file"],
  [/^version https:\/\/git-lfs/, "a Git LFS pointer, not the file itself"],
  [/^\s*<(!doctype|html)/i, "an HTML page"],
  [/^;\$FILEVERSION/, "a PEAK TRC file"],
  [/^date .*\n?base /i, "a Vector ASC file"],
  [/^%PDF/, "a PDF"],
];

function whatItIs(head: Uint8Array): string {
  const text = String.fromCharCode(...head);
  const known = SIGNATURES.find(([signature]) => signature.test(text))?.[1];
  const reads = "buslens reads MF4, MFC, MFE, MFM and DBC";
  if (known !== undefined) return `is ${known}. ${reads}`;
  const archive = archiveName(head);
  return `is not a log: it starts with ${hexOf(head)}${archive === null ? `. ${reads}` : ` (${archive})`}`;
}

/** What can be opened by unpacking it; null: no archive. An empty ZIP archive starts with its end. */
const archiveName = (head: Uint8Array): string | null => {
  const hex = hexOf(head);
  return /^50 4B (03 04|05 06)/.test(hex) ? "a ZIP archive" : /^1F 8B/.test(hex) ? "a gzip archive" : null;
};

const hexOf = (head: Uint8Array): string =>
  [...head.slice(0, 4)].map((byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
