/** Opening logs in the built page: from buckets by link, locked ones, with databases that the browser keeps. */
import type { Page } from "playwright";
import { afterAll, describe, expect, test } from "vitest";
import { generateDrive } from "../../fixtures/drive.ts";
import { sealedLog } from "../../fixtures/sealed.ts";
import { type BucketOptions, type PublicBucket, startPublicBucket } from "../support/public-bucket.ts";
import { withChromium } from "./chromium.ts";
import { canDrive, drop, openPage, plot, serveStatic, settled } from "./page.ts";

const drive = generateDrive({ splitSeconds: 10 });
const text = new TextEncoder();
const log = drive.files.find(({ key }) => key.startsWith("B0551001/00000001/00000001"));
const dbc = drive.dbcs.find(({ name }) => name === "buslens-drive.dbc");
if (log === undefined || dbc === undefined) throw new Error("the drive has no such log");
const dbcFile = { name: dbc.name, bytes: text.encode(dbc.text) };
const objects = { [log.key]: log.bytes, [dbc.name]: dbcFile.bytes };

describe.skipIf(!canDrive)("opening", { timeout: 120_000 }, () => {
  const chromium = withChromium();
  const buckets: PublicBucket[] = [];
  afterAll(() => {
    for (const bucket of buckets) bucket.close();
  });

  async function bucketOf(options: Partial<BucketOptions> = {}): Promise<PublicBucket> {
    const bucket = await startPublicBucket("logs", { objects, ...options });
    buckets.push(bucket);
    return bucket;
  }
  const linkTo = (source: string): string => `${chromium.url}?src=${encodeURIComponent(source)}`;
  const bar = (page: Page): Promise<string> => page.locator(".noticebar").innerText();
  const rows = (page: Page) => page.locator(".tree-row.signal").first();

  test("a link to a bucket asks before its first read, then plots from it, and keeps the source", async () => {
    const bucket = await bucketOf();
    const { page, errors } = await openPage(chromium.browser, linkTo(bucket.url));
    await expect.poll(() => bar(page)).toContain(`This link reads logs from ${new URL(bucket.url).host}.`);
    expect(bucket.asked).toEqual([]);
    await page.locator(".noticebar").getByRole("button", { name: "Open", exact: true }).click();
    await rows(page).waitFor();
    await plot(page, "EngineSpeed");
    expect(await settled(page)).toContain("1 signal");
    expect(await page.locator(".badge").innerText()).toBe("Balanced");
    expect(new URL(page.url()).searchParams.get("src")).toBe(bucket.url);
    // The probe for a server of ours is answered 404, which the browser logs.
    expect(errors.filter((message) => !message.includes("404"))).toEqual([]);
    const before = bucket.asked.length;
    await expect.poll(() => page.url()).toContain("#v=1z.");
    await page.reload();
    await page.locator(".legend-row .name", { hasText: "EngineSpeed" }).waitFor({ state: "attached" });
    expect(bucket.asked.length).toBeGreaterThan(before);
    await page.context().close();
  });

  test("sources that do not give what is asked are named in a sentence, and what is open stays", async () => {
    const [hidden, whole] = [await bucketOf({ cors: "no-headers" }), await bucketOf({ ranges: false })];
    const { page } = await openPage(chromium.browser, chromium.url);
    const field = page.getByRole("textbox", { name: /^Address of/ });
    const told = async (address: string): Promise<string> => {
      await field.fill(address);
      await field.press("Enter");
      await page.locator(".noticebar").waitFor();
      const sentence = await bar(page);
      await page.getByRole("button", { name: "Dismiss" }).click();
      await page.locator(".noticebar").waitFor({ state: "hidden" });
      return sentence;
    };
    expect(await told(`${hidden.url}${log.key}`)).toContain("must name this origin and expose Content-Range and ETag.");
    expect(await told(`${whole.url}${log.key}`)).toContain(`${new URL(whole.url).host} sends whole files only.`);
    expect(await told(`${hidden.url}nothing.MF4`)).toContain("nothing.MF4: there is no such object");
    expect(await told("http://logs.example/a.MF4")).toContain("logs.example can be read over https only");
    await page.getByRole("heading", { name: "Drop a log, a whole LOG folder, or a DBC" }).waitFor();
    await page.context().close();
  });

  test("a locked log asks for its password once; a wrong one is named, the right one opens, nothing keeps it", async () => {
    const device = "B0551001";
    const sealed = { name: "00000001.MFE", bytes: await sealedLog(log.bytes, { device, password: "hush-hush" }) };
    const { page } = await openPage(chromium.browser, chromium.url);
    await drop(page, [sealed, dbcFile]);
    const dialog = page.getByRole("dialog", { name: "Password" });
    await dialog.waitFor();
    expect(await dialog.innerText()).toContain(`1 file of ${device} is encrypted.`);
    await page.getByRole("textbox", { name: "Password" }).fill("wrong");
    await page.keyboard.press("Enter");
    await expect.poll(() => dialog.getByRole("alert").innerText()).toContain("This password does not open 00000001.MFE");
    await dialog.getByRole("button", { name: "Skip" }).click();
    await page.locator(".tree-notices").getByRole("button", { name: "Enter password" }).click();
    await page.getByRole("textbox", { name: "Password" }).fill("hush-hush");
    await page.keyboard.press("Enter");
    await rows(page).waitFor();
    expect(await dialog.isVisible()).toBe(false);
    const keptTexts = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage, url: location.href }));
    expect(keptTexts + (await page.content())).not.toContain("hush-hush");
    await page.context().close();
  });

  test("a database is kept and assigned: the next log of the device needs none; another choice redoes only its signals", async () => {
    const { page } = await openPage(chromium.browser, chromium.url);
    await drop(page, [{ name: "00000001.MF4", bytes: log.bytes }]);
    await page.locator(".tree-notices").getByText("no DBC assigned").waitFor();
    await drop(page, [dbcFile]);
    await rows(page).waitFor();
    await expect.poll(() => bar(page)).toMatch(/buslens-drive\.dbc is assigned to CAN 1: \d+ of \d+ ids/);
    await page.reload();
    await page.locator(".empty-row", { hasText: "1 kept in this browser" }).waitFor();
    await drop(page, [{ name: "00000001.MF4", bytes: log.bytes }]);
    await rows(page).waitFor();
    await plot(page, "EngineSpeed");
    await settled(page);
    await page.keyboard.press("Escape");
    await page.keyboard.press("d");
    const manager = page.getByRole("dialog", { name: "DBC manager" });
    await manager.waitFor();
    expect(await manager.innerText()).toMatch(/buslens-drive\.dbc[\s\S]*ids matched/);
    await manager.getByRole("button", { name: "Remove buslens-drive.dbc" }).click();
    await expect.poll(() => manager.innerText()).toContain("In this browser, 0");
    await manager.getByRole("button", { name: "Close" }).click();
    await expect.poll(() => page.locator(".legend-row").first().innerText()).toContain("not in this log");
    await drop(page, [dbcFile]);
    await expect.poll(() => page.locator(".legend-row").first().innerText()).not.toContain("not in this log");
    // A newer one under another name takes its place, and what is plotted is read with it.
    const newer = Buffer.from(dbcFile.bytes).toString("utf8").replaceAll('"rpm"', '"1/min"');
    await drop(page, [{ name: "newer.dbc", bytes: new TextEncoder().encode(newer) }]);
    await expect.poll(() => bar(page)).toMatch(/newer\.dbc is assigned to CAN 1: \d+ of \d+ ids/);
    await expect.poll(() => page.locator(".legend-row").first().innerText()).toContain("1/min");
    await page.context().close();
  });

  test("works without a connection after the first visit, and is installable", async () => {
    const own = await serveStatic();
    const { page, errors } = await openPage(chromium.browser, own.url, { serviceWorkers: "allow" });
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    const manifest = await page.evaluate(async () => {
      const link = document.querySelector<HTMLLinkElement>('link[rel="manifest"]')?.href ?? "";
      const json = await (await fetch(link)).json();
      const icons = await Promise.all(
        json.icons.map(async ({ src }: { src: string }) => (await (await fetch(new URL(src, link))).blob()).type),
      );
      return { display: json.display, start: new URL(json.start_url, link).href, icons };
    });
    expect(manifest).toEqual({ display: "standalone", start: own.url, icons: ["image/svg+xml", "image/png", "image/png"] });
    await page.waitForLoadState("networkidle");
    own.close();
    await page.goto(`${own.url}?sig=EngineSpeed`);
    await drop(page, [{ name: "00000001.MF4", bytes: log.bytes }, dbcFile]);
    await page.locator(".legend-row .name", { hasText: "EngineSpeed" }).waitFor({ state: "attached" });
    expect(await page.locator(".badge").innerText()).toBe("Balanced");
    expect(errors).toEqual([]);
    await page.context().close();
  });
});
