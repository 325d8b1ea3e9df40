/** Whether something built is newer than all it is made from. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** `made` exists and nothing in `from` (files, or folders with all they hold) changed after it. */
export function isUpToDate(made: string, from: readonly string[]): boolean {
  const builtMs = statSync(made, { throwIfNoEntry: false })?.mtimeMs;
  return builtMs !== undefined && from.every((path) => newestMs(path) <= builtMs);
}

// A folder counts itself too: a file that went away changes only that.
function newestMs(path: string): number {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(stats.mtimeMs, ...readdirSync(path).map((name) => newestMs(join(path, name))));
}
