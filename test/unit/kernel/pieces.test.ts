/** Samples of a lane that are kept while it grows: those that a sort of all of them would put first. */
import { expect, test } from "vitest";
import { Pieces } from "../../../core/kernel/pieces.ts";
import { random } from "../../../fixtures/random.ts";

test.for([1, 100, 30_000])("the first %i of 160,000 samples that come up to a second late", (keepFirst) => {
  const chance = random(keepFirst);
  const pieces = new Pieces(keepFirst);
  const all: { time: number; value: number }[] = [];
  for (let piece = 0; piece < 80; piece++) {
    // Many of one time, which stay as they came.
    const samples = Array.from({ length: 2000 }, (_, i) => ({ time: piece * 50 + chance.int(1000), value: piece * 2000 + i }));
    all.push(...samples);
    pieces.add({
      times: Float64Array.from(samples, ({ time }) => time),
      values: Float64Array.from(samples, ({ value }) => value),
    });
  }
  const kept = pieces.pieces.flatMap(({ times, values }) => [...times].map((time, i) => ({ time, value: Number(values[i]) })));
  const byTime = (list: typeof all) => list.toSorted((a, b) => a.time - b.time).slice(0, keepFirst);
  expect(byTime(kept)).toEqual(byTime(all));
  expect(kept.length).toBeLessThan(2 * keepFirst + 70_000);
  expect(kept.length + pieces.dropped).toBe(all.length);
});
