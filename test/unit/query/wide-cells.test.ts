/** Many curves of many columns: a kernel with room for their cells goes over a log once, one without several times, and both answer the same. */
import { expect, test } from "vitest";
import { MemoryStore } from "../../../core/store/memory.ts";
import { bigDbc } from "../../../fixtures/big.ts";
import { minutesPlan, wholeLog } from "../../../fixtures/minutes.ts";
import { answersTo, engineOver, queryFor, wrongIn } from "../../support/engine.ts";
import { testModule } from "../../support/kernel.ts";

const kernel = { module: testModule(), moduleHash: "" };
const plan = minutesPlan(2, { generation: "D", variant: "dense" });
const dbc = bigDbc("dense");
const device = plan.facts.serial;
const bytes = wholeLog(plan);
const store = new MemoryStore([
  [`${device}/00000001/00000001.MF4`, bytes],
  [dbc.name, new TextEncoder().encode(dbc.text)],
]);
const COLUMNS = 1900;
const spanNs = BigInt(plan.repeats * plan.periodNs);
const stepNs = spanNs / BigInt(COLUMNS) + 1n;

test("64 curves of 1,900 columns", async () => {
  const selectors = plan.series.slice(0, 64).map(({ message, signal }) => ({
    device,
    bus: "CAN" as const,
    channel: 1,
    message: message.name,
    signal: signal.name,
    merge: false,
  }));
  const { startNs } = plan.facts;
  const range = { fromNs: startNs, toNs: startNs + stepNs * BigInt(COLUMNS) };
  const query = queryFor(selectors, {
    ...range,
    method: "m4",
    grid: { kind: "fixed", originNs: startNs, stepNs },
    neighbours: true,
  });
  const wide = await answersTo(engineOver(kernel, store, { cellBytes: 16 * 1024 * 1024 }), query);
  const narrow = await answersTo(engineOver(kernel, store), query);
  expect(wide.series.map(({ segments }) => segments)).toEqual(narrow.series.map(({ segments }) => segments));
  expect(wide.series.every(({ segments }) => segments.length === 1)).toBe(true);
  for (const { ledger } of [wide, narrow]) expect(wrongIn(ledger)).toEqual([]);
  expect({ ...wide.ledger, bytesRead: 0 }).toEqual({ ...narrow.ledger, bytesRead: 0 });
  expect(wide.ledger.bytesRead).toBeLessThanOrEqual(bytes.length);
  expect(narrow.ledger.bytesRead).toBeGreaterThan(2 * bytes.length);
});
