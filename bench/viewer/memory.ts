/** Memory of the tab with a recording that fits no memory (--mb 10000): when its tree stands, and the most while a curve of all of it is made. */
import { readFileSync } from "node:fs";
import type { CDPSession } from "playwright";
import { openPage } from "../../test/e2e/page.ts";
import { pick, pickDbc, plotExactly, type World } from "./world.ts";

const EVERY_MS = 200;

export async function memory(world: World): Promise<Record<string, number>> {
  const { page } = await openPage(world.browser, world.url, { viewport: { width: 1440, height: 900 } });
  const session = await world.browser.newBrowserCDPSession();
  const before = new Set(await renderers(session));
  await pickDbc(page, world);
  const own = (await renderers(session)).filter((id) => before.has(id));
  const emptyMb = megabytes(own);
  await pick(page, [world.logPath]);
  await page.locator(".tree-row.signal").first().waitFor({ timeout: 600_000 });
  const treeMb = megabytes(own);
  let mostMb = treeMb;
  const timer = setInterval(() => {
    mostMb = Math.max(mostMb, megabytes(own));
  }, EVERY_MS);
  await plotExactly(page, world.names[0] ?? "");
  await page.getByText(/envelope exact|every sample drawn/).waitFor({ timeout: 600_000 });
  clearInterval(timer);
  const read = await page.locator(".statusbar").innerText();
  if (!/read [\d.,]+\s*[kMG]B of/.test(read)) throw new Error(`the status bar says ${read}`);
  await page.context().close();
  return { emptyMb, treeMb, mostMb };
}

async function renderers(session: CDPSession): Promise<readonly number[]> {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
}

/** Of the pages' processes and their workers: resident and not shared with others, as Linux counts it. */
const megabytes = (processes: readonly number[]): number =>
  processes.reduce((most, id) => Math.max(most, ownKilobytes(id) / 1000), 0);

function ownKilobytes(id: number): number {
  try {
    const status = readFileSync(`/proc/${id}/status`, "utf8");
    return Number(/RssAnon:\s+(\d+)/.exec(status)?.[1] ?? 0);
  } catch {
    return 0; // it has ended
  }
}
