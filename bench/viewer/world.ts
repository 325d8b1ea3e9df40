/** What the subjects of the viewer's bench share: a browser, the built page, and a generated log of many signals with its database. */
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Browser, Page } from "playwright";
import { type BigLog, bigDbc, bigPlan } from "../../fixtures/big.ts";

export interface World {
  readonly browser: Browser;
  /** Address of the page. */
  readonly url: string;
  readonly folder: string;
  readonly logPath: string;
  readonly plan: BigLog;
  readonly dbc: { readonly name: string; readonly text: string };
  /** `message.signal`, in the order of the log's truth. */
  readonly names: readonly string[];
}

/** One round of a subject: each number by its name. Throws if an answer is not what the log holds. */
export type Subject = (world: World) => Promise<Record<string, number>>;

/** Writes the log into the folder. */
export async function makeWorld(given: Pick<World, "browser" | "url" | "folder">, sizeBytes: number): Promise<World> {
  const plan = bigPlan({ sizeBytes, generation: "D", variant: "dense" });
  const logPath = join(given.folder, "00000001.MF4");
  await pipeline(Readable.from(copies(plan)), createWriteStream(logPath));
  const names = plan.series.map(({ message, signal }) => `${message.name}.${signal.name}`);
  return { ...given, logPath, plan, dbc: bigDbc("dense"), names };
}

/** Pieces are lent until the next one is asked for, and a stream asks ahead. */
function* copies(plan: BigLog): Generator<Uint8Array> {
  for (const piece of plan.chunks()) yield piece.slice();
}

/** Gives the page files as its picker does. */
export const pick = (page: Page, files: Parameters<ReturnType<Page["locator"]>["setInputFiles"]>[0]): Promise<void> =>
  page.locator("#pick-files").setInputFiles(files);

export async function pickDbc(page: Page, { dbc }: Pick<World, "dbc">): Promise<void> {
  await pick(page, [{ name: dbc.name, mimeType: "text/plain", buffer: Buffer.from(dbc.text) }]);
  await page.locator(".tree-foot").waitFor();
}

/** By message and name, since every message has signals of the same names. */
export async function plotExactly(page: Page, name: string): Promise<void> {
  const [message = "", signal = ""] = name.split(".");
  const filter = page.getByRole("textbox", { name: "Find a signal" });
  await filter.fill(`"${signal}" msg:${message}`);
  await page.locator(".tree-row.signal").first().click();
  await filter.fill("");
}

/** Of each number, the median of the rounds. */
export function medians(rounds: readonly Record<string, number>[]): Record<string, number> {
  const keys = Object.keys(rounds[0] ?? {});
  return Object.fromEntries(
    keys.map((key) => {
      const sorted = rounds.map((round) => round[key] ?? 0).sort((a, b) => a - b);
      return [key, sorted[Math.floor(sorted.length / 2)] ?? 0];
    }),
  );
}
