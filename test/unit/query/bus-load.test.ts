/** Load of buses against a plain count of the frames that were put into the logs. */
import { describe, expect, test } from "vitest";
import { classicBits } from "../../../core/bus/frame-bits.ts";
import type { BusLoadRow } from "../../../core/query/bus-load.ts";
import { generateDrive } from "../../../fixtures/drive.ts";
import { frame } from "../../../fixtures/frame.ts";
import { DEVICE, driveStore, engineOver, never, oneLog, START_NS } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";

const NS = 1_000_000_000n;
const drive = generateDrive({ splitSeconds: 2 });
const engine = engineOver(nodeKernel(), driveStore(drive));
const HOUR = { fromNs: START_NS, toNs: START_NS + 7200n * NS };

const sum = (rows: readonly BusLoadRow[], key: "frames" | "errorFrames" | "remoteFrames") =>
  rows.reduce((all, row) => all + row[key], 0);

/** Frames by bucket, channel and kind, from what the generator put in. */
function counted(device: string, stepNs: bigint): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { key, facts, frames } of drive.truth.logs) {
    if (!key.startsWith(device)) continue;
    for (const { timeNs, channel, kind } of frames) {
      const bucket = (facts.startNs + BigInt(timeNs)) / stepNs;
      const name = `${bucket} ${channel} ${kind}`;
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return counts;
}

describe("the load of a device's buses", () => {
  test.each(["B0551001", "B0551002"])("of %s counts every frame once, in its bucket and kind", async (device) => {
    const stepNs = 700_000_000n;
    const { rows, account, notices } = await engine.busLoad({ device, ...WHOLE, stepNs, budgetBytes: null }, never());
    const given = new Map<string, number>();
    for (const row of rows) {
      const place = `${row.startNs / stepNs} ${row.channel}`;
      const kinds = { data: row.frames, error: row.errorFrames, remote: row.remoteFrames };
      for (const [kind, count] of Object.entries(kinds)) if (count > 0) given.set(`${place} ${kind}`, count);
    }
    expect(Object.fromEntries([...given].sort())).toEqual(Object.fromEntries([...counted(device, stepNs)].sort()));
    expect(account.frames).toBe(account.matched + account.outOfRange + account.otherKind + account.filtered);
    expect(account.matched).toBe(sum(rows, "frames") + sum(rows, "errorFrames") + sum(rows, "remoteFrames"));
    expect(notices).toEqual([]);
  });

  test("is the bits of the frames over those the bus could carry, and at least as much with stuff bits", async () => {
    const query = { device: "B0551001", ...WHOLE, stepNs: NS, budgetBytes: null };
    const { rows } = await engine.busLoad(query, never());
    const classic = rows.filter(({ channel }) => channel === 1);
    const bits = drive.truth.logs
      .filter(({ key }) => key.startsWith("B0551001"))
      .flatMap(({ frames }) => frames.filter(({ channel, kind }) => channel === 1 && kind !== "error"))
      .reduce((all, one) => all + classicBits(one.extended, one.payload.length).least, 0);
    const recorded = 2 * 6 - 2 * 0.5; // two sessions of three splits of 2 s; the buses wake up 0.4 s after the logger
    const mean = (100 * bits) / (500_000 * recorded);
    const weighted = classic.reduce((all, { loadPercent }) => all + (loadPercent ?? 0), 0) / classic.length;
    expect(weighted).toBeGreaterThan(mean * 0.8);
    expect(weighted).toBeLessThan(mean * 1.3);
    for (const { loadPercent, loadPercentMax } of classic) expect(loadPercentMax).toBeGreaterThanOrEqual(loadPercent ?? 0);
  });

  test("is null where no bit rate is known, and buckets without recording have no row", async () => {
    const { rows } = await engine.busLoad({ device: "B0551001", ...WHOLE, stepNs: 60n * NS, budgetBytes: null }, never());
    const internal = rows.filter(({ channel }) => channel === 9);
    expect(internal.length).toBeGreaterThan(0);
    for (const row of internal) expect([row.loadPercent, row.loadPercentMax]).toEqual([null, null]);
    // Sessions of some seconds, an hour and a quarter apart.
    expect(new Set(rows.map(({ startNs }) => startNs)).size).toBe(2);
  });

  test("of some channels leaves the others to the account", async () => {
    const query = { device: "B0551001", ...WHOLE, stepNs: NS, bus: "CAN" as const, channels: [2], budgetBytes: null };
    const { rows, account } = await engine.busLoad(query, never());
    expect(new Set(rows.map(({ channel }) => channel))).toEqual(new Set([2]));
    expect(account.filtered).toBeGreaterThan(0);
    expect(account.frames).toBe(account.matched + account.outOfRange + account.otherKind + account.filtered);
  });

  test("stops at the byte budget, and says so", async () => {
    const { account, notices } = await engine.busLoad({ device: "B0551001", ...WHOLE, stepNs: NS, budgetBytes: 1 }, never());
    expect(account.files).toBe(1);
    expect(notices.map(({ text }) => text).join()).toContain("first 1 of 6 logs");
  });

  test("of more buckets than there is room for is a wrong request", async () => {
    const query = { device: "B0551001", ...WHOLE, stepNs: 1n, budgetBytes: null };
    await expect(engine.busLoad(query, never())).rejects.toMatchObject({ fault: { code: "request/bad-parameter" } });
  });
});

test("one frame per millisecond is the load that can be worked out by hand, and a silent channel has zeros", async () => {
  const payload = new Uint8Array(8);
  const every = Array.from({ length: 2001 }, (_, ms) => frame({ timeNs: ms * 1_000_000, id: 0x123, payload }));
  const other = frame({ timeNs: 2_000_000, channel: 2, id: 0x7ff, payload });
  const engine = engineOver(nodeKernel(), oneLog("B", [...every.slice(0, 3), other, ...every.slice(3)], []));
  const query = { device: DEVICE, ...HOUR, stepNs: NS, budgetBytes: null };
  const { rows } = await engine.busLoad(query, never());
  const loads = rows.map(({ channel, frames, loadPercent }) => [channel, frames, loadPercent]);
  // 111 bits a millisecond of 500 kbit/s.
  expect(loads[0]).toEqual([1, 1000, expect.closeTo(22.2, 6)]);
  expect(loads[1]).toEqual([1, 1000, expect.closeTo(22.2, 6)]);
  expect(rows.filter(({ channel }) => channel === 2).map(({ frames }) => frames)).toEqual([1, 0]);
});

const WHOLE = { fromNs: START_NS - 100n * NS, toNs: START_NS + 6500n * NS };
