/** `inspect --json` equals the golden answers. */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { framesFacts } from "../../core/facts/frames-facts.ts";
import { readMdf } from "../../core/mdf/read.ts";
import { factDifferences } from "../support/compare-facts.ts";
import { testHost, testKernel } from "../support/kernel.ts";
import { sampleLog } from "../support/sample-log.ts";
import { hasShared, sharedJson } from "../support/shared.ts";

const kernel = testKernel();
const names = hasShared ? readdirSync(new URL("../../../shared/golden/frames/", import.meta.url)).sort() : [];

describe.skipIf(!hasShared)("frames facts equal the golden answers (needs ../shared)", () => {
  test("all golden files are tried", () => expect(names.length).toBeGreaterThanOrEqual(37));

  test.each(names)("%s", async (name) => {
    const path = name.replaceAll("__", "/").replace(/\.json$/, "");
    const differences = await differencesOf(name, path).catch((error: Error) => [error.message]);
    expect(differences).toEqual([]);
  });
});

async function differencesOf(name: string, path: string): Promise<string[]> {
  const log = sampleLog(path);
  const mdf = await readMdf(log.source, AbortSignal.timeout(10_000));
  const { text } = await framesFacts({ kernel, log, mdf, fileName: path, host: testHost() });
  return factDifferences(sharedJson(`golden/frames/${name}`), JSON.parse(text));
}
