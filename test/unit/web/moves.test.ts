import { describe, expect, test } from "vitest";
import { axesOf } from "../../../web/plot/axes.ts";
import { placesOf } from "../../../web/plot/places.ts";
import { dragDivider, layoutStripes } from "../../../web/state/layout.ts";
import { firstState, type SignalInfo, type State } from "../../../web/state/model.ts";
import { type Action, reduce } from "../../../web/state/reduce.ts";

const info = (name: string, more: Partial<SignalInfo> = {}): SignalInfo => ({
  id: name,
  selector: { device: "D", signal: name },
  name,
  message: "M",
  source: "M",
  unit: name,
  frames: 10,
  rateHz: 10,
  firstNs: 0n,
  lastNs: 99n,
  lane: null,
  comment: null,
  scaling: null,
  absent: false,
  ...more,
});
const plot = (name: string, more: Partial<SignalInfo> = {}): Action => ({
  type: "plot",
  info: info(name, more),
  place: "fitting",
});
const run = (actions: readonly Action[], from: State = { ...firstState, columns: 100 }): State => actions.reduce(reduce, from);
const order = (state: State): string[] => state.stripes.map((s) => `${s.kind === "lanes" ? "lanes " : ""}${s.signals.join(" ")}`);
const three = run([plot("a"), plot("b"), plot("c")]);
const idOf = (state: State, signal: string): number => state.stripes.find((s) => s.signals.includes(signal))?.id ?? -1;
const move = (state: State, id: string, target: Extract<Action, { type: "move" }>["target"]): State =>
  reduce(state, { type: "move", id, target });

describe("moving a signal", () => {
  test("into another stripe takes its empty stripe away", () => {
    expect(order(move(three, "c", { kind: "stripe", stripe: idOf(three, "a") }))).toEqual(["a c", "b"]);
  });

  test("between stripes opens a new one there; a lone signal only changes its place", () => {
    const joined = move(three, "c", { kind: "stripe", stripe: idOf(three, "a") });
    expect(order(move(joined, "c", { kind: "new", at: 0 }))).toEqual(["c", "a", "b"]);
    expect(order(move(three, "a", { kind: "new", at: 3 }))).toEqual(["b", "c", "a"]);
    expect(order(move(three, "c", { kind: "new", at: 0 }))).toEqual(["c", "a", "b"]);
    expect(move(three, "b", { kind: "new", at: 1 })).toBe(three);
  });

  test("before another one reorders the legend", () => {
    const all = run([{ type: "merge" }], three);
    expect(order(move(all, "c", { kind: "before", stripe: idOf(all, "a"), id: "a" }))).toEqual(["c a b"]);
  });

  test("off the plot removes it, and another stripe becomes active", () => {
    const left = move(three, "c", { kind: "remove" });
    expect(order(left)).toEqual(["a", "b"]);
    expect(left.stripes.map((s) => s.id)).toContain(left.active);
  });

  test("among lanes a curve becomes a lane, among curves a lane becomes a curve", () => {
    const state = run([plot("gear", { lane: "enum" })], three);
    const lanes = idOf(state, "gear");
    const asLane = move(state, "a", { kind: "stripe", stripe: lanes });
    expect([asLane.plotted.a?.lane, order(asLane).at(-1)]).toEqual(["enum", "lanes gear a"]);
    expect(move(state, "gear", { kind: "stripe", stripe: idOf(state, "a") }).plotted.gear?.lane).toBe(null);
  });

  test("onto an axis shares it, and Shift X splits again", () => {
    const measured = ["a", "b"].map((id) => ({
      id,
      extremes: [0, 9] as const,
      decimals: 1,
      valueTable: null,
      lane: null,
      notice: null,
      rhythm: null,
    }));
    const state = run([{ type: "measured", signals: measured }, { type: "merge" }], run([plot("a"), plot("b")]));
    const axes = (of: State) => axesOf(of.stripes[0] ?? three.stripes[0]!, of, 100).map((axis) => axis.signals.join(" "));
    expect(axes(state).sort()).toEqual(["a", "b"]);
    const shared = move(state, "b", { kind: "axis", stripe: idOf(state, "a"), id: "a" });
    expect(axes(shared)).toEqual(["a b"]);
    expect(axes(reduce(shared, { type: "split-axis", id: "b" })).sort()).toEqual(["a", "b"]);
  });

  test("the arrow keys visit above, into, between and below", () => {
    const places = placesOf(layoutStripes(three.stripes, 300)).map((p) => (p.kind === "new" ? `new ${p.at}` : p.kind));
    expect(places).toEqual(["new 0", "stripe", "new 1", "stripe", "new 2", "stripe", "new 3"]);
  });
});

describe("stripes", () => {
  const heights = (state: State, room = 300): number[] => layoutStripes(state.stripes, room).map((b) => b.height);

  test("a dragged divider changes its two neighbours and no other", () => {
    const weights = dragDivider(layoutStripes(three.stripes, 300), 0, 30);
    expect(heights(reduce(three, { type: "weights", weights }))).toEqual([130, 70, 100]);
  });

  test("a divider stops at the minimum", () => {
    const weights = dragDivider(layoutStripes(three.stripes, 300), 1, 500);
    expect(heights(reduce(three, { type: "weights", weights }))).toEqual([100, 152, 48]);
  });

  test("folded stripes and lanes take what they need, the others share the rest to the last pixel", () => {
    const state = run([plot("gear", { lane: "enum" }), { type: "fold", stripe: idOf(three, "b") }], three);
    const all = heights(state, 401);
    expect(all.reduce((sum, h) => sum + h, 0)).toBe(401);
    expect([all[1], all[3]]).toEqual([24, 38]);
  });

  test("an empty stripe takes the next signal, of whatever kind", () => {
    const state = run([{ type: "new-stripe" }, { type: "plot", info: info("gear", { lane: "enum" }), place: "active" }], three);
    expect(order(state)).toEqual(["a", "b", "c", "lanes gear"]);
  });
});
