/** From bytes to DBC text, and what to say of a file that is no DBC at all. */
import { type Fault, FaultError } from "../fault.ts";

/** The text, UTF-8 if it is valid UTF-8 (with or without a BOM), else Windows-1252. Faults: `input/bad-dbc` for what is no text. */
export function decodeDbc(bytes: Uint8Array, file: string): string {
  const head = String.fromCharCode(...bytes.subarray(0, 64));
  if (bytes.length === 0) throw notDbc(file, "The file is empty; copy the DBC again.");
  if (head.startsWith("\xff\xfe") || head.startsWith("\xfe\xff")) {
    throw notDbc(file, "The file is UTF-16 text; save the DBC as UTF-8 or Windows-1252.");
  }
  if (head.startsWith("MDF ") || head.startsWith("UnFinMF ")) throw notDbc(file, "The file is an MDF log, not a DBC.");
  const nulAt = bytes.subarray(0, 4096).indexOf(0);
  if (nulAt >= 0) throw notDbc(file, "The file is binary, not a DBC.", { atByte: nulAt });
  const text = decodeText(bytes);
  const start = text.slice(0, 1024).trimStart();
  if (start === "" && text.trim() === "") throw notDbc(file, "The file holds nothing but blanks; copy the DBC again.");
  if (start.startsWith("version https://git-lfs")) {
    throw notDbc(file, "The file is a Git LFS pointer, not the DBC itself; fetch it with `git lfs pull`.");
  }
  if (/^<(!doctype html|html)/i.test(start)) {
    throw notDbc(file, "The file is an HTML page, not a DBC; download the raw file.");
  }
  if (start.startsWith("<")) throw notDbc(file, "The file is XML (ARXML, KCD?), not a DBC.");
  return text;
}

/** For a file that cannot be a DBC: nothing of it is used. */
export const notDbc = (file: string, message: string, at: Pick<Fault, "atByte" | "line" | "column"> = {}): FaultError =>
  new FaultError({ code: "input/bad-dbc", object: file, message, line: 1, column: 1, ...at });

function decodeText(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return decodeWindows1252(bytes);
  }
}

// Windows-1252 differs from Latin-1 in 0x80 to 0x9f only; its five empty places stay control characters, as WHATWG has it.
const WINDOWS_1252 =
  "\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f" +
  "\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178";

// By hand: versions of Node and workerd decode "windows-1252" as Latin-1, and hosts must agree to the byte.
function decodeWindows1252(bytes: Uint8Array): string {
  const units = Uint16Array.from(bytes, (octet) =>
    octet >= 0x80 && octet <= 0x9f ? WINDOWS_1252.charCodeAt(octet - 0x80) : octet,
  );
  let text = "";
  for (let at = 0; at < units.length; at += 8192) text += String.fromCharCode(...units.subarray(at, at + 8192));
  return text;
}
