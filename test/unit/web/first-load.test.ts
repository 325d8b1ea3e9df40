/** What a browser fetches before the viewer's first paint and first log: page, styles, the preview worker, and what both import at once. */
import { readdirSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";

const BUDGET_BYTES = 150 * 1024;
const WASM_BYTES = 48 * 1024;
const BUILD = new URL("../../../build/web/", import.meta.url);

const bytesOf = (path: string): number => gzipSync(readFileSync(new URL(path, BUILD)), { level: 9 }).length;

/** Files that a script imports before it runs, itself included. `import(…)` comes later. */
function loadedWith(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const text = readFileSync(new URL(`assets/${file}`, BUILD), "utf8");
  for (const [, from] of text.matchAll(/(?:\bfrom|\bimport)\s*"\.\/([^"]+\.js)"/g)) if (from) loadedWith(from, seen);
  return seen;
}

test("the first load is at most 150 KiB, and the kernel 48 KiB", () => {
  const files = readdirSync(new URL("assets/", BUILD));
  const named = (pattern: RegExp) => files.filter((file) => pattern.test(file));
  const scripts = new Set([...named(/^(?:index|preview)-.*\.js$/)].flatMap((file) => [...loadedWith(file)]));
  const styles = named(/^index-.*\.css$/);
  expect([scripts.size >= 2, styles.length]).toEqual([true, 1]);
  const total = bytesOf("index.html") + [...scripts, ...styles].reduce((sum, file) => sum + bytesOf(`assets/${file}`), 0);
  expect(total).toBeLessThanOrEqual(BUDGET_BYTES);
  expect(bytesOf(`assets/${named(/\.wasm$/)[0]}`)).toBeLessThanOrEqual(WASM_BYTES);
});
