/** axe-core on the built page: no finding in any main state, dark and light. */
import axe from "axe-core";
import type { Page } from "playwright";
import { describe, expect, test } from "vitest";
import { generateDrive } from "../../fixtures/drive.ts";
import { sealedLog } from "../../fixtures/sealed.ts";
import { withChromium } from "./chromium.ts";
import { canDrive, drop, openPage, plot, settled } from "./page.ts";

const drive = generateDrive({ splitSeconds: 10 });
const text = new TextEncoder();
const log = drive.files.find(({ key }) => key.startsWith("B0551001/00000001/00000001"));
const dbc = drive.dbcs.find(({ name }) => name === "buslens-drive.dbc");
if (log === undefined || dbc === undefined) throw new Error("the drive has no such log");
const files = [
  { name: "00000001.MF4", bytes: log.bytes },
  { name: dbc.name, bytes: text.encode(dbc.text) },
];

/** Rule and element of each finding, in both themes; the theme only changes colours. */
async function findings(page: Page, state: string): Promise<string[]> {
  const found: string[] = [];
  for (const theme of ["dark", "light"]) {
    await page.evaluate((name) => document.documentElement.setAttribute("data-theme", name), theme);
    const rules = await page.evaluate(async () => {
      const run = (window as unknown as { axe: typeof axe }).axe.run;
      const { violations } = await run(document, { resultTypes: ["violations"] });
      return violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`);
    });
    found.push(...rules.map((rule) => `${state}, ${theme}: ${rule}`));
  }
  return found;
}

describe.skipIf(!canDrive)("axe finds nothing", { timeout: 180_000 }, () => {
  const chromium = withChromium();

  const open = async (options = {}): Promise<Page> => {
    // What still fades in has less contrast for a tenth of a second.
    const { page } = await openPage(chromium.browser, chromium.url, { reducedMotion: "reduce", ...options });
    await page.evaluate(axe.source);
    return page;
  };

  test("on the empty page, with a log, and in everything that opens over it", async () => {
    const page = await open({ viewport: { width: 1600, height: 900 } });
    const found: string[] = [];
    const look = async (state: string): Promise<void> => void found.push(...(await findings(page, state)));
    const dialog = (name: string) => page.getByRole("dialog", { name });
    const shut = async (): Promise<void> => {
      await page.keyboard.press("Escape");
      await expect.poll(() => page.locator("dialog[open], .menu:not([hidden]), .popover:not([hidden])").count()).toBe(0);
    };
    await look("empty");
    await drop(page, files);
    await page.locator(".tree-row.signal").first().waitFor();
    await look("a log, nothing plotted");
    for (const name of ["EngineSpeed", "VehicleSpeed", "Gear"]) await plot(page, name);
    await page.keyboard.press("Escape");
    await settled(page);
    await page.keyboard.press("c");
    await page.keyboard.press("c");
    await page.keyboard.press("s");
    await page.locator(".stats-table td").first().waitFor();
    await look("plot, cursors and statistics");
    await page.keyboard.press("s");
    await page.locator(".badge").click();
    await look("file panel");
    await page.keyboard.press("Control+j");
    await drop(page, [{ name: "00000007.MF4", bytes: new Uint8Array(0) }]);
    await page.locator(".noticebar .sentence").waitFor();
    await look("notice bar");
    await page.getByRole("textbox", { name: "Find a signal" }).fill("speed colour:red");
    await look("search with a field that is none");
    await page.getByRole("textbox", { name: "Find a signal" }).fill("");
    await page.keyboard.press("Escape");

    await page.keyboard.press("Control+k");
    await page.keyboard.type("zoom");
    await look("palette");
    await shut();
    await page.keyboard.press("?");
    await look("help");
    await shut();
    await page.keyboard.press("d");
    await dialog("DBC manager").waitFor();
    await look("DBC manager");
    await shut();
    await page.keyboard.press("Shift+T");
    await dialog("Plot as table").waitFor();
    await look("plot as table");
    await shut();
    await page.locator(".topbar .source").click();
    await look("source menu");
    await shut();
    await page.locator(".plot-area").click({ button: "right", position: { x: 300, y: 100 } });
    await look("plot menu");
    await shut();
    await page.locator(".legend-name").first().dblclick();
    await page.locator(".popover").waitFor();
    await look("style");
    await shut();
    expect(found).toEqual([]);
    await page.context().close();
  });

  test("where a password or a token is asked for", async () => {
    const page = await open();
    const sealed = await sealedLog(log.bytes, { device: "B0551001", password: "hush-hush" });
    await drop(page, [{ name: "00000001.MFE", bytes: sealed }]);
    await page.getByRole("dialog", { name: "Password" }).waitFor();
    const found = await findings(page, "password");
    await page.getByRole("textbox", { name: "Password" }).fill("wrong");
    await page.keyboard.press("Enter");
    await page.getByText("This password does not open").first().waitFor();
    found.push(...(await findings(page, "wrong password")));
    await page.getByRole("button", { name: "Skip" }).click();
    await page.locator(".tree-notices").getByRole("button", { name: "Enter password" }).waitFor();
    found.push(...(await findings(page, "locked device")));
    expect(found).toEqual([]);
    await page.context().close();
  });

  test("on a phone, in every tab and in the menu", async () => {
    const page = await open({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true });
    const found: string[] = await findings(page, "phone, empty");
    await drop(page, files);
    await page.locator(".tabs").getByRole("button", { name: "Signals" }).click();
    await plot(page, "EngineSpeed");
    found.push(...(await findings(page, "phone, signals")));
    for (const tab of await page.locator(".tabs").getByRole("button").all()) {
      await tab.click();
      found.push(...(await findings(page, `phone, ${await tab.innerText()}`)));
    }
    await page.getByRole("button", { name: "Menu" }).click();
    found.push(...(await findings(page, "phone, menu")));
    expect(found).toEqual([]);
    await page.context().close();
  });
});
