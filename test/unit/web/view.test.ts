import { describe, expect, test } from "vitest";
import { endNs, fit, pan, resize, timeAt, wheelFactor, zoom } from "../../../web/state/view.ts";

const all = { fromNs: 0n, toNs: 1_000_000n };
const limits = { all, stepNsMin: 1n };

describe("the view", () => {
  test("fit rounds the time of a column up, so that everything is inside", () => {
    const view = fit({ fromNs: 5n, toNs: 1_005n }, 300);
    expect(view).toEqual({ fromNs: 5n, stepNs: 4n });
    expect(endNs(view, 300)).toBeGreaterThanOrEqual(1_005n);
  });

  test("zoom keeps the time under the pointer", () => {
    const view = fit(all, 1_000);
    for (const at of [0, 137, 500, 999]) {
      const closer = zoom(view, 0.8, at, 1_000, limits);
      expect(closer.stepNs).toBe(800n);
      expect(timeAt(closer, at)).toBe(timeAt(view, at));
    }
  });

  test("zoom moves by one nanosecond per column at least, and stops at the limits", () => {
    let view = { fromNs: 0n, stepNs: 4n };
    view = zoom(view, 0.99, 0, 100, limits);
    expect(view.stepNs).toBe(3n);
    for (let i = 0; i < 10; i++) view = zoom(view, 0.8, 0, 100, limits);
    expect(view.stepNs).toBe(1n);
    for (let i = 0; i < 100; i++) view = zoom(view, 1.25, 50, 100, limits);
    expect(view.stepNs).toBe(10_500n); // all and 5 % more
  });

  test("panning there and back is exact and stops half a view outside", () => {
    const view = { fromNs: 500_000n, stepNs: 10n };
    expect(pan(pan(view, 7, 100, all), -7, 100, all)).toEqual(view);
    expect(pan(view, 1e9, 100, all).fromNs).toBe(999_500n);
    expect(pan(view, -1e9, 100, all).fromNs).toBe(-500n);
  });

  test("another width shows the same window", () => {
    const view = fit(all, 1_000);
    expect(resize(view, 1_000, 500)).toEqual({ fromNs: 0n, stepNs: 2_000n });
    expect(resize(view, 1_000, 1_000)).toBe(view);
  });

  test("a wheel notch is 1.25, one event never more than a doubling", () => {
    expect(wheelFactor(100, 0, false)).toBeCloseTo(1.25);
    expect(wheelFactor(3, 1, false)).toBeCloseTo(1.25 ** 0.99);
    expect(wheelFactor(-10_000, 0, false)).toBe(0.5);
    expect(wheelFactor(100, 0, true)).toBe(2);
  });
});
