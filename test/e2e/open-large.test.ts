/** A log of some size in the built page: its tree before all of it is read, what Esc leaves, and what opening it again costs. */
import type { Page } from "playwright";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bigDbc, bigPlan } from "../../fixtures/big.ts";
import { type PublicBucket, startPublicBucket } from "../support/public-bucket.ts";
import { withChromium } from "./chromium.ts";
import { canDrive, drop, openPage, plot } from "./page.ts";

const plan = bigPlan({ sizeBytes: 16e6, generation: "D", variant: "dense" });
const bytes = Buffer.concat(Array.from(plan.chunks(), (piece) => piece.slice()));
const given = bigDbc("dense");
const dbc = { name: given.name, bytes: new TextEncoder().encode(given.text) };
const KEY = "B0551003/00000001/00000001.MF4";
const SIGNAL = plan.series[0]?.signal.name ?? "";

describe.skipIf(!canDrive)("a large log", { timeout: 120_000 }, () => {
  const chromium = withChromium();
  let bucket: PublicBucket;
  beforeAll(async () => {
    bucket = await startPublicBucket("logs", { objects: { [KEY]: bytes } });
  });
  afterAll(() => {
    bucket.close();
  });

  const rows = (page: Page) => page.locator(".tree-row.signal").first();
  const badge = (page: Page) => page.locator(".badge");
  const exact = (page: Page) => page.getByText(/envelope exact|every sample drawn/).waitFor();
  const taken = (): { requests: number; bytes: number; first: number } => {
    const all = bucket.asked.splice(0);
    return { requests: all.length, bytes: all.reduce((sum, one) => sum + one.bytes, 0), first: all[0]?.bytes ?? 0 };
  };

  test("by ranges: a tree of its ends, then all; again with its index a complete tree of four requests, six to the first curve", async () => {
    const { page } = await openPage(chromium.browser, chromium.url);
    await drop(page, [dbc]);
    await page.locator(".tree-foot").waitFor();
    await page.reload();
    const field = page.getByRole("textbox", { name: /^Address of/ });
    await field.fill(`${bucket.url}${KEY}`);
    await field.press("Enter");
    await badge(page).getByText("Balanced").waitFor();
    await page.locator(".noticebar").getByRole("button", { name: "Use it" }).click();
    await rows(page).waitFor();
    expect(taken().bytes).toBeGreaterThan(bytes.length);
    // The source is in the page's address.
    await page.reload();
    await rows(page).waitFor();
    await badge(page).getByText("Balanced").waitFor();
    const tree = taken();
    expect(tree.first).toBeLessThanOrEqual(128 * 1024);
    expect(tree.bytes).toBeLessThanOrEqual(512 * 1024);
    // One more for the records of the curve, and one for what lies beside the window.
    expect(tree.requests).toBeLessThanOrEqual(4);
    await plot(page, SIGNAL);
    await exact(page);
    expect(bucket.asked[0]?.bytes).toBeGreaterThan(bytes.length * 0.9);
    await page.context().close();
  });

  test("Esc in the plot ends the listening: what is known stays and says so, and listening goes on from the tree", async () => {
    const { page } = await openPage(chromium.browser, chromium.url);
    await drop(page, [dbc]);
    await page.locator(".tree-foot").waitFor();
    await drop(page, [{ name: "00000001.MF4", bytes }]);
    await rows(page).waitFor();
    await page.keyboard.press("Escape");
    const notice = page.locator(".tree-notices").getByText(/was listened to in part/);
    const isStopped = await notice.waitFor({ timeout: 1500 }).then(
      () => true,
      () => false,
    );
    // On a fast machine it may have come to its end before.
    if (isStopped) {
      await rows(page).waitFor();
      const rates = (await page.locator(".tree-row .end").allInnerTexts()).filter((text) => /Hz/.test(text));
      expect([rates.length > 0, rates.filter((text) => !text.startsWith("≈"))]).toEqual([true, []]);
      await page.getByRole("button", { name: "Listen on" }).click();
    }
    await badge(page).getByText("Balanced").waitFor();
    expect(await notice.count()).toBe(0);
    await page.context().close();
  });
});
