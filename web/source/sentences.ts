/** What is said of logs that are not as they were (viewer.md §9, 12 and 13). */
import type { State } from "../state/model.ts";
import { logOffsetMinutes, recordingRange } from "../state/recording.ts";
import { countText } from "../text/number.ts";
import { clockText, offsetNsOf } from "../text/time.ts";

const nameOf = (path: string): string => path.split("/").at(-1) ?? path;
const andMore = (paths: readonly string[]): string => (paths.length > 1 ? ` and ${countText(paths.length - 1)} more` : "");

/** "00000009.MF4 is still growing. Shown up to 11:02:14." The last of them is the newest. */
export function grownSentence(paths: readonly string[], state: State): string {
  const last = [...paths].sort().at(-1) ?? "";
  const all = recordingRange(state);
  const shown =
    all === null
      ? ""
      : ` Shown up to ${clockText(all.toNs - 1n + offsetNsOf(state.zone, logOffsetMinutes(state), all.toNs), 0)}.`;
  return `${nameOf(last)} is still growing.${shown}`;
}

/** "00000002.MF4 has changed since it was opened." */
export const changedSentence = (paths: readonly string[]): string =>
  `${nameOf(paths[0] ?? "")}${andMore(paths)} ${paths.length > 1 ? "have" : "has"} changed since ${paths.length > 1 ? "they were" : "it was"} opened.`;

/** "00000010.MF4 and 1 more are new since the folder was opened." */
export const newSentence = (paths: readonly string[]): string =>
  `${nameOf(paths[0] ?? "")}${andMore(paths)} ${paths.length > 1 ? "are" : "is"} new since the folder was opened.`;
