/**
 * `npm run bench:uplot`: the viewer's own curves beside uPlot's, twenty signals in headless Chromium.
 * Two questions (docs/viewer.md, "Own canvas"): what a frame costs, and whether four samples a column paint what all samples paint.
 */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { launch } from "../../test/e2e/page.ts";
import { printLines } from "../report.ts";
import type { compare, Outcome } from "./uplot-page.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const UPLOT = here("../rivals/node_modules/uplot/dist/uPlot.iife.min.js");
const SIZES = [
  { samples: 28_000, samplesInView: 28_000 },
  { samples: 1_000_000, samplesInView: 20_000 },
  { samples: 1_000_000, samplesInView: 1_000_000 },
];
const FRAMES = 20;

if (!existsSync(UPLOT)) throw new Error("uPlot is not there: npm run bench:uplot installs it");

const built = await build({
  configFile: false,
  logLevel: "silent",
  build: { write: false, lib: { entry: here("uplot-page.ts"), formats: ["iife"], name: "curves" } },
});
const [bundle] = (Array.isArray(built) ? built : [built]).flatMap((one) => ("output" in one ? one.output : []));
if (bundle?.type !== "chunk") throw new Error("the page was not built");

const browser = await launch();
try {
  const page = await browser.newPage({ viewport: { width: 1700, height: 1000 } });
  await page.addScriptTag({ path: UPLOT });
  await page.addScriptTag({ content: bundle.code });
  await page.addStyleTag({ path: here("../../web/styles/tokens.css") });
  for (const size of SIZES) {
    const outcome: Outcome = await page.evaluate(
      (asked) => (window as unknown as { curves: { compare: typeof compare } }).curves.compare(asked),
      { ...size, frames: FRAMES, seed: 7 },
    );
    const [ours, uplot] = [median(outcome.oursMs), median(outcome.uplotMs)];
    const { windows, differingOurs, differingUplot } = outcome;
    const result = {
      ...size,
      signals: 20,
      oursMs: ours,
      uplotMs: uplot,
      ratio: uplot / ours,
      windows,
      differingOurs,
      differingUplot,
    };
    printLines("uplot", [result], { keep: true });
    if (differingOurs > 0) throw new Error(`${differingOurs} windows of our own curves differ`);
  }
} finally {
  await browser.close();
}

function median(all: readonly number[]): number {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
