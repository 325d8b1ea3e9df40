/**
 * A large log is dropped: time to its tree and to the first exact curve, beside the time to read the same file once; then the same file opened
 * again, where the browser has its index. The value at a time is compared with what was put into the log.
 */
import type { Page } from "playwright";
import { openPage } from "../../test/e2e/page.ts";
import { pick, pickDbc, plotExactly, type World } from "./world.ts";

export async function opening(world: World): Promise<Record<string, number>> {
  const { page } = await openPage(world.browser, world.url, { viewport: { width: 1440, height: 900 } });
  await pickDbc(page, world);
  const readMs = await timeToRead(page, world.logPath);
  const started = performance.now();
  const tree = treeTime(page);
  await pick(page, [world.logPath]);
  await page.locator(".tree-row.signal").first().waitFor({ timeout: 300_000 });
  const treeMs = await tree;
  await plotExactly(page, world.names[0] ?? "");
  await exact(page);
  const firstCurveMs = performance.now() - started;
  await page.locator(".badge").waitFor({ timeout: 300_000 });
  const heardMs = performance.now() - started;
  const again = await openedAgain(page, world);
  await page.context().close();
  return { readMs, treeMs, firstCurveMs, heardMs, ...again };
}

const exact = (page: Page): Promise<void> => page.getByText(/envelope exact|every sample drawn/).waitFor({ timeout: 300_000 });

/** In the page, from the moment the file is given: no wire between the clock and what it times. */
async function treeTime(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((done) => {
        document.getElementById("pick-files")?.addEventListener(
          "change",
          () => {
            const started = performance.now();
            const look = (): void => {
              if (document.querySelector(".tree-row.signal") === null) requestAnimationFrame(look);
              else done(performance.now() - started);
            };
            look();
          },
          { capture: true, once: true },
        );
      }),
  );
}

/** By a link with a time, as a panel of Grafana has it. Throws if the value there is another than was put in. */
async function openedAgain(page: Page, world: World): Promise<{ againTreeMs: number; againWindowMs: number }> {
  const [series] = world.plan.series;
  if (series === undefined) throw new Error("the log has no series");
  const row = Math.floor(series.timesNs.length / 2);
  const atMs = Number(world.plan.facts.startNs / 1_000_000n) + Math.ceil((series.timesNs[row] ?? 0) / 1e6);
  const wanted = series.physical()[row] ?? Number.NaN;
  const link = new URL(world.url);
  const name = `${series.message.name}.${series.signal.name}`;
  link.search = `${new URLSearchParams({ sig: name, from: `${atMs - 2000}`, to: `${atMs + 2000}`, at: `${atMs}` })}`;
  await page.goto(link.href);
  await pickDbc(page, world);
  const started = performance.now();
  const tree = treeTime(page);
  await pick(page, [world.logPath]);
  const againTreeMs = await tree;
  await exact(page);
  const againWindowMs = performance.now() - started;
  const legend = page.locator(".legend-row .at").first();
  await legend.getByText(/\d/).waitFor();
  const shown = Number((await legend.innerText()).replaceAll(/[^\d.−-]/g, "").replace("−", "-"));
  if (Math.abs(shown - wanted) > 1e-3 * Math.max(1, Math.abs(wanted)))
    throw new Error(`${name} is ${shown} at ${atMs}, and ${wanted} was put in`);
  return { againTreeMs, againWindowMs };
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
