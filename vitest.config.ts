import { mkdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { cloudflareTest } from "@cloudflare/vitest-plugin";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig, type TestProjectConfiguration } from "vitest/config";
import { CHROMIUM_ARGS, findChromium, NO_CHROMIUM } from "./test/support/chromium.ts";
import { writeKernelHash } from "./tools/kernel-hash.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

process.env.WRANGLER_SEND_METRICS ??= "false";
process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= "false";
mkdirSync(here("build/web"), { recursive: true }); // wrangler.jsonc names it, and a unit test needs no viewer
writeKernelHash(here("."));

/** A loaded machine is slow, not wrong: waiting long enough costs nothing where tests pass. */
const patience = { testTimeout: 60_000, hookTimeout: 120_000, expect: { poll: { timeout: 30_000 } } };

const node: TestProjectConfiguration = {
  test: {
    name: "node",
    ...patience,
    include: ["test/**/*.test.ts"],
    exclude: ["test/**/*.workerd.test.ts", "test/**/*.browser.test.ts", "test/e2e/**"],
    environment: "node",
  },
};

/** The built page in Chromium. One that fails is tried once more, and the report says so: a browser may be late on a loaded machine. */
const e2e: TestProjectConfiguration = {
  test: { name: "e2e", ...patience, retry: 1, include: ["test/e2e/**/*.test.ts"], environment: "node" },
};

const workerd: TestProjectConfiguration = {
  plugins: [
    cloudflareTest({ wrangler: { configPath: "./wrangler.jsonc" }, miniflare: { bindings: { BUSLENS_TOKEN: "test-token" } } }),
  ],
  resolve: { alias: { "@aws-sdk/xml-builder": here("node_modules/@aws-sdk/xml-builder/dist-cjs/index.js") } },
  test: {
    name: "workerd",
    ...patience,
    include: ["test/**/*.workerd.test.ts"],
    // Without it the SDK is loaded file by file: 8 s instead of 1.
    deps: { optimizer: { ssr: { enabled: true, include: ["@aws-sdk/client-s3"] } } },
  },
};

const browser = (executablePath: string): TestProjectConfiguration => ({
  test: {
    name: "browser",
    ...patience,
    include: ["test/**/*.browser.test.ts"],
    browser: {
      enabled: true,
      headless: true,
      screenshotFailures: false,
      provider: playwright({ launchOptions: { executablePath, args: CHROMIUM_ARGS } }),
      instances: [{ browser: "chromium" }],
    },
  },
});

const chromium = findChromium();
if (chromium === null && process.env.CI) throw new Error(`CI is set, so this is a failure: ${NO_CHROMIUM}`);

export default defineConfig({
  test: {
    globalSetup: "test/support/global-setup.ts",
    projects: [node, e2e, workerd, ...(chromium === null ? [] : [browser(chromium)])],
  },
});
