/** What tells one recording from another, whatever source it came from: its devices and sessions. */
import type { State } from "../state/model.ts";

const NAMED_MAX = 8;

/** "2F6913DB/00000004"; null: nothing is open, or only the sample. A new split of a session changes nothing. */
export function recordingKey({ catalogue }: Pick<State, "catalogue">): string | null {
  if (catalogue === null || catalogue.source.kind === "sample") return null;
  const names = [...new Set(catalogue.logs.map(({ device, session }) => `${device}/${session}`))].sort();
  if (names.length === 0) return null;
  return names.length <= NAMED_MAX ? names.join(" ") : `${names[0]} … ${names.at(-1)} ${names.length}`;
}
