/**
 * The real sample logs in the built page: found, plotted, measured and linked as a person does it, and compared with the golden answers and with
 * what the command line decodes. Each scene leaves a picture in test-results/viewer.
 */
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pack } from "../../web/link/packed.ts";
import { valueText } from "../../web/text/number.ts";
import { type FileServer, startFileServer } from "../support/file-server.ts";
import { type PublicBucket, startPublicBucket } from "../support/public-bucket.ts";
import { hasShared, sharedBytes, sharedJson } from "../support/shared.ts";
import { canDrive, dismissAll, drop, launch, openPage, serveStatic, settled, type Watched } from "./page.ts";

const shared = fileURLToPath(new URL("../../../shared/", import.meta.url));
const pictures = fileURLToPath(new URL("../../test-results/viewer/", import.meta.url));

interface GoldenSeries {
  readonly channel: number;
  readonly message: string;
  readonly sourceAddress: number | null;
  readonly signal: string;
  readonly unit: string;
  readonly count: number;
  readonly firstNs: string;
  readonly lastNs: string;
  readonly first: number;
  readonly last: number;
  readonly min: number;
  readonly max: number;
  readonly sum: number;
  readonly samples?: readonly (readonly [timeNs: string, value: number])[];
  readonly valid?: { readonly count: number; readonly min?: number };
}

interface Scene {
  readonly log: string;
  readonly dbc: string;
  readonly device: string;
  readonly series: readonly GoldenSeries[];
}

/** Curves whose every value counts; up to eight, of as many messages as there are. */
function sceneOf(log: string, dbc: string): Scene {
  const golden = `golden/signals/${log.replaceAll("/", "__")}__${dbc}.json`;
  const { series } = sharedJson<{ readonly series: readonly GoldenSeries[] }>(golden);
  const curves = series.filter(
    ({ unit, count, samples, valid, min }) =>
      unit !== "" &&
      count > 3 &&
      samples !== undefined &&
      min !== undefined &&
      (valid === undefined || (valid.count === count && valid.min === undefined)),
  );
  const messages = [...new Set(curves.map(({ message, sourceAddress }) => `${message}@${sourceAddress}`))];
  const turns = messages.map((name) => curves.filter(({ message, sourceAddress }) => `${message}@${sourceAddress}` === name));
  const spread = [0, 1, 2].flatMap((turn) => turns.flatMap((own) => own[turn] ?? []));
  return { log, dbc, device: log.split("/")[2] ?? "", series: spread.slice(0, 8) };
}

const PAIRS = [
  ["canedge/LOG/2F6913DB/00000004/00000001.MF4", "canmod-gps.dbc"],
  ["canedge/LOG/2F6913DB/00001089/00000002-63BEFDF9.MF4", "gnss.dbc"],
  ["canedge/LOG/3BA199E2/00000164/00000001-60FE3F04.MF4", "canmod-gps.dbc"],
  ["canedge/LOG/FCBF0606/00003482/00000001-60B621D9.MF4", "j1939-mini.dbc"],
] as const;

const nameOf = ({ channel, message, sourceAddress, signal }: GoldenSeries): string =>
  `CAN${channel}/${message}${sourceAddress === null ? "" : `@${sourceAddress.toString(16).toUpperCase().padStart(2, "0")}`}/${signal}`;

/** All series, each in a stripe of its own, over exactly their time; A and B on golden samples of the first. */
function viewOf({ device, series, dbc }: Scene, cursors: { readonly a?: string; readonly b?: string } = {}): unknown {
  const times = series.flatMap(({ firstNs, lastNs }) => [BigInt(firstNs), BigInt(lastNs)]);
  const from = times.reduce((a, b) => (a < b ? a : b));
  const to = times.reduce((a, b) => (a > b ? a : b)) + 1n;
  return {
    v: 1,
    d: [device],
    s: series.map(nameOf),
    p: series.map((_, s) => ({ g: [{ s, l: "line" }] })),
    t: { f: String(from), w: String(to - from), z: "utc" },
    k: cursors,
    o: { x: "stats" },
    b: [dbc],
  };
}

/** What a text of so many decimals may show of a golden value: as many as the DBC's factor has. */
const shows = (text: string, value: number): boolean =>
  [0, 1, 2, 3, null].some((decimals) => valueText(value, decimals) === text);

describe.skipIf(!canDrive || !hasShared)("real logs (needs ../shared)", { timeout: 120_000 }, () => {
  let browser: Browser;
  let host: { url: string; close: () => void };
  let files: FileServer;
  let bucket: PublicBucket;
  let all: Watched;
  const scenes = hasShared ? PAIRS.map(([log, dbc]) => sceneOf(log, dbc)) : [];
  const [gps] = scenes;

  beforeAll(async () => {
    mkdirSync(pictures, { recursive: true });
    const objects = Object.fromEntries(
      PAIRS.slice(0, 1).map(([log]) => [log.replace("canedge/", ""), sharedBytes(`samples/${log}`)]),
    );
    [browser, host, files, bucket] = await Promise.all([
      launch(),
      serveStatic(),
      startFileServer(shared),
      startPublicBucket("fleet", { objects: { ...objects, "canmod-gps.dbc": sharedBytes("samples/dbc/canmod-gps.dbc") } }),
    ]);
    all = await openPage(browser, host.url);
    await all.page.locator("#pick-folder").setInputFiles(`${shared}samples/canedge/LOG`);
    await all.page.locator(".tree-row.device").first().waitFor();
    const dbcs = ["samples/dbc/canmod-gps.dbc", "samples/dbc/gnss.dbc", "golden/dbc-made/j1939-mini.dbc"];
    await all.page.locator("#pick-files").setInputFiles(dbcs.map((path) => shared + path));
    await all.page.locator(".tree-row.signal").first().waitFor();
    await settled(all.page);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    host.close();
    bucket.close();
    await files.close();
  });

  const show = async (page: Page, view: unknown): Promise<void> => {
    const fragment = await pack(view);
    await page.evaluate((hash) => location.replace(hash), fragment);
  };
  const rows = (page: Page) => page.locator(".legend-row");
  const shot = (page: Page, name: string): Promise<Buffer> => page.screenshot({ path: `${pictures}${name}.png` });
  /** Names beside the curves, with the values at A and at B. */
  const legend = (page: Page): Promise<[string, string, string][]> =>
    rows(page).evaluateAll((all) =>
      all.map((row) => {
        const [a, b] = [...row.querySelectorAll(".at")].map((cell) => cell.textContent ?? "");
        return [row.getAttribute("data-series")?.split("/").at(-1) ?? "", a ?? "", b ?? ""];
      }),
    );
  /** Rows of the statistics: min, max, mean, rms in full, and the count. */
  const statistics = (page: Page): Promise<{ values: number[]; count: string }[]> =>
    page.locator(".stats-panel tbody tr").evaluateAll((all) =>
      all.map((row) => ({
        values: [...row.querySelectorAll("td[title].number")].map((cell) => Number(cell.getAttribute("title"))),
        count: row.querySelector("td:last-child")?.textContent ?? "",
      })),
    );

  test("a whole LOG folder opens: every device is there, and each log's condition is said", async () => {
    await expect.poll(() => all.page.locator(".topbar").innerText()).toMatch(/7 devices[\s\S]*10 splits/);
    expect(await all.page.locator(".tree-row.device .label").first().innerText()).toBe("17BD1DB7");
    await shot(all.page, "1-folder");
    expect(all.errors).toEqual([]);
  });

  test.each(scenes)("$log: values at the cursors and statistics are the golden ones", async (scene) => {
    const { page } = all;
    const { series, device } = scene;
    expect(series.length).toBeGreaterThanOrEqual(3);
    for (const at of [0, 1]) {
      const [a, b] = [series[0]?.samples?.[at]?.[0] ?? "", series[0]?.samples?.[at + 1]?.[0] ?? ""];
      await show(page, viewOf(scene, { a, b }));
      await expect
        .poll(() => rows(page).evaluateAll((all) => all.map((row) => row.getAttribute("data-series"))))
        .toEqual(series.map((one) => expect.stringMatching(new RegExp(`^${device}/.*/${one.signal}$`))));
      const first = series[0];
      await expect
        .poll(async () => {
          const [own] = await legend(page);
          return (
            own !== undefined &&
            shows(own[1], first?.samples?.[at]?.[1] ?? 0) &&
            shows(own[2], first?.samples?.[at + 1]?.[1] ?? 0)
          );
        })
        .toBe(true);
      await settled(page);
      // The others at A and B: the golden sample nearest below, where it is one of those that are known.
      const beside = await legend(page);
      for (const [i, one] of series.entries()) {
        for (const [column, time] of [[1, a] as const, [2, b] as const]) {
          const known = one.samples?.find(([timeNs]) => timeNs === time);
          if (known !== undefined) expect([one.signal, shows(beside[i]?.[column] ?? "", known[1])]).toEqual([one.signal, true]);
        }
      }
    }
    await expect.poll(async () => (await statistics(page)).map(({ values }) => values.length)).toEqual(series.map(() => 4));
    for (const [i, { values, count }] of (await statistics(page)).entries()) {
      const wanted = series[i];
      if (wanted === undefined) throw new Error("as many rows as series");
      expect([wanted.signal, count.replace(/\D/g, ""), values[0], values[1]]).toEqual([
        wanted.signal,
        String(wanted.count),
        wanted.min,
        wanted.max,
      ]);
      expect(values[2]).toBeCloseTo(wanted.sum / wanted.count, 9);
    }
    const beyond = await page.locator(".stats-panel").evaluate((panel) => panel.scrollWidth - panel.clientWidth);
    expect(beyond, "what stands beyond the panel's edge").toBeLessThanOrEqual(0);
    await shot(page, `2-${device}-${scene.dbc}`);
    expect(all.errors).toEqual([]);
    expect(all.foreign).toEqual([]);
  });

  test("statistics between the cursors equal a pass over what the command line decodes", async () => {
    if (gps === undefined) throw new Error("there are scenes");
    const { page } = all;
    const [log, dbc] = [`${shared}samples/${gps.log}`, `${shared}samples/dbc/${gps.dbc}`];
    const cli = fileURLToPath(new URL("../../edge/node/cli.ts", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [cli, "decode", log, "--dbc", dbc, "--csv"], {
      maxBuffer: 64 << 20,
    });
    const [x] = gps.series.filter(({ signal }) => signal.startsWith("Acceleration"));
    const wanted = x ?? gps.series[0];
    if (wanted === undefined) throw new Error("the log has signals");
    const [a, b] = [wanted.samples?.[0]?.[0] ?? "", wanted.samples?.[2]?.[0] ?? ""];
    const inside = stdout
      .split("\n")
      .map((line) => line.split(","))
      .filter(([time, , , signal]) => signal === wanted.signal && BigInt(time ?? 0) >= BigInt(a) && BigInt(time ?? 0) < BigInt(b))
      .map(([, , , , value]) => Number(value));
    expect(inside.length).toBeGreaterThan(20);
    await show(page, viewOf({ ...gps, series: [wanted] }, { a, b }));
    await page
      .locator(".stats-panel")
      .getByRole("radio", { name: /A.?.?B/ })
      .or(page.locator(".stats-panel button", { hasText: /^A/ }))
      .first()
      .click();
    const mean = inside.reduce((sum, v) => sum + v, 0) / inside.length;
    const rms = Math.sqrt(inside.reduce((sum, v) => sum + v * v, 0) / inside.length);
    await expect.poll(async () => (await statistics(page))[0]?.count.replace(/\D/g, "")).toBe(String(inside.length));
    const [found] = await statistics(page);
    expect(found?.values.slice(0, 2)).toEqual([Math.min(...inside), Math.max(...inside)]);
    expect(found?.values[2]).toBeCloseTo(mean, 9);
    expect(found?.values[3]).toBeCloseTo(rms, 9);
    await shot(page, "3-statistics-a-b");
  });

  test("zooming and panning by hand keeps the cursor's value, and the window's samples are exact", async () => {
    const { page } = all;
    const before = await legend(page);
    const area = await page.locator(".plot-area").boundingBox();
    if (area === null) throw new Error("there is a plot");
    await page.mouse.move(area.x + area.width / 2, area.y + 60);
    for (let i = 0; i < 6; i++) await page.mouse.wheel(0, -300);
    await page.mouse.down();
    await page.mouse.move(area.x + area.width / 2 - 150, area.y + 60, { steps: 5 });
    await page.mouse.up();
    expect(await settled(page)).toMatch(/every sample drawn|envelope exact/);
    expect(await legend(page)).toEqual(before);
    await shot(page, "4-zoomed");
    expect(all.errors).toEqual([]);
  });

  test("the link of it paints the same picture in another browser that has the same log from a bucket, and from a range server", async () => {
    const { page } = all;
    await page.waitForTimeout(600);
    const fragment = new URL(page.url()).hash;
    expect(fragment).toContain("#v=1z.");
    const wanted = await legend(page);
    await dismissAll(page);
    await page.mouse.move(5, 300);
    await settled(page);
    const picture = await pixels(page);
    for (const [name, source] of [
      ["bucket", bucket.url],
      ["ranges", `${files.url}/shared/samples/${gps?.log}`],
    ] as const) {
      const other = await openPage(browser, `${host.url}?src=${encodeURIComponent(source)}${fragment}`);
      await other.page.locator(".noticebar").getByRole("button", { name: "Open", exact: true }).click();
      if (name === "ranges")
        await drop(other.page, [{ name: "canmod-gps.dbc", bytes: sharedBytes("samples/dbc/canmod-gps.dbc") }]);
      await expect.poll(() => legend(other.page)).toEqual(wanted);
      await dismissAll(other.page);
      await other.page.mouse.move(5, 300);
      await settled(other.page);
      await expect.poll(() => pixels(other.page)).toBe(picture);
      await shot(other.page, `5-link-${name}`);
      expect(other.errors.filter((text) => !text.includes("404"))).toEqual([]);
      const source_ = new URL(source).origin;
      expect(other.foreign.filter((url) => !url.startsWith(source_))).toEqual([]);
      await other.page.context().close();
    }
  });

  test("without a connection the same log opens, and the values are the same", async () => {
    if (gps === undefined) throw new Error("there are scenes");
    const { page, errors } = await openPage(browser, host.url, { serviceWorkers: "allow" });
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await page.waitForLoadState("networkidle");
    await page.context().setOffline(true);
    await page.reload();
    await page.locator("#pick-files").setInputFiles([`${shared}samples/${gps.log}`, `${shared}samples/dbc/${gps.dbc}`]);
    await page.locator(".tree-row.signal").first().waitFor();
    const [first] = gps.series;
    const [time = "", value = 0] = first?.samples?.[1] ?? [];
    await show(page, viewOf(gps, { a: time }));
    await expect.poll(async () => shows((await legend(page))[0]?.[1] ?? "", value)).toBe(true);
    await settled(page);
    await shot(page, "6-offline");
    expect(errors).toEqual([]);
    await page.context().close();
  });
});

/** Of the curves and of the cursors. */
const pixels = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const sums: string[] = [];
    for (const name of ["data", "time-axis"]) {
      const canvas = document.querySelector<HTMLCanvasElement>(`canvas.${name}`);
      const data = canvas?.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data ?? new Uint8ClampedArray();
      const hash = await crypto.subtle.digest("SHA-256", data);
      sums.push(`${name} ${canvas?.width}x${canvas?.height} ${[...new Uint8Array(hash)].join(".")}`);
    }
    return sums.join("\n");
  });
