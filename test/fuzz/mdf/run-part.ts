/** A part of the logs that every run of the tests breaks. */
import { expect } from "vitest";
import { mdfTargetOneWay } from "../mdf.ts";
import { runFuzz } from "../target.ts";

const RUNS_OF_PART = 10_000;

/** Two files of tests run one part each, so that two processors share the work. */
export async function runPart(part: 0 | 1): Promise<void> {
  const firstSeed = 20_240_917 + part * RUNS_OF_PART;
  const { finding, runs } = await runFuzz(mdfTargetOneWay, firstSeed, (done) => done === RUNS_OF_PART);
  expect(
    finding &&
      `npm run fuzz -- mdf --seed ${finding.seed}: ${finding.why}\n${Buffer.from(finding.input).toString("base64").slice(0, 20_000)}`,
  ).toBeNull();
  expect(runs).toBe(RUNS_OF_PART);
}
