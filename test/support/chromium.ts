/** Where a Chromium is, for the browser tests. */
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright";

/** What to say when there is none. */
export const NO_CHROMIUM =
  "browser tests skipped: no Chromium found, install it with `npx playwright install chromium` or `apt-get install chromium`";

const NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome.exe"];

/** Path of the first Chromium on PATH, else of Playwright's own; null if there is none. `BUSLENS_CHROMIUM` names one outright. */
export function findChromium(): string | null {
  const named = process.env.BUSLENS_CHROMIUM;
  if (named !== undefined) return runs(named) ? named : null;
  for (const name of NAMES)
    for (const folder of (process.env.PATH ?? "").split(delimiter)) if (runs(join(folder, name))) return join(folder, name);
  const own = chromium.executablePath();
  return existsSync(own) ? own : null;
}

// Nothing calls home; root (as in a container) has no sandbox to give.
export const CHROMIUM_ARGS: string[] = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
];

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
