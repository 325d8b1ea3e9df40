/** Without a mouse, without eyes for colour, magnified, on paper: the built page in Chromium. */
import type { BrowserContextOptions, Page } from "playwright";
import { describe, expect, test } from "vitest";
import { generateDrive } from "../../fixtures/drive.ts";
import { withChromium } from "./chromium.ts";
import { canDrive, drop, openPage, settled } from "./page.ts";

const drive = generateDrive({ splitSeconds: 10 });
const log = drive.files.find(({ key }) => key.startsWith("B0551001/00000001/00000001"));
const dbc = drive.dbcs.find(({ name }) => name === "buslens-drive.dbc");
if (log === undefined || dbc === undefined) throw new Error("the drive has no such log");
const files = [
  { name: "00000001.MF4", bytes: log.bytes },
  { name: dbc.name, bytes: new TextEncoder().encode(dbc.text) },
];
const WIDE = { viewport: { width: 1600, height: 900 } };

describe.skipIf(!canDrive)("for everybody", { timeout: 180_000 }, () => {
  const chromium = withChromium();

  /** By a link, so that it works at any width. */
  async function opened(names: readonly string[], options: BrowserContextOptions = WIDE): Promise<Page> {
    const signals = names.map((name) => `sig=${name}`).join("&");
    const { page } = await openPage(chromium.browser, `${chromium.url}?${signals}`, { reducedMotion: "reduce", ...options });
    await drop(page, files);
    for (const name of names) await page.locator(".legend-row .name", { hasText: name }).first().waitFor({ state: "attached" });
    await settled(page);
    return page;
  }

  test("Tab visits all that can be used, region by region, each with its ring, and leaves at the end", async () => {
    const page = await opened(["EngineSpeed", "Gear"]);
    await page.keyboard.press("s");
    await page.locator(".stats-table td").first().waitFor();
    await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
    const stops: { region: string; what: string; ring: boolean }[] = [];
    for (let i = 0; i < 100; i++) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(() => {
        const now = document.activeElement;
        if (now === null || now === document.body) return null;
        const { outlineStyle, outlineWidth } = getComputedStyle(now);
        const region = now.closest("#app > *")?.classList[0] ?? "";
        return { region, what: now.outerHTML.slice(0, 120), ring: outlineStyle !== "none" && outlineWidth === "2px" };
      });
      if (stop === null) break;
      stops.push(stop);
    }
    expect(stops.length).toBeGreaterThan(20);
    expect(stops.length, "it goes on for ever").toBeLessThan(100);
    expect(stops.filter(({ ring }) => !ring).map(({ what }) => what)).toEqual([]);
    const regions = stops.map(({ region }) => region).filter((region, i, all) => region !== all[i - 1]);
    expect(regions).toEqual(["topbar", "noticebar", "signals", "plot", "stats-panel", "statusbar"]);
    await page.context().close();
  });

  test("what opens over the page gives the focus back", async () => {
    const page = await opened(["EngineSpeed"]);
    const focused = () => page.evaluate(() => document.activeElement?.className ?? "");
    const openers: readonly (readonly [selector: string, opened: string])[] = [
      [".topbar .help", "dialog.help[open]"],
      [".topbar .find", "dialog.palette[open]"],
      [".topbar .source", ".menu:not([hidden])"],
    ];
    for (const [selector, shown] of openers) {
      await page.locator(selector).focus();
      await page.keyboard.press("Enter");
      await page.locator(shown).waitFor();
      await page.keyboard.press("Escape");
      await expect.poll(() => page.locator(shown).count()).toBe(0);
      expect(await focused()).toContain(selector.split(".").at(-1));
    }
    await page.locator(".topbar .source").focus();
    await page.keyboard.press("Enter");
    await page.keyboard.press("End");
    expect(await page.evaluate(() => document.activeElement?.textContent)).toContain("Forget everything");
    await page.keyboard.press("Tab"); // no trap: the menu goes, the next control has the focus
    await expect.poll(() => page.locator(".menu:not([hidden])").count()).toBe(0);
    await page.locator(".legend-name").first().dblclick();
    await page.locator(".popover:not([hidden])").waitFor();
    await page.keyboard.press("Escape");
    expect(await focused()).toContain("legend-name");
    await page.context().close();
  });

  test("a stripe says what it shows once the view is at rest, not while it moves; a cursor speaks at most twice a second", async () => {
    const page = await opened(["EngineSpeed"]);
    await page.evaluate(() => document.body.focus());
    const counts = await page.evaluate(async () => {
      const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
      const press = (key: string) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
      const count = { labels: 0, spoken: 0 };
      const image = document.querySelector(".stripe-image");
      const speaker = [...document.querySelectorAll("[aria-live=polite]")].at(-1);
      if (image === null || speaker === undefined) throw new Error("no stripe or no live region");
      new MutationObserver((all) => (count.labels += all.length)).observe(image, { attributeFilter: ["aria-label"] });
      new MutationObserver((all) => (count.spoken += all.length)).observe(speaker, {
        childList: true,
        characterData: true,
        subtree: true,
      });
      press("i");
      press("i");
      await pause(1000);
      const atRest = count.labels;
      for (let i = 0; i < 20; i++) {
        press(i % 2 === 0 ? "p" : "u");
        await pause(20);
      }
      const moving = count.labels - atRest;
      press("p");
      await pause(1500);
      const settled = count.labels - atRest - moving;
      press(".");
      await pause(1000);
      const before = count.spoken;
      const start = performance.now();
      for (let i = 0; i < 30; i++) {
        press("ArrowRight");
        await pause(50);
      }
      const seconds = (performance.now() - start) / 1000;
      await pause(700);
      return { moving, settled, spoken: count.spoken - before, seconds, text: speaker.textContent };
    });
    expect(counts.moving).toBe(0);
    expect(counts.settled).toBe(1);
    expect(counts.spoken).toBeGreaterThan(0);
    expect(counts.spoken).toBeLessThanOrEqual(Math.ceil((counts.seconds + 1) * 2));
    expect(counts.text).toMatch(/^A .*\d\d:\d\d.*, EngineSpeed [\d.]+ rpm$/);
    await expect
      .poll(() => page.locator(".stripe-image").first().getAttribute("aria-label"))
      .toMatch(/rpm in .*, mean [\d.]+\. At A [\d.]+ rpm\.$/);
    await page.context().close();
  });

  test("dividers say what they divide, where they stand and how far they go", async () => {
    const page = await opened(["EngineSpeed", "VehicleSpeed"]);
    await page.keyboard.press("s");
    const dividers = await page.locator("[role=separator]").evaluateAll((all) =>
      all
        .filter((one) => one.checkVisibility())
        .map((one) => ({
          name: one.getAttribute("aria-label") ?? "",
          min: Number(one.getAttribute("aria-valuemin") ?? Number.NaN),
          now: Number(one.getAttribute("aria-valuenow") ?? Number.NaN),
          max: Number(one.getAttribute("aria-valuemax") ?? Number.NaN),
          orientation: one.getAttribute("aria-orientation"),
        })),
    );
    expect(dividers.map(({ name }) => name).sort()).toEqual(
      ["Divider below stripe 1", "Width of the legend", "Width of the signals", "Width of the statistics"].sort(),
    );
    for (const { min, now, max, orientation } of dividers) {
      expect(now).toBeGreaterThanOrEqual(min);
      expect(now).toBeLessThanOrEqual(max);
      expect(orientation).toMatch(/^(horizontal|vertical)$/);
    }
    const left = page.getByRole("separator", { name: "Width of the signals" });
    const widthOf = async () => (await page.locator(".signals").boundingBox())?.width;
    await left.focus();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Shift+ArrowRight");
    await expect.poll(widthOf).toBe(312 + 16 + 64);
    await left.dblclick({ position: { x: 3, y: 100 } });
    await expect.poll(widthOf).toBe(312);
    for (let i = 0; i < 3; i++) await page.keyboard.press("Shift+ArrowLeft"); // below its minimum it closes
    await expect.poll(() => page.locator(".signals").isVisible()).toBe(false);
    await page.context().close();
  });

  test.each([
    { zoom: "100 %", width: 1440, height: 700, ratio: 1 },
    { zoom: "200 % of 1920", width: 960, height: 540, ratio: 2 },
    { zoom: "200 % of 1280", width: 640, height: 450, ratio: 2 },
    { zoom: "400 % of 1920", width: 480, height: 270, ratio: 4 },
    { zoom: "400 % of 1280", width: 320, height: 225, ratio: 4 },
  ])("magnified ($zoom) nothing lies outside, and the plot keeps its room", async ({ width, height, ratio }) => {
    const page = await opened(["EngineSpeed", "Gear"], { viewport: { width, height }, deviceScaleFactor: ratio });
    const cut = () =>
      page.evaluate(() => {
        const { clientWidth, clientHeight, scrollWidth } = document.documentElement;
        const isCut = (one: Element) => {
          const box = one.getBoundingClientRect();
          return box.left < -1 || box.right > clientWidth + 1 || box.bottom > clientHeight + 1;
        };
        const controls = [
          ...document.querySelectorAll(".topbar button, .statusbar > *, .tabs button, .panel-head button, .panel-head > *"),
        ];
        return [
          ...(scrollWidth > clientWidth ? [`the page is ${scrollWidth} wide`] : []),
          ...controls
            .filter((one) => one.checkVisibility() && one.getBoundingClientRect().width > 0 && isCut(one))
            .map((one) => one.outerHTML.slice(0, 100)),
        ];
      });
    const room = async () => {
      const box = await page.locator(".plot-area").boundingBox();
      return { width: Math.round(box?.width ?? 0), height: Math.round(box?.height ?? 0) };
    };
    expect(await cut()).toEqual([]);
    const bare = await room();
    await page.keyboard.press("s");
    await page.locator(".stats-panel").waitFor();
    await settled(page);
    expect(await cut()).toEqual([]);
    const panel = await page.locator(".stats-panel").boundingBox();
    expect(panel?.height).toBeGreaterThanOrEqual(100);
    const beside = await room();
    // Either both have room, or the panel lies over a plot that stays as it was.
    if (height >= 450 && width >= 600) {
      expect(beside.height).toBeGreaterThanOrEqual(170); // 200 with the time axis
      expect(beside.width).toBeGreaterThanOrEqual(320);
    } else expect(beside).toEqual(bare);
    await page.keyboard.press("s");
    await page.keyboard.press("Control+b"); // signals: beside, over the plot, or full
    await page.locator(".signals").waitFor({ state: width >= 960 ? "hidden" : "visible" });
    expect(await cut()).toEqual([]);
    await page.context().close();
  });

  test("with forced colours everything has the system's, and dashes tell series apart", async () => {
    const page = await opened(["EngineSpeed", "VehicleSpeed", "Throttle", "BatteryVoltage"], { ...WIDE, forcedColors: "active" });
    await page.keyboard.press("Shift+K");
    await settled(page);
    const seen = await page.evaluate(() => {
      const probe = document.createElement("i");
      document.body.append(probe);
      const system = (name: string) => {
        probe.style.color = name;
        return getComputedStyle(probe).color;
      };
      const canvas = document.querySelector<HTMLCanvasElement>("canvas.data");
      const pixels = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
      const [red = 0, green = 0, blue = 0] = (system("CanvasText").match(/\d+/g) ?? []).map(Number);
      let text = 0;
      for (let i = 0; i < pixels.length; i += 4)
        if (pixels[i] === red && pixels[i + 1] === green && pixels[i + 2] === blue) text++;
      const swatches = [...document.querySelectorAll(".legend .swatch")].map((one) => getComputedStyle(one).backgroundImage);
      return { corner: `rgb(${pixels[0]}, ${pixels[1]}, ${pixels[2]})`, ground: system("Canvas"), text, swatches };
    });
    expect(seen.corner).toBe(seen.ground);
    expect(seen.text).toBeGreaterThan(500);
    expect(new Set(seen.swatches).size).toBe(4);
    await page.context().close();
  });

  test("paper is light; the sheet of keys is one page of four columns", async () => {
    const page = await opened(["EngineSpeed"]);
    const ground = () =>
      page.evaluate(() => {
        const canvas = document.querySelector<HTMLCanvasElement>("canvas.data");
        return [...(canvas?.getContext("2d")?.getImageData(0, 0, 1, 1).data ?? [])].join(" ");
      });
    const dark = await ground();
    await page.evaluate(() => dispatchEvent(new Event("beforeprint")));
    expect(await ground()).toBe("255 255 255 255");
    await page.evaluate(() => dispatchEvent(new Event("afterprint")));
    await expect.poll(ground).toBe(dark);
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    const onScreen = await page.locator("dialog.help").evaluate((sheet) => sheet.scrollHeight <= sheet.clientHeight);
    expect(onScreen, "the sheet scrolls").toBe(true);
    const pdf = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
    expect(pdf.match(/\/Type\s*\/Page\b/g)?.length).toBe(1);
    await page.emulateMedia({ media: "print" });
    const columns = await page
      .locator(".help-group")
      .evaluateAll((groups) => new Set(groups.map((g) => Math.round(g.getBoundingClientRect().left))).size);
    expect(columns).toBe(4);
    expect(await page.locator(".topbar").isVisible()).toBe(false);
    await page.context().close();
  });

  test("the theme is there before the first paint, follows the system until a person chooses, and nothing moves where motion is reduced", async () => {
    const context = await chromium.browser.newContext({ ...WIDE, colorScheme: "light", serviceWorkers: "block" });
    const page = await context.newPage();
    await page.addInitScript(() => {
      const seen: string[] = [];
      Object.assign(window, { seen });
      new MutationObserver(() => {
        const now = document.documentElement?.dataset.theme;
        if (now !== undefined && now !== seen.at(-1)) seen.push(`${now}`);
      }).observe(document, { attributes: true, attributeFilter: ["data-theme"], childList: true, subtree: true });
    });
    await page.goto(chromium.url);
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    expect(await theme()).toBe("light");
    const paint = () => page.evaluate(() => getComputedStyle(document.querySelector(".topbar") ?? document.body).backgroundColor);
    expect(await paint()).toBe("rgb(245, 246, 248)");
    await page.emulateMedia({ colorScheme: "dark" });
    await expect.poll(theme).toBe("dark");
    await page.getByRole("button", { name: "Switch between dark and light" }).click();
    await page.emulateMedia({ colorScheme: "light" });
    await page.emulateMedia({ colorScheme: "dark" });
    expect(await theme()).toBe("light");
    await page.reload();
    // The markup says dark: whoever chose light must not see it, so the snippet runs before the body is there.
    expect(await page.evaluate(() => (window as unknown as { seen: string[] }).seen.at(-1))).toBe("light");
    await page.emulateMedia({ reducedMotion: "no-preference" });
    const motion = () => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--motion").trim());
    expect(await motion()).toBe(".12s");
    await page.emulateMedia({ reducedMotion: "reduce" });
    expect(await motion()).toBe("0s");
    const moving = await page.evaluate(() =>
      [...document.styleSheets].flatMap((sheet) =>
        [...sheet.cssRules].flatMap((rule) => {
          const all = (one: CSSRule): string[] =>
            one instanceof CSSStyleRule
              ? [one.style.transition, one.style.animation].filter((text) => text !== "" && !text.includes("--motion"))
              : one instanceof CSSGroupingRule
                ? [...one.cssRules].flatMap(all)
                : [];
          return all(rule);
        }),
      ),
    );
    expect(moving).toEqual([]);
    await context.close();
  });
});
