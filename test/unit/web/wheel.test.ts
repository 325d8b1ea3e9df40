import { describe, expect, test } from "vitest";
import { wheelAct } from "../../../web/plot/wheel.ts";

const turn = (more: Partial<WheelEvent>, scrolls = false) =>
  wheelAct({ deltaX: 0, deltaY: 0, deltaMode: 0, altKey: false, ctrlKey: false, shiftKey: false, ...more }, scrolls);

describe("the wheel", () => {
  test("zooms by 1.25 a notch, whatever unit a notch is told in, at most by two an event", () => {
    expect(turn({ deltaY: 100 })).toEqual({ kind: "zoom", factor: 1.25 });
    expect(turn({ deltaY: -100 })).toEqual({ kind: "zoom", factor: 0.8 });
    expect(turn({ deltaY: 3, deltaMode: 1 })).toEqual({ kind: "zoom", factor: 1.25 ** 0.99 });
    expect([turn({ deltaY: 9000 }), turn({ deltaY: -1, deltaMode: 2 })]).toEqual([
      { kind: "zoom", factor: 2 },
      { kind: "zoom", factor: 0.5 },
    ]);
  });

  test("with Ctrl it is a pinch", () => {
    expect(turn({ deltaY: -50, ctrlKey: true })).toEqual({ kind: "zoom", factor: Math.exp(-0.5) });
    expect(turn({ deltaY: -50, ctrlKey: true, shiftKey: true }).kind).toBe("zoom");
  });

  test("pans one to one with Shift, which browsers turn sideways, and sideways", () => {
    expect(turn({ deltaY: 100, shiftKey: true })).toEqual({ kind: "pan", byX: -100 });
    expect(turn({ deltaX: 100, shiftKey: true })).toEqual({ kind: "pan", byX: -100 });
    expect(turn({ deltaX: -7, deltaY: 3 })).toEqual({ kind: "pan", byX: 7 });
    expect(turn({ deltaX: 2, deltaY: 0, deltaMode: 1 })).toEqual({ kind: "pan", byX: -66 });
  });

  test("scrolls the stripes with Alt", () => {
    expect(turn({ deltaY: 120, altKey: true })).toEqual({ kind: "scroll", byY: 120 });
  });

  test("as a person may want it: the wheel pans, Shift zooms, sideways stays sideways", () => {
    expect(turn({ deltaY: 100 }, true)).toEqual({ kind: "pan", byX: -100 });
    expect(turn({ deltaX: 100, shiftKey: true }, true)).toEqual({ kind: "zoom", factor: 1.25 });
    expect(turn({ deltaX: -7, deltaY: 3 }, true)).toEqual({ kind: "pan", byX: 7 });
  });
});
