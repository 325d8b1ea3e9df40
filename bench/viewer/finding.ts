/** Fifty thousand signals: time to the whole tree, the page's longest task meanwhile, and a key stroke in the filter until it is painted. */
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
  const { keyMs, keyMaxMs } = await typed(page, many.names);
  await page.context().close();
  return { signals: MANY, manyTreeMs, longestTaskMs, keyMs, keyMaxMs };
}

function watch(): void {
  const seen = window as unknown as { longest: number };
  seen.longest = 0;
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) seen.longest = Math.max(seen.longest, duration);
  }).observe({ type: "longtask" });
}

/** Median and longest key stroke: from the event until the frame after it has been painted. */
async function typed(page: Page, names: readonly string[]): Promise<{ readonly keyMs: number; readonly keyMaxMs: number }> {
  const filter = page.getByRole("textbox", { name: "Find a signal" });
  await filter.focus();
  const times: number[] = [];
  for (let i = 1; i <= TYPED.length; i++) {
    await page.evaluate(async () => {
      const painted = new Promise<number>((resolve) => {
        const box = document.activeElement;
        box?.addEventListener(
          "input",
          () => {
            const began = performance.now();
            // The state is folded in the next frame, the tree drawn in a task behind it; the message after the frame behind that is past its paint.
            requestAnimationFrame(() =>
              setTimeout(() =>
                requestAnimationFrame(() => {
                  const { port1, port2 } = new MessageChannel();
                  port1.onmessage = () => resolve(performance.now() - began);
                  port2.postMessage(null);
                }),
              ),
            );
          },
          { once: true },
        );
      });
      Object.assign(window, { painted });
    });
    await page.keyboard.type(TYPED.charAt(i - 1));
    times.push(await page.evaluate(() => (window as unknown as { painted: Promise<number> }).painted));
  }
  const whole = names.filter((name) => name.toLowerCase().includes(TYPED)).length;
  const count = Number((await page.locator(".signals .count").innerText()).split(" of ")[0]?.replace(/\D/g, ""));
  const rows = await page.locator(".tree-row").count();
  if (!(count >= whole && whole > 0)) throw new Error(`${TYPED} is in ${whole} names, ${count} were found`);
  if (rows === 0 || rows > ROWS_MAX) throw new Error(`${rows} rows are in the document, ${ROWS_MAX} may be`);
  const sorted = times.sort((a, b) => a - b);
  return { keyMs: sorted[Math.floor(sorted.length / 2)] ?? 0, keyMaxMs: sorted.at(-1) ?? 0 };
}
