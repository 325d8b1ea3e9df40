/** Twenty signals are panned and zoomed: distances of frames, the page's work in them, its longest task. */
import type { Page } from "playwright";
import { openPage, settled } from "../../test/e2e/page.ts";
import { deepLog, type Given, POINTS } from "./deep.ts";
import { pick, pickDbc, plotExactly, type World } from "./world.ts";

const SIGNALS = 20;
const FRAMES = 120;
/** Into half of what there is. */
const NOTCHES = 3;

/** In the log that all subjects share. */
export const frames = (world: World): Promise<Record<string, number>> => measured(world, world, null);

let deep: Promise<Given> | null = null;

/** Ten million samples each. */
export async function deepFrames(world: World): Promise<Record<string, number>> {
  deep ??= deepLog(world.folder);
  return { deepPoints: POINTS, ...(await measured(world, await deep, POINTS * SIGNALS)) };
}

/** Throws if fewer or more samples are in view than were put in. */
async function measured({ browser, url }: World, given: Given, samples: number | null): Promise<Record<string, number>> {
  const { page } = await openPage(browser, url, { viewport: { width: 1440, height: 900 } });
  await page.evaluate(watch);
  await pickDbc(page, given);
  await pick(page, [given.logPath]);
  await page.locator(".tree-row.signal").first().waitFor({ timeout: 300_000 });
  for (const name of given.names.slice(0, SIGNALS)) await plotExactly(page, name);
  // Escape would end the work on what was plotted last.
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  await exact(page);
  const bar = await settled(page);
  const inView = Number(/(\S+) samples in view/.exec(bar)?.[1]?.replace(/\D/g, ""));
  if (samples !== null && !(Math.abs(inView / samples - 1) < 0.001)) throw new Error(`${samples} samples are in the log: ${bar}`);
  const result = await panAndZoom(page);
  const heap = await page.evaluate(
    () => (performance as unknown as { memory?: { usedJSHeapSize: number } }).memory?.usedJSHeapSize ?? 0,
  );
  await page.context().close();
  return { ...result, pageHeapMb: heap / 1e6 };
}

/** No curve is coarse or on its way. */
async function exact(page: Page): Promise<void> {
  await page.getByText(/envelope exact|every sample drawn/).waitFor({ timeout: 300_000 });
}

/** In the page: the longest task since the last look, and the frames' distances. */
function watch(): void {
  const seen = { longest: 0, frames: [] as number[], works: [] as number[], last: 0 };
  Object.assign(window, { seen });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) seen.longest = Math.max(seen.longest, entry.duration);
  }).observe({ type: "longtask", buffered: true });
  const frame = (now: number): void => {
    if (seen.last > 0) seen.frames.push(now - seen.last);
    seen.last = now;
    // A message sent as a frame begins comes when it has been painted.
    const began = performance.now();
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => void seen.works.push(performance.now() - began);
    port2.postMessage(null);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}

type Seen = { longest: number; frames: number[]; works: number[] };
function taken(page: Page): Promise<Seen> {
  return page.evaluate(() => {
    const { seen } = window as unknown as { seen: Seen };
    const now = { longest: seen.longest, frames: [...seen.frames], works: [...seen.works] };
    seen.longest = 0;
    seen.frames.length = 0;
    seen.works.length = 0;
    return now;
  });
}

/** Drags and wheels one after the other, each as fast as frames come. */
async function panAndZoom(page: Page): Promise<Record<string, number>> {
  // What is in sight of the stripes: the area below them is as high as all of them.
  const area = await page.locator(".stripes").boundingBox();
  if (area === null) throw new Error("the plot has no size");
  const { longest: longestOpeningTaskMs } = await taken(page);
  const [x, y] = [area.x + area.width / 2, area.y + 100];
  await page.mouse.move(x, y);
  for (let i = 0; i < NOTCHES; i++) await page.mouse.wheel(0, -100);
  await exact(page);
  const before = await settled(page);
  await taken(page);
  await page.mouse.down();
  for (let i = 1; i <= FRAMES; i++) await page.mouse.move(x + 200 * Math.sin(i / 10), y);
  const panned = await page.locator(".statusbar").innerText();
  if (panned.slice(0, 40) === before.slice(0, 40)) throw new Error("the view did not move");
  await page.mouse.up();
  for (let i = 0; i < FRAMES; i++) await page.mouse.wheel(0, i % 20 < 10 ? -30 : 30);
  const { frames: distances, works, longest } = await taken(page);
  const at = (of: number[], share: number): number => of.sort((a, b) => a - b)[Math.floor(of.length * share)] ?? 0;
  return {
    frameP50Ms: at(distances, 0.5),
    frameP95Ms: at(distances, 0.95),
    workP50Ms: at(works, 0.5),
    workP95Ms: at(works, 0.95),
    longestTaskMs: longest,
    longestOpeningTaskMs,
  };
}
