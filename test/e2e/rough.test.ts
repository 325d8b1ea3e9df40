/** The page where the browser gives less than it should: each lack is a sentence with a way out, or goes unnoticed, and nothing throws. */
import type { BrowserContext, Page } from "playwright";
import { describe, expect, test } from "vitest";
import { generateDrive } from "../../fixtures/drive.ts";
import { withChromium } from "./chromium.ts";
import { canDrive, drop, plot, settled } from "./page.ts";

const drive = generateDrive({ splitSeconds: 10 });
const text = new TextEncoder();
const log = drive.files.find(({ key }) => key.startsWith("B0551001/00000001/00000001"));
const dbc = drive.dbcs.find(({ name }) => name === "buslens-drive.dbc");
if (log === undefined || dbc === undefined) throw new Error("the drive has no such log");
const files = [
  { name: "00000001.MF4", bytes: log.bytes },
  { name: dbc.name, bytes: text.encode(dbc.text) },
];

describe.skipIf(!canDrive)("a rough browser", { timeout: 60_000 }, () => {
  const chromium = withChromium();

  async function opened(rough: (context: BrowserContext) => Promise<unknown>): Promise<{ page: Page; errors: string[] }> {
    const context = await chromium.browser.newContext({
      viewport: { width: 1200, height: 800 },
      locale: "en-GB",
      serviceWorkers: "block",
    });
    await rough(context);
    const page = await context.newPage();
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(error.message));
    await page.goto(chromium.url);
    await drop(page, files);
    return { page, errors };
  }
  const bar = (page: Page): Promise<string> => page.locator(".noticebar").innerText();

  test.each([
    [
      "forbids to keep anything",
      () => {
        for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"])
          Object.defineProperty(window, name, {
            get() {
              throw new DOMException("denied", "SecurityError");
            },
          });
      },
    ],
    ["has a database that never answers", () => void Object.assign(IDBFactory.prototype, { open: () => ({}) })],
    [
      "has no room left",
      () => {
        const full = (): never => {
          throw new DOMException("full", "QuotaExceededError");
        };
        Object.assign(IDBObjectStore.prototype, { put: full });
        Object.assign(Storage.prototype, { setItem: full });
      },
    ],
    ["has no clipboard and no CompressionStream", () => void Object.assign(window, { CompressionStream: undefined })],
  ])("that %s plots and measures as any other", async (_what, rough) => {
    const { page, errors } = await opened((context) => context.addInitScript(rough));
    await page.locator(".tree-row.signal").first().waitFor();
    await plot(page, "EngineSpeed");
    expect(await settled(page)).toContain("1 signal");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+Shift+l");
    await page.waitForTimeout(500);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test.each([
    ["the decoder is not there", /\.wasm$/, "", "The decoder could not be loaded (Error: HTTP 404). Load the page again."],
    ["the decoder is another file", /\.wasm$/, "nonsense", "The decoder could not be loaded (CompileError"],
    ["the worker is not there", /preview-[^/]*\.js$/, "", "The part of this page that reads logs could not be loaded."],
  ])("%s: a sentence and a way to load again", async (_what, path, body, sentence) => {
    const answer = body === "" ? { status: 404 } : { status: 200, body };
    const { page, errors } = await opened((context) => context.route(path, (route) => route.fulfill(answer)));
    await expect.poll(() => bar(page)).toContain(sentence);
    await page.context().unroute(path);
    await page.locator(".noticebar").getByRole("button", { name: "Load again" }).click();
    await page.locator(".empty-row").first().waitFor();
    await drop(page, files);
    await page.locator(".tree-row.signal").first().waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("WebAssembly switched off is said, and what to do", async () => {
    const { page, errors } = await opened((context) =>
      context.route(/preview-[^/]*\.js$/, async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: `delete self.WebAssembly;${await response.text()}` });
      }),
    );
    await expect.poll(() => bar(page)).toContain("This browser has WebAssembly switched off");
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("a page without its second part still plots, and says so although a log opens over it", async () => {
    const { page, errors } = await opened((context) =>
      context.route(/second-[^/]*\.js$/, (route) => route.fulfill({ status: 404 })),
    );
    await page.locator(".tree-row.signal").first().waitFor();
    await plot(page, "EngineSpeed");
    const dismiss = page.getByRole("button", { name: "Dismiss" });
    await expect
      .poll(async () => {
        const found = (await bar(page)).includes("A part of this page could not be loaded.");
        if (!found && (await dismiss.isVisible())) await dismiss.click();
        return found;
      })
      .toBe(true);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("two tabs, a reload in the middle of opening and a storm of sizes leave everything as it was", async () => {
    const { page, errors } = await opened(async () => undefined);
    const other = await page.context().newPage();
    other.on("pageerror", (error) => errors.push(error.message));
    await other.goto(chromium.url);
    await Promise.all([drop(other, files), drop(page, files)]);
    await other.reload();
    await drop(other, files);
    for (const one of [page, other]) {
      await one.locator(".tree-row.signal").first().waitFor();
      await plot(one, "EngineSpeed");
    }
    for (let i = 0; i < 30; i++) await page.setViewportSize({ width: 320 + ((i * 373) % 1300), height: 240 + ((i * 211) % 800) });
    await page.setViewportSize({ width: 1200, height: 800 });
    await other.setViewportSize({ width: 1200, height: 800 });
    await settled(page);
    const widths = await Promise.all(
      [page, other].map((one) => one.locator("canvas.data").evaluate((canvas) => (canvas as HTMLCanvasElement).width)),
    );
    expect(widths[0]).toBe(widths[1]);
    expect(await settled(page)).toContain("1 signal");
    expect(errors).toEqual([]);
    await page.context().close();
  });
});
