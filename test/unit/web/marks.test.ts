import { describe, expect, test } from "vitest";
import type { HeardId } from "../../../core/query/engine.ts";
import { emptyLedger } from "../../../core/query/ledger.ts";
import type { Loss } from "../../../core/query/transport-losses.ts";
import { damagesOf } from "../../../web/plot/damage.ts";
import { createLossFinder } from "../../../web/plot/losses.ts";
import { lossesOf, marksOf, sentencesAt } from "../../../web/plot/marks.ts";
import { emptyHistory, sceneAt, settle } from "../../../web/state/history.ts";
import { firstState, type SignalInfo, type State } from "../../../web/state/model.ts";
import { conditionOf, unsoughtBytes } from "../../../web/state/recording.ts";
import { reduce } from "../../../web/state/reduce.ts";
import type { DeviceHeard } from "../../../worker/api.ts";

const info = (message: string): SignalInfo => ({
  id: `D/CAN1/db.${message}/v`,
  selector: { device: "D", bus: "CAN", channel: 1, db: "db", message, signal: "v" },
  name: "v",
  message,
  source: message,
  unit: "",
  frames: 10,
  rateHz: 10,
  firstNs: 0n,
  lastNs: 999n,
  lane: null,
  comment: null,
  scaling: null,
  absent: false,
});
const id = (canId: number, message: string, rule: "exact" | "transport" = "exact", channel = 1): HeardId => ({
  bus: "CAN",
  channel,
  id: canId,
  extended: canId > 0x7ff,
  frames: 10,
  rateHz: 10,
  firstNs: 0n,
  lastNs: 999n,
  minLengthBytes: 8,
  maxLengthBytes: 8,
  matches: [
    { db: "db", message, rule, sourceAddress: null, binding: null, signals: [{ name: "v", unit: "", selectedBy: null }] },
  ],
});
const device: DeviceHeard = {
  device: "D",
  ids: [
    id(0x7ec, "Answer"),
    id(0x7ec, "Answer", "exact", 2),
    id(0x123, "Plain"),
    id(0x18fee300, "Engine", "transport"),
    id(0x1df20100, "Wind"),
  ],
  firstNs: 0n,
  lastNs: 999n,
  share: 1,
  isWhole: true,
  ledger: emptyLedger,
  notices: [],
  logs: [],
  channels: [],
  facts: {},
};
const loss = (timeNs: bigint, stream: string): Loss => ({ timeNs, file: "D/1/1.MF4", stream, cause: "sequence", frames: 3 });
const state = (losses: readonly Loss[], ...messages: readonly string[]): State => {
  const signals: State = { ...firstState, columns: 100, heard: { D: device } };
  const plotted = messages.reduce((all, message) => reduce(all, { type: "plot", info: info(message), place: "new" }), signals);
  return { ...plotted, losses: { D: losses } };
};

describe("marks of losses", () => {
  const all = ["CAN 1, ISO-TP 7EC", "CAN 1, J1939 TP", "CAN 1, fast packet PGN 127489", "CAN 2, ISO-TP 7EC"].map((stream, i) =>
    loss(BigInt(100 * (i + 1)), stream),
  );

  test.each([
    ["Answer", [100n]],
    ["Engine", [200n]],
    ["Wind", [300n]],
    ["Plain", []],
  ])("stand on the stripe of the signals that miss the message: %s", (message, times) => {
    const now = state(all, "Answer", "Engine", "Wind", "Plain");
    const stripe = now.stripes.find(({ signals }) => signals.some((signal) => signal.includes(`.${message}/`)));
    expect(stripe && lossesOf(marksOf(now), stripe, now).map(({ timeNs }) => timeNs)).toEqual(times);
  });

  test("say what was lost where the pointer is, and at most four of many", () => {
    const view = { fromNs: 0n, stepNs: 10n };
    const one = marksOf(state(all));
    expect(sentencesAt(one, view, 10, 1)).toBe(
      "CAN 1, ISO-TP 7EC: a message was lost, with a missing or wrong frame (3 frames of it seen)",
    );
    expect(sentencesAt(one, view, 3, 1)).toBe("");
    const many = marksOf(state(Array.from({ length: 9 }, () => loss(100n, "CAN 1, ISO-TP 7EC"))));
    expect(sentencesAt(many, view, 12, 1).split("\n")).toHaveLength(5);
    expect(sentencesAt(many, view, 12, 1)).toMatch(/and 5 more$/);
  });

  test("count in the badge", () => {
    expect(conditionOf(state(all, "Answer"))).toEqual({ kind: "losses", count: 4 });
  });

  test("are asked for once per device, behind the first exact picture", async () => {
    let now: State = { ...state([], "Answer"), losses: {} };
    const asked: string[] = [];
    const finder = createLossFinder(
      {
        get: () => now,
        dispatch(action) {
          now = reduce(now, action);
        },
      },
      {
        async ask(_work, name, isAsked) {
          asked.push(`${name} ${isAsked}`);
          return { ok: true, value: isAsked ? { losses: all, leftBytes: 0 } : { losses: [], leftBytes: 7 } };
        },
        nextWork: () => 1,
        work: async (run) => run(2),
        fail: () => undefined,
      },
    );
    finder.pump(now);
    expect(asked).toEqual([]);
    now = { ...now, last: { elapsedMs: 1, bytesRead: 1, samples: 1, pointsDrawn: 1, every: true } };
    finder.pump(now);
    await Promise.resolve();
    await Promise.resolve();
    finder.pump(now);
    expect(asked).toEqual(["D false"]);
    // Too much to read for what nobody asked for.
    expect([unsoughtBytes(now), now.losses.D]).toEqual([7, undefined]);
    await finder.look();
    expect(asked).toEqual(["D false", "D true"]);
    expect([unsoughtBytes(now), now.losses.D]).toEqual([0, all]);
  });
});

test("of more than 200 steps the oldest are forgotten", () => {
  let history = emptyHistory;
  for (let i = 0n; i <= 205n; i++) history = settle(history, { ...firstState, view: { fromNs: i, stepNs: 1n } });
  expect(history.past).toHaveLength(200);
  const starts = history.past.map((step) => sceneAt(step).view?.fromNs);
  expect([starts[0], starts.at(-1)]).toEqual([5n, 204n]);
});

test("behind damage everything is marked until the next log of the device; a log cut short is marked where it ends", () => {
  const log = (key: string, startNs: bigint, endNs: bigint) => ({ key, startNs, endNs, session: "1", split: 1, device: "D" });
  const fault = (code: string, object: string) => ({ severity: "error", text: "", fault: { code, object, message: "why" } });
  const heard = {
    D: {
      ...device,
      logs: [log("a", 0n, 40n), log("b", 100n, 140n), log("c", 200n, 240n)],
      notices: [
        fault("input/bad-block", "a"),
        fault("input/truncated", "c"),
        fault("storage/short", "b"),
        fault("input/bad-block", "x"),
      ],
    } as unknown as DeviceHeard,
  };
  expect(damagesOf(heard).map(({ kind, timeNs, untilNs }) => [kind, timeNs, untilNs])).toEqual([
    ["damage", 40n, 100n],
    ["cut", 240n, null],
  ]);
  const marks = marksOf({ heard, bookmarks: [], losses: {} });
  expect(marks.filter(({ kind }) => kind === "damage").map(({ sentence, untilNs }) => [sentence, untilNs])).toEqual([
    ["a is damaged: why.", 100n],
  ]);
});
