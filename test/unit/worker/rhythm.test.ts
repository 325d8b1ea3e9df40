import { expect, test } from "vitest";
import type { Engine } from "../../../core/query/engine.ts";
import type { Query } from "../../../core/query/query.ts";
import { gapOf, rhythmRange } from "../../../web/plot/rhythm.ts";
import { type Plotted, plainStyle } from "../../../web/state/model.ts";
import { rhythmOf, withRhythm } from "../../../worker/answers/rhythm.ts";
import type { ViewAnswer, ViewQuery } from "../../../worker/api.ts";

const times = (...timesNs: number[]) => ({ timesNs: Float64Array.from(timesNs) });

test("a rhythm is the median interval inside logs; one in ten may be long", () => {
  const every10 = Array.from({ length: 20 }, (_, i) => i * 10);
  expect(rhythmOf([times(...every10), times(5000, 5010)])).toEqual({ medianNs: 10, isSteady: true });
  expect(rhythmOf([times(...every10, 900, 2000, 2010, 9000)])).toEqual({ medianNs: 10, isSteady: false });
  expect(rhythmOf([times(7), times()])).toEqual({ medianNs: null, isSteady: true });
});

const signal = (rhythm: Plotted["rhythm"], rateHz: number | null, lane: "enum" | null = null): Plotted =>
  ({ style: plainStyle, info: { rateHz, lane }, rhythm }) as Plotted;

test("a line breaks after five periods of the signal, not of the frames it shares with others", () => {
  const slow = { medianNs: 2e9, isSteady: true };
  expect(gapOf(signal(null, 4))).toBe(1.25e9);
  expect(gapOf(signal(slow, 4))).toBe(10e9);
  expect(gapOf(signal({ medianNs: null, isSteady: true }, 4))).toBe(1.25e9);
  expect(gapOf(signal({ medianNs: 1e7, isSteady: true }, null))).toBe(1e9);
  const eventDriven = { ...slow, isSteady: false };
  expect([gapOf(signal(eventDriven, 4)), gapOf(signal(eventDriven, 4, "enum"))]).toEqual([10e9, Number.POSITIVE_INFINITY]);
});

test("it is looked for in the first 600 frames", () => {
  const info = { firstNs: 1000n, lastNs: 1000n + 60_000n, frames: 6000 } as Plotted["info"];
  expect(rhythmRange(info)).toEqual({ fromNs: 1000n, toNs: 1000n + 6_001n });
  expect(rhythmRange({ ...info, frames: 1 })).toBeNull();
});

test("signals of one message are read together, and each gets its own", async () => {
  const asked: Query[] = [];
  const engine = {
    query(query: Query) {
      asked.push(query);
      return {
        series: (async function* () {
          for (const selector of query.selectors.keys())
            yield { selector, segments: [times(0, 5 + selector, 10 + 2 * selector)] };
        })(),
      };
    },
  } as unknown as Engine;
  const rhythmIn = { fromNs: 3n, toNs: 90n };
  const one = (name: string, more = {}) => ({ selector: { device: "D", signal: name }, samplesExpected: 1, ...more });
  const query: ViewQuery = {
    series: [one("a", { rhythmIn }), one("b"), one("c", { rhythmIn: { ...rhythmIn } })],
    fromNs: 0n,
    stepNs: 1n,
    columns: 1,
  };
  const answer = { series: [{}, {}, {}] } as unknown as ViewAnswer;
  const { series } = await withRhythm(engine, query, answer, new AbortController().signal, () => {});
  expect(series.map(({ rhythm }) => rhythm?.medianNs)).toEqual([5, undefined, 6]);
  expect(
    asked.map(({ selectors, fromNs, toNs, method, budgetPoints }) => [selectors.length, fromNs, toNs, method, budgetPoints]),
  ).toEqual([[2, 3n, 90n, "raw", 600]]);
});
