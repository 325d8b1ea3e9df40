/** Lost messages of a log in a bucket: not looked for before a person asks, then in one walk; another opening knows them without any. */
import type { Browser, Page } from "playwright";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Frame, frame } from "../../fixtures/frame.ts";
import { unfinalizedLog } from "../../fixtures/log.ts";
import { DEVICE, oneLogFacts } from "../support/engine.ts";
import { type PublicBucket, startPublicBucket } from "../support/public-bucket.ts";
import { canDrive, launch, openPage, plot, serveStatic, settled } from "./page.ts";

/** Every hundredth message of three frames lacks its second. */
const LOST = 50;
const frames: Frame[] = Array.from({ length: 100 * LOST }, (_, n) =>
  [0x10, 0x21, 0x22].flatMap((first, i) => {
    if (i === 1 && n % 100 === 7) return [];
    const payload = Uint8Array.from(i === 0 ? [first, 20, n & 255, 0, 0, 0, 0, 0] : [first, 0, 0, 0, 0, 0, 0, 0]);
    return [frame({ timeNs: n * 10_000_000 + i * 1_000_000, id: 0x7e8, payload })];
  }),
).flat();
const KEY = `${DEVICE}/00000001/00000001.MF4`;
const objects = {
  [KEY]: unfinalizedLog(oneLogFacts, frames),
  "uds.dbc": new TextEncoder().encode(
    'VERSION ""\nBU_: E\nBO_ 2024 Answer: 20 E\n SG_ Service : 0|8@1+ (1,0) [0|0] "" E\n SG_ Last : 152|8@1+ (1,0) [0|0] "" E\n',
  ),
};

let browser: Browser;
let host: { url: string; close: () => void };
let bucket: PublicBucket;
beforeAll(async () => {
  if (canDrive) [browser, host, bucket] = await Promise.all([launch(), serveStatic(), startPublicBucket("logs", { objects })]);
}, 60_000);
afterAll(async () => {
  if (!canDrive) return;
  await browser.close();
  host.close();
  bucket.close();
});

const soon = <T>(read: () => T | Promise<T>) => expect.poll(read, { timeout: 30_000 });
const badge = (page: Page) => page.locator(".badge");
/** A log is opened by one read of so many bytes; its records are more. */
const OPENING_BYTES = 64 * 1024;

test.skipIf(!canDrive)(
  "the badge says that losses were not looked for; the File panel looks for them, and a reload needs no walk",
  { timeout: 120_000 },
  async () => {
    const { page } = await openPage(browser, `${host.url}?src=${encodeURIComponent(bucket.url)}`);
    await page.locator(".noticebar").getByRole("button", { name: "Open", exact: true }).click();
    await page.locator(".tree-row.signal").first().waitFor();
    await plot(page, "Service");
    await settled(page);
    await soon(() => badge(page).getAttribute("title")).toMatch(/Lost messages were not looked for \(\d+\skB to read\)/);
    expect(await badge(page).innerText()).toBe("Balanced");
    await badge(page).click();
    // The panel made the plot lower; its width, and what is asked for, are as before.
    await settled(page);
    const before = bucket.asked.length;
    await page.getByRole("region", { name: "Lost messages" }).getByRole("button", { name: "Look for losses" }).click();
    // The message, and the frame behind the gap.
    await soon(() => badge(page).innerText()).toMatch(/^\d+ losses$/);
    const losses = await badge(page).innerText();
    expect(Number.parseInt(losses, 10)).toBeGreaterThanOrEqual(LOST);
    const walks = bucket.asked.slice(before).filter(({ bytes }) => bytes > OPENING_BYTES);
    expect(walks).toHaveLength(1);
    expect(await badge(page).getAttribute("title")).not.toContain("looked for");
    expect(await page.getByRole("region", { name: "Lost messages" }).count()).toBe(0);
    await soon(() => page.url()).toContain("#v=1z.");
    // Nobody asks again: what was found is kept in this browser.
    await page.reload();
    await soon(() => badge(page).innerText()).toBe(losses);
    await page.context().close();
  },
);
