/** A Chromium page of the built viewer, and a plain server of its files; notes every request that leaves the page's own origin. */
import { existsSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright";
import { viewerFiles } from "../../edge/node/viewer-files.ts";
import { CHROMIUM_ARGS, findChromium } from "../support/chromium.ts";

const executablePath = findChromium();
/** Without a browser or a built page there is nothing to drive; the run says how to get them. */
export const canDrive = executablePath !== null && existsSync(new URL("../../build/web/index.html", import.meta.url));

export const launch = (): Promise<Browser> => chromium.launch({ executablePath: executablePath ?? "", args: CHROMIUM_ARGS });

/** The viewer's files as any static host serves them: no API beside them. */
export async function serveStatic(): Promise<{ url: string; close: () => void }> {
  const files = await viewerFiles();
  const answer = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    url.pathname = url.pathname.replace(/^\/page\//, "/view/");
    return (await files?.(new Request(url, request))) ?? new Response(null, { status: 404 });
  };
  const server = createServer(getRequestListener(answer));
  return { url: `http://127.0.0.1:${await listen(server)}/page/`, close: () => close(server) };
}

export const listen = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)));

export function close(server: Server): void {
  server.close();
  server.closeAllConnections();
}

export interface Watched {
  readonly page: Page;
  /** Errors of the page and its console, refusals of the content policy among them. */
  readonly errors: string[];
  /** Requests to any other place than the page's own. */
  readonly foreign: string[];
}

export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    colorScheme: "dark",
    locale: "en-GB",
    // Only the test of offline work wants one: it fetches all files once more.
    serviceWorkers: "block",
    ...options,
  });
  const page = await context.newPage();
  const errors: string[] = [];
  const foreign: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(new URL(url).origin) && !/^(data|blob):/.test(request.url())) foreign.push(request.url());
  });
  await page.goto(url);
  return { page, errors, foreign };
}

/** Plots a signal by clicking its row, found through the filter. */
export async function plot(page: Page, name: string): Promise<void> {
  const filter = page.getByRole("textbox", { name: "Find a signal" });
  await filter.fill(`"${name}"`);
  await page.locator(".tree-row.signal .label", { hasText: name }).first().click();
  await filter.fill("");
  await page.locator(".legend-row .name", { hasText: name }).first().waitFor({ state: "attached" });
}

/** Until no answer is on its way: the status bar has not changed for a while. */
export async function settled(page: Page): Promise<string> {
  const bar = page.locator(".statusbar");
  let before = "";
  for (let quiet = 0; quiet < 4; ) {
    const now = await bar.innerText();
    quiet = now === before ? quiet + 1 : 0;
    before = now;
    await page.waitForTimeout(100);
  }
  return before.replaceAll("\u202f", " ");
}

/** Drops files on the page as a person does. */
export async function drop(page: Page, files: readonly { readonly name: string; readonly bytes: Uint8Array }[]): Promise<void> {
  const given = files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString("base64") }));
  await page.evaluate((items) => {
    const data = new DataTransfer();
    for (const { name, base64 } of items) {
      data.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
    }
    for (const type of ["dragover", "drop"]) {
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }));
    }
  }, given);
}

/** Puts all sentences away: they take room from the plot. One may go by itself while it is looked for. */
export async function dismissAll(page: Page): Promise<void> {
  const dismiss = page.getByRole("button", { name: "Dismiss" });
  while (await dismiss.isVisible()) await dismiss.click({ timeout: 1000 }).catch(() => undefined);
}
