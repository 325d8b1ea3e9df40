/** The tree and the marks on the built page: sessions, what was never sent, not available, losses, damage, the pointer's finer points. */
import type { Page } from "playwright";
import { describe, expect, test } from "vitest";
import { generateDrive } from "../../fixtures/drive.ts";
import { hasShared, sharedBytes } from "../support/shared.ts";
import { withChromium } from "./chromium.ts";
import { canDrive, drop, openPage, plot, settled, type Watched } from "./page.ts";

const drive = generateDrive({ splitSeconds: 10 });
const dbc = drive.dbcs.find(({ name }) => name === "buslens-drive.dbc");
const named = (start: string) =>
  drive.files.filter(({ key }) => key.startsWith(start)).map(({ key, bytes }) => ({ name: key, bytes }));
const databases = dbc === undefined ? [] : [{ name: dbc.name, bytes: new TextEncoder().encode(dbc.text) }];

/** A loaded machine is slow, not wrong. */
const soon = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 30_000 });
const plain = (text: string): string => text.replaceAll("\u202f", " ").replaceAll("\n", " | ");

describe.skipIf(!canDrive)("signals", { timeout: 120_000 }, () => {
  const chromium = withChromium();

  async function opened(files: Parameters<typeof drop>[1], names: readonly string[] = []): Promise<Watched> {
    const watched = await openPage(chromium.browser, chromium.url, { viewport: { width: 1600, height: 900 } });
    await drop(watched.page, files);
    await watched.page.locator(".tree-row.signal").first().waitFor();
    for (const name of names) await plot(watched.page, name);
    // Escape leaves the filter box, but would also stop what is still being read.
    await settled(watched.page);
    await watched.page.keyboard.press("Escape");
    return watched;
  }
  const rows = async (page: Page): Promise<string[]> => (await page.locator(".tree-row").allInnerTexts()).map(plain);
  const box = async (page: Page, selector: string) =>
    (await page.locator(selector).boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };

  test("two sessions are a level, the newest open; a search lists each signal once; the whole DBC has what nobody sent", async () => {
    const { page, errors } = await opened([...named("B0551001/"), ...databases]);
    const sessions = page.locator(".tree-row.session");
    await soon(() => sessions.count()).toBe(2);
    await soon(() => sessions.evaluateAll((all) => all.map((row) => row.getAttribute("aria-expanded")))).toEqual([
      "false",
      "true",
    ]);
    expect(await sessions.first().getAttribute("aria-setsize")).toBe("2");
    await sessions.first().click();
    await soon(async () => (await rows(page)).filter((row) => row.startsWith("EngineFast")).length).toBeGreaterThan(0);
    const filter = page.getByRole("textbox", { name: "Find a signal" });
    await filter.fill('"EngineTorque"');
    await soon(async () => (await rows(page)).filter((row) => row.startsWith("EngineTorque"))).toHaveLength(1);
    await filter.fill("is:missing ch:can1 msg:gnsspos");
    await soon(() => page.locator(".tree-row.signal").count()).toBe(0);
    await page.getByRole("button", { name: "All of the DBC" }).click();
    await soon(async () => (await rows(page)).filter((row) => row.includes("never sent"))).toContain(
      "Latitude | never sent | deg",
    );
    await page.locator(".tree-row.signal").first().click();
    await soon(() => page.locator(".noticebar").innerText()).toContain("was never sent");
    expect(await page.locator(".legend-row").count()).toBe(0);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("more than 24 matches are asked about; M carries the current row to where the arrows say", async () => {
    const { page, errors } = await opened([...named("B0551001/00000001/"), ...databases], ["EngineSpeed"]);
    const filter = page.getByRole("textbox", { name: "Find a signal" });
    await filter.fill("ch:can1");
    await soon(async () => (await page.locator(".filter .count").innerText()).includes(" of ")).toBe(true);
    await filter.press("Control+Enter");
    await page.getByRole("button", { name: "Only the first 24" }).waitFor();
    expect(await page.locator(".legend-row").count()).toBe(1);
    await page.getByRole("button", { name: "Cancel" }).click();
    await filter.fill('"Throttle"');
    await soon(async () => (await rows(page)).filter((row) => row.startsWith("Throttle"))).toHaveLength(1);
    await filter.press("ArrowDown");
    await page.keyboard.press("m");
    await soon(() => page.locator(".legend").count()).toBe(2);
    for (const key of ["ArrowUp", "Enter"]) await page.keyboard.press(key);
    await page.keyboard.press("Escape");
    await soon(() => page.locator(".legend").count()).toBeGreaterThan(0);
    expect(await page.locator(".legend-row").count()).toBe(2);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("not available is no value: a break under the pointer, and the code where it is wanted", async () => {
    const { page, errors } = await opened([...named("B0551001/00000002/"), ...databases], ["EngCoolantTemp"]);
    const area = await box(page, ".plot-area");
    const value = page.locator(".legend-row .value").first();
    const at = async (share: number): Promise<string> => {
      await page.mouse.move(area.x + area.width * share, area.y + 200);
      return value.innerText();
    };
    // The first three samples, one a second, come before the engine has started.
    await soon(() => at(0.05)).toBe("n/a");
    await soon(() => at(0.12)).toBe("65");
    await page.locator(".legend-row").first().dblclick();
    await page.getByLabel("Not available").selectOption("draw");
    await page.keyboard.press("Escape");
    await soon(() => at(0.05)).toBe("215");
    await soon(() => at(0.12)).toBe("65");
    expect(errors).toEqual([]);
    await page.close();
  });

  test("where damage begins the pointer is told so; the double click on the time axis moves no cursor", async () => {
    const files = named("B0551001/00000001/").map(({ name, bytes }, i) => ({
      name,
      bytes:
        i > 0 ? bytes : bytes.map((byte, at) => (at > bytes.length * 0.5 && at < bytes.length * 0.55 ? (at * 7919) & 255 : byte)),
    }));
    const { page, errors } = await opened([...files, ...databases], ["EngineSpeed", "BrakeSwitch"]);
    await page.getByText("Damaged").first().waitFor();
    const area = await box(page, ".plot-area");
    let sentence = "";
    for (let x = 2; x < area.width && !sentence.includes("damaged"); x += 6) {
      await page.mouse.move(area.x + x, area.y + 100);
      sentence = (await page.locator(".plot-area").getAttribute("title")) ?? "";
    }
    expect(sentence).toMatch(/is damaged at byte/);
    const time = await box(page, ".time-row");
    await page.mouse.dblclick(time.x + 600, time.y + 15);
    await settled(page);
    expect(await page.locator(".legend-head .head").count()).toBe(0);
    // A right click means what is under it: a lane's signal, or the plot.
    const lanes = await box(page, ".legend.of-lanes");
    await page.mouse.click(area.x + 300, lanes.y + 18, { button: "right" });
    await page.getByRole("menuitem", { name: /Lane or curve/ }).waitFor();
    await page.keyboard.press("Escape");
    await page.mouse.click(area.x + 300, area.y + 4, { button: "right" });
    await page.getByRole("menuitem", { name: /Fit everything/ }).waitFor();
    expect(errors).toEqual([]);
    await page.close();
  });

  test.skipIf(!hasShared)(
    "messages that a real log lost are counted, stand on the stripe they hurt, and its curve is a line",
    async () => {
      const files = [
        { name: "17BD1DB7/00000006/00000170.MF4", bytes: sharedBytes("samples/canedge/LOG/17BD1DB7/00000006/00000170.MF4") },
        { name: "tp_uds.dbc", bytes: sharedBytes("samples/dbc/tp_uds.dbc") },
      ];
      const { page, errors } = await opened(files);
      await page.locator(".tree-row.signal .label").first().click();
      await settled(page);
      await page.getByText("30 losses").first().waitFor();
      const area = await box(page, ".plot-area");
      await page.mouse.move(area.x + area.width * 0.95, area.y + 8);
      await soon(() => page.locator(".plot-area").getAttribute("title")).toMatch(/CAN 1, ISO-TP 7EC: a message was lost/);
      // One value every two seconds, six frames each: by the frames' rate every sample would stand alone.
      await page.mouse.move(area.x + area.width * 0.4, area.y + 300);
      await soon(() => page.locator(".legend-row .value").first().innerText()).toBe("50.0");
      expect(errors).toEqual([]);
      await page.close();
    },
  );
});
