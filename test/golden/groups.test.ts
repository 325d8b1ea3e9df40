/** `inspect --json --groups` equals the golden answers and the values put into the generated files. */
import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { groupsFacts } from "../../core/facts/groups-facts.ts";
import { factDifferences } from "../support/compare-facts.ts";
import { testHost, testKernel } from "../support/kernel.ts";
import { sampleLog } from "../support/sample-log.ts";
import { hasShared, sharedJson } from "../support/shared.ts";

const { codecs } = testKernel();
const listed = (folder: string): string[] =>
  hasShared ? readdirSync(new URL(`../../../shared/${folder}`, import.meta.url)).sort() : [];
const cases = [
  ...listed("golden/groups/").map((name) => ({
    path: name.replaceAll("__", "/").replace(/\.json$/, ""),
    golden: `golden/groups/${name}`,
  })),
  ...listed("samples/generated-mdf/expected/").map((name) => ({
    path: `generated-mdf/${name.replace(/\.json$/, ".mf4")}`,
    golden: `samples/generated-mdf/expected/${name}`,
  })),
];

describe.skipIf(!hasShared)("groups facts equal the golden answers (needs ../shared)", () => {
  test("all golden files are tried", () => expect(cases.length).toBeGreaterThanOrEqual(55));

  test.each(cases)("$path", async ({ path, golden }) => {
    const differences = await differencesOf(path, golden).catch((error: Error) => [error.message]);
    expect(differences).toEqual([]);
  });
});

async function differencesOf(path: string, golden: string): Promise<string[]> {
  const { text } = await groupsFacts({ log: sampleLog(path), fileName: path, host: { ...testHost(), codecs } });
  return factDifferences(sharedJson(golden), JSON.parse(text));
}
