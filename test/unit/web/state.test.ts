import { describe, expect, test } from "vitest";
import type { Fault } from "../../../core/fault.ts";
import type { LogEntry } from "../../../core/query/engine.ts";
import { emptyLedger } from "../../../core/query/ledger.ts";
import { layoutStripes } from "../../../web/state/layout.ts";
import { firstState, type SignalInfo, type State } from "../../../web/state/model.ts";
import { conditionOf, firstRange, recordingRange, samplesExpected } from "../../../web/state/recording.ts";
import { type Action, reduce } from "../../../web/state/reduce.ts";
import { createStore } from "../../../web/state/store.ts";
import { PLOTTED_MAX } from "../../../web/state/stripes.ts";
import type { Catalogue, DeviceHeard } from "../../../worker/api.ts";

const info = (name: string, more: Partial<SignalInfo> = {}): SignalInfo => ({
  id: `D/CAN1/db.M/${name}`,
  selector: { device: "D", signal: name },
  name,
  message: "M",
  source: "M",
  unit: "km/h",
  frames: 1000,
  rateHz: 10,
  firstNs: 0n,
  lastNs: 99_999n,
  lane: null,
  comment: null,
  scaling: null,
  absent: false,
  ...more,
});

const log = (more: Partial<LogEntry> = {}): LogEntry => ({
  key: "D/1/1.MF4",
  device: "D",
  session: "1",
  split: 1,
  sizeBytes: 100,
  version: "1",
  startNs: 0n,
  storedFirstNs: 0n,
  endNs: 99_999n,
  header: null,
  fault: null,
  ...more,
});

const heard = (more: Partial<DeviceHeard> = {}): DeviceHeard => ({
  device: "D",
  ids: [],
  firstNs: 0n,
  lastNs: 99_999n,
  share: 1,
  isWhole: true,
  ledger: emptyLedger,
  notices: [],
  logs: [log()],
  channels: [],
  facts: {},
  ...more,
});

const measured = (name: string): Action => ({
  type: "measured",
  signals: [{ id: info(name).id, extremes: [0, 9], decimals: 2, valueTable: null, lane: null, notice: null, rhythm: null }],
});
const run = (actions: readonly Action[], from: State = { ...firstState, columns: 100 }): State => actions.reduce(reduce, from);
const plot = (name: string, more: Partial<SignalInfo> = {}): Action => ({
  type: "plot",
  info: info(name, more),
  place: "fitting",
});
const stripes = (state: State): string[][] => state.stripes.map((s) => s.signals.map((id) => id.split("/").at(-1) ?? ""));
const slots = (state: State): number[] => Object.values(state.plotted).map((p) => p.slot);

describe("plotting", () => {
  test("the lowest free slot is given, and kept", () => {
    const state = run([plot("a"), plot("b"), plot("c"), { type: "remove", id: info("b").id }, plot("d"), plot("e")]);
    expect(Object.values(state.plotted).map((p) => [p.info.name, p.slot])).toEqual([
      ["a", 0],
      ["c", 2],
      ["d", 1],
      ["e", 3],
    ]);
  });

  test("a curve joins the stripe of its unit, lanes gather, anything else opens a stripe", () => {
    const state = run([
      plot("v"),
      plot("n", { unit: "rpm" }),
      plot("w"),
      plot("gear", { lane: "enum" }),
      plot("brake", { lane: "bool" }),
    ]);
    expect(stripes(state)).toEqual([["v", "w"], ["n"], ["gear", "brake"]]);
    expect(state.stripes.map((s) => s.kind)).toEqual(["plot", "plot", "lanes"]);
  });

  test("the last signal takes its stripe along, and another stripe becomes active", () => {
    const state = run([plot("v"), plot("n", { unit: "rpm" }), { type: "remove", id: info("n").id }]);
    expect(stripes(state)).toEqual([["v"]]);
    expect(state.active).toBe(state.stripes[0]?.id);
    expect(state.selected).toBe(null);
  });

  test("stack, merge and move keep every signal", () => {
    const three = [plot("a"), plot("b"), plot("c")];
    expect(stripes(run([...three, { type: "stack" }]))).toEqual([["a"], ["b"], ["c"]]);
    expect(stripes(run([...three, { type: "stack" }, { type: "merge" }]))).toEqual([["a", "b", "c"]]);
    expect(stripes(run([...three, { type: "own-stripe", id: info("b").id }]))).toEqual([["a", "c"], ["b"]]);
  });

  test("a lane whose table does not fit its values becomes a curve", () => {
    const measured = {
      id: info("g").id,
      extremes: [0, 9],
      decimals: 0,
      valueTable: null,
      lane: null,
      notice: null,
      rhythm: null,
    } as const;
    const state = run([plot("g", { lane: "enum" }), { type: "measured", signals: [measured] }]);
    expect(state.stripes.map((s) => s.kind)).toEqual(["plot"]);
  });

  test(`at most ${PLOTTED_MAX} signals are plotted`, () => {
    expect(slots(run(Array.from({ length: PLOTTED_MAX + 6 }, (_, i) => plot(`s${i}`)))).length).toBe(PLOTTED_MAX);
  });
});

describe("the first picture", () => {
  test("is the signal's own time", () => {
    const state = run([{ type: "heard", heard: heard() }, plot("v", { firstNs: 1_000n, lastNs: 50_999n })]);
    expect(state.view).toEqual({ fromNs: 1_000n, stepNs: 500n });
  });

  test("is the newest session when recordings lie far apart", () => {
    const logs = [log(), log({ key: "D/2/1.MF4", session: "2", startNs: 10_000_000n, endNs: 10_099_999n })];
    const far = heard({ logs, lastNs: 10_099_999n });
    expect(firstRange({ heard: { D: far } }, info("v", { lastNs: 10_099_999n }))).toMatchObject({
      fromNs: 10_000_000n,
      toNs: 10_100_000n,
    });
    expect(recordingRange({ heard: { D: far } })).toEqual({ fromNs: 0n, toNs: 10_100_000n });
  });

  test("another width shows the same window", () => {
    const state = run([
      { type: "heard", heard: heard() },
      { type: "resize", columns: 50, pixelRatio: 2 },
    ]);
    expect(state.view).toEqual({ fromNs: 0n, stepNs: 2_000n });
  });
});

describe("the ledger badge", () => {
  const fault = (code: Fault["code"]): Fault => ({ code, message: "m", object: "D/1/1.MF4" });
  test.each([
    ["balanced", heard()],
    ["losses", heard({ notices: [{ severity: "warning", text: "t", fault: fault("input/truncated") }] })],
    ["losses", heard({ logs: [log({ fault: fault("storage/unreachable") })] })],
    ["damaged", heard({ logs: [log({ fault: fault("input/bad-block") })] })],
    ["damaged", heard({ logs: [log({ fault: fault("access/not-authentic") })] })],
    ["unbalanced", heard({ ledger: { ...emptyLedger, frames: 3, used: 2 } })],
  ])("says %s", (kind, device) => {
    expect(conditionOf({ heard: { D: device }, catalogue: null, losses: {} })?.kind).toBe(kind);
  });

  test("what is wrong inside a log is said once all of it was heard, once, and goes when it is right", () => {
    const cut = { severity: "info", text: "t", fault: fault("input/truncated") } as const;
    const part = heard({ isWhole: false, notices: [cut], logs: [log({ key: "D/1/1.MF4" })] });
    const whole = { ...part, isWhole: true };
    expect(run([{ type: "heard", heard: part }]).notifications).toEqual([]);
    const said = run([
      { type: "heard", heard: part },
      { type: "heard", heard: whole },
    ]);
    expect(said.notifications).toEqual([cut]);
    expect(reduce(reduce(said, { type: "dismiss" }), { type: "heard", heard: { ...whole } }).notifications).toEqual([]);
    expect(reduce(said, { type: "heard", heard: { ...whole, notices: [] } }).notifications).toEqual([]);
  });

  test("says nothing before anything was read", () => {
    expect(conditionOf({ heard: {}, catalogue: null, losses: {} })).toBe(null);
  });
});

test("samples are expected in proportion to the window", () => {
  expect(samplesExpected(info("v"), { fromNs: 0n, toNs: 50_000n })).toBe(500);
  expect(samplesExpected(info("v"), { fromNs: 200_000n, toNs: 300_000n })).toBe(0);
});

test("stripe heights add up to the room, or scroll at the minimum", () => {
  const { stripes: three } = run([plot("a"), plot("b", { unit: "x" }), plot("c", { unit: "y" })]);
  expect(layoutStripes(three, 301, 72).map((b) => [b.top, b.height])).toEqual([
    [0, 100],
    [100, 101],
    [201, 100],
  ]);
  expect(layoutStripes(three, 90, 72).map((b) => b.height)).toEqual([72, 72, 72]);
});

describe("undo", () => {
  function settling() {
    let settle: (() => void) | null = null;
    const store = createStore(
      { ...firstState, columns: 100 },
      {
        nextFrame: () => {},
        later: (go) => {
          settle = go;
          return 1;
        },
        stop: () => {},
      },
    );
    return { store, rest: () => settle?.() };
  }

  test("goes back view by view, a gesture is one step, and redo returns", () => {
    const { store, rest } = settling();
    store.dispatch({ type: "heard", heard: heard() });
    rest();
    const first = store.get().view;
    for (let i = 0; i < 5; i++) store.dispatch({ type: "zoom", factor: 0.8, atColumn: 50 });
    rest();
    const closer = store.get().view;
    expect(store.canUndo()).toBe(true);
    store.undo();
    expect(store.get().view).toEqual(first);
    store.redo();
    expect(store.get().view).toEqual(closer);
    expect(store.canRedo()).toBe(false);
  });

  test("brings back a removed signal", () => {
    const { store, rest } = settling();
    store.dispatch({ type: "heard", heard: heard() });
    store.dispatch(plot("v"));
    rest();
    store.dispatch({ type: "remove", id: info("v").id });
    rest();
    store.undo();
    expect(stripes(store.get())).toEqual([["v"]]);
  });
});

test("a view restored over its own signals keeps what is known of their samples, which nothing asks for again", () => {
  const before = run([{ type: "heard", heard: heard() }, plot("A"), measured("A")]);
  const fresh = run([{ type: "heard", heard: heard() }, plot("A"), plot("B")]);
  const { stripes, plotted } = fresh;
  const after = run([{ type: "restore", scene: { stripes, plotted }, more: {} }], before);
  expect(after.plotted[info("A").id]).toMatchObject({ extremes: [0, 9], decimals: 2 });
  expect(after.plotted[info("B").id]).toMatchObject({ extremes: null, decimals: null });
});

test("a fault of a log is said once: not again with the next files, nor to who dismissed it; it goes when it is right", () => {
  const fault: Fault = { code: "input/empty", message: "empty", object: "a.MF4" };
  const other: Fault = { code: "input/empty", message: "empty", object: "b.MF4" };
  const noticed = (...faults: Fault[]) => faults.map((one) => ({ severity: "error" as const, text: one.message, fault: one }));
  const reopened = (...faults: Fault[]): Action => ({
    type: "reopened",
    catalogue: { ...catalogue(), notices: noticed(...faults) },
  });
  const catalogue = (): Catalogue => ({
    source: { kind: "files", name: "", bytes: 0 },
    devices: [],
    logs: [],
    dbcs: [],
    notices: [],
    moduleHash: "",
    moduleBytes: 0,
  });
  const objects = ({ notifications }: State): (string | undefined)[] => notifications.map((one) => one.fault?.object);
  const first = run([{ type: "opened", catalogue: { ...catalogue(), notices: noticed(fault) } }]);
  expect(objects(first)).toEqual(["a.MF4"]);
  expect(objects(run([reopened(fault, other)], first))).toEqual(["b.MF4", "a.MF4"]);
  expect(objects(run([{ type: "dismiss" }, reopened(fault)], first))).toEqual([]);
  expect(objects(run([reopened(fault, other), reopened(other)], first))).toEqual(["b.MF4"]);
});
