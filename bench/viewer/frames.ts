/** Twenty signals are panned and zoomed: distances of frames, the longest task of the page. */
import type { Page } from "playwright";
import { openPage, settled } from "../../test/e2e/page.ts";
import { pick, pickDbc, plotExactly, type World } from "./world.ts";

const SIGNALS = 20;
const FRAMES = 120;

export async function frames(world: World): Promise<Record<string, number>> {
  const { page } = await openPage(world.browser, world.url, { viewport: { width: 1440, height: 900 } });
  await page.evaluate(watch);
  await pickDbc(page, world);
  await pick(page, [world.logPath]);
  await page.locator(".tree-row.signal").first().waitFor({ timeout: 300_000 });
  for (const name of world.names.slice(0, SIGNALS)) await plotExactly(page, name);
  await page.keyboard.press("Escape");
  await settled(page);
  const measured = await panAndZoom(page);
  const heap = await page.evaluate(
    () => (performance as unknown as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0,
  );
  await page.context().close();
  return { ...measured, pageHeapMb: heap / 1e6 };
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
  const { frames: distances, longest } = await taken(page);
  const sorted = distances.sort((a, b) => a - b);
  return {
    frameP50Ms: sorted[Math.floor(sorted.length / 2)] ?? 0,
    frameP95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? 0,
    longestTaskMs: longest,
    longestOpeningTaskMs,
  };
}
