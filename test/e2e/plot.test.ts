/** Measuring, moving and linking on the built page in Chromium. What is shown is compared with what the generator put in. */
import type { Page } from "playwright";
import { describe, expect, test } from "vitest";
import { generateDrive } from "../../fixtures/drive.ts";
import { fit, timeAt } from "../../web/state/view.ts";
import { shortText, valueText } from "../../web/text/number.ts";
import { withChromium } from "./chromium.ts";
import { canDrive, drop, openPage, plot, settled, type Watched } from "./page.ts";

const drive = generateDrive({ splitSeconds: 10 });
const text = new TextEncoder();
const log = drive.files.find(({ key }) => key.startsWith("B0551001/00000001/00000001"));
const dbc = drive.dbcs.find(({ name }) => name === "buslens-drive.dbc");
const truth = drive.truth.logs.find(({ key }) => key === log?.key);
if (log === undefined || dbc === undefined || truth === undefined) throw new Error("the drive has no such log");
const files = [
  { name: "00000001.MF4", bytes: log.bytes },
  { name: dbc.name, bytes: text.encode(dbc.text) },
];

/** A loaded machine is slow, not wrong. */
const soon = <T>(read: () => T | Promise<T>, message?: string) =>
  expect.poll(read, { timeout: 30_000, ...(message === undefined ? {} : { message }) });

/** Times (ns since 1970) and physical values of a signal, as put in. */
function samplesOf(name: string): { readonly times: readonly bigint[]; readonly values: readonly number[] } {
  const series = truth?.series.find((s) => s.signal.name === name);
  if (truth === undefined || series === undefined) throw new Error(`no ${name} in the drive`);
  return { times: series.timesNs.map((ns) => truth.facts.startNs + BigInt(ns)), values: [...series.physical()] };
}

describe.skipIf(!canDrive)("the plot", { timeout: 120_000 }, () => {
  const chromium = withChromium();

  async function opened(names: readonly string[], address = "", width = 1600): Promise<Watched> {
    const watched = await openPage(chromium.browser, chromium.url + address, { viewport: { width, height: 900 } });
    await drop(watched.page, files);
    await watched.page.locator(".tree-row.signal").first().waitFor();
    for (const name of names) await plot(watched.page, name);
    // Out of the filter box; before, Escape would stop what is still being read.
    await settled(watched.page);
    await watched.page.keyboard.press("Escape");
    return watched;
  }
  const areaOf = async (page: Page) => (await page.locator(".plot-area").boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
  const row = (page: Page, name: string) => page.locator(".legend-row", { hasText: name });
  const order = (page: Page): Promise<string[][]> =>
    page
      .locator(".legend")
      .evaluateAll((legends) => legends.map((one) => [...one.querySelectorAll(".name")].map((name) => name.textContent ?? "")));

  test("cursors snap to real samples: A, B and Δ are the generator's values, stepping goes sample by sample", async () => {
    const { page, errors } = await opened(["EngineSpeed", "VehicleSpeed"]);
    const area = await areaOf(page);
    const { times, values } = samplesOf("EngineSpeed");
    await row(page, "EngineSpeed").locator(".legend-name").click();
    for (let i = 0; i < 5; i++) await page.keyboard.press("i");
    await settled(page);
    // Far from every curve a click takes the pointer's own time: the last sample before it counts.
    await page.mouse.click(area.x + 200, area.y + 2);
    await page.keyboard.down("Control");
    await page.mouse.click(area.x + 700, area.y + 2);
    await page.keyboard.up("Control");
    const cells = row(page, "EngineSpeed").locator(".at");
    const shown = async (): Promise<string[]> => cells.allInnerTexts();
    await soon(async () => (await shown()).every((cell) => cell !== "")).toBe(true);
    const [a = "", b = "", delta = ""] = await shown();
    const rowOf = (value: string) => values.findIndex((v) => valueText(v, 2) === value);
    expect(rowOf(a)).toBeGreaterThanOrEqual(0);
    expect(rowOf(b)).toBeGreaterThanOrEqual(0);
    const plain = (cell: string) => Number(cell.replace("−", "-"));
    expect(plain(delta)).toBeCloseTo(plain(b) - plain(a), 6);

    await page.keyboard.press("."); // A steps from now on
    await page.keyboard.press("ArrowRight");
    // Where the click set it is no sample's time; the step goes to one.
    const indexOfA = async (): Promise<number> => times.indexOf((await cursorOf(page, "a")) ?? -1n);
    await soon(indexOfA).toBeGreaterThan(0);
    const index = await indexOfA();
    await soon(async () => (await shown())[0]).toBe(valueText(values[index] ?? Number.NaN, 2));
    await page.keyboard.press("ArrowRight");
    await soon(() => cursorOf(page, "a")).toBe(times[index + 1]);
    await page.keyboard.press("Control+ArrowLeft");
    await soon(() => cursorOf(page, "a")).toBe(times[index - 19]);
    await page.keyboard.press("j");
    const from = index - 19;
    const change = times.findIndex((_, i) => i > from && values[i] !== values[from]);
    await soon(() => cursorOf(page, "a")).toBe(times[change]);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("statistics of the view equal a pass over the generator's samples", async () => {
    const { page, errors } = await opened(["EngineSpeed"]);
    for (let i = 0; i < 3; i++) await page.keyboard.press("i");
    await page.keyboard.press("s");
    await settled(page);
    await soon(() => page.locator(".stats-panel tbody td").last().innerText()).toMatch(/^\d/);
    const view = await viewOf(page);
    const { times, values } = samplesOf("EngineSpeed");
    const inside = values.filter((_, i) => (times[i] ?? 0n) >= view.fromNs && (times[i] ?? 0n) < view.toNs);
    const mean = inside.reduce((sum, v) => sum + v, 0) / inside.length;
    const rms = Math.sqrt(inside.reduce((sum, v) => sum + v * v, 0) / inside.length);
    const wanted = [Math.min(...inside), Math.max(...inside), mean, rms];
    expect(inside.length).toBeGreaterThan(20);
    await soon(() => page.locator(".stats-panel tbody tr").first().locator("td.number").allInnerTexts()).toEqual([
      ...wanted.map((v) => shortText(v, 2)),
      String(inside.length),
    ]);
    const exact = await page
      .locator(".stats-panel tbody tr")
      .first()
      .locator("td[title].number")
      .evaluateAll((cells) => cells.map((c) => Number(c.getAttribute("title"))));
    for (const [i, value] of wanted.entries()) expect(exact[i]).toBeCloseTo(value, 9);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("a link shows the same picture elsewhere, pixel by pixel", async () => {
    const first = await opened(["EngineSpeed", "VehicleSpeed", "Gear", "BrakeSwitch"]);
    const { page } = first;
    await row(page, "EngineSpeed").locator(".legend-name").click();
    await page.keyboard.press("m");
    for (const key of ["ArrowUp", "ArrowUp", "Enter"]) await page.keyboard.press(key);
    for (let i = 0; i < 4; i++) await page.keyboard.press("i");
    await page.keyboard.press("Shift+i");
    await page.keyboard.press("c");
    await page.keyboard.press("c");
    await settled(page);
    await soon(() => page.url()).toContain("#v=1z.");
    await page.waitForTimeout(600);
    const fragment = new URL(page.url()).hash;
    expect(page.url().length).toBeLessThan(2048);
    const second = await opened([], fragment);
    await second.page.locator(".legend-row").nth(3).waitFor();
    await settled(second.page);
    await page.mouse.move(5, 5);
    await second.page.mouse.move(5, 5);
    expect(await order(second.page)).toEqual(await order(page));
    for (const canvas of ["data", "pointer", "time-axis"]) {
      expect(await pixelsOf(second.page, canvas), canvas).toBe(await pixelsOf(page, canvas));
    }
    expect(second.errors).toEqual([]);
    await second.page.close();
    await page.close();
  });

  test.each([
    ["cut", "#v=1z.dVBLT8MwDP4vPo", /cannot be read: it is cut or was changed/],
    ["of another form", "#v=9q.abc", /another version/],
    ["hostile", "#v=1z.<script>", /cut or was changed/],
  ])("a link that is %s is one sentence, and logs open as usual", async (_name, fragment, sentence) => {
    const { page, errors } = await openPage(chromium.browser, chromium.url + fragment);
    await soon(() => page.locator(".noticebar").innerText()).toMatch(sentence);
    await drop(page, files);
    await page.locator(".tree-row.signal").first().waitFor();
    await plot(page, "EngineSpeed");
    expect(errors).toEqual([]);
    await page.close();
  });

  test("a plain link plots its signals, sets the window and A, and is replaced", async () => {
    const { times } = samplesOf("EngineSpeed");
    const ms = (i: number) => Number((times[i] ?? 0n) / 1_000_000n);
    const { page } = await opened([], `?dev=B0551001&sig=*.EngineSpeed&sig=nothing&from=${ms(20)}&to=${ms(120)}&at=${ms(60)}`);
    await row(page, "EngineSpeed").waitFor();
    const more = page.locator(".noticebar").getByRole("button", { name: /more$/ });
    if (await more.isVisible()) await more.click();
    await soon(() => page.locator(".noticebar").innerText()).toContain("othing is not in this log.");
    const view = await viewOf(page);
    expect(view.fromNs).toBe(BigInt(ms(20)) * 1_000_000n);
    expect(view.toNs).toBeGreaterThanOrEqual(BigInt(ms(120)) * 1_000_000n);
    await soon(() => cursorOf(page, "a")).toBe(BigInt(ms(60)) * 1_000_000n);
    await soon(() => page.url()).toMatch(/\/page\/#v=1z\./);
    await page.close();
  });

  test("signals move between stripes by drag and by keyboard, and off the plot", async () => {
    const { page } = await opened(["EngineSpeed", "VehicleSpeed", "Throttle"]);
    expect(await order(page)).toEqual([["EngineSpeed"], ["VehicleSpeed"], ["Throttle"]]);
    const grab = async (name: string) => {
      const box = await row(page, name).boundingBox();
      if (box === null) throw new Error(`no row of ${name}`);
      await page.mouse.move(box.x + 60, box.y + 10);
      await page.mouse.down();
    };
    const stripe = async (i: number) =>
      (await page.locator(".stripe-image").nth(i).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    const into = await stripe(1);
    await grab("Throttle");
    await page.mouse.move(into.x + 200, into.y + 80, { steps: 4 });
    await soon(() => page.locator(".drop-mark.frame").isVisible()).toBe(true);
    await page.mouse.up();
    await soon(() => order(page)).toEqual([["EngineSpeed"], ["VehicleSpeed", "Throttle"]]);

    await row(page, "Throttle").locator(".legend-name").click();
    await page.keyboard.press("m");
    await page.keyboard.press("ArrowUp");
    await soon(() => page.locator(".drop-mark.line").isVisible()).toBe(true);
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Enter");
    await soon(() => order(page)).toEqual([["Throttle"], ["EngineSpeed"], ["VehicleSpeed"]]);
    await page.keyboard.press("Control+z");
    await soon(() => order(page)).toEqual([["EngineSpeed"], ["VehicleSpeed", "Throttle"]]);

    await grab("Throttle");
    await page.mouse.move(20, 500, { steps: 4 });
    await page.mouse.up();
    await soon(() => order(page)).toEqual([["EngineSpeed"], ["VehicleSpeed"]]);

    const leaf = await page.locator(".tree-row.signal", { hasText: "BatteryVoltage" }).first().boundingBox();
    if (leaf === null) throw new Error("no such leaf");
    await page.mouse.move(leaf.x + 80, leaf.y + 10);
    await page.mouse.down();
    const first = await stripe(0);
    await page.mouse.move(first.x + 200, first.y + 60, { steps: 4 });
    await page.mouse.up();
    await soon(() => order(page)).toEqual([["EngineSpeed", "BatteryVoltage"], ["VehicleSpeed"]]);
    await page.close();
  });

  test("dividers change heights by keyboard, double click sets them back; boxes and Alt measure", async () => {
    const { page } = await opened(["EngineSpeed", "VehicleSpeed"]);
    const heights = () =>
      page.locator(".stripe-image").evaluateAll((images) => images.map((i) => i.getBoundingClientRect().height));
    const [before = 0] = await heights();
    await page.locator(".stripe-dividers .divider").first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Shift+ArrowDown");
    await soon(async () => Math.abs(((await heights())[0] ?? 0) - before - 80)).toBeLessThanOrEqual(1);
    await page.locator(".stripe-dividers .divider").first().dblclick();
    await soon(async () => (await heights())[0]).toBe(before);

    const area = await areaOf(page);
    const whole = await viewOf(page);
    const time = (x: number) => timeAt(fit(whole, Math.round(area.width)), x);
    await page.keyboard.down("Alt");
    await page.mouse.move(area.x + 300, area.y + 60);
    await page.mouse.down();
    await page.mouse.move(area.x + 500, area.y + 60, { steps: 3 });
    await page.mouse.up();
    await page.keyboard.up("Alt");
    await soon(() => cursorOf(page, "a")).toBe(time(300));
    await soon(() => cursorOf(page, "b")).toBe(time(500));
    await page.keyboard.down("Shift");
    await page.mouse.move(area.x + 400, area.y + 40);
    await page.mouse.down();
    await page.mouse.move(area.x + 600, area.y + 120, { steps: 3 });
    await page.mouse.up();
    await page.keyboard.up("Shift");
    await soon(async () => (await viewOf(page)).fromNs).toBe(time(400));
    await page.keyboard.press("x");
    await soon(async () => (await viewOf(page)).fromNs).toBe(time(300));
    await page.close();
  });

  test("the palette runs commands, plots signals, goes to times and keeps layouts", async () => {
    const { page } = await opened(["EngineSpeed", "VehicleSpeed"]);
    const type = async (words: string): Promise<void> => {
      await page.keyboard.press("Control+k");
      await page.keyboard.type(words);
      await page.keyboard.press("Enter");
    };
    await type("@throttle");
    await row(page, "Throttle").waitFor();
    await type(">statistics");
    await page.locator(".stats-panel").waitFor();
    await type("layout two");
    await soon(() => page.locator(".statusbar").innerText()).toContain("Layout two saved");
    await page.keyboard.press("Shift+k");
    await soon(() => order(page)).toHaveLength(1);
    await type("Layout: two");
    await soon(() => order(page)).toHaveLength(2);
    await type(":+5");
    const { times } = samplesOf("EngineSpeed");
    await soon(() => cursorOf(page, "a")).not.toBe(null);
    expect(Number((await cursorOf(page, "a")) ?? 0n) - Number(times[0] ?? 0n)).toBeGreaterThan(4.8e9);
    // The last ones used come first; a time is not one of them any more.
    await page.keyboard.press("Control+k");
    const hits = await page.locator(".palette-hit span:first-child").allInnerTexts();
    expect(hits.slice(0, 3)).toEqual(["Layout: two", "Statistics", "Throttle"]);
    await page.close();
  });
});

/** The JSON of the address, which the page writes once the view has come to rest. */
async function documentOf(page: Page): Promise<{ t: { f: string; w: string }; k?: { a?: string; b?: string } }> {
  await page.waitForTimeout(450);
  await page.waitForFunction(() => location.hash.startsWith("#v=1z."));
  return page.evaluate(async () => {
    const packed = location.hash.slice("#v=1z.".length).replaceAll("-", "+").replaceAll("_", "/");
    const bytes = Uint8Array.from(atob(packed), (c) => c.charCodeAt(0));
    return JSON.parse(await new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw"))).text());
  });
}

async function viewOf(page: Page): Promise<{ fromNs: bigint; toNs: bigint }> {
  const { t } = await documentOf(page);
  return { fromNs: BigInt(t.f), toNs: BigInt(t.f) + BigInt(t.w) };
}

async function cursorOf(page: Page, which: "a" | "b"): Promise<bigint | null> {
  const time = (await documentOf(page)).k?.[which];
  return time === undefined ? null : BigInt(time);
}

const pixelsOf = (page: Page, canvas: string): Promise<string> =>
  page.evaluate(async (name) => {
    const element = document.querySelector<HTMLCanvasElement>(`canvas.${name}`);
    const data = element?.getContext("2d")?.getImageData(0, 0, element.width, element.height).data ?? new Uint8ClampedArray();
    const hash = await crypto.subtle.digest("SHA-256", data);
    return `${element?.width}x${element?.height} ${[...new Uint8Array(hash)].map((b) => b.toString(16)).join("")}`;
  }, canvas);
