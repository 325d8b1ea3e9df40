/** One Chromium and one static host of the viewer for the tests of a file. */
import type { Browser } from "playwright";
import { afterAll, beforeAll } from "vitest";
import { launch, serveStatic } from "./page.ts";

export interface Chromium {
  readonly browser: Browser;
  /** Of the viewer, no API beside it. */
  readonly url: string;
}

/** Called where tests are described: there before the first of them, gone after the last. */
export function withChromium(): Chromium {
  let there: (Chromium & { readonly close: () => Promise<void> }) | null = null;
  beforeAll(async () => {
    const [browser, host] = await Promise.all([launch(), serveStatic()]);
    const close = async (): Promise<void> => {
      await browser.close();
      host.close();
    };
    there = { browser, url: host.url, close };
  }, 60_000);
  afterAll(async () => {
    await there?.close();
  });
  const now = (): Chromium => {
    if (there === null) throw new Error("Chromium is there from the first test on");
    return there;
  };
  return {
    get browser() {
      return now().browser;
    },
    get url() {
      return now().url;
    },
  };
}
