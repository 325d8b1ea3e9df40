/** What a query answers of parameter groups is what the golden answers call `valid`: J1939 codes are gaps unless they are asked for. */
import { basename } from "node:path";
import { expect, test } from "vitest";
import type { SeriesSelector } from "../../core/series/series.ts";
import { MemoryStore } from "../../core/store/memory.ts";
import { answersTo, engineOver, queryFor, wrongIn } from "../support/engine.ts";
import { nodeKernel } from "../support/kernel-node.ts";
import { hasShared, sharedBytes, sharedJson } from "../support/shared.ts";

interface Row {
  readonly channel: number;
  readonly message: string;
  readonly sourceAddress: number | null;
  readonly signal: string;
  readonly count: number;
  readonly min?: number;
  readonly max?: number;
  readonly valid?: { readonly maxRaw: number; readonly count: number; readonly min?: number; readonly max?: number };
}

const NAME = "canedge__LOG__FCBF0606__00003482__00000001-60B621D9.MF4__j1939-mini.dbc.json";

test.skipIf(!hasShared)("counts and extremes of j1939-mini, with and without codes (needs ../shared)", async () => {
  const { file, dbc, series } = sharedJson<{ file: string; dbc: string; series: readonly Row[] }>(`golden/signals/${NAME}`);
  const path = file.split("/").slice(-3).join("/");
  const store = new MemoryStore([
    [path, sharedBytes(`samples/${file}`)],
    [basename(dbc), sharedBytes(`golden/dbc-made/${dbc}`)],
  ]);
  const engine = engineOver(nodeKernel(), store);
  const device = path.split("/")[0] ?? "";
  const rows = series.filter(({ count }) => count > 0);
  const selectors = rows.map(({ channel, message, signal, sourceAddress }): SeriesSelector => {
    return { device, channel, message, signal, ...(sourceAddress === null ? {} : { sourceAddress }) };
  });
  const dropped = rows.reduce((sum, { count, valid }) => sum + count - (valid?.count ?? count), 0);
  expect(dropped).toBeGreaterThan(1000);
  for (const keepInvalid of [false, true]) {
    for (const method of ["raw", "stats"] as const) {
      const grid = { kind: "fixed", originNs: 0n, stepNs: 10_000_000_000n } as const;
      const answer = await answersTo(engine, queryFor(selectors, { method, keepInvalid, grid }));
      expect(wrongIn(answer.ledger)).toEqual([]);
      expect(answer.ledger.notAvailable).toBe(keepInvalid ? 0 : dropped);
      for (const [i, row] of rows.entries()) {
        const expected = keepInvalid ? row.count : (row.valid?.count ?? row.count);
        const [found] = answer.series.filter(({ selector }) => selector === i);
        const values = method === "raw" ? (found?.segments ?? []).flatMap((one) => [...one.values]) : [];
        const counts = (found?.stats ?? []).flatMap((one) => [...one.counts]);
        const count = method === "raw" ? values.length : counts.reduce((sum, one) => sum + one, 0);
        expect([row.signal, row.sourceAddress, count]).toEqual([row.signal, row.sourceAddress, expected]);
        const ends = keepInvalid || row.valid === undefined || row.valid.min === undefined ? row : row.valid;
        if (method === "raw" && count > 0) expect([Math.min(...values), Math.max(...values)]).toEqual([ends.min, ends.max]);
      }
    }
  }
});
