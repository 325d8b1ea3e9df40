/** From the bytes of a DBC to its text: which character encoding it has, by its BOM, by choice, or by what fits. */
import type { DbcWarning } from "./model.ts";

/** Names as WHATWG has them, of the encodings in which DBCs are found. */
const ENCODINGS = ["utf-8", "windows-1252", "shift_jis", "gb18030", "utf-16le", "utf-16be"] as const;
export type DbcEncoding = (typeof ENCODINGS)[number];

/** What a person may call them. GB18030 holds all of GBK, and that all of GB2312. */
const ALIASES: Readonly<Record<string, DbcEncoding>> = {
  utf8: "utf-8",
  cp1252: "windows-1252",
  latin1: "windows-1252",
  "iso-8859-1": "windows-1252",
  ansi: "windows-1252",
  "shift-jis": "shift_jis",
  sjis: "shift_jis",
  cp932: "shift_jis",
  "windows-31j": "shift_jis",
  gb2312: "gb18030",
  gbk: "gb18030",
  cp936: "gb18030",
};

/** The encoding of that name in any case (`Shift_JIS`, `sjis`, `GB2312` …); null if it is none we read. */
export function encodingOf(name: string): DbcEncoding | null {
  const asked = name.toLowerCase();
  return ENCODINGS.find((known) => known === asked) ?? ALIASES[asked] ?? null;
}

/** For a message that says what may be chosen. */
export const ENCODING_NAMES = "utf-8, windows-1252, shift_jis, gb18030 (gbk, gb2312), utf-16le, utf-16be";

interface Decoded {
  /** Each line ends with LF. */
  readonly text: string;
  readonly encoding: DbcEncoding;
  /** Where the bytes do not look like that encoding. */
  readonly doubt: DbcWarning | null;
}

/** A BOM decides, then the choice, then UTF-8 if the bytes are valid UTF-8, else Windows-1252. */
export function decodeText(given: Uint8Array, chosen: DbcEncoding | null): Decoded {
  const bom = bomOf(given);
  const encoding = bom ?? chosen;
  if (encoding === "utf-16le" || encoding === "utf-16be") return decoded(utf16(given, encoding), encoding);
  const bytes = withLineFeeds(given); // no other of these encodings has CR or LF inside a character
  if (encoding === "windows-1252") return decoded(windows1252(bytes), encoding);
  if (encoding !== null) return decoded(new TextDecoder(encoding).decode(bytes), encoding);
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(bytes), encoding: "utf-8", doubt: null };
  } catch {
    return { text: windows1252(bytes), encoding: "windows-1252", doubt: doubtOf(bytes) };
  }
}

function bomOf([first, second, third]: Uint8Array): DbcEncoding | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return "utf-8";
  if (first === 0xff && second === 0xfe) return "utf-16le";
  return first === 0xfe && second === 0xff ? "utf-16be" : null;
}

/** CR and CR LF → LF, in a copy if there is any. */
function withLineFeeds(bytes: Uint8Array): Uint8Array {
  const firstAt = bytes.indexOf(CR);
  if (firstAt < 0) return bytes;
  const out = bytes.slice();
  let to = firstAt;
  for (let at = firstAt; at < bytes.length; at++) {
    const octet = bytes[at] ?? 0;
    if (octet === CR && bytes[at + 1] === LF) continue;
    out[to++] = octet === CR ? LF : octet;
  }
  return out.subarray(0, to);
}

const [LF, CR] = [0x0a, 0x0d] as const;
const REPLACEMENT = "\ufffd";

function decoded(text: string, encoding: DbcEncoding): Decoded {
  const at = text.indexOf(REPLACEMENT);
  if (at < 0) return { text, encoding, doubt: null };
  const wrong = `the bytes here are not ${encoding}; where they are not, the text has ${REPLACEMENT}`;
  return { text, encoding, doubt: { ...placeIn(text, at), text: wrong } };
}

/** 1-based line and column of a character. */
export function placeIn(text: string, at: number): { readonly line: number; readonly column: number } {
  let line = 1;
  let lineAt = 0;
  for (let end = text.indexOf("\n"); end >= 0 && end < at; end = text.indexOf("\n", lineAt)) {
    line++;
    lineAt = end + 1;
  }
  return { line, column: at - lineAt + 1 };
}

// By hand: Node without full ICU has no utf-16be. An odd last byte is none.
function utf16(bytes: Uint8Array, encoding: "utf-16le" | "utf-16be"): string {
  const [low, high] = encoding === "utf-16le" ? [0, 1] : [1, 0];
  const units = new Uint16Array(bytes.length >> 1);
  let to = 0;
  let last = 0;
  for (let at = 0; at + 1 < bytes.length; at += 2) {
    const unit = (bytes[at + low] ?? 0) | ((bytes[at + high] ?? 0) << 8);
    const isSecondOfPair = unit === LF && last === CR;
    last = unit;
    if (isSecondOfPair || (unit === BOM && at === 0)) continue;
    units[to++] = unit === CR ? LF : unit;
  }
  return textOf(units.subarray(0, to));
}

const BOM = 0xfeff;

// Windows-1252 differs from Latin-1 in 0x80 to 0x9f only; its five empty places stay control characters, as WHATWG has it.
const WINDOWS_1252 =
  "\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f" +
  "\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178";

// By hand: versions of Node and workerd decode "windows-1252" as Latin-1, and hosts must agree to the byte.
function windows1252(bytes: Uint8Array): string {
  const units = new Uint16Array(bytes.length);
  for (let at = 0; at < bytes.length; at++) {
    const octet = bytes[at] ?? 0;
    units[at] = octet >= 0x80 && octet <= 0x9f ? WINDOWS_1252.charCodeAt(octet - 0x80) : octet;
  }
  return textOf(units);
}

/** In pieces, because arguments of a call are limited. */
export function textOf(units: Uint16Array): string {
  let text = "";
  for (let at = 0; at < units.length; at += 8192) text += String.fromCharCode(...units.subarray(at, at + 8192));
  return text;
}

const EMPTY_PLACES: ReadonlySet<number> = new Set([0x81, 0x8d, 0x8f, 0x90, 0x9d]);
const PAIRS_MIN = 4;

/**
 * Whether the text may be Chinese or Japanese: bytes that Windows-1252 leaves empty, or nothing but pairs of bytes above 0x7f (umlauts stand
 * alone as a rule). Points at the first such byte.
 */
function doubtOf(bytes: Uint8Array): DbcWarning | null {
  let line = 1;
  let lineAt = 0;
  let first: { line: number; column: number } | null = null;
  let hasEmptyPlace = false;
  let pairs = 0;
  let hasSingle = false;
  for (let at = 0; at < bytes.length; at++) {
    const octet = bytes[at] ?? 0;
    if (octet === LF) {
      line++;
      lineAt = at + 1;
    }
    if (octet < 0x80) continue;
    first ??= { line, column: at - lineAt + 1 };
    let end = at;
    for (; (bytes[end] ?? 0) >= 0x80; end++) hasEmptyPlace ||= EMPTY_PLACES.has(bytes[end] ?? 0);
    hasSingle ||= (end - at) % 2 === 1;
    pairs += (end - at) >> 1;
    at = end - 1;
  }
  if (first === null || !(hasEmptyPlace || (!hasSingle && pairs >= PAIRS_MIN))) return null;
  const text =
    "the text is read as windows-1252 but its bytes look like Chinese or Japanese; choose with --encoding gb18030 or --encoding shift_jis";
  return { ...first, text };
}
