/** `npm run pictures`: the pictures of the docs, taken from the sample drive; `-- DIR` takes one of every size and theme into DIR instead. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright";
import { launch, openPage, serveStatic, settled } from "./page.ts";

interface Size {
  readonly name: string;
  readonly options: BrowserContextOptions;
}

const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
const SIZES: readonly Size[] = [
  { name: "1920", options: { viewport: { width: 1920, height: 1080 } } },
  { name: "1366", options: { viewport: { width: 1366, height: 768 } } },
  { name: "768", options: { viewport: { width: 768, height: 1024 } } },
  { name: "390", options: phone },
  { name: "1920-at-200", options: { viewport: { width: 960, height: 540 }, deviceScaleFactor: 2 } },
];

/** The sample drive, cursors A and B in its second session. */
async function sample(browser: Browser, url: string, options: BrowserContextOptions): Promise<Page> {
  const { page } = await openPage(browser, url, { reducedMotion: "reduce", ...options });
  await page.locator(".empty-row", { hasText: "sample drive" }).getByRole("button").click();
  await page.locator(".legend-row").nth(4).waitFor({ state: "attached", timeout: 60_000 });
  await settled(page);
  const area = await page.locator(".plot-area").boundingBox();
  if (area === null) throw new Error("the plot has no size");
  const [x, y] = [area.x + area.width * 0.3, area.y + 3];
  // Below the legend, which lies over the plot on narrow screens.
  if (options.hasTouch === true) await page.touchscreen.tap(x, area.y + 60);
  else {
    await page.mouse.click(x, y);
    await page.keyboard.down("Control");
    await page.mouse.click(area.x + area.width * 0.55, y);
    await page.keyboard.up("Control");
    await page.mouse.move(2, 2); // over nothing
  }
  await settled(page);
  await page.waitForTimeout(500);
  return page;
}

async function docs(browser: Browser, url: string): Promise<void> {
  const to = (name: string): string => fileURLToPath(new URL(`../../docs/${name}`, import.meta.url));
  const dark = await sample(browser, url, { viewport: { width: 1600, height: 900 }, colorScheme: "dark" });
  await writeFile(to("viewer.png"), await dark.screenshot());
  const light = await sample(browser, url, { viewport: { width: 1366, height: 768 }, colorScheme: "light" });
  await light.keyboard.press("s");
  await settled(light);
  await writeFile(to("viewer-light.png"), await light.screenshot());
}

async function everySize(browser: Browser, url: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { name, options } of SIZES) {
    for (const colorScheme of ["dark", "light"] as const) {
      const shoot = async (page: Page, state: string): Promise<void> =>
        writeFile(join(folder, `${name}-${colorScheme}-${state}.png`), await page.screenshot());
      const empty = await openPage(browser, url, { ...options, colorScheme });
      await empty.page.getByRole("heading", { name: "Drop a log, a whole LOG folder, or a DBC" }).waitFor();
      await shoot(empty.page, "empty");
      await empty.page.context().close();
      const page = await sample(browser, url, { ...options, colorScheme });
      await shoot(page, "plot");
      await page.keyboard.press("s");
      await settled(page);
      await shoot(page, "statistics");
      await page.context().close();
    }
  }
}

const browser = await launch();
const host = await serveStatic();
const [folder] = process.argv.slice(2);
if (folder === undefined) await docs(browser, host.url);
else await everySize(browser, host.url, folder);
await browser.close();
host.close();
