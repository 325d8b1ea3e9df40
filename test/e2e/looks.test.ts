/**
 * What a person sees (viewer.md §10), as far as it can be counted: digits that stand still, points below each other, a spike in every picture, one
 * colour for one signal, nothing cut or scrolled without need. Each scene leaves a picture in test-results/looks.
 */
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { BrowserContextOptions, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SPIKE_DBC, SPIKE_SHARE, spikeLog } from "../support/spike-log.ts";
import { withChromium } from "./chromium.ts";
import { canDrive, dismissAll, drop, openPage, plot, settled } from "./page.ts";

const pictures = fileURLToPath(new URL("../../test-results/looks/", import.meta.url));
const files = [
  { name: "00000001.MF4", bytes: spikeLog() },
  { name: "spike.dbc", bytes: new TextEncoder().encode(SPIKE_DBC) },
];

describe.skipIf(!canDrive)("looks", { timeout: 60_000 }, () => {
  const chromium = withChromium();
  beforeAll(() => void mkdirSync(pictures, { recursive: true }));

  async function opened(names: readonly string[], options: BrowserContextOptions): Promise<Page> {
    const { page } = await openPage(chromium.browser, chromium.url, { reducedMotion: "reduce", ...options });
    await drop(page, files);
    await page.locator(".tree-row.signal").first().waitFor();
    await dismissAll(page);
    for (const name of names) await plot(page, name);
    await settled(page);
    await page.keyboard.press("Escape");
    return page;
  }
  const shot = (page: Page, name: string): Promise<Buffer> => page.screenshot({ path: `${pictures}${name}.png` });
  const areaOf = async (page: Page) => (await page.locator(".plot-area").boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const sample = async (page: Page): Promise<void> => {
    await page.locator(".empty-row", { hasText: "sample drive" }).getByRole("button").click();
    await page.locator(".legend-row").nth(4).waitFor({ state: "attached", timeout: 60_000 });
    await settled(page);
  };

  test.each([1, 2])(
    "one sample of 100,000 is seen with all in view, and no line crosses the silence, at %i device pixels",
    async (ratio) => {
      const page = await opened(["Level"], { viewport: { width: 1000, height: 600 }, deviceScaleFactor: ratio });
      const { x, width, height: areaHeight } = await areaOf(page);
      const left = x - ((await page.locator("canvas.data").boundingBox())?.x ?? 0);
      const height = async (share: number, slack: number): Promise<number> =>
        Math.max(...(await coloured(page, (left + share * width) * ratio - slack, 2 * slack + 1)));
      // Where the level runs the curve is as high as its line, with the spike as high as the stripe.
      const stripe = areaHeight * ratio;
      expect(await height(0.5, 3)).toBeLessThan(4 * ratio);
      expect(await height(0.5, 3)).toBeGreaterThan(0);
      expect(await height(SPIKE_SHARE, 3 * ratio)).toBeGreaterThan(stripe * 0.7);
      expect(await height(0.27, 3)).toBe(0);
      await shot(page, `spike-${ratio}`);
      await page.context().close();
    },
  );

  describe("one window after another", () => {
    let page: Page;
    beforeAll(async () => {
      page = await opened(["Level"], { viewport: { width: 1500, height: 700 } });
    }, 60_000);
    afterAll(async () => {
      await page.context().close();
    });

    test("Escape gives up a box and a drag: the view is what it was", async () => {
      const area = await areaOf(page);
      const before = await page.locator(".statusbar .first").innerText();
      const middle = area.x + area.width / 2;
      for (const key of [null, "Shift"]) {
        if (key !== null) await page.keyboard.down(key);
        await page.mouse.move(middle, area.y + 100);
        await page.mouse.down();
        await page.mouse.move(middle + 120, area.y + 180, { steps: 4 });
        if (key === null) await expect.poll(() => page.locator(".statusbar .first").innerText()).not.toBe(before);
        await page.keyboard.press("Escape");
        await page.mouse.move(middle + 160, area.y + 200);
        await page.mouse.up();
        if (key !== null) await page.keyboard.up(key);
        await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
        await expect.poll(() => page.locator(".statusbar .first").innerText()).toBe(before);
      }
    });

    test("rare samples have markers; swatch, square, axis bar and curve have one colour", async () => {
      await plot(page, "Slow");
      await settled(page);
      await page.keyboard.press("Escape");
      const heights = await coloured(page, 0, 1e9, "s2");
      expect(heights.filter((own) => own >= 4 && own <= 5).length).toBeGreaterThan(8);
      const colours = await page.evaluate(() => {
        const of = (selector: string): string => {
          const found = document.querySelector(selector);
          return found === null ? selector : getComputedStyle(found).backgroundColor;
        };
        return [
          of(".legend-row .swatch.slot1"),
          of(".tree-row .square.slot1"),
          of(".legend-row .swatch.slot2"),
          of(".tree-row .square.slot2"),
        ];
      });
      expect(colours).toEqual(["rgb(57, 117, 234)", "rgb(57, 117, 234)", "rgb(255, 207, 74)", "rgb(255, 207, 74)"]);
      expect(Math.max(...(await coloured(page, 0, 1e9, "s1")))).toBeGreaterThan(100);
      await shot(page, "markers");
    });

    test("the 13th signal is dashed, the first twelve are not", async () => {
      const filter = page.getByRole("textbox", { name: "Find a signal" });
      await filter.fill("Way");
      await filter.press("Control+Enter");
      await page.locator(".legend-row").nth(15).waitFor({ state: "attached" });
      await filter.fill("");
      await settled(page);
      const dashed = await page
        .locator(".legend-row .swatch")
        .evaluateAll((all) => all.map((one) => one.classList.contains("dashed")));
      expect(dashed).toEqual(Array.from({ length: 16 }, (_, i) => i >= 12));
      await shot(page, "sixteen");
    });
  });

  test("digits stand still under a moving pointer, points of a column are below each other, nothing is cut or scrolled", async () => {
    const { page } = await openPage(chromium.browser, chromium.url, {
      viewport: { width: 1600, height: 900 },
      reducedMotion: "reduce",
    });
    await sample(page);
    const area = await areaOf(page);
    await page.keyboard.press("c");
    await page.keyboard.press("c");
    await page.keyboard.press("s");
    await page.mouse.move(area.x + 50, area.y + 40);
    await settled(page);
    const places = (): Promise<string[]> =>
      page
        .locator(".legend-row .name, .legend-row .value, .legend-row .unit, .legend-row .at")
        .evaluateAll((all) =>
          all.map((cell) => `${cell.className} ${cell.getBoundingClientRect().left} ${cell.getBoundingClientRect().right}`),
        );
    const before = await places();
    for (let i = 1; i <= 20; i++) {
      await page.mouse.move(area.x + (area.width * 0.7 * i) / 20, area.y + 40 + i * 5);
      expect(await places()).toEqual(before);
    }
    const points = await page.locator(".stats-table tbody tr").evaluateAll((rows) =>
      rows
        .filter((row) => row.querySelector("td[colspan]") === null)
        .map((row) =>
          [...row.querySelectorAll("td.number")].slice(0, 4).map((cell) => {
            const text = cell.firstChild;
            const at = (text?.textContent ?? "").search(/[.,]/);
            if (text === null || at < 0) return null;
            const range = document.createRange();
            range.setStart(text, at);
            range.setEnd(text, at + 1);
            return Math.round(range.getBoundingClientRect().left);
          }),
        ),
    );
    expect(points.length).toBeGreaterThan(2);
    for (let column = 0; column < 4; column++) {
      const own = points.map((row) => row[column]).filter((x) => x !== null);
      expect(Math.max(...own.map(Number)) - Math.min(...own.map(Number)), `column ${column}`).toBeLessThanOrEqual(1);
    }
    await shot(page, "sample-1600");
    for (const [width, height] of [
      [1600, 900],
      [1366, 768],
      [768, 1024],
    ] as const) {
      await page.setViewportSize({ width, height });
      await settled(page);
      expect(await cutTexts(page), `${width}`).toEqual([]);
      await shot(page, `sample-${width}`);
    }
    await page.context().close();
  });
});

/** Device px from the highest to the lowest pixel of a slot's colour, column by column of the curves' canvas. */
const coloured = (page: Page, from: number, count: number, slot = "s1"): Promise<number[]> =>
  page.evaluate(
    ([start, columns, name]) => {
      const canvas = document.querySelector<HTMLCanvasElement>("canvas.data");
      const context = canvas?.getContext("2d");
      if (!canvas || !context) return [];
      const rgb = (token: string): number[] => {
        const hex = getComputedStyle(document.documentElement).getPropertyValue(token).trim();
        return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
      };
      const ground = rgb("--plot");
      const way = rgb(`--${name}`).map((value, i) => value - (ground[i] ?? 0));
      const length = way.reduce((sum, by) => sum + by * by, 0);
      /** Two fifths of the colour over the ground or more, and no other colour. */
      const isOurs = (pixel: readonly number[]): boolean => {
        const by = pixel.map((value, i) => value - (ground[i] ?? 0));
        const share = by.reduce((sum, one, i) => sum + one * (way[i] ?? 0), 0) / length;
        return share >= 0.4 && by.every((one, i) => Math.abs(one - share * (way[i] ?? 0)) <= 16);
      };
      const left = Math.max(0, Math.round(start));
      const width = Math.min(canvas.width - left, Math.round(columns));
      const { data } = context.getImageData(left, 0, width, canvas.height);
      return Array.from({ length: width }, (_, x) => {
        let [top, bottom] = [-1, -1];
        for (let y = 0; y < canvas.height; y++) {
          const at = (y * width + x) * 4;
          if (!isOurs([data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0])) continue;
          if (top < 0) top = y;
          bottom = y + 1;
        }
        return bottom - top;
      }).map((height) => Math.max(0, height));
    },
    [from, count, slot] as const,
  );

/** Elements whose text goes beyond their box without an ellipsis, and boxes that scroll though nothing is wider or higher than they are. */
const cutTexts = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = [];
    for (const element of document.querySelectorAll<HTMLElement>("#app *")) {
      const style = getComputedStyle(element);
      const isShown = element.getClientRects().length > 0 && style.visibility === "visible" && style.opacity !== "0";
      if (!isShown || element instanceof SVGElement) continue;
      const name = `${element.tagName.toLowerCase()}.${element.className}`;
      const isText = [...element.childNodes].some(
        (node) => node.nodeType === Node.TEXT_NODE && (node.textContent ?? "").trim() !== "",
      );
      const beyond = element.scrollWidth - element.clientWidth;
      if (isText && style.display !== "inline" && beyond > 1 && style.textOverflow !== "ellipsis" && !element.matches(".quiet"))
        found.push(`${name} cut by ${beyond}: ${element.textContent?.slice(0, 40)}`);
      const [barX, barY] = [element.offsetHeight - element.clientHeight, element.offsetWidth - element.clientWidth];
      if (/auto|scroll/.test(style.overflowX) && barX > 4 && beyond <= 0) found.push(`${name} has a bar below`);
      if (/auto|scroll/.test(style.overflowY) && barY > 4 && element.scrollHeight <= element.clientHeight)
        found.push(`${name} has a bar beside`);
    }
    const page = document.documentElement;
    if (page.scrollWidth > page.clientWidth) found.push("the page is wider than its window");
    return found;
  });
