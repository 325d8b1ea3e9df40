/**
 * What a page may be given that it cannot use: files, databases, links and texts. Each is a sentence with a name and a way on; what was open goes
 * on being there; nothing throws, nothing is asked of another origin, and no text becomes markup.
 */
import { readdirSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generateDrive } from "../../fixtures/drive.ts";
import { pack } from "../../web/link/packed.ts";
import { type HostileSource, startHostileSource } from "../support/hostile-source.ts";
import { oddDbc, oddLog } from "../support/odd-values.ts";
import { hasShared, sharedBytes } from "../support/shared.ts";
import { canDrive, dismissAll, drop, launch, openPage, plot, serveStatic, settled, type Watched } from "./page.ts";

const drive = generateDrive({ splitSeconds: 10 });
const text = new TextEncoder();
const log = drive.files.find(({ key }) => key.startsWith("B0551001/00000001/00000001"));
const dbc = drive.dbcs.find(({ name }) => name === "buslens-drive.dbc");
if (log === undefined || dbc === undefined) throw new Error("the drive has no such log");
const good = [
  { name: "00000001.MF4", bytes: log.bytes },
  { name: dbc.name, bytes: text.encode(dbc.text) },
];
const pictures = fileURLToPath(new URL("../../test-results/viewer/", import.meta.url));
const damaged = fileURLToPath(new URL("../../../shared/samples/canedge-encrypted/damaged/", import.meta.url));

describe.skipIf(!canDrive)("bad input", { timeout: 60_000 }, () => {
  let browser: Browser;
  let host: { url: string; close: () => void };
  let source: HostileSource;
  let open: Watched;
  beforeAll(async () => {
    await mkdir(pictures, { recursive: true });
    [browser, host, source] = await Promise.all([launch(), serveStatic(), startHostileSource(log.bytes)]);
    open = await openPage(browser, host.url);
    await drop(open.page, good);
    await open.page.locator(".tree-row.signal").first().waitFor();
    await plot(open.page, "EngineSpeed");
    await settled(open.page);
  }, 120_000);
  afterAll(async () => {
    await browser.close();
    host.close();
    source.close();
  });

  const bar = (page: Page) => page.locator(".noticebar");
  const said = async (page: Page): Promise<string> => ((await bar(page).isVisible()) ? bar(page).innerText() : "");
  /** The signal that was plotted before is still there, with its curve. */
  async function stillThere({ page, errors, foreign }: Watched): Promise<void> {
    await expect.poll(() => page.locator(".legend-row .name").first().innerText()).toBe("EngineSpeed");
    expect(await page.locator(".legend-row").first().innerText()).not.toContain("not in this log");
    expect(await settled(page)).toMatch(/1 signal, [\d,≈ ]+ samples in view/);
    expect(errors).toEqual([]);
    expect(foreign).toEqual([]);
  }

  test("files of every wrong kind are named one by one, and what is open stays", async () => {
    const { page } = open;
    const mdf3 = new Uint8Array(400);
    mdf3.set(text.encode("MDF     3.30    TGT 15.0"));
    for (const [name, bytes, sentence] of [
      ["empty.MF4", new Uint8Array(0), /empty\.MF4 is empty \(0 bytes\)/],
      ["empty", new Uint8Array(0), /empty is empty \(0 bytes\)/],
      ["notes.MF4", text.encode("these are no frames"), /notes\.MF4: This is not an MDF log/],
      ["old.mf4", mdf3, /old\.mf4: This is MDF 3\.30, not MDF 4/],
      ["trace.blf", text.encode("LOGG0123"), /trace\.blf is a Vector BLF file/],
      ["page.html", text.encode("<!doctype html>"), /page\.html is an HTML page/],
      ["cut.MF4", log.bytes.subarray(0, 40), /cut\.MF4 is cut/],
      ["head.MF4", log.bytes.subarray(0, 120), /head\.MF4 is cut/],
    ] as const) {
      await dismissAll(page);
      await drop(page, [{ name, bytes }]);
      await expect.poll(() => said(page), { message: name }).toMatch(sentence);
    }
    await stillThere(open);
    await page.screenshot({ path: `${pictures}7-bad-files.png` });
  });

  test.skipIf(!hasShared)(
    "all damaged samples at once (needs ../shared): each is told, the passwords are asked and skipped",
    async () => {
      const { page } = open;
      const files = readdirSync(damaged).map((name) => ({
        name,
        bytes: sharedBytes(`samples/canedge-encrypted/damaged/${name}`),
      }));
      await dismissAll(page);
      await drop(page, files);
      const skip = page.getByRole("dialog", { name: "Password" }).getByRole("button", { name: "Skip" });
      for (let i = 0; i < 2; i++) await skip.click();
      await expect.poll(() => said(page)).toMatch(/ more/);
      expect(await page.locator(".badge").innerText()).toBe("Damaged");
      await stillThere(open);
    },
  );

  test("a hundred logs cut at a hundred places, odd names among them, and a folder of ten thousand other files", async () => {
    const { page } = open;
    const names = [
      "\u{1F697} drive",
      "a#b",
      "50%25 %zz",
      "..",
      "C:\\logs\\a",
      "x".repeat(240),
      "\u202Efdp",
      "<img src=x onerror=alert(1)>",
      "a\nb",
      " ",
    ];
    const cut = Array.from({ length: 100 }, (_, i) => ({
      name: `${names[i] ?? `cut${i}`}.MF4`,
      bytes: log.bytes.subarray(0, Math.floor((log.bytes.length * (i + 1)) / 103)),
    }));
    await dismissAll(page);
    await drop(page, cut);
    await expect.poll(() => page.locator(".topbar").innerText()).toMatch(/1\d\d splits/);
    await stillThere(open);
    await dismissAll(page);
    await page.evaluate(() => {
      const data = new DataTransfer();
      for (let i = 0; i < 10_000; i++) data.items.add(new File([`note ${i}`], `note${i}.txt`));
      document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
    });
    await expect.poll(() => said(page)).toContain("10000 of 10000 files are no logs and no databases: note0.txt");
    await stillThere(open);
  });

  test("databases that are empty, none, broken, in UTF-16 or of five megabytes are told, or read", async () => {
    const { page, errors } = await openPage(browser, host.url);
    await drop(page, good.slice(0, 1));
    await page.locator(".tree-row.device").first().waitFor();
    const given = async (name: string, bytes: Uint8Array): Promise<void> => {
      await dismissAll(page);
      await drop(page, [{ name, bytes }]);
    };
    const closeManager = async (): Promise<void> => {
      const close = page.getByRole("dialog", { name: "DBC manager" }).getByRole("button", { name: "Close" });
      if (await close.isVisible()) await close.click();
    };
    for (const [name, bytes] of [
      ["empty.dbc", new Uint8Array(0)],
      ["binary.dbc", log.bytes.subarray(0, 5000)],
      ["text.dbc", text.encode("hello, world\n".repeat(50))],
    ] as const) {
      await given(name, bytes);
      await expect.poll(() => said(page), { message: name }).toContain(name);
      await closeManager();
    }
    const wide = Uint8Array.from(Buffer.from(`\ufeff${dbc.text.replace("BO_ 544", "BO_ none")}`, "utf16le"));
    await given("wide.dbc", wide);
    await expect.poll(() => said(page)).toMatch(/wide\.dbc (is assigned to|fits) CAN/);
    await page.locator(".tree-row.signal").first().waitFor();
    const filler = Array.from({ length: 2500 }, (_, i) => {
      const comment = `CM_ BO_ ${100_000 + i} "${"long ".repeat(400)}";`;
      return `BO_ ${100_000 + i} Filler${i}: 8 X\n SG_ Signal${i} : 0|16@1+ (0.1,0) [0|0] "%" X\n${comment}\n`;
    });
    const large = text.encode(`VERSION ""\nBU_: X\n${filler.join("")}`);
    expect(large.length).toBeGreaterThan(5_000_000);
    await given("large.dbc", large);
    await expect.poll(() => said(page)).toContain("large.dbc has 2,500 messages, too few of them occur here");
    expect(errors).toEqual([]);
    await page.context().close();
  });

  test("texts from files are shown as text wherever they stand", async () => {
    const hostile = "<img src=x onerror=document.title=1><script>document.title=1</script>";
    const { page, errors, foreign } = await openPage(browser, host.url);
    const evil = dbc.text
      .replaceAll('"rpm"', `"${hostile}"`)
      .concat(`\nCM_ SG_ 256 EngineSpeed "${hostile}";\nCM_ "${hostile}";\n`);
    await drop(page, [
      { name: `${hostile}.MF4`, bytes: log.bytes },
      { name: `${hostile}.dbc`, bytes: text.encode(evil) },
      { name: `${hostile}.txt`, bytes: text.encode("x") },
    ]);
    await page.locator(".tree-row.signal").first().waitFor();
    await plot(page, "EngineSpeed");
    await page.keyboard.press("Escape");
    await page.locator(".legend-row").first().hover();
    for (const key of ["c", "c", "s", "Control+j", "d"]) await page.keyboard.press(key);
    await page.keyboard.press("Escape");
    for (const key of ["Shift+t", "Escape", "Control+k"]) await page.keyboard.press(key);
    await page.keyboard.type("<img");
    await page.keyboard.press("Escape");
    await page.goto(
      `${host.url}?src=${encodeURIComponent("https://<img>/x")}&sig=${encodeURIComponent(hostile)}&from=${encodeURIComponent(hostile)}`,
    );
    await drop(page, good);
    await page.locator(".tree-row.signal").first().waitFor();
    const more = bar(page).getByRole("button", { name: /more$/ });
    await more.click();
    await expect.poll(() => said(page)).toContain("not in this log");
    expect(await page.locator("img, #app script, iframe, object").count()).toBe(0);
    expect(await page.title()).not.toBe("1");
    expect([errors, foreign]).toEqual([[], []]);
    await page.context().close();
  });

  test("links that are cut, foreign, hostile or huge: a sentence or what they say, and what was open stays", async () => {
    const { page } = open;
    await expect.poll(() => page.url()).toContain("#v=1z.");
    const own = new URL(page.url()).hash;
    const whole = await pack({ v: 1, s: ["CAN1/Engine/EngineSpeed"], p: [{ g: [{ s: 0 }] }] });
    const go = (hash: string): Promise<void> => page.evaluate((fragment) => location.replace(fragment), hash);
    for (const [hash, sentence] of [
      [whole.slice(0, 20), /cannot be read: it is cut or was changed/],
      ["#v=9z.abc", /made by another version/],
      [await pack("0".repeat(3_000_000)), /unfolds to more than a view can be/],
      [`#v=1z.${"A".repeat(17_000)}`, /it is too long/],
      [await pack(["no view"]), /it holds no view/],
      [await pack({ v: -1 }), /it says no version/],
      [await pack({ v: 7, s: [], hologram: 1 }), /made by a newer version[\s\S]*hologram/],
    ] as const) {
      await dismissAll(page);
      if (hash.includes("hologram")) break;
      await go(hash);
      await expect.poll(() => said(page)).toMatch(sentence);
    }
    for (let length = 6; length < whole.length; length += 7) await go(whole.slice(0, length));
    await settled(page);
    expect(open.errors).toEqual([]);
    const nonsense = { s: "x", p: 1, t: [], k: "1", o: { x: {}, m: 5 }, d: { "0": 1 }, b: 3 };
    for (const view of [
      nonsense,
      {
        s: Array.from({ length: 10_000 }, (_, i) => `CAN1/M/S${i}`),
        p: Array.from({ length: 64 }, (_, i) => ({
          h: 1000,
          g: Array.from({ length: 4 }, (_, j) => ({ s: i * 4 + j, y: [-1e308, 1e308] })),
        })),
      },
      {
        s: ["CAN1/Engine/EngineSpeed"],
        p: [{ g: [{ s: 0, y: [1e-320, 1e300], w: 1e9, n: 99, log: 1 }] }],
        t: { f: "9223372036000000000", w: "9223372036854775807" },
        k: { a: "-9223372036854775808", b: "9223372036854775807" },
      },
      { s: ["CAN1/Engine/EngineSpeed"], p: [{ g: [{ s: 0 }] }], t: { f: "-9223372036854775808", w: "1" }, k: { a: "0" } },
      {
        s: ["CAN1/Engine/EngineSpeed"],
        p: [{ g: [{ s: 0, y: [0, 1e-300] }] }],
        t: { f: "0", w: "9223372036854775807", z: "local" },
      },
      {
        s: ["__proto__/constructor/__proto__"],
        p: [{ g: [{ s: 0 }] }],
        o: { m: Array.from({ length: 900 }, (_, i) => [String(1_715_666_400_000_000_000n + BigInt(i)), "<b>mark</b>"]) },
        t: { f: "1715666400000000000", w: "10000000000" },
      },
    ]) {
      await go(await pack({ v: 1, ...view }));
      await settled(page);
      for (const key of ["s", "s", "c", "i", "o", "y", "ArrowRight", "j", "Home", "End", "f"]) await page.keyboard.press(key);
      expect(open.errors, JSON.stringify(view).slice(0, 100)).toEqual([]);
    }
    await page.screenshot({ path: `${pictures}8-hostile-link.png` });
    await go(own);
    await page.keyboard.press("f");
    await stillThere(open);
  });

  test("values and times at the ends of what numbers hold are drawn and measured", async () => {
    const at = (value: (i: number) => number, count = 50) =>
      Array.from({ length: count }, (_, i) => ({ timeNs: i * 1e8, value: value(i) }));
    const series = {
      Huge: at((i) => (i % 2 ? 1e300 : -1e300)),
      Most: at((i) => (i % 2 ? Number.MAX_VALUE : -Number.MAX_VALUE)),
      Tiny: at((i) => i * 5e-324),
      Nothing: at(() => Number.NaN),
      Mixed: at((i) => [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1, 2][i % 5] ?? 0),
      Constant: at(() => 7),
      Single: at(() => 3, 1),
      Near: at((i) => 1e9 + i * 1e-7),
    };
    for (const [name, startNs] of [
      ["first", 0n],
      ["last", 9_223_372_000_000_000_000n],
    ] as const) {
      const watched = await openPage(browser, host.url, { timezoneId: "America/St_Johns" });
      const { page } = watched;
      await drop(page, [
        { name: `${name}.MF4`, bytes: oddLog(series, startNs) },
        { name: "odd.dbc", bytes: text.encode(oddDbc(Object.keys(series), "V")) },
      ]);
      await page.locator(".tree-row.signal").first().waitFor();
      for (const signal of Object.keys(series)) await plot(page, signal);
      await page.keyboard.press("Escape");
      for (const key of ["k", "s", "c", "c", "y", "Shift+i", "i", "Shift+y", "ArrowRight", "j", "End", "Home", "Shift+k", "f"])
        await page.keyboard.press(key);
      expect(await settled(page)).toContain("8 signals");
      await expect.poll(() => page.locator(".stats-panel tbody tr").first().innerText()).toContain("1e+300");
      expect(watched.errors).toEqual([]);
      await page.screenshot({ path: `${pictures}9-odd-values-${name}.png` });
      await page.context().close();
    }
  });

  test("an address that never answers can be left by Escape; a log dropped meanwhile opens at once", async () => {
    const { page, errors } = await openPage(browser, host.url);
    const field = page.getByRole("textbox", { name: /^Address of/ });
    const status = page.locator(".statusbar");
    await field.fill(`${source.url}silent/a.MF4`);
    await field.press("Enter");
    await expect.poll(() => status.innerText()).toContain("Asking 127.0.0.1");
    await page.locator(".statusbar").getByRole("button", { name: "Cancel" }).click();
    await expect.poll(() => status.innerText()).not.toContain("Asking");
    await field.fill(`${source.url}silent/b.MF4`);
    await field.press("Enter");
    await expect.poll(() => status.innerText()).toContain("Asking 127.0.0.1");
    await drop(page, good);
    await page.locator(".tree-row.signal").first().waitFor();
    await expect.poll(() => status.innerText()).not.toContain("Asking");
    expect(errors).toEqual([]);
    await page.context().close();
  });
});
