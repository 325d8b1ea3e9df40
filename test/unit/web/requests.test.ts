/** What the page asks for, and in which order: a coarse picture of what has none, windows, recordings, and at rest what lies beside the view. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Fault } from "../../../core/fault.ts";
import { emptyLedger } from "../../../core/query/ledger.ts";
import { createDataStore } from "../../../web/plot/data.ts";
import { type Asking, createRequester } from "../../../web/plot/requests.ts";
import { firstState, type State } from "../../../web/state/model.ts";
import { reduce } from "../../../web/state/reduce.ts";
import type { Store } from "../../../web/state/store.ts";
import type { ViewAnswer, ViewQuery } from "../../../worker/api.ts";

const COLUMNS = 100;
const LAST_NS = 999_999n;
const log = {
  ...{ key: "D/1/1.MF4", device: "D", session: "1", split: 1, version: "1", startNs: 0n, storedFirstNs: 0n, endNs: LAST_NS },
  ...{ header: null, fault: null },
};

/** One signal plotted, of a recording of this size. */
function stateOf(sizeBytes: number, view: State["view"]): State {
  const heard = { device: "D", ids: [], firstNs: 0n, lastNs: LAST_NS, share: 1, isWhole: true, ledger: emptyLedger } as const;
  const device = { ...heard, notices: [], logs: [{ ...log, sizeBytes }], channels: [], facts: {} };
  const selector = { device: "D", signal: "Speed" };
  const facts = {
    frames: 1000,
    rateHz: 10,
    firstNs: 0n,
    lastNs: LAST_NS,
    lane: null,
    comment: null,
    scaling: null,
    absent: false,
  };
  const info = { id: "speed", selector, name: "Speed", message: "M", source: "M", unit: "km/h", ...facts };
  const plotted = reduce({ ...firstState, columns: COLUMNS, heard: { D: device } }, { type: "plot", info, place: "fitting" });
  return { ...plotted, view };
}

const answer = ({ fromNs, stepNs, columns }: ViewQuery): ViewAnswer => {
  const timesNs = Float64Array.from({ length: columns * 4 }, (_, i) => (i * Number(stepNs)) / 4);
  const segment = { file: "a", session: "1", baseNs: fromNs, timesNs, values: timesNs.map((time) => time % 7) };
  const labels = { device: "D", bus: "CAN", channel: 1, db: "db", message: "M", sourceAddress: null, signal: "Speed" } as const;
  const series = { every: false, labels, unit: "", decimals: null, valueTable: null, segments: [segment], notices: [] };
  return { series: [series], ledger: emptyLedger, elapsedMs: 1 };
};

function worldOf(first: State) {
  let state = first;
  const asked: string[] = [];
  const queries: ViewQuery[] = [];
  const pending: { readonly query: ViewQuery; settle(fault: Fault["code"] | null): void }[] = [];
  const data = createDataStore();
  const store: Pick<Store, "get" | "dispatch"> = {
    get: () => state,
    dispatch: (action) => {
      state = reduce(state, action);
    },
  };
  const asking: Asking = {
    view: (_, query) =>
      new Promise((resolve) => {
        queries.push(query);
        asked.push(`${query.coarse ? "coarse " : ""}${query.fromNs} ${query.stepNs} ${query.columns}`);
        const settle = (code: Fault["code"] | null) =>
          resolve(code === null ? { ok: true, value: answer(query) } : { ok: false, fault: { code, message: "" } });
        pending.push({ query, settle });
      }),
    cancel: () => pending.shift()?.settle("request/cancelled"),
  };
  const host = { now: () => Date.now(), nextWork: () => 1, onFault: () => undefined, redraw: () => undefined };
  const requester = createRequester(store as Store, data, asking, host);
  const turn = async () => {
    pending.shift()?.settle(null);
    await vi.advanceTimersByTimeAsync(0);
  };
  const fail = () => pending.shift()?.settle("storage/unreachable");
  const look = (view: State["view"]) => {
    state = { ...state, view };
    requester.pump();
  };
  const codes = () => queries.map(({ series }) => series[0]?.codes);
  return { asked, codes, data, requester, turn, fail, look, get: () => state, dispatch: store.dispatch };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const VIEW = { fromNs: 400_000n, stepNs: 100n };

describe("requests", () => {
  test("a large recording: first a coarse picture of all of it, which stays coarse until the exact one is there", async () => {
    const world = worldOf(stateOf(100e6, VIEW));
    world.requester.pump();
    expect(world.asked).toEqual(["coarse 0 10000 100"]);
    await world.turn();
    expect(world.data.get("speed").whole).toMatchObject({ isCoarse: true, isOld: true });
    expect(world.get().plotted.speed?.extremes).not.toBeNull();
    await world.turn();
    await world.turn();
    expect(world.asked.slice(1)).toEqual(["400000 100 100", "0 10000 100"]);
    expect(world.data.get("speed").whole?.isCoarse).toBeUndefined();
  });

  test("cancelled work leaves the coarse picture and says so; it goes on when it is asked to, or with another view", async () => {
    const world = worldOf(stateOf(100e6, VIEW));
    world.requester.pump();
    await world.turn();
    await vi.advanceTimersByTimeAsync(150);
    world.requester.cancel();
    await vi.advanceTimersByTimeAsync(2000);
    world.requester.pump();
    expect([world.asked.length, world.get().stopped]).toEqual([2, ["speed"]]);
    expect(world.data.get("speed").whole?.isCoarse).toBe(true);
    world.requester.resume();
    expect([world.asked.slice(2), world.get().stopped]).toEqual([["400000 100 100"], []]);
    await vi.advanceTimersByTimeAsync(150);
    world.requester.cancel();
    await vi.advanceTimersByTimeAsync(0);
    expect(world.get().stopped).toEqual(["speed"]);
    world.look({ fromNs: 0n, stepNs: 50n });
    expect([world.asked.slice(3), world.get().stopped]).toEqual([["0 50 100"], []]);
  });

  test("what was asked a moment ago is not stopped: nothing of it was to be seen yet", async () => {
    const world = worldOf(stateOf(1e6, VIEW));
    world.requester.pump();
    await vi.advanceTimersByTimeAsync(50);
    world.requester.cancel();
    await world.turn();
    expect([world.data.get("speed").window === null, world.get().stopped]).toEqual([false, []]);
  });

  test("an answer with codes as gaps is none to who wants them drawn meanwhile", async () => {
    const world = worldOf(stateOf(1e6, VIEW));
    world.requester.pump();
    world.dispatch({ type: "style", id: "speed", style: { codes: "draw" } });
    world.requester.pump();
    await world.turn();
    expect(world.data.get("speed").window).toBeNull();
    expect(world.codes()).toEqual(["gap", "draw"]);
  });

  test("a small one is asked for at once; at rest follows what lies beside the view, and panning into that asks nothing", async () => {
    const world = worldOf(stateOf(1e6, VIEW));
    world.requester.pump();
    await world.turn();
    await world.turn();
    expect(world.asked).toEqual(["400000 100 100", "0 10000 100"]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(world.asked.slice(2)).toEqual(["390000 100 300"]);
    await world.turn();
    world.look({ fromNs: 397_500n, stepNs: 100n });
    expect(world.data.get("speed").window).toMatchObject({ view: { fromNs: 397_500n }, columns: COLUMNS });
    expect(world.asked).toHaveLength(3);
    // On other columns nothing of it is of use.
    world.look({ fromNs: 397_550n, stepNs: 100n });
    expect(world.asked.slice(3)).toEqual(["397550 100 100"]);
  });

  test("a question that somebody waits for puts an end to one that nobody does", async () => {
    const world = worldOf(stateOf(1e6, VIEW));
    world.requester.pump();
    await world.turn();
    await world.turn();
    await vi.advanceTimersByTimeAsync(1000);
    world.look({ fromNs: 0n, stepNs: 50n });
    await vi.advanceTimersByTimeAsync(0);
    expect(world.asked.slice(2)).toEqual(["390000 100 300", "0 50 100"]);
  });

  test("a question that failed is not asked again until there is another", async () => {
    const world = worldOf(stateOf(1e6, VIEW));
    world.requester.pump();
    await world.turn();
    world.fail();
    await vi.advanceTimersByTimeAsync(2000);
    expect(world.asked).toEqual(["400000 100 100", "0 10000 100"]);
  });

  test("nothing is asked beside a view while logs are still listened to", async () => {
    const world = worldOf({ ...stateOf(1e6, VIEW), listening: ["D"] });
    world.requester.pump();
    await world.turn();
    await world.turn();
    await vi.advanceTimersByTimeAsync(1000);
    expect(world.asked).toHaveLength(2);
  });
});
