/** Fingers on the built page in Chromium: targets, one finger, two fingers, a long press, the phone's sheet and tabs. */
import type { BrowserContextOptions, CDPSession, Page } from "playwright";
import { describe, expect, test } from "vitest";
import { generateDrive } from "../../fixtures/drive.ts";
import { unpack } from "../../web/link/packed.ts";
import { withChromium } from "./chromium.ts";
import { canDrive, drop, openPage } from "./page.ts";

const drive = generateDrive({ splitSeconds: 10 });
const log = drive.files.find(({ key }) => key.startsWith("B0551001/00000001/00000001"));
const dbc = drive.dbcs.find(({ name }) => name === "buslens-drive.dbc");
if (log === undefined || dbc === undefined) throw new Error("the drive has no such log");
const files = [
  { name: "00000001.MF4", bytes: log.bytes },
  { name: dbc.name, bytes: new TextEncoder().encode(dbc.text) },
];
const SIGNALS = ["EngineSpeed", "VehicleSpeed", "Throttle", "BatteryVoltage", "EngineTorque", "Gear"];
const PHONE = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

interface View {
  readonly t: { readonly f: string; readonly w: string };
  readonly k?: { readonly a?: string };
  readonly p: readonly { readonly g: readonly { readonly y?: readonly number[] }[] }[];
}

describe.skipIf(!canDrive)("fingers", { timeout: 180_000 }, () => {
  const chromium = withChromium();

  async function opened(options: BrowserContextOptions): Promise<Page> {
    const { page } = await openPage(chromium.browser, `${chromium.url}?${SIGNALS.map((name) => `sig=${name}`).join("&")}`, {
      reducedMotion: "reduce",
      ...options,
    });
    await drop(page, files);
    await page.locator(".legend-row .name", { hasText: "Throttle" }).first().waitFor({ state: "attached" });
    await page.getByRole("button", { name: "Dismiss" }).click();
    return page;
  }
  const viewOf = async (page: Page): Promise<View | null> => {
    const found = await unpack(new URL(page.url()).hash);
    return found?.ok === true ? (found.value as View) : null;
  };
  const areaOf = async (page: Page) => (await page.locator(".plot-area").boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  type Points = readonly (readonly [x: number, y: number])[];
  const touch = (client: CDPSession, type: "touchStart" | "touchMove" | "touchEnd", points: Points): Promise<unknown> =>
    client.send("Input.dispatchTouchEvent", { type, touchPoints: points.map(([x, y], id) => ({ x, y, id })) });
  /** Fingers from one set of places to another, in five steps. */
  async function glide(client: CDPSession, from: Points, to: Points): Promise<void> {
    await touch(client, "touchStart", from);
    for (let i = 1; i <= 5; i++) {
      await touch(
        client,
        "touchMove",
        from.map(([x, y], id) => [x + (((to[id]?.[0] ?? x) - x) * i) / 5, y + (((to[id]?.[1] ?? y) - y) * i) / 5] as const),
      );
    }
    await touch(client, "touchEnd", []);
  }

  test.each([
    ["a phone", PHONE],
    ["a tablet", { viewport: { width: 820, height: 1180 }, hasTouch: true, isMobile: true }],
    ["a laptop with a touch screen", { viewport: { width: 1366, height: 1024 }, hasTouch: true, isMobile: true }],
    ["a wide touch screen", { viewport: { width: 1600, height: 1000 }, hasTouch: true, isMobile: true }],
  ])("on %s rows are 40 px high and buttons 44 × 44", async (_name, options) => {
    const page = await opened(options);
    const narrow = options.viewport.width < 960;
    if (options.viewport.width < 600) await page.locator(".tabs").getByRole("button", { name: "Signals" }).click();
    else if (narrow) {
      await page.getByRole("button", { name: "Menu" }).click();
      await page.getByRole("menuitem", { name: "Signals" }).click();
    }
    await page.locator(".tree-row").first().waitFor();
    const small = (within = "body") =>
      page.evaluate((part) => {
        const seen = [...document.querySelectorAll(`${part} :is(button, select, .tree-row, .legend-row, .value-row)`)].filter(
          (one) => {
            const box = one.getBoundingClientRect();
            return one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && box.width > 0;
          },
        );
        /** How far a finger may be off, to one side of the middle. */
        const reach = (one: Element, dx: number, dy: number): number => {
          const { left, top, width, height } = one.getBoundingClientRect();
          for (let by = 1; by < 60; by++) {
            const under = document.elementFromPoint(left + width / 2 + dx * by, top + height / 2 + dy * by);
            if (under === null || !one.contains(under)) return by - 1;
          }
          return 60;
        };
        return seen
          .filter((one) => {
            const { left, top, width, height } = one.getBoundingClientRect();
            const under = document.elementFromPoint(left + width / 2, top + height / 2);
            // Scrolled away, below a panel, or the size of its lane.
            if (under === null || !one.contains(under) || one.closest(".of-lanes") !== null) return false;
            const high = Math.max(height, reach(one, 0, -1) + reach(one, 0, 1) + 1);
            if (one.matches(".tree-row, .legend-row, .value-row, .legend-name")) return high < 39;
            return high < 43 || Math.max(width, reach(one, -1, 0) + reach(one, 1, 0) + 1) < 43;
          })
          .map(
            (one) =>
              `${Math.round(one.getBoundingClientRect().width)}×${Math.round(one.getBoundingClientRect().height)} ${one.outerHTML.slice(0, 90)}`,
          );
      }, within);
    const found = await small();
    if (options.viewport.width >= 960) {
      await page.getByRole("button", { name: "Statistics" }).click();
      await page.locator(".stats-panel").waitFor();
      found.push(...(await small(".stats-panel")));
    }
    expect([...new Set(found)]).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(options.viewport.width);
    await page.context().close();
  });

  test("one finger pans, two zoom at their middle or move values, a long press sets A and moves it", async () => {
    const page = await opened(PHONE);
    const client = await page.context().newCDPSession(page);
    const area = await areaOf(page);
    await expect.poll(() => viewOf(page)).not.toBe(null);
    const pxNs = (view: View | null): number => Number(view?.t.w ?? 0) / area.width;
    const timeAt = (view: View | null, x: number): number => Number(view?.t.f ?? 0) + (x - area.x) * pxNs(view);
    const changed = async (act: () => Promise<void>): Promise<[View | null, View | null]> => {
      const before = page.url();
      const was = await viewOf(page);
      await act();
      await expect.poll(() => page.url()).not.toBe(before);
      await page.waitForTimeout(600);
      return [was, await viewOf(page)];
    };
    const y = area.y + 60;
    const middle = area.x + 150;

    const [wide, close] = await changed(() =>
      glide(
        client,
        [
          [middle - 30, y],
          [middle + 30, y],
        ],
        [
          [middle - 90, y],
          [middle + 90, y],
        ],
      ),
    );
    expect(Number(wide?.t.w) / Number(close?.t.w)).toBeGreaterThan(2.4);
    expect(Number(wide?.t.w) / Number(close?.t.w)).toBeLessThan(3.6);
    // What was between the fingers still is.
    expect(Math.abs(timeAt(close, middle) - timeAt(wide, middle)) / pxNs(close)).toBeLessThan(25);

    const [, panned] = await changed(() => glide(client, [[middle + 40, y]], [[middle - 40, y]]));
    expect(panned?.t.w).toBe(close?.t.w);
    expect((Number(panned?.t.f) - Number(close?.t.f)) / pxNs(close)).toBeGreaterThan(70);
    expect((Number(panned?.t.f) - Number(close?.t.f)) / pxNs(close)).toBeLessThan(90);

    const [, lifted] = await changed(() =>
      glide(
        client,
        [
          [middle - 40, y],
          [middle + 40, y],
        ],
        [
          [middle - 40, y + 40],
          [middle + 40, y + 40],
        ],
      ),
    );
    expect(lifted?.p[0]?.g[0]?.y).toHaveLength(2);
    expect(lifted?.t.f).toBe(panned?.t.f);

    const [, held] = await changed(async () => {
      await touch(client, "touchStart", [[middle, y]]);
      await page.waitForTimeout(500);
      await touch(client, "touchMove", [[middle + 20, y]]);
      await touch(client, "touchMove", [[middle + 60, y]]);
      await touch(client, "touchEnd", []);
    });
    expect(held?.t.f).toBe(panned?.t.f);
    expect(Math.abs(Number(held?.k?.a ?? 0) - timeAt(held, middle + 60)) / pxNs(held)).toBeLessThan(2);
    await page.context().close();
  });

  test("the sheet of values stops at its head, at five rows and at 70 %; on its side a phone shows neither sheet nor tabs", async () => {
    const page = await opened(PHONE);
    const sheet = page.locator(".values");
    const height = async () => Math.round((await sheet.boundingBox())?.height ?? 0);
    const five = await height();
    expect(five).toBeGreaterThanOrEqual(44 + 5 * 40);
    expect(five).toBeLessThanOrEqual(44 + 5 * 42 + 5);
    const head = await page.locator(".values-head").boundingBox();
    const client = await page.context().newCDPSession(page);
    const [x, y] = [(head?.x ?? 0) + 100, (head?.y ?? 0) + 20];
    await glide(client, [[x, y]], [[x, y - 80]]);
    await expect.poll(height).toBeGreaterThan(five);
    expect(await height()).toBeLessThanOrEqual(844 * 0.7);
    const high = await page.locator(".values-head").boundingBox();
    await glide(client, [[x, (high?.y ?? 0) + 20]], [[x, (high?.y ?? 0) + 100]]);
    await expect.poll(height).toBe(five);
    await glide(client, [[x, y]], [[x, y + 60]]);
    await expect.poll(height).toBeLessThanOrEqual(46);
    for (const tab of ["Signals", "Plot", "Statistics", "File", "Plot"]) {
      await page.locator(".tabs").getByRole("button", { name: tab }).click();
      await expect.poll(() => page.locator(".tabs [aria-pressed=true]").innerText()).toBe(tab);
    }
    expect(await page.locator(".plot-area").isVisible()).toBe(true);
    await page.setViewportSize({ width: 844, height: 390 });
    await expect.poll(() => sheet.isVisible()).toBe(false);
    expect(await page.locator(".tabs").isVisible()).toBe(false);
    await expect.poll(() => page.locator(".legend-row .name").first().isVisible()).toBe(true);
    const css = await page.evaluate(() =>
      [...document.styleSheets].flatMap((s) => [...s.cssRules]).some((r) => r.cssText.includes("safe-area-inset-bottom")),
    );
    expect(css).toBe(true);
    await page.context().close();
  });
});
