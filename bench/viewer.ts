/**
 * `npm run bench:viewer [-- --mb 256 --rounds 5]`: the built viewer in headless Chromium with a generated log of many signals. Beside each
 * time the time to read the same file once through `Blob.stream()`. JSON lines on stdout, kept in results.jsonl.
 */
import { createWriteStream, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs } from "node:util";
import type { Page } from "playwright";
import { bigDbc, bigPlan } from "../fixtures/big.ts";
import { canDrive, launch, openPage, plot, serveStatic, settled } from "../test/e2e/page.ts";
import { printLines } from "./report.ts";

const { values } = parseArgs({ options: { mb: { type: "string", default: "256" }, rounds: { type: "string", default: "5" } } });
const SIGNALS = 20;
const FRAMES = 120;

if (!canDrive) throw new Error("a Chromium and a built viewer are needed: npm run build, npx playwright install chromium");

const folder = mkdtempSync(join(tmpdir(), "buslens-viewer-"));
const plan = bigPlan({ sizeBytes: Number(values.mb) * 1e6, generation: "D", variant: "dense" });
const logPath = join(folder, "00000001.MF4");
await pipeline(
  Readable.from(plan.chunks(), { objectMode: false }).map((piece: Uint8Array) => piece.slice()),
  createWriteStream(logPath),
);
const dbc = bigDbc("dense");
const names = plan.series.slice(0, SIGNALS).map(({ message, signal }) => `${message.name}.${signal.name}`);

const browser = await launch();
const host = await serveStatic();
const rounds: Record<string, number>[] = [];
try {
  for (let round = 0; round < Number(values.rounds); round++) rounds.push(await oneRound());
} finally {
  await browser.close();
  host.close();
  rmSync(folder, { recursive: true });
}
const about = { sizeBytes: plan.sizeBytes, signals: SIGNALS, pointsPerSignal: (plan.framesPerPeriod * plan.repeats) / 67 };
printLines("viewer", [{ ...about, ...medians(rounds) }], { keep: true });

async function oneRound(): Promise<Record<string, number>> {
  const { page } = await openPage(browser, host.url, { viewport: { width: 1440, height: 900 } });
  await page.evaluate(watch);
  const files = page.locator("#pick-files");
  await files.setInputFiles([{ name: dbc.name, mimeType: "text/plain", buffer: Buffer.from(dbc.text) }]);
  await page.locator(".tree-foot").waitFor();
  const readMs = await timeToRead(page);
  const started = performance.now();
  await files.setInputFiles([logPath]);
  await page.locator(".tree-row.signal").first().waitFor({ timeout: 300_000 });
  const treeMs = performance.now() - started;
  const curve = performance.now();
  await plot(page, names[0]?.split(".")[1] ?? "");
  await page.getByText(/envelope exact|every sample drawn/).waitFor({ timeout: 300_000 });
  const firstCurveMs = performance.now() - curve;
  await page.keyboard.press("Escape");
  for (const name of names.slice(1)) await plotExactly(page, name);
  await page.keyboard.press("Escape");
  await settled(page);
  const frames = await panAndZoom(page);
  const heap = await page.evaluate(
    () => (performance as unknown as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0,
  );
  await page.context().close();
  return { readMs, treeMs, firstCurveMs, ...frames, pageHeapMb: heap / 1e6 };
}

/** In the page: the longest task since the last look, and the frames' distances. */
function watch(): void {
  const seen = { longest: 0, frames: [] as number[], last: 0 };
  Object.assign(window, { seen });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.longest = Math.max(seen.longest, entry.duration);
  }).observe({ type: "longtask", buffered: true });
  const frame = (now: number): void => {
    if (seen.last > 0) seen.frames.push(now - seen.last);
    seen.last = now;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

type Seen = { longest: number; frames: number[] };
function taken(page: Page): Promise<Seen> {
  return page.evaluate(() => {
    const { seen } = window as unknown as { seen: Seen };
    const now = { longest: seen.longest, frames: [...seen.frames] };
    seen.longest = 0;
    seen.frames.length = 0;
    return now;
  });
}

async function timeToRead(page: Page): Promise<number> {
  await page.evaluate(() => {
    const input = Object.assign(document.createElement("input"), { type: "file", id: "to-read" });
    document.body.append(input);
  });
  await page.locator("#to-read").setInputFiles([logPath]);
  return page.evaluate(async () => {
    const file = document.querySelector<HTMLInputElement>("#to-read")?.files?.[0];
    const started = performance.now();
    const reader = file?.stream().getReader();
    while (reader !== undefined && !(await reader.read()).done);
    return performance.now() - started;
  });
}

/** By message and name, since every message has signals of the same names. */
async function plotExactly(page: Page, name: string): Promise<void> {
  const [message = "", signal = ""] = name.split(".");
  const filter = page.getByRole("textbox", { name: "Find a signal" });
  await filter.fill(`"${signal}" msg:${message}`);
  await page.locator(".tree-row.signal").first().click();
  await filter.fill("");
}

/** Drags and wheels one after the other, each as fast as frames come. */
async function panAndZoom(page: Page): Promise<Record<string, number>> {
  const area = await page.locator(".plot-area").boundingBox();
  if (area === null) throw new Error("the plot has no size");
  const { longest: longestOpeningTaskMs } = await taken(page);
  const [x, y] = [area.x + area.width / 2, area.y + 100];
  await page.mouse.move(x, y);
  for (let i = 0; i < 8; i++) await page.mouse.wheel(0, -100);
  await settled(page);
  await taken(page);
  await page.mouse.down();
  for (let i = 1; i <= FRAMES; i++) await page.mouse.move(x + 200 * Math.sin(i / 10), y);
  await page.mouse.up();
  for (let i = 0; i < FRAMES; i++) await page.mouse.wheel(0, i % 20 < 10 ? -30 : 30);
  const { frames, longest } = await taken(page);
  const sorted = frames.sort((a, b) => a - b);
  return {
    frameP50Ms: sorted[Math.floor(sorted.length / 2)] ?? 0,
    frameP95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
    longestTaskMs: longest,
    longestOpeningTaskMs,
  };
}

function medians(all: readonly Record<string, number>[]): Record<string, number> {
  const keys = Object.keys(all[0] ?? {});
  return Object.fromEntries(
    keys.map((key) => {
      const sorted = all.map((round) => round[key] ?? 0).sort((a, b) => a - b);
      return [key, sorted[Math.floor(sorted.length / 2)] ?? 0];
    }),
  );
}
