/** What a person should hear about databases before their values are believed. */
import type { Dbc } from "../../core/dbc/model.ts";
import { parseDbc } from "../../core/dbc/parse.ts";
import type { GivenDbc } from "../app/context.ts";
import { say } from "./output.ts";

const WARNINGS_MAX = 5;

/** Reads databases that were named, and says their warnings. Faults: `input/bad-dbc` for one that is none. */
export function checkGiven(given: readonly GivenDbc[]): readonly Dbc[] {
  const dbcs = given.map(({ bytes, file, encoding }) => parseDbc(bytes, file, { encoding: encoding ?? null }));
  sayWarnings(dbcs);
  return dbcs;
}

export function sayWarnings(dbcs: readonly Dbc[]): void {
  for (const { file, warnings } of dbcs) {
    for (const { line, column, text } of warnings.slice(0, WARNINGS_MAX))
      say(`buslens: ${file}:${line}:${column}: warning: ${text}`);
    const more = warnings.length - WARNINGS_MAX;
    if (more > 0) say(`buslens: ${file}: ${more} more warnings; buslens dbc FILE lists them`);
  }
}

/** Says which of the wanted signals no database has, with one that differs in case or contains it. */
export function sayUnknownSignals(dbcs: readonly Dbc[], wanted: readonly string[]): void {
  const known = new Set(dbcs.flatMap(({ messages }) => messages.flatMap(({ signals }) => signals.map(({ name }) => name))));
  const files = dbcs.map(({ file }) => file).join(", ");
  for (const name of wanted) {
    if (known.has(name)) continue;
    const lower = name.toLowerCase();
    const near =
      [...known].find((one) => one.toLowerCase() === lower) ?? [...known].find((one) => one.toLowerCase().includes(lower));
    say(`buslens: warning: no message of ${files} has a signal "${name}"${near === undefined ? "" : `; there is "${near}"`}`);
  }
}
