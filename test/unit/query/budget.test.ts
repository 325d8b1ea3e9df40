import { beforeAll, expect, test } from "vitest";
import type { Query } from "../../../core/query/query.ts";
import { type Drive, generateDrive } from "../../../fixtures/drive.ts";
import { driveStore, engineOver, never } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";

let drive: Drive;
beforeAll(() => {
  drive = generateDrive();
});

test("a budget is for all logs of a request together, and the first that does not fit ends the reading", async () => {
  const device = "B0551001";
  const logs = drive.files.filter(({ key }) => key.startsWith(device)).toSorted((a, b) => (a.key < b.key ? -1 : 1));
  const sizes = logs.map(({ bytes }) => bytes.length);
  const two = (sizes[0] ?? 0) + (sizes[1] ?? 0);
  const query: Query = {
    selectors: [{ device, channel: 1, message: "VehicleMotion", signal: "VehicleSpeed" }],
    fromNs: null,
    toNs: null,
    method: "raw",
    grid: { kind: "fixed", originNs: 0n, stepNs: 1_000_000_000n },
    wholeBuckets: false,
    neighbours: false,
    budgetBytes: two,
    budgetPoints: null,
  };
  for (const [budgetBytes, count] of [
    [two, 2],
    [two - 1, 1],
  ] as const) {
    const { series } = engineOver(nodeKernel(), driveStore(drive)).query({ ...query, budgetBytes }, never());
    for await (const { segments, notices } of series) {
      expect(segments.map(({ file }) => file)).toEqual(logs.slice(0, count).map(({ key }) => key));
      expect(notices.map(({ text }) => text).join()).toContain("more than this request may read");
    }
  }
});
