/** Which columns wait for their cells while a view moves (viewer.md §1, "Loading"). */
import { describe, expect, test } from "vitest";
import { createDataStore, type Held } from "../../../web/plot/data.ts";
import { outside, spanOf, spanOfStripe } from "../../../web/plot/draw-waiting.ts";
import type { SignalInfo } from "../../../web/state/model.ts";
import { newPlotted } from "../../../web/state/stripes.ts";

const answer = (fromNs: bigint, stepNs: bigint, columns: number): Held => ({
  series: {
    every: false,
    labels: { kind: "channel", device: "D", group: "g", channel: "c" },
    ...{ unit: "", decimals: null, valueTable: null, segments: [], notices: [] },
  },
  view: { fromNs, stepNs },
  columns,
});
const signal = (id: string) => newPlotted({ id, lane: null } as SignalInfo, 0);

describe("an answer and a view that has moved on", () => {
  const held = answer(1000n, 10n, 100);

  test("the same view waits for nothing", () => {
    expect(spanOf(held, held.view, 100)).toEqual([0, 100]);
    expect(outside([0, 100], 100)).toEqual([]);
  });

  test("panned by whole columns, those that came into sight wait", () => {
    expect(spanOf(held, { fromNs: 1200n, stepNs: 10n }, 100)).toEqual([0, 80]);
    expect(outside([0, 80], 100)).toEqual([[80, 100]]);
    expect(spanOf(held, { fromNs: 900n, stepNs: 10n }, 100)).toEqual([10, 100]);
  });

  test("zoomed out, both sides wait; zoomed in, none", () => {
    expect(spanOf(held, { fromNs: 500n, stepNs: 20n }, 100)).toEqual([25, 75]);
    expect(outside([25, 75], 100)).toEqual([
      [0, 25],
      [75, 100],
    ]);
    expect(spanOf(held, { fromNs: 1200n, stepNs: 2n }, 100)).toEqual([0, 100]);
  });

  test("another place altogether waits as a whole", () => {
    expect(spanOf(held, { fromNs: 9000n, stepNs: 10n }, 100)).toBeNull();
    expect(outside(null, 100)).toEqual([[0, 100]]);
  });
});

test("a stripe waits only where none of its signals has cells", () => {
  const data = createDataStore();
  const view = { fromNs: 1000n, stepNs: 10n };
  data.put("a", "window", answer(500n, 10n, 100));
  expect(spanOfStripe([signal("a"), signal("b")], data, view, 100)).toEqual([0, 50]);
  data.put("b", "window", answer(1000n, 10n, 100));
  expect(spanOfStripe([signal("a"), signal("b")], data, view, 100)).toEqual([0, 100]);
  expect(spanOfStripe([], data, view, 100)).toBeNull();
});
