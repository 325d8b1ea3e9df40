/** The fuzz targets for a few seconds, from the same seeds each time; `npm run fuzz` goes on. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { brokenTarget } from "./broken.ts";
import { dbcTarget } from "./dbc.ts";
import { runFuzz } from "./target.ts";

test("a run can fail, says with which seed, and makes the input small", async () => {
  const { finding } = await runFuzz(brokenTarget, 1, (runs) => runs === 10_000);
  expect(finding?.input).toEqual(Uint8Array.of(0));
  expect(finding?.why).toContain("as expected");
  expect((await runFuzz(brokenTarget, finding?.seed ?? 0, (runs) => runs === 1)).finding?.input).toEqual(finding?.input);
});

test("databases of any content", async () => {
  const { finding, runs } = await runFuzz(dbcTarget, 20_240_917, (done) => done === 100);
  expect(
    finding && `seed ${finding.seed}: ${finding.why}\n${new TextDecoder().decode(finding.input.subarray(0, 2000))}`,
  ).toBeNull();
  expect(runs).toBe(100);
});

const FOUND = new URL("../../fixtures/fuzz/", import.meta.url);

describe("what was found once, or thought of", () => {
  test.each(readdirSync(FOUND).filter((name) => name.endsWith(".dbc")))("%s", (name) => {
    dbcTarget.check(new Uint8Array(readFileSync(new URL(name, FOUND))));
  });
});
