/** The one gate every key passes before a store looks at it, and the one order keys come in. */
import { FaultError } from "../fault.ts";

/** R2 and S3 take no longer key. */
export const KEY_BYTES_MAX = 1024;

const encoder = new TextEncoder();

/**
 * Passes `key` through if it names an object inside a store: relative, "/"-separated, every segment a real name.
 * Faults: `request/bad-parameter`, with a sentence that says which rule it broke.
 */
export function checkKey(key: string): string {
  const complaint = key === "" ? "is empty" : (complaintAbout(key) ?? key.split("/").map(complaintAboutSegment).find(Boolean));
  if (complaint) throw refusal(key, complaint);
  return key;
}

/**
 * Passes `prefix` through if keys can begin with it: "" or the start of a key, so its last segment may be cut anywhere.
 * Faults: `request/bad-parameter`.
 */
export function checkPrefix(prefix: string): string {
  const complaint = complaintAbout(prefix) ?? prefix.split("/").slice(0, -1).map(complaintAboutSegment).find(Boolean);
  if (complaint) throw refusal(prefix, complaint);
  return prefix;
}

/** True for a key that `checkKey` lets through: a listing leaves out what could not be opened. */
export function isKey(key: string): boolean {
  return (
    key !== "" && complaintAbout(key) === undefined && key.split("/").every((part) => complaintAboutSegment(part) === undefined)
  );
}

/** Order of the UTF-8 bytes, which is the order of code points: negative, 0 or positive. */
export function compareKeys(a: string, b: string): number {
  const unitCount = Math.min(a.length, b.length);
  for (let i = 0; i < unitCount; i++) {
    const left = a.charCodeAt(i);
    const right = b.charCodeAt(i);
    if (left !== right) return byteRank(left) - byteRank(right);
  }
  return a.length - b.length;
}

// UTF-16 puts surrogates (U+10000 and up) below U+E000..U+FFFF; UTF-8 puts them above.
const byteRank = (unit: number): number => (unit < 0xd800 ? unit : unit < 0xe000 ? unit + 0x2000 : unit - 0x800);

function complaintAbout(key: string): string | undefined {
  if (key.includes("\\")) return "holds a backslash";
  if (key.includes("\0")) return "holds a NUL";
  if (!key.isWellFormed()) return "is not Unicode text";
  if (encoder.encode(key).length > KEY_BYTES_MAX) return `is longer than ${KEY_BYTES_MAX} bytes`;
  return undefined;
}

function complaintAboutSegment(segment: string): string | undefined {
  if (segment === "") return "has an empty segment";
  if (segment === "." || segment === "..") return `has a segment "${segment}"`;
  return undefined;
}

function refusal(key: string, complaint: string): FaultError {
  const shown = key.length > 80 ? `${key.slice(0, 80).toWellFormed()}…` : key.toWellFormed();
  return new FaultError({ code: "request/bad-parameter", message: `the key ${JSON.stringify(shown)} ${complaint}` });
}
