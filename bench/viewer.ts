/**
 * `npm run bench:viewer [-- --mb 256 --rounds 5 --only opening,frames,finding]`: the built viewer in headless Chromium with a generated log of many
 * signals. One subject after the other, the median of its rounds; JSON lines on stdout, kept in results.jsonl.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { canDrive, launch, serveStatic } from "../test/e2e/page.ts";
import { printLines } from "./report.ts";
import { finding } from "./viewer/finding.ts";
import { deepFrames, frames } from "./viewer/frames.ts";
import { memory } from "./viewer/memory.ts";
import { opening } from "./viewer/opening.ts";
import { makeWorld, medians, type Subject } from "./viewer/world.ts";

const SUBJECTS: Readonly<Record<string, Subject>> = { opening, memory, frames, deep: deepFrames, finding };

const { values } = parseArgs({
  options: {
    mb: { type: "string", default: "256" },
    rounds: { type: "string", default: "5" },
    only: { type: "string", default: Object.keys(SUBJECTS).join(",") },
  },
});
if (!canDrive) throw new Error("a Chromium and a built viewer are needed: npm run build, npx playwright install chromium");

const folder = mkdtempSync(join(tmpdir(), "buslens-viewer-"));
const browser = await launch();
const host = await serveStatic();
try {
  const world = await makeWorld({ browser, url: host.url, folder }, Number(values.mb) * 1e6);
  const { plan } = world;
  const about = { sizeBytes: plan.sizeBytes, pointsPerSignal: (plan.framesPerPeriod * plan.repeats) / 67 };
  for (const name of values.only.split(",")) {
    const subject = SUBJECTS[name];
    if (subject === undefined) throw new Error(`There is no subject ${name}; there are ${Object.keys(SUBJECTS).join(", ")}`);
    const rounds: Record<string, number>[] = [];
    for (let round = 0; round < Number(values.rounds); round++) rounds.push(await subject(world));
    printLines(`viewer ${name}`, [{ ...about, ...medians(rounds) }], { keep: true });
  }
} finally {
  await browser.close();
  host.close();
  rmSync(folder, { recursive: true });
}
