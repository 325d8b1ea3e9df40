/** The first picture of a log: real samples from places all over it, from a small part of the bytes, whether its times are known or not. */
import { describe, expect, test } from "vitest";
import { MemoryStore } from "../../../core/store/memory.ts";
import { bigDbc, bigPlan } from "../../../fixtures/big.ts";
import { wholeLog } from "../../../fixtures/minutes.ts";
import { coarseView } from "../../../worker/answers/coarse.ts";
import type { ViewQuery } from "../../../worker/api.ts";
import { answersTo, engineOver, never, queryFor } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";

const COLUMNS = 1900;

function worldOf(generation: "B" | "D") {
  const plan = bigPlan({ sizeBytes: 24e6, generation, variant: "dense" });
  const bytes = wholeLog(plan);
  const dbc = bigDbc("dense");
  const device = plan.facts.serial;
  const store = new MemoryStore([
    [`${device}/00000001/00000001.MF4`, bytes],
    [dbc.name, new TextEncoder().encode(dbc.text)],
  ]);
  const selectors = plan.series.slice(0, 5).map(({ message, signal }) => ({
    device,
    bus: "CAN" as const,
    channel: 1,
    message: message.name,
    signal: signal.name,
    merge: false,
  }));
  const stepNs = BigInt(plan.repeats * plan.periodNs) / BigInt(COLUMNS) + 1n;
  const view: ViewQuery = {
    series: selectors.map((selector) => ({ selector, samplesExpected: 1e9 })),
    fromNs: plan.facts.startNs,
    stepNs,
    columns: COLUMNS,
  };
  return { bytes, store, device, selectors, view };
}

async function check({ store, selectors, view, bytes, device }: ReturnType<typeof worldOf>, isHeard: boolean): Promise<void> {
  const engine = engineOver(nodeKernel(), store);
  if (isHeard) await engine.heard({ device }, never());
  const coarse = await coarseView(engine, view, never());
  expect(coarse.ledger.bytesRead).toBeLessThan(bytes.length / 8);
  expect(coarse.series).toHaveLength(selectors.length);
  const whole = await answersTo(engineOver(nodeKernel(), store), queryFor(selectors));
  for (const [i, series] of coarse.series.entries()) {
    const [exact] = whole.series[i]?.segments ?? [];
    const valueAt = new Map(Array.from(exact?.timesNs ?? [], (time, row) => [time, exact?.values[row]]));
    const [segment] = series.segments;
    const times = [...(segment?.timesNs ?? [])];
    expect(times.map((time) => valueAt.get(time))).toEqual([...(segment?.values ?? [])]);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    // From one end to the other, with no large part left out.
    const lastNs = exact?.timesNs.at(-1) ?? 0;
    const ends = [0, ...times, lastNs];
    const widest = Math.max(...ends.slice(1).map((time, row) => time - (ends[row] ?? 0)));
    expect(widest).toBeLessThan(lastNs / 20);
  }
}

describe("a coarse picture", () => {
  const d = worldOf("D");
  test("of a log that nobody has read: records are found in the middle of it", () => check(d, false));
  test("of a log whose times are known", () => check(d, true));
  test("of generation B once its times are known", () => check(worldOf("B"), true));
  test("of generation B before, where each frame says where its value lies", () => check(worldOf("B"), false));
});
