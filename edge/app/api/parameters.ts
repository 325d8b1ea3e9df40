/** Query strings of /api: each parameter read once, with a sentence when it is wrong. */
import type { EpochNs } from "../../../core/time.ts";
import { badParameter } from "../fault-answer.ts";
import { listIn } from "../grafana/target-text.ts";
import { readInstant } from "../instant.ts";

/** The parameter's text; null if it is absent or empty. Faults: `request/bad-parameter` if it is there twice. */
export function textOf(params: URLSearchParams, name: string): string | null {
  const values = params.getAll(name).filter((value) => value !== "");
  if (values.length > 1) throw badParameter(`"${name}" is there ${values.length} times; give it once`);
  return values[0] ?? null;
}

/** All values of a parameter that may be there more than once. */
export const textsOf = (params: URLSearchParams, name: string): readonly string[] =>
  params.getAll(name).filter((value) => value !== "");

/** As `textsOf`, and each may be a list as Grafana writes the values of a variable: `{A,B}` or `(A|B)`. */
export const listsOf = (params: URLSearchParams, name: string): readonly string[] => [
  ...new Set(textsOf(params, name).flatMap((text) => (isList(text) ? listIn(text) : [text]))),
];

// A name of a measurement's channel may stand in round brackets.
const isList = (text: string): boolean => (text.startsWith("(") ? text.includes("|") : text.startsWith("{"));

/** Whole numbers in [least, most], from lists too; a channel may be written `CH2`. Faults: `request/bad-parameter`. */
export function numbersOf(params: URLSearchParams, name: string, least: number, most: number): readonly number[] {
  return listsOf(params, name).map((text) => {
    const digits = /^(?:ch)?(\d{1,15}|0x[0-9a-f]{1,8})$/i.exec(text)?.[1];
    const value = digits === undefined ? Number.NaN : Number(digits);
    if (value >= least && value <= most) return value;
    throw badParameter(`"${name}" must be a whole number from ${least} to ${most}`, text);
  });
}

/** Faults: `request/bad-parameter` if it is absent. */
export function neededText(params: URLSearchParams, name: string, why: string): string {
  const text = textOf(params, name);
  if (text === null) throw badParameter(`"${name}" is missing: ${why}`);
  return text;
}

/** A time, or null if absent. */
export function instantOf(params: URLSearchParams, name: string, nowMs: number): EpochNs | null {
  const text = textOf(params, name);
  // A "+" of a time zone arrives as a blank when the client did not encode it.
  return text === null ? null : readInstant(text.replace(/ (\d{2}:?\d{2})$/, "+$1"), name, nowMs);
}

/** A whole number in [least, most]; null if absent. */
export function integerOf(params: URLSearchParams, name: string, least: number, most: number): number | null {
  const text = textOf(params, name);
  if (text === null) return null;
  const value = /^(\d{1,15}|0x[0-9a-f]{1,8})$/i.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw badParameter(`"${name}" must be a whole number from ${least} to ${most}`, text);
}

/** Whole ns as decimal text; null if absent. */
export function nanosecondsOf(params: URLSearchParams, name: string): bigint | null {
  const text = textOf(params, name);
  if (text === null) return null;
  const digits = /^(-?\d{1,19})(?:ns)?$/.exec(text)?.[1];
  if (digits !== undefined) return BigInt(digits);
  throw badParameter(`"${name}" must be a whole number of nanoseconds`, text);
}

/** `1`, `true`, or the bare name = true; `0`, `false` or absent = false. */
export function flagOf(params: URLSearchParams, name: string): boolean {
  const text = params.get(name)?.toLowerCase();
  if (text === undefined || text === "0" || text === "false") return false;
  if (text === "" || text === "1" || text === "true") return true;
  throw badParameter(`"${name}" must be 1 or 0`, text);
}

/** One of some words, in any case; null if absent. */
export function wordOf<W extends string>(params: URLSearchParams, name: string, words: readonly W[]): W | null {
  const text = textOf(params, name);
  if (text === null) return null;
  const word = words.find((one) => one === text.toLowerCase());
  if (word === undefined) throw badParameter(`"${name}" must be one of ${words.join(", ")}`, text);
  return word;
}

/** Faults: `request/bad-parameter` for names nobody reads: a misspelt filter must not be dropped in silence. */
export function onlyKnown(params: URLSearchParams, known: readonly string[]): void {
  for (const name of params.keys())
    if (!known.includes(name)) throw badParameter(`"${name.slice(0, 60)}" is no parameter here; there are ${known.join(", ")}`);
}

/** A path segment or rest as it was meant. Faults: `request/bad-parameter`. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badParameter("the path is not valid percent-encoding", text);
  }
}
