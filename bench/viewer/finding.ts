/** Fifty thousand signals: time to the whole tree, the page's longest task meanwhile, and key strokes in the filter until they are painted. */
import type { Page } from "playwright";
import { openPage } from "../../test/e2e/page.ts";
import { countText } from "../../web/text/number.ts";
import { MANY, manySignals } from "./many.ts";
import { pick, type World } from "./world.ts";

const TYPED = "brakepress";
const ROWS_MAX = 60;

export async function finding(world: World): Promise<Record<string, number>> {
  const many = manySignals();
  const { page } = await openPage(world.browser, world.url, { viewport: { width: 1440, height: 900 } });
  await page.evaluate(watch);
  await pick(page, [{ name: many.dbc.name, mimeType: "text/plain", buffer: Buffer.from(many.dbc.text) }]);
  await page.locator(".tree-foot").waitFor();
  await page.evaluate(() => Object.assign(window, { longest: 0 }));
  const started = performance.now();
  await pick(page, [{ name: many.log.name, mimeType: "application/octet-stream", buffer: Buffer.from(many.log.bytes) }]);
  await page.locator(".signals .count", { hasText: countText(MANY, "en-GB") }).waitFor({ timeout: 120_000 });
  const manyTreeMs = performance.now() - started;
  const longestTaskMs = await page.evaluate(() => (window as unknown as { longest: number }).longest);
  const strokes = await typed(page, many.names);
  await page.context().close();
  return { signals: MANY, manyTreeMs, longestTaskMs, ...strokes };
}

function watch(): void {
  const seen = window as unknown as { longest: number };
  seen.longest = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.longest = Math.max(seen.longest, duration);
  }).observe({ type: "longtask" });
}

/** ms of one key stroke. */
interface Stroke {
  /** Of the page's thread: what the event runs, and the frame after it with its layout and paint. */
  readonly workMs: number;
  /** From the event until that frame has been painted; the wait for the frame is in it. */
  readonly paintedMs: number;
  /** What was found, as it stands in that frame. */
  readonly count: string;
}

/** Median and longest. Throws if the frame after an event does not show yet what was found. */
async function typed(page: Page, names: readonly string[]): Promise<Record<string, number>> {
  const filter = page.getByRole("textbox", { name: "Find a signal" });
  await filter.focus();
  const strokes: Stroke[] = [];
  for (let i = 1; i <= TYPED.length; i++) {
    await page.evaluate(watchStroke);
    await page.keyboard.type(TYPED.charAt(i - 1));
    const stroke = await page.evaluate(() => (window as unknown as { painted: Promise<Stroke> }).painted);
    await page.waitForTimeout(100);
    const rested = await page.locator(".signals .count").innerText();
    if (stroke.count !== rested) throw new Error(`${stroke.count} in the frame after the key stroke, ${rested} behind it`);
    strokes.push(stroke);
  }
  const whole = names.filter((name) => name.toLowerCase().includes(TYPED)).length;
  const count = Number((await page.locator(".signals .count").innerText()).split(" of ")[0]?.replace(/\D/g, ""));
  const rows = await page.locator(".tree-row").count();
  if (!(count >= whole && whole > 0)) throw new Error(`${TYPED} is in ${whole} names, ${count} were found`);
  if (rows === 0 || rows > ROWS_MAX) throw new Error(`${rows} rows are in the document, ${ROWS_MAX} may be`);
  const sorted = (of: (stroke: Stroke) => number): number[] => strokes.map(of).sort((a, b) => a - b);
  const [work, painted] = [sorted(({ workMs }) => workMs), sorted(({ paintedMs }) => paintedMs)];
  const middle = Math.floor(strokes.length / 2);
  return {
    keyMs: work[middle] ?? 0,
    keyMaxMs: work.at(-1) ?? 0,
    keyPaintedMs: painted[middle] ?? 0,
    keyPaintedMaxMs: painted.at(-1) ?? 0,
  };
}

/** In the page, of the next key stroke. A message sent as a frame begins comes when the frame has been painted. */
function watchStroke(): void {
  const painted = new Promise<Stroke>((resolve) => {
    addEventListener(
      "input",
      () => {
        const began = performance.now();
        let heardMs = 0;
        addEventListener(
          "input",
          () => {
            heardMs = performance.now() - began;
          },
          { once: true },
        );
        requestAnimationFrame(() => {
          const frameBegan = performance.now();
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => {
            const now = performance.now();
            const count = document.querySelector<HTMLElement>(".signals .count")?.textContent ?? "";
            resolve({ workMs: heardMs + now - frameBegan, paintedMs: now - began, count });
          };
          port2.postMessage(null);
        });
      },
      { once: true, capture: true },
    );
  });
  Object.assign(window, { painted });
}
