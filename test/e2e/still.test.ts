/** What must not move or be painted: the page's layout while things come, the canvases while the pointer passes. */
import type { Page } from "playwright";
import { describe, expect, test } from "vitest";
import { generateDrive } from "../../fixtures/drive.ts";
import { withChromium } from "./chromium.ts";
import { canDrive, drop, openPage, plot, settled } from "./page.ts";

const drive = generateDrive({ splitSeconds: 10 });
const logs = drive.files.filter(({ key }) => key.startsWith("B0551001/00000001/"));
const dbc = drive.dbcs.find(({ name }) => name === "buslens-drive.dbc");

/** In the page: shifts of the layout with what moved, and what is done to each canvas. */
function watch(): void {
  const seen = { shifts: [] as string[], sum: 0, operations: {} as Record<string, number> };
  Object.assign(window, { seen });
  interface Shift extends PerformanceEntry {
    readonly value: number;
    readonly sources: readonly { readonly node: Node | null }[];
  }
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as Shift[]) {
      const moved = entry.sources.map(({ node }) =>
        node instanceof Element ? `${node.tagName}.${node.className}` : `${node?.nodeName}`,
      );
      // The bar of notices has a row of its own under the top bar: what it says pushes the regions down as a whole.
      if (moved.includes("NAV.signals")) continue;
      seen.sum += entry.value;
      seen.shifts.push(`${entry.value.toFixed(4)} ${moved.join(" ")}`);
    }
  }).observe({ type: "layout-shift", buffered: true });
  const { prototype } = CanvasRenderingContext2D;
  for (const name of Object.getOwnPropertyNames(prototype)) {
    const { value } = Object.getOwnPropertyDescriptor(prototype, name) ?? {};
    if (typeof value !== "function" || name === "constructor") continue;
    Object.defineProperty(prototype, name, {
      value(this: CanvasRenderingContext2D, ...args: unknown[]) {
        // One that is not on the page measures texts: nothing is painted there.
        const key = this.canvas.className;
        if (this.canvas.isConnected) seen.operations[key] = (seen.operations[key] ?? 0) + 1;
        return value.apply(this, args);
      },
    });
  }
}

interface Seen {
  readonly shifts: readonly string[];
  readonly sum: number;
  readonly operations: Readonly<Record<string, number>>;
}

const seenIn = (page: Page): Promise<Seen> => page.evaluate(() => (window as unknown as { seen: Seen }).seen);

/** What is done to the canvases meanwhile, and in the frames behind it. */
async function operations(page: Page, act: () => Promise<void>): Promise<Readonly<Record<string, number>>> {
  await page.evaluate(() => Object.assign((window as unknown as { seen: object }).seen, { operations: {} }));
  await act();
  // The state in one frame, what follows from it in the next.
  await page.evaluate(async () => {
    for (let frame = 0; frame < 4; frame++) await new Promise(requestAnimationFrame);
  });
  return (await seenIn(page)).operations;
}

describe.skipIf(!canDrive)("stillness", { timeout: 120_000 }, () => {
  const chromium = withChromium();

  async function panAndZoom(page: Page): Promise<void> {
    const box = await page.locator(".stripes").boundingBox();
    if (box === null) throw new Error("the plot has no size");
    await page.mouse.move(box.x + 300, box.y + 60);
    for (let i = 0; i < 6; i++) await page.mouse.wheel(0, -100);
    await page.mouse.down();
    for (let i = 1; i <= 30; i++) await page.mouse.move(box.x + 300 + 10 * i, box.y + 60);
    await page.mouse.up();
    await settled(page);
  }

  test("nothing moves by itself while logs open and their first DBC comes, a signal is plotted, the view is panned", async () => {
    const { page } = await openPage(chromium.browser, chromium.url);
    await page.evaluate(watch);
    await drop(
      page,
      logs.map(({ key, bytes }) => ({ name: key.split("/").at(-1) ?? key, bytes })),
    );
    await page.locator(".tree-row").first().waitFor();
    await settled(page);
    await drop(page, [{ name: dbc?.name ?? "", bytes: new TextEncoder().encode(dbc?.text ?? "") }]);
    await plot(page, "EngineSpeed");
    await settled(page);
    await panAndZoom(page);
    const { shifts, sum } = await seenIn(page);
    expect(sum, shifts.join("\n")).toBeLessThan(0.001);
    await page.close();
  });

  test("nothing moves by itself while the sample drive opens, a DBC comes, signals are plotted, the view is panned and zoomed", async () => {
    const { page } = await openPage(chromium.browser, chromium.url);
    await page.evaluate(watch);
    // By script: what moves within half a second of a click would not count.
    await page.evaluate(() => document.querySelector<HTMLElement>(".empty-row button")?.click());
    await page.locator(".legend-row").nth(4).waitFor({ timeout: 60_000 });
    await settled(page);
    await drop(page, [{ name: dbc?.name ?? "", bytes: new TextEncoder().encode(dbc?.text ?? "") }]);
    await settled(page);
    for (const name of ["CoolantTemp", "FuelLevel"]) await plot(page, name);
    await settled(page);
    await panAndZoom(page);
    const { shifts, sum } = await seenIn(page);
    expect(sum, shifts.join("\n")).toBeLessThan(0.001);
    await page.close();
  });

  test("a pointer that passes paints its own canvas alone, one at rest nothing; a curve under it or its row stands out", async () => {
    const { page } = await openPage(chromium.browser, chromium.url);
    await drop(page, [
      { name: "00000001.MF4", bytes: logs[0]?.bytes ?? new Uint8Array() },
      { name: dbc?.name ?? "", bytes: new TextEncoder().encode(dbc?.text ?? "") },
    ]);
    for (const name of ["EngineSpeed", "VehicleSpeed"]) await plot(page, name);
    await page.keyboard.press("Shift+K");
    await settled(page);
    await page.evaluate(watch);
    const box = await page.locator(".plot-area").boundingBox();
    if (box === null) throw new Error("the plot has no size");
    // The head of the stripe has no curves.
    const [x, y] = [box.x + 200, box.y + 6];
    await page.mouse.move(x, y);
    const moved = await operations(page, () => page.mouse.move(x + 40, y));
    expect(moved.data ?? 0).toBe(0);
    expect(moved.pointer ?? 0).toBeGreaterThan(0);
    const rested = await operations(page, async () => {
      await page.getByRole("textbox", { name: "Find a signal" }).fill("speed");
    });
    expect(rested).toEqual({});

    const row = page.locator(".tree-row.signal[aria-selected]", { hasText: "EngineSpeed" }).first();
    const pointed = await operations(page, () => row.hover());
    expect(pointed.data ?? 0, "the row's curve stands out").toBeGreaterThan(0);
    const left = await operations(page, () => page.mouse.move(x, y));
    expect(left.data ?? 0, "and no more").toBeGreaterThan(0);
    let lit = 0;
    for (let at = y; at < box.y + box.height - 10 && lit === 0; at += 5)
      lit = (await operations(page, () => page.mouse.move(x, at))).data ?? 0;
    expect(lit, "so does the curve under the pointer").toBeGreaterThan(0);
    const along = await operations(page, () => page.mouse.move(x, y));
    expect(along.data ?? 0).toBeGreaterThan(0);
    await page.close();
  });
});
