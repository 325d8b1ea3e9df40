/** `inspect --json` equals the golden answers; what is still expected to fail is listed by name, and the list can only shrink. */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { framesFacts } from "../../core/facts/frames-facts.ts";
import { readMdf } from "../../core/mdf/read.ts";
import { factDifferences } from "../support/compare-facts.ts";
import { testHost, testKernel } from "../support/kernel.ts";
import { sampleLog } from "../support/sample-log.ts";
import { hasShared, sharedJson } from "../support/shared.ts";

/** What waits for its place. A file here that comes out right is to be taken off. */
const EXPECTED_TO_FAIL: readonly string[] = ["generated-mdf/g_unfin_65_no_offsets.mf4"];

const kernel = testKernel();
const names = hasShared ? readdirSync(new URL("../../../shared/golden/frames/", import.meta.url)).sort() : [];

describe.skipIf(!hasShared)("frames facts equal the golden answers (needs ../shared)", () => {
  test("all golden files are tried", () => expect(names.length).toBeGreaterThanOrEqual(37));

  test.each(names)("%s", async (name) => {
    const path = name.replaceAll("__", "/").replace(/\.json$/, "");
    const differences = await differencesOf(name, path).catch((error: Error) => [error.message]);
    if (EXPECTED_TO_FAIL.includes(path)) expect(differences).not.toEqual([]);
    else expect(differences).toEqual([]);
  });

  test("every name of the list is a golden file", () => {
    const paths = names.map((name) => name.replaceAll("__", "/").replace(/\.json$/, ""));
    expect(EXPECTED_TO_FAIL.filter((path) => !paths.includes(path))).toEqual([]);
  });
});

async function differencesOf(name: string, path: string): Promise<string[]> {
  const log = sampleLog(path);
  const mdf = await readMdf(log.source, AbortSignal.timeout(10_000));
  const { text } = await framesFacts({ kernel, log, mdf, fileName: path, host: testHost() });
  return factDifferences(sharedJson(`golden/frames/${name}`), JSON.parse(text));
}
