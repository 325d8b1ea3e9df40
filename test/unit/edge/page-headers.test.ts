/** The headers of the viewer's files: what the page itself says, and what only a header can. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { CONTENT_POLICY } from "../../../edge/app/page-headers.ts";
import { viewerFiles } from "../../../edge/node/viewer-files.ts";
import { appOf, get } from "./app-of.ts";
import { fakeEngine } from "./fake-engine.ts";

const source = new URL("../../../web/index.html", import.meta.url);
const built = new URL("../../../build/web/index.html", import.meta.url);
const pages = [source, built].filter((page) => existsSync(page)).map((page) => readFileSync(page, "utf8"));

test.each(pages)("the policy is that of the page, with the hash of its one inline script", (page) => {
  expect(CONTENT_POLICY).toBe(`${/Content-Security-Policy"\s+content="([^"]+)"/.exec(page)?.[1]}; frame-ancestors 'self'`);
  const scripts = [...page.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(([, text]) => text ?? "");
  expect(scripts).toHaveLength(1);
  for (const text of scripts) expect(CONTENT_POLICY).toContain(`'sha256-${createHash("sha256").update(text).digest("base64")}'`);
  expect(page).not.toMatch(/<[^>]+\s(?:on\w+|style)=/);
});

test.skipIf(!existsSync(built))("every file below /view/ has them, and names with a hash are kept for good", async () => {
  const app = appOf(fakeEngine(), { assets: await viewerFiles() });
  const page = await get(app, "/view/");
  const script = /src="\.(\/assets\/[^"]+\.js)"/.exec(await page.text())?.[1];
  const file = await get(app, `/view${script}`);
  for (const { status, headers } of [page, file]) {
    expect(status).toBe(200);
    expect(headers.get("Content-Security-Policy")).toBe(CONTENT_POLICY);
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(headers.get("Referrer-Policy")).toBe("no-referrer");
    expect(headers.get("Cross-Origin-Opener-Policy")).toBe("same-origin");
    expect(headers.get("Cross-Origin-Embedder-Policy")).toBe("require-corp");
  }
  expect([page.headers.get("Cache-Control"), file.headers.get("Cache-Control")]).toEqual([
    "no-cache",
    "public, max-age=31536000, immutable",
  ]);
  const again = await get(app, "/view/", { "If-None-Match": page.headers.get("ETag") ?? "" });
  expect([again.status, again.headers.get("Content-Security-Policy")]).toEqual([304, CONTENT_POLICY]);
});
