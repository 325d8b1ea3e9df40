/** Memory does not grow with a log: the peak of a process that does nothing but answer one query. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import type { Probe } from "../../support/memory-probe.ts";

const MB = 1024 * 1024;
const RSS_MAX_BYTES = 200_000_000;
const program = fileURLToPath(new URL("../../support/memory-probe.ts", import.meta.url));

async function probe(...args: (string | number)[]): Promise<Probe> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args.map(String)], {
    env: { ...process.env, NODE_OPTIONS: "", NODE_NO_WARNINGS: "1" },
  });
  return JSON.parse(stdout);
}

test("a query of 256 MB takes as much memory as of 64 MB, and under 200 MB", async () => {
  const small = await probe(64 * MB, "drive", "m4");
  const large = await probe(256 * MB, "drive", "m4");
  for (const { frames, framesMade, points } of [small, large]) {
    expect(frames).toBe(framesMade);
    expect(points).toBeGreaterThan(900);
  }
  expect(large.sizeBytes).toBeGreaterThan(3.9 * small.sizeBytes);
  expect(large.peakRssBytes).toBeLessThan(RSS_MAX_BYTES);
  expect(large.peakRssBytes / small.peakRssBytes).toBeLessThan(1.1);
});

test("raw samples with a budget of points do not gather: 256 MB of one signal under 200 MB", async () => {
  const { points, peakRssBytes } = await probe(256 * MB, "gps", "raw", 5000);
  expect(points).toBe(5000);
  expect(peakRssBytes).toBeLessThan(RSS_MAX_BYTES);
});
