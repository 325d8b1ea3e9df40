/** Logs of any content, the first part, and those that were found once. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { random } from "../../fixtures/random.ts";
import { checkLog } from "./mdf/check.ts";
import { runPart } from "./mdf/run-part.ts";
import { mdfTarget } from "./mdf.ts";

const MINUTES = 10 * 60_000;

test("logs of any content, 10,000 of them", { timeout: MINUTES }, () => runPart(0));

test("the same seed makes the same log", async () => {
  for (const seed of [1, 2, 3, 4, 5, 6, 7, 8])
    expect(await mdfTarget.make(random(seed))).toEqual(await mdfTarget.make(random(seed)));
});

const FOUND = new URL("../../fixtures/fuzz/", import.meta.url);

describe("what was found once, or thought of", () => {
  test.each(readdirSync(FOUND).filter((name) => name.endsWith(".mf4")))("%s", async (name) => {
    await checkLog(new Uint8Array(readFileSync(new URL(name, FOUND))));
  });
});
