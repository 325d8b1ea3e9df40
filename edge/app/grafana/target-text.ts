/**
 * How a target's text becomes values (formats/grafana-api.md §6). Grafana writes variables into the text in its regex format, where
 * `canmod-gps.v1` is `canmod-gps\.v1` (no legal JSON) and two values are `(A|B)`; other formats give `{A,B}` or a JSON array.
 */
import { isJsonObject, type JsonObject } from "../body.ts";
import { DEPTH_MAX, depthOf } from "../depth.ts";

/** The JSON value of a text with regex-escaped values in it; `undefined` if it is no JSON even so. */
export function parseLoosely(text: string): unknown {
  if (depthOf(text) > DEPTH_MAX) return undefined;
  try {
    return JSON.parse(keepBackslashes(text)) as unknown;
  } catch {
    return undefined;
  }
}

/** The object a text or object holds, else null. */
export function objectIn(value: unknown): JsonObject | null {
  const parsed = typeof value === "string" ? parseLoosely(value) : value;
  return isJsonObject(parsed) ? parsed : null;
}

/** Doubles every backslash that begins no JSON escape, so that `\.` reads as a backslash and a dot. */
const keepBackslashes = (text: string): string =>
  text.replace(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})|\\/g, (found) => (found === "\\" ? "\\\\" : found));

/** What a text value of a target names: one value, or a list in regex `(A|B)` or glob `{A,B}` form. Empty for `()`. */
export function listIn(text: string): readonly string[] {
  if (text.startsWith("(") && endsUnescaped(text, ")")) return splitAlternatives(text.slice(1, -1)).filter(notEmpty).map(plain);
  // `${NAME}` is a variable that Grafana did not know, not a list.
  if (text.startsWith("{") && text.endsWith("}")) return text.slice(1, -1).split(",").filter(notEmpty).map(plain);
  return [plain(text)];
}

/** As `listIn`, and `A|B` without brackets is a list too: the seed takes it for signals. */
export function signalListIn(text: string): readonly string[] {
  const bare = !text.startsWith("(") && !text.startsWith("{");
  return bare ? splitAlternatives(text).map(plain) : listIn(text);
}

const notEmpty = (text: string): boolean => text !== "";

/** Regex format escapes `\ ^ $ * + ? . ( ) [ ] { } / |`, older Grafana also `-`: anything that is no letter or digit. */
const plain = (text: string): string => text.replace(/\\([^A-Za-z0-9])/g, "$1");

function endsUnescaped(text: string, end: string): boolean {
  if (!text.endsWith(end)) return false;
  const backslashes = /\\*$/.exec(text.slice(0, -1))?.[0].length ?? 0;
  return backslashes % 2 === 0;
}

function splitAlternatives(text: string): readonly string[] {
  const parts: string[] = [];
  let part = "";
  for (const [piece] of text.matchAll(/\\[\s\S]|[^\\]|\\/g)) {
    if (piece === "|") {
      parts.push(part);
      part = "";
    } else part += piece;
  }
  parts.push(part);
  return parts;
}
