/** A large log is dropped: time to its tree and to the first exact curve, beside the time to read the same file once. */
import type { Page } from "playwright";
import { openPage } from "../../test/e2e/page.ts";
import { pick, pickDbc, plotExactly, type World } from "./world.ts";

export async function opening(world: World): Promise<Record<string, number>> {
  const { page } = await openPage(world.browser, world.url, { viewport: { width: 1440, height: 900 } });
  await pickDbc(page, world);
  const readMs = await timeToRead(page, world.logPath);
  const started = performance.now();
  await pick(page, [world.logPath]);
  await page.locator(".tree-row.signal").first().waitFor({ timeout: 300_000 });
  const treeMs = performance.now() - started;
  await plotExactly(page, world.names[0] ?? "");
  await page.getByText(/envelope exact|every sample drawn/).waitFor({ timeout: 300_000 });
  const firstCurveMs = performance.now() - started;
  await page.context().close();
  return { readMs, treeMs, firstCurveMs };
}

async function timeToRead(page: Page, logPath: string): Promise<number> {
  await page.evaluate(() => {
    const input = Object.assign(document.createElement("input"), { type: "file", id: "to-read" });
    document.body.append(input);
  });
  await page.locator("#to-read").setInputFiles([logPath]);
  return page.evaluate(async () => {
    const file = document.querySelector<HTMLInputElement>("#to-read")?.files?.[0];
    const started = performance.now();
    const reader = file?.stream().getReader();
    while (reader !== undefined && !(await reader.read()).done);
    return performance.now() - started;
  });
}
