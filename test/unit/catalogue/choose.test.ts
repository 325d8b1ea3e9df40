import { describe, expect, test } from "vitest";
import { firstAtOrAfter, mayOverlap, type TimedLog } from "../../../core/catalogue/choose.ts";

const S = 1_000_000_000n;
const log = (startS: number | null, more: { readonly endS?: number; readonly uploadS?: number } = {}): TimedLog => ({
  startNs: startS === null ? null : BigInt(startS) * S,
  endNs: more.endS === undefined ? null : BigInt(more.endS) * S,
  uploadNs: more.uploadS === undefined ? null : BigInt(more.uploadS) * S,
});

/** Indexes of the chosen logs for [fromS, toS). */
function chosen(logs: readonly TimedLog[], fromS: number | null, toS: number | null): number[] {
  const range = { fromNs: fromS === null ? null : BigInt(fromS) * S, toNs: toS === null ? null : BigInt(toS) * S };
  return mayOverlap(logs, range).flatMap((is, i) => (is ? [i] : []));
}

describe("mayOverlap", () => {
  const logs = [log(0), log(100), log(200), log(300)];

  test("the log before the range's start is among the chosen, later ones are not", () => {
    expect(chosen(logs, 150, 250)).toEqual([1, 2]);
    expect(chosen(logs, 210, 220)).toEqual([2]);
  });

  test("disorder reaches two seconds over a border", () => {
    expect(chosen(logs, 202, 203)).toEqual([1, 2]);
    expect(chosen(logs, 203, 204)).toEqual([2]);
  });

  test("the range is half open", () => {
    expect(chosen(logs, 150, 200)).toEqual([1]);
  });

  test("open ends", () => {
    expect(chosen(logs, null, null)).toEqual([0, 1, 2, 3]);
    expect(chosen(logs, null, 100)).toEqual([0]);
    expect(chosen(logs, 1000, null)).toEqual([3]);
  });

  test("a known end counts, and includes its own nanosecond", () => {
    const ended = [log(0, { endS: 50 }), log(100, { endS: 150 })];
    expect(chosen(ended, 60, 70)).toEqual([]);
    expect(chosen(ended, 50, 70)).toEqual([0]);
    expect(chosen(ended, 151, null)).toEqual([]);
  });

  test("the upload's time bounds the last log", () => {
    expect(chosen([log(0, { uploadS: 60 })], 63, null)).toEqual([]);
    expect(chosen([log(0, { uploadS: 60 })], 61, null)).toEqual([0]);
  });

  test("an upload before the start is no bound (a clock that was wrong)", () => {
    expect(chosen([log(1000, { uploadS: 60 })], 5000, null)).toEqual([0]);
  });

  test("a next log that starts earlier is no bound (a clock that was set back)", () => {
    expect(chosen([log(1000), log(500)], 1500, 1600)).toEqual([0, 1]);
  });

  test("a log without a start lies between its neighbours", () => {
    const broken = [log(0), log(null), log(200)];
    expect(chosen(broken, 50, 60)).toEqual([0, 1]);
    expect(chosen(broken, 210, 220)).toEqual([2]);
    expect(chosen([log(null), log(100)], 50, 60)).toEqual([0]);
  });
});

describe("firstAtOrAfter", () => {
  const search = async (starts: readonly (number | null)[], limit: number) => {
    let asked = 0;
    const index = await firstAtOrAfter(starts.length, BigInt(limit), async (i) => {
      asked++;
      const start = starts[i] ?? null;
      return start === null ? null : BigInt(start);
    });
    return { index, asked };
  };

  test("equals a linear search, for every limit", async () => {
    const starts = [3, 5, 5, 8, 13, 13, 13, 20];
    for (let limit = 0; limit < 25; limit++) {
      const linear = starts.findIndex((start) => start >= limit);
      expect([limit, (await search(starts, limit)).index]).toEqual([limit, linear < 0 ? starts.length : linear]);
    }
  });

  test("asks for about log2 of the count", async () => {
    const starts = Array.from({ length: 10_000 }, (_, i) => i);
    expect((await search(starts, 7777)).asked).toBeLessThanOrEqual(15);
  });

  test("items without a start take that of the next", async () => {
    expect((await search([1, null, 5, null, null, 9], 5)).index).toBe(1);
    expect((await search([1, null, null], 2)).index).toBe(1);
    expect((await search([null, null], 2)).index).toBe(0);
    expect((await search([], 2)).index).toBe(0);
  });
});
