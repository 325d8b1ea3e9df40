/** What the browser keeps: the last view of a recording, undo over a reload, settings; and forgetting all of it. */
import type { Page } from "playwright";
import { describe, expect, test } from "vitest";
import { generateDrive } from "../../fixtures/drive.ts";
import { withChromium } from "./chromium.ts";
import { canDrive, drop, openPage, plot, settled } from "./page.ts";

const drive = generateDrive({ splitSeconds: 10 });
const log = drive.files.find(({ key }) => key.startsWith("B0551001/00000001/00000001"));
const dbc = drive.dbcs.find(({ name }) => name === "buslens-drive.dbc");
if (log === undefined || dbc === undefined) throw new Error("the drive has no such log");
const files = [
  { name: "00000001.MF4", bytes: log.bytes },
  { name: dbc.name, bytes: new TextEncoder().encode(dbc.text) },
];

describe.skipIf(!canDrive)("kept in the browser", { timeout: 120_000 }, () => {
  const chromium = withChromium();

  const rows = (page: Page) => page.locator(".tree-row.signal").first();
  const plotted = (page: Page): Promise<string[]> => page.locator(".legend-row .name").allInnerTexts();
  const range = (page: Page): Promise<string> => page.locator(".statusbar .first").innerText();

  async function openLog(page: Page): Promise<void> {
    await drop(page, files);
    await rows(page).waitFor();
  }
  /** Plots, and zooms `steps` times, each a step of undo. */
  async function work(page: Page, steps: number): Promise<void> {
    await plot(page, "EngineSpeed");
    await settled(page);
    await page.keyboard.press("Escape");
    await zoomIn(page, steps);
  }
  async function zoomIn(page: Page, steps: number): Promise<void> {
    for (let i = 0; i < steps; i++) {
      await page.keyboard.press("i");
      await page.waitForTimeout(800); // a gesture settles 250 ms after its last event, on a loaded machine later
    }
    await settled(page);
  }

  test("a recording opened again without a link shows its last view, and the empty one on demand", async () => {
    const { page, errors } = await openPage(chromium.browser, chromium.url);
    await openLog(page);
    await work(page, 2);
    const before = await range(page);
    await page.waitForTimeout(1300);
    await page.goto("about:blank");
    await page.goto(chromium.url);
    await drop(page, files.slice(0, 1));
    await expect.poll(() => plotted(page)).toEqual(["EngineSpeed"]);
    await expect.poll(() => range(page)).toBe(before);
    const bar = page.locator(".noticebar");
    await expect.poll(() => bar.innerText()).toContain("The last view of this recording is shown.");
    await bar.getByRole("button", { name: "Empty view" }).click();
    await expect.poll(() => plotted(page)).toEqual([]);
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("undo goes on over a reload, and redo back; a pasted link is a step of the browser's Back", async () => {
    const { page } = await openPage(chromium.browser, chromium.url);
    await openLog(page);
    await work(page, 0);
    const whole = await range(page);
    await zoomIn(page, 2);
    const zoomed = await range(page);
    await page.reload();
    await openLog(page);
    await expect.poll(() => range(page)).toBe(zoomed);
    await settled(page);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Control+z");
    await expect.poll(() => range(page)).not.toBe(zoomed);
    const once = await range(page);
    await page.keyboard.press("Control+z");
    await expect.poll(() => range(page)).toBe(whole);
    await page.keyboard.press("Control+y");
    await expect.poll(() => range(page)).toBe(once);
    await page.waitForTimeout(700);
    const own = page.url();
    await page.keyboard.press("i");
    await expect.poll(() => range(page)).not.toBe(once);
    await expect.poll(() => page.url()).not.toBe(own);
    const nearer = await range(page);
    await page.evaluate((hash) => {
      location.hash = hash;
    }, new URL(own).hash);
    await expect.poll(() => range(page)).toBe(once);
    await page.goBack();
    await expect.poll(() => range(page)).toBe(nearer);
    await page.context().close();
  });

  test("everything that is kept is listed with its size and forgotten with one confirmation", async () => {
    const { page, errors } = await openPage(chromium.browser, chromium.url);
    await openLog(page);
    await work(page, 1);
    await page.waitForTimeout(1300);
    // On the empty page it stands too, with its size, in every width.
    await page.reload();
    await page.setViewportSize({ width: 390, height: 844 });
    await page
      .locator(".empty-row", { hasText: /^Kept in this browser: [\d.]+\u202f?\s?kB/ })
      .getByRole("button")
      .click();
    await page.getByRole("dialog", { name: "Forget everything" }).getByRole("button", { name: "Cancel" }).click();
    await page.setViewportSize({ width: 1440, height: 900 });
    await openLog(page);
    const forget = async (): Promise<string> => {
      await page.keyboard.press("Control+k");
      await page.keyboard.type(">forget");
      await page.keyboard.press("Enter");
      const dialog = page.getByRole("dialog", { name: "Forget everything" });
      await dialog.waitFor();
      return dialog.innerText();
    };
    const listed = await forget();
    for (const name of ["DBC library", "1 DBC", "DBC assignments", "Last views", "Indexes"]) expect(listed).toContain(name);
    expect(listed).toMatch(/This browser keeps [\d.]+\u202f?\s?kB for this page/);
    await page.getByRole("button", { name: "Cancel" }).click();
    expect(await page.evaluate(() => Object.keys(localStorage).length)).toBeGreaterThan(0);
    await forget();
    await page.getByRole("dialog").getByRole("button", { name: "Forget everything" }).click();
    await expect.poll(() => page.locator(".statusbar").innerText()).toContain("Everything is forgotten");
    await page.keyboard.press("i");
    await page.waitForTimeout(1300);
    await page.reload();
    expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("buslens.")))).toEqual([]);
    expect(await page.evaluate(() => Object.keys(sessionStorage))).toEqual([]);
    expect(await forget()).toContain("This browser keeps nothing for this page.");
    await page.getByRole("button", { name: "Close" }).click();
    await page.locator(".empty-row", { hasText: "DBC library" }).getByText("kept in this browser", { exact: true }).waitFor();
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("the wheel zooms, and pans where a person chose that; theme, zone and wheel are there the next time", async () => {
    const { page } = await openPage(chromium.browser, chromium.url);
    await openLog(page);
    await work(page, 3);
    const span = (): Promise<string> => page.locator(".statusbar span").nth(1).innerText();
    const box = await page.locator(".stripes, .plot").first().boundingBox();
    await page.mouse.move((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + 150);
    const first = await span();
    await page.mouse.wheel(0, 100);
    await expect.poll(span).not.toBe(first);
    await page.keyboard.press("?");
    await page.getByRole("checkbox", { name: "Wheel scrolls, Shift wheel zooms" }).check();
    await page.keyboard.press("Escape");
    const [length, from] = [await span(), await range(page)];
    await page.mouse.wheel(0, -100);
    await expect.poll(() => range(page)).not.toBe(from);
    expect(await span()).toBe(length);
    await page.keyboard.down("Shift");
    await page.mouse.wheel(0, 100);
    await page.keyboard.up("Shift");
    await expect.poll(span).not.toBe(length);
    await page.getByRole("button", { name: "UTC" }).click();
    await expect.poll(() => page.evaluate(() => localStorage.getItem("buslens.zone"))).toBe("utc");
    await page.goto("about:blank");
    await page.goto(chromium.url);
    await openLog(page);
    expect(await page.getByRole("button", { name: "UTC" }).getAttribute("aria-pressed")).toBe("true");
    await page.context().close();
  });
});
