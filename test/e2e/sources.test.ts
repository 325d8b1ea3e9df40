/** Sources that grow, change, lie in archives or come only whole, in the built page. Folders are those of the browser's own storage. */
import { createServer, type Server } from "node:http";
import type { Page } from "playwright";
import { afterAll, describe, expect, test } from "vitest";
import { generateDrive } from "../../fixtures/drive.ts";
import { startPublicBucket } from "../support/public-bucket.ts";
import { zipOf } from "../support/zip-writer.ts";
import { withChromium } from "./chromium.ts";
import { canDrive, close, drop, listen, openPage, plot, settled } from "./page.ts";

const drive = generateDrive({ splitSeconds: 10 });
const text = new TextEncoder();
const dbc = drive.dbcs.find(({ name }) => name === "buslens-drive.dbc");
const splits = drive.files.filter(({ key }) => key.startsWith("B0551002/00000001/"));
const [first, second] = splits;
if (dbc === undefined || first === undefined || second === undefined) throw new Error("the drive has no such log");
const FIRST_PART_BYTES = 40_000;
const nameOf = (key: string): string => key.split("/").at(-1) ?? key;

describe.skipIf(!canDrive)("sources", { timeout: 120_000 }, () => {
  const chromium = withChromium();
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) close(server);
  });

  const bar = (page: Page) => page.locator(".noticebar");
  const barText = (page: Page): Promise<string> => bar(page).innerText();
  const rows = (page: Page) => page.locator(".tree-row.signal").first();
  const action = (page: Page, name: string) => bar(page).getByRole("button", { name });

  /** Writes into the folder that the page's picker hands out. */
  async function write(page: Page, path: string, bytes: Uint8Array): Promise<void> {
    const base64 = Buffer.from(bytes).toString("base64");
    await page.evaluate(
      async ([names, content]) => {
        let folder = await navigator.storage.getDirectory();
        for (const name of names.slice(0, -1)) folder = await folder.getDirectoryHandle(name, { create: true });
        const file = await folder.getFileHandle(names.at(-1) ?? "", { create: true });
        const stream = await file.createWritable();
        await stream.write(Uint8Array.from(atob(content), (c) => c.charCodeAt(0)));
        await stream.close();
      },
      [path.split("/"), base64] as const,
    );
  }

  async function openFolder(page: Page): Promise<void> {
    await page.evaluate(() => {
      const picking = window as Window & { showDirectoryPicker?: () => Promise<FileSystemDirectoryHandle> };
      picking.showDirectoryPicker = async () => (await navigator.storage.getDirectory()).getDirectoryHandle("LOG");
    });
    await page.getByRole("button", { name: "Open folder…" }).click();
    await rows(page).waitFor();
  }

  const endOf = (page: Page) => page.locator(".statusbar .first").innerText();

  test("a log that grows says so and is followed: right edge at the newest sample, new splits too, until a pan", async () => {
    const { page, errors } = await openPage(chromium.browser, chromium.url);
    await write(page, `LOG/${first.key}`, first.bytes.subarray(0, FIRST_PART_BYTES));
    await write(page, "LOG/buslens-drive.dbc", text.encode(dbc.text));
    await openFolder(page);
    await plot(page, "EngineSpeed");
    await settled(page);
    const before = await endOf(page);
    await write(page, `LOG/${first.key}`, first.bytes);
    await page.evaluate(() => dispatchEvent(new Event("focus")));
    await expect.poll(() => barText(page)).toMatch(/00000001\.MF4 is still growing\. Shown up to \d\d:\d\d:\d\d\./);
    expect(await endOf(page)).toBe(before);
    await page.locator(".tree-row.signal").first().focus();
    await action(page, "Follow").click();
    const chip = page.getByRole("button", { name: "Follow", exact: true });
    await expect.poll(() => chip.getAttribute("aria-pressed")).toBe("true");
    await expect.poll(() => endOf(page)).not.toBe(before);
    const grown = await endOf(page);
    await write(page, `LOG/${second.key}`, second.bytes);
    await expect.poll(() => endOf(page), { timeout: 10_000 }).not.toBe(grown);
    await settled(page);
    expect(await page.locator(".badge").innerText()).toBe("Balanced");
    await page.keyboard.press("Escape");
    await page.keyboard.press("u");
    await expect.poll(() => chip.getAttribute("aria-pressed")).toBe("false");
    await page.keyboard.press("Shift+E");
    await expect.poll(() => chip.getAttribute("aria-pressed")).toBe("true");
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("a file that changed is read again on demand, and is what it is now", async () => {
    const { page } = await openPage(chromium.browser, chromium.url);
    await write(page, `LOG/${first.key}`, first.bytes);
    await write(page, "LOG/buslens-drive.dbc", text.encode(dbc.text));
    await openFolder(page);
    const size = (): Promise<string> => page.locator(".source .detail").innerText();
    const before = await size();
    await write(page, `LOG/${first.key}`, first.bytes.subarray(0, FIRST_PART_BYTES));
    await page.evaluate(() => dispatchEvent(new Event("focus")));
    await expect.poll(() => barText(page)).toContain("00000001.MF4 has changed since it was opened.");
    await action(page, "Read it again").click();
    await expect.poll(size).not.toBe(before);
    await page.context().close();
  });

  test("a folder that is remembered asks for permission in a sentence, and opens with it", async () => {
    const { page } = await openPage(chromium.browser, chromium.url);
    await write(page, `LOG/${first.key}`, first.bytes);
    await write(page, "LOG/buslens-drive.dbc", text.encode(dbc.text));
    await openFolder(page);
    const answers = (state: PermissionState) =>
      page.addInitScript((answer) => {
        Object.assign(FileSystemHandle.prototype, {
          queryPermission: async () => "prompt",
          requestPermission: async () => (window as Window & { answer?: string }).answer ?? answer,
        });
      }, state);
    await answers("denied");
    await page.reload();
    const row = page.locator(".empty-row", { hasText: "last folder" });
    await row.getByRole("button", { name: "Allow and open" }).click();
    await expect.poll(() => barText(page)).toContain("The browser needs permission again to read LOG.");
    await page.evaluate(() => Object.assign(window, { answer: "granted" }));
    await action(page, "Allow").click();
    await rows(page).waitFor();
    await page.context().close();
  });

  test("a ZIP archive is named by its bytes, and its files open on demand", async () => {
    const { page, errors } = await openPage(chromium.browser, chromium.url);
    const entries = [
      { path: `LOG/${first.key}`, bytes: first.bytes, deflate: true },
      { path: "buslens-drive.dbc", bytes: text.encode(dbc.text) },
      { path: "LOG/secret.MF4", bytes: second.bytes, encrypted: true },
    ];
    await drop(page, [{ name: "card.zip", bytes: zipOf(entries) }]);
    await expect.poll(() => barText(page)).toContain("card.zip is not a log: it starts with 50 4B 03 04 (a ZIP archive).");
    await action(page, "Ignore").click();
    await bar(page).waitFor({ state: "hidden" });
    await drop(page, [{ name: "card.zip", bytes: zipOf(entries) }]);
    await action(page, "Open its files").click();
    await rows(page).waitFor();
    await plot(page, "EngineSpeed");
    expect(await page.locator(".badge").innerText()).toBe("Balanced");
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("a server without ranges names the size, and is downloaded only when a person says so", async () => {
    const bucket = await startPublicBucket("logs", { objects: { [first.key]: first.bytes }, ranges: false });
    const { page } = await openPage(chromium.browser, chromium.url);
    const field = page.getByRole("textbox", { name: /^Address of/ });
    await field.fill(bucket.url + first.key);
    await field.press("Enter");
    await expect
      .poll(() => barText(page))
      .toContain(`${new URL(bucket.url).host} sends whole files only. ${nameOf(first.key)} is 63.9\u202fkB.`);
    await action(page, "Cancel").click();
    await bar(page).waitFor({ state: "hidden" });
    await field.press("Enter");
    await action(page, "Download it all").click();
    await expect.poll(() => page.locator(".source .name").innerText()).toContain("B0551002");
    bucket.close();
    await page.context().close();
  });

  test("with Alt what is dropped takes the place of what is open; a hundred files and an empty one open at once", async () => {
    const { page, errors } = await openPage(chromium.browser, chromium.url);
    await drop(page, [{ name: "00000001.MF4", bytes: first.bytes }]);
    await expect.poll(() => page.locator(".source .detail").innerText()).toContain("1 split");
    const [sentence, replaced] = await page.evaluate(async (base64) => {
      const file = new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], "00000002.MF4");
      const data = new DataTransfer();
      data.items.add(file);
      const event = (type: string): DragEvent =>
        new DragEvent(type, { dataTransfer: data, altKey: true, bubbles: true, cancelable: true });
      document.body.dispatchEvent(event("dragover"));
      const said = document.querySelector(".drop-sentence")?.textContent ?? "";
      document.body.dispatchEvent(event("drop"));
      return [said, document.body.classList.contains("dropping")] as const;
    }, Buffer.from(second.bytes).toString("base64"));
    expect([sentence, replaced]).toEqual(["Open 1 item instead of the current ones", false]);
    await expect.poll(() => page.locator(".source .detail").innerText()).toMatch(/^1 split · 56\.6/);
    const many = Array.from({ length: 110 }, (_, i) => ({
      name: `${String(i + 10).padStart(8, "0")}.MF4`,
      bytes: i === 0 ? new Uint8Array(0) : first.bytes.subarray(0, 20_000 + i),
    }));
    await drop(page, many);
    await expect.poll(() => page.locator(".source .detail").innerText(), { timeout: 20_000 }).toContain("111 splits");
    await expect
      .poll(() => barText(page))
      .toContain("00000010.MF4 is empty (0 bytes). The logger may have lost power before the first write.");
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("more notices are listed with their codes and ways out, each to be copied or dismissed", async () => {
    const { page } = await openPage(chromium.browser, chromium.url, { permissions: ["clipboard-read", "clipboard-write"] });
    await drop(page, [{ name: "notes.bin", bytes: text.encode("PK\u0003\u0004") }]);
    await expect.poll(() => barText(page)).toContain("notes.bin is not a log");
    await drop(page, [{ name: "trace.blf", bytes: text.encode("LOGG") }]);
    await action(page, "1 more").click();
    const list = page.getByRole("list", { name: "Notices" });
    await expect.poll(() => list.getByRole("listitem").count()).toBe(2);
    expect(await list.innerText()).toMatch(/trace\.blf is a Vector BLF file[\s\S]*input\/unsupported[\s\S]*Open its files/);
    await list.getByRole("button", { name: "Copy" }).first().click();
    expect(await page.evaluate(() => navigator.clipboard.readText())).toMatch(
      /^trace\.blf is [\s\S]*"code":"input\/unsupported"/,
    );
    await list.getByRole("button", { name: "Dismiss this one" }).last().click();
    await expect.poll(() => list.getByRole("listitem").count()).toBe(1);
    await action(page, "Dismiss").first().click();
    await bar(page).waitFor({ state: "hidden" });
    await page.context().close();
  });

  test("what a host answers instead of bytes is one sentence each, with the status", async () => {
    const server = createServer((request, response) => {
      const status = Number(/\/(\d{3})\//.exec(request.url ?? "")?.[1] ?? 404);
      response.writeHead(status, { "access-control-allow-origin": "*" }).end();
    });
    const port = await listen(server);
    servers.push(server);
    const { page } = await openPage(chromium.browser, chromium.url);
    const field = page.getByRole("textbox", { name: /^Address of/ });
    const told = async (status: number): Promise<string> => {
      await field.fill(`http://127.0.0.1:${port}/${status}/a.MF4`);
      await field.press("Enter");
      await bar(page).waitFor();
      const sentence = await bar(page).locator(".sentence").innerText();
      await page.getByRole("button", { name: "Dismiss" }).click();
      await bar(page).waitFor({ state: "hidden" });
      return sentence;
    };
    expect(await told(403)).toBe(`127.0.0.1:${port} refused the address (403). It may have expired.`);
    expect(await told(404)).toBe("a.MF4: there is no such object.");
    expect(await told(429)).toBe(`127.0.0.1:${port} asks to wait: too many requests (429).`);
    expect(await told(503)).toBe(`127.0.0.1:${port} answers with an error (503).`);
    await page.context().setOffline(true);
    expect(await told(403)).toBe("No connection. Files on this machine still work.");
    await page.context().close();
  });
});
