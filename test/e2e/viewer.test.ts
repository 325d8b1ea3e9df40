/** What a person does with the viewer, on the built page in Chromium. Values are compared with what the generator put in. */
import { createServer } from "node:http";
import { getRequestListener } from "@hono/node-server";
import type { Page } from "playwright";
import { describe, expect, test } from "vitest";
import { anyone, bearer } from "../../edge/app/access.ts";
import { createApp } from "../../edge/app/app.ts";
import { hostEngine, loadKernel } from "../../edge/node/host-engine.ts";
import { viewerFiles } from "../../edge/node/viewer-files.ts";
import { generateDrive } from "../../fixtures/drive.ts";
import { fit, timeAt } from "../../web/state/view.ts";
import { valueText } from "../../web/text/number.ts";
import { FileStore } from "../../worker/sources/blob.ts";
import { withChromium } from "./chromium.ts";
import { canDrive, close, drop, listen, openPage, plot, settled, type Watched } from "./page.ts";

const drive = generateDrive({ splitSeconds: 10 });
const text = new TextEncoder();
const log = drive.files.find(({ key }) => key.startsWith("B0551001/00000001/00000001"));
const dbc = drive.dbcs.find(({ name }) => name === "buslens-drive.dbc");
if (log === undefined || dbc === undefined) throw new Error("the drive has no such log");
const truth = drive.truth.logs.find(({ key }) => key === log.key);
const one = [
  { name: "00000001.MF4", bytes: log.bytes },
  { name: dbc.name, bytes: text.encode(dbc.text) },
];

describe.skipIf(!canDrive)("the viewer", { timeout: 120_000 }, () => {
  const chromium = withChromium();

  async function dropped(files = one): Promise<Watched> {
    const watched = await openPage(chromium.browser, chromium.url);
    await drop(watched.page, files);
    await watched.page.locator(".tree-row.signal").first().waitFor();
    return watched;
  }

  const quiet = ({ errors, foreign }: Watched): void => {
    expect(errors).toEqual([]);
    expect(foreign).toEqual([]);
  };

  test("opens the sample drive in one click, with nothing asked of another place", async () => {
    const watched = await openPage(chromium.browser, chromium.url);
    const { page } = watched;
    await page.getByRole("heading", { name: "Drop a log, a whole LOG folder, or a DBC" }).waitFor();
    await page.locator(".empty-row", { hasText: "sample drive" }).getByRole("button").click();
    await page.locator(".legend-row").nth(4).waitFor({ timeout: 60_000 });
    expect(await page.locator(".badge").innerText()).toBe("Balanced");
    expect(await settled(page)).toContain("5 signals");
    quiet(watched);
    await page.close();
  });

  test("a dropped log shows its values under the pointer, sample by sample", async () => {
    const watched = await dropped();
    const { page } = watched;
    await plot(page, "EngineSpeed");
    await settled(page);
    const series = truth?.series.find((s) => s.signal.name === "EngineSpeed");
    if (truth === undefined || series === undefined) throw new Error("no EngineSpeed in the drive");
    const box = await page.locator(".plot-area").boundingBox();
    if (box === null) throw new Error("the plot has no size");
    const start = truth.facts.startNs;
    const times = series.timesNs.map((ns) => start + BigInt(ns));
    const columns = Math.round(box.width);
    const view = fit({ fromNs: times[0] ?? 0n, toNs: (times.at(-1) ?? 0n) + 1n }, columns);
    const physical = series.physical();
    for (const x of [40, 217, columns >> 1, columns - 60]) {
      await page.mouse.move(box.x + x, box.y + 100);
      const until = timeAt(view, x) + view.stepNs - 1n;
      const row = times.findLastIndex((time) => time <= until);
      const shown = page.locator(".legend-row .value");
      await expect.poll(() => shown.first().innerText()).toBe(valueText(physical[row] ?? Number.NaN, 2));
    }
    quiet(watched);
    await page.close();
  });

  test("wheel zooms at the pointer, drag pans, undo returns, F shows all", async () => {
    const { page } = await dropped();
    await plot(page, "VehicleSpeed");
    const whole = await settled(page);
    const box = await page.locator(".plot-area").boundingBox();
    if (box === null) throw new Error("the plot has no size");
    await page.mouse.move(box.x + box.width / 2, box.y + 80);
    for (let i = 0; i < 6; i++) await page.mouse.wheel(0, -100);
    const closer = await settled(page);
    expect(spanOf(closer)).toBeCloseTo(spanOf(whole) / 1.25 ** 6, 1);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width / 2 - 200, box.y + 80, { steps: 5 });
    await page.mouse.up();
    const later = await settled(page);
    expect(spanOf(later)).toBe(spanOf(closer));
    expect(rangeOf(later)).not.toBe(rangeOf(closer));
    await page.keyboard.press("Control+z");
    expect(rangeOf(await settled(page))).toBe(rangeOf(closer));
    await page.keyboard.press("Control+y");
    expect(rangeOf(await settled(page))).toBe(rangeOf(later));
    await page.keyboard.press("f");
    expect(spanOf(await settled(page))).toBeGreaterThanOrEqual(spanOf(whole));
    await page.close();
  });

  test("a curve is painted in its slot's colour", async () => {
    const { page } = await dropped();
    await plot(page, "EngineSpeed");
    await settled(page);
    const painted = await page.evaluate(() => {
      const canvas = document.querySelector<HTMLCanvasElement>("canvas.data");
      const data = canvas?.getContext("2d")?.getImageData(100, 30, canvas.width - 100, canvas.height - 30).data ?? [];
      let count = 0;
      for (let i = 0; i < data.length; i += 4) if (data[i] === 0x39 && data[i + 1] === 0x75 && data[i + 2] === 0xea) count++;
      return count;
    });
    expect(painted).toBeGreaterThan(500);
    await page.close();
  });

  test("says what is wrong in a sentence: no DBC, a foreign file, an empty file", async () => {
    const watched = await dropped([{ name: "00000001.MF4", bytes: log.bytes }].concat(one[1] ?? []).slice(0, 2));
    const { page } = watched;
    await drop(page, [{ name: "trace.blf", bytes: text.encode("LOGG and more") }]);
    await expect
      .poll(() => page.locator(".noticebar").innerText())
      .toContain("trace.blf is a Vector BLF file. buslens reads MF4, MFC, MFE, MFM and DBC.");
    await page.close();

    const bare = await openPage(chromium.browser, chromium.url);
    await drop(bare.page, [{ name: "00000001.MF4", bytes: log.bytes }]);
    const noDbc = bare.page.locator(".tree-notices", { hasText: "ids heard" });
    await expect.poll(() => noDbc.innerText()).toMatch(/^\d+ ids heard on CAN 1, no DBC assigned\./);
    await drop(bare.page, [{ name: "00000007.MF4", bytes: new Uint8Array(0) }]);
    await expect.poll(() => bare.page.locator(".noticebar").innerText()).toContain("00000007.MF4 is empty (0 bytes)");
    await expect.poll(() => bare.page.locator(".tree-row").count()).toBeGreaterThan(3);
    quiet(bare);
    await bare.page.close();
  });

  test("a DBC dropped later explains what was heard, and what is plotted stays", async () => {
    const { page } = await dropped();
    await plot(page, "EngineSpeed");
    await drop(page, [
      {
        name: "other.dbc",
        bytes: text.encode('VERSION ""\n\nBO_ 5 Other: 8 Vector__XXX\n SG_ X : 0|8@1+ (1,0) [0|0] "" Vector__XXX\n'),
      },
    ]);
    await expect.poll(() => page.locator(".tree-foot h2").innerText()).toContain("2 open");
    await expect.poll(() => page.locator(".legend-row").count()).toBe(1);
    await page.close();
  });

  test("the File panel shows two sums that balance", async () => {
    const { page } = await dropped();
    await page.locator(".badge").click();
    const lines = (await page.locator(".sums").innerText()).split("\n");
    expect(lines.length).toBe(2);
    for (const line of lines) {
      const [total = 0, ...terms] = (line.match(/\d[\d,]*/g) ?? []).map((n) => Number(n.replaceAll(",", "")));
      expect(terms.reduce((sum, n) => sum + n, 0)).toBe(total);
    }
    expect(lines[0]).toContain(`bytes ${log.bytes.length.toLocaleString("en-GB")} =`);
    await page.close();
  });

  test("a cut log says where, shows what is before, and never breaks the page", async () => {
    const cut = [
      { name: "00000001.MF4", bytes: log.bytes.slice(0, Math.floor(log.bytes.length * 0.6)) },
      one[1] ?? { name: "", bytes: new Uint8Array() },
    ];
    const watched = await dropped(cut);
    await plot(watched.page, "EngineSpeed");
    expect(await settled(watched.page)).toContain("1 signal");
    quiet(watched);
    await watched.page.close();
  });

  test("theme, zone and help work by key and button", async () => {
    const { page } = await dropped();
    await page.getByRole("button", { name: "Switch between dark and light" }).click();
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("light");
    await page.reload();
    expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe("light");
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keys" }).waitFor();
    expect(await page.locator(".help-group").count()).toBeGreaterThanOrEqual(4);
    await page.keyboard.press("Escape");
    expect(await page.getByRole("dialog").count()).toBe(0);
    await page.close();
  });

  test("on a phone: tabs, a menu, targets of 44 px, nothing wider than the screen", async () => {
    const options = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };
    const { page } = await openPage(chromium.browser, chromium.url, options);
    await drop(page, one);
    await page.locator(".tabs").getByRole("button", { name: "Signals" }).click();
    await plot(page, "EngineSpeed");
    await page.locator(".tabs").getByRole("button", { name: "Plot" }).click();
    await page.locator(".value-row").waitFor();
    expect(await smallTargets(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await page.touchscreen.tap(200, 200);
    await expect.poll(() => page.locator(".value-row .value").innerText()).toMatch(/^\d/);
    await page.close();
  });

  test("every button, tree, and plot has a name", async () => {
    const { page } = await dropped();
    await plot(page, "EngineSpeed");
    await settled(page);
    expect(await namelessButtons(page)).toEqual([]);
    await expect
      .poll(() => page.locator(".stripe-image").first().getAttribute("aria-label"))
      .toMatch(/^EngineSpeed, [\d.]+ to [\d.]+ rpm in \d\d:/);
    await page.close();
  });

  describe("on a buslens server", () => {
    const store = new FileStore([
      ...drive.files.map(({ key, bytes }) => ({ key, blob: new Blob([new Uint8Array(bytes)]) })),
      ...drive.dbcs.map((file) => ({ key: file.name, blob: new Blob([file.text]) })),
    ]);
    async function serve(token: string | null): Promise<{ url: string; close: () => void }> {
      const engine = hostEngine(await loadKernel(), store, []);
      const checkToken = token === null ? anyone : bearer(token);
      const assets = await viewerFiles();
      const app = createApp({
        engine,
        store,
        checkToken,
        allowedOrigins: [],
        now: Date.now,
        assets,
        budgetBytes: null,
        givenDbcs: [],
        report: () => {},
      });
      const server = createServer(getRequestListener(app.fetch));
      return { url: `http://127.0.0.1:${await listen(server)}/view/`, close: () => close(server) };
    }

    test("opens that server's devices by itself and reads its logs by ranges", async () => {
      const server = await serve(null);
      const watched = await openPage(chromium.browser, server.url);
      await watched.page.locator(".tree-row.signal").first().waitFor({ timeout: 60_000 });
      expect(await watched.page.locator(".tree-row.device .label").first().innerText()).toBe("B0551001");
      await plot(watched.page, "EngineSpeed");
      expect(await settled(watched.page)).toContain("1 signal");
      quiet(watched);
      await watched.page.close();
      server.close();
    });

    test("asks for a token, says when it is wrong, and opens with the right one", async () => {
      const server = await serve("open-sesame");
      const { page, foreign } = await openPage(chromium.browser, server.url);
      const field = page.getByLabel("Access token").locator("input");
      await field.fill("wrong");
      await page.getByRole("button", { name: "OK" }).click();
      await page.getByText("This token is not accepted.").waitFor();
      await field.fill("open-sesame");
      await page.getByRole("button", { name: "OK" }).click();
      await page.locator(".tree-row.signal").first().waitFor({ timeout: 60_000 });
      expect(page.url()).not.toContain("sesame");
      expect(foreign).toEqual([]);
      await page.close();
      server.close();
    });
  });
});

/** Seconds of "2024-05-14 08:00:00.0 to 08:00:10.0\n10.000 s\n…". */
const spanOf = (status: string): number => Number(/([\d.]+) s\n/.exec(`${status}\n`)?.[1] ?? Number.NaN);
const rangeOf = (status: string): string => status.split("\n")[0] ?? "";

/** Buttons of bars that a finger 21 px above or below their middle misses. */
const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll(".tabs button, .topbar button")]
      .filter((button) => button.checkVisibility())
      .filter((button) => {
        const { left, width, top, height } = button.getBoundingClientRect();
        const hits = (by: number) => button.contains(document.elementFromPoint(left + width / 2, top + height / 2 + by));
        return !(hits(-21) && hits(21));
      })
      .map((button) => button.outerHTML.slice(0, 100)),
  );

const namelessButtons = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll("button, input, [role=tree], [role=img]")]
      .filter((element) => element.checkVisibility() && !element.getAttribute("aria-label") && element.textContent?.trim() === "")
      .map((element) => element.outerHTML.slice(0, 120)),
  );
