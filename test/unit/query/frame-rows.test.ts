/** Pages of raw frames against a plain sort of everything that lies in the logs. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../../core/query/engine.ts";
import type { FrameQuery, FrameRow } from "../../../core/query/frame-rows.ts";
import { type Drive, generateDrive } from "../../../fixtures/drive.ts";
import { driveStore, engineOver, never } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";

let engine: Engine;
let all: readonly FrameRow[];
let drive: Drive;
const device = "B0551001";

const everything: Omit<FrameQuery, "device"> = {
  fromNs: null,
  toNs: null,
  sort: "time",
  descending: false,
  offset: 0,
  limit: 90_000,
  budgetBytes: null,
};
const ask = (more: Partial<FrameQuery>) => engine.frames({ ...everything, device, ...more }, never());
const shown = (rows: readonly FrameRow[]) =>
  rows.map((row) => `${row.timeNs} ${row.bus}${row.channel} ${row.id} ${row.payload.join(" ")}`);

beforeAll(async () => {
  drive = generateDrive({ splitSeconds: 2 });
  engine = engineOver(nodeKernel(), driveStore(drive));
  const { rows, hasMore, account } = await ask({});
  expect(hasMore).toBe(false);
  expect(account.matched).toBe(rows.length);
  all = rows;
});

describe("a page of frames", () => {
  test("everything is every data frame of the device's logs, in time order", () => {
    expect(all.length).toBeGreaterThan(500);
    for (const [at, row] of all.entries()) expect(row.timeNs >= (all[at - 1]?.timeNs ?? 0n)).toBe(true);
    expect(new Set(all.map(({ file }) => file)).size).toBeGreaterThan(1);
  });

  test.each([0, 1, 7, 100])("rows from %i on equal that part of everything, and say whether more follow", async (offset) => {
    const page = await ask({ offset, limit: 50 });
    expect(shown(page.rows)).toEqual(shown(all.slice(offset, offset + 50)));
    expect(page.hasMore).toBe(true);
    const rest = await ask({ offset: all.length - 3, limit: 50 });
    expect([shown(rest.rows), rest.hasMore]).toEqual([shown(all.slice(-3)), false]);
  });

  test("backwards the last come first", async () => {
    const page = await ask({ descending: true, limit: 20 });
    expect(page.rows.map(({ timeNs }) => timeNs)).toEqual(
      all
        .toReversed()
        .slice(0, 20)
        .map(({ timeNs }) => timeNs),
    );
  });

  test.each(["id", "channel", "length"] as const)("by %s, in time order among equals, in both directions", async (sort) => {
    const keyOf = (row: FrameRow) => ({ id: row.id, channel: row.channel, length: row.lengthBytes })[sort];
    const up = all.toSorted((a, b) => keyOf(a) - keyOf(b));
    expect(shown((await ask({ sort, limit: 300 })).rows)).toEqual(shown(up.slice(0, 300)));
    const down = all.toSorted((a, b) => keyOf(b) - keyOf(a));
    expect(shown((await ask({ sort, descending: true, limit: 300 })).rows)).toEqual(shown(down.slice(0, 300)));
  });

  test("a range is half open, filters leave out the rest, and every frame is accounted for", async () => {
    const [from, to] = [all[40]?.timeNs ?? 0n, all[400]?.timeNs ?? 0n];
    const id = all[100]?.id ?? 0;
    const page = await ask({ fromNs: from, toNs: to, ids: [id] });
    expect(shown(page.rows)).toEqual(shown(all.filter((row) => row.timeNs >= from && row.timeNs < to && row.id === id)));
    expect(page.rows.length).toBeGreaterThan(0);
    const { frames, outOfRange, otherKind, filtered, matched } = page.account;
    expect(outOfRange + otherKind + filtered + matched).toBe(frames);
    expect(filtered).toBeGreaterThan(0);
  });

  test("a log that holds none of the first rows is not read", async () => {
    const { account } = await ask({ limit: 5 });
    expect(account.files).toBeLessThan((await ask({})).account.files);
  });
});
