/** The tree beyond the list: sessions, what was never sent, places among siblings, titles, keys that carry. */
import { describe, expect, test } from "vitest";
import type { HeardId, LogEntry } from "../../../core/query/engine.ts";
import { emptyLedger } from "../../../core/query/ledger.ts";
import { atOnce } from "../../../web/slices.ts";
import type { SignalInfo } from "../../../web/state/model.ts";
import { buildTree, type Node } from "../../../web/tree/build.ts";
import { parseFilter } from "../../../web/tree/filter.ts";
import { flatten, indexTree, search } from "../../../web/tree/search.ts";
import { createSessionLevel } from "../../../web/tree/sessions.ts";
import { siblingsOf } from "../../../web/tree/siblings.ts";
import { createSilent, growSilent } from "../../../web/tree/silent.ts";
import { statusIn } from "../../../web/tree/sparklines.ts";
import { aboutLines } from "../../../web/tree/titles.ts";
import { treeKey } from "../../../web/tree/tree-keys.ts";
import type { DeviceHeard, SilentMessage } from "../../../worker/api.ts";

const id = (number: number, frames: number, message: string | null): HeardId => ({
  bus: "CAN",
  channel: 1,
  id: number,
  extended: false,
  frames,
  rateHz: 10,
  firstNs: 0n,
  lastNs: 100n,
  minLengthBytes: 8,
  maxLengthBytes: 8,
  matches:
    message === null
      ? []
      : [
          {
            db: "car",
            message,
            rule: "exact",
            sourceAddress: null,
            binding: "only",
            signals: [{ name: `${message}Speed`, unit: "km/h", selectedBy: null }],
          },
        ],
});
const log = (session: string, split: number, startNs: bigint, endNs: bigint) =>
  ({ session, split, startNs, endNs, header: null }) as unknown as LogEntry;
const heardOf = (ids: HeardId[], logs: LogEntry[]): DeviceHeard => ({
  device: "D",
  ids,
  firstNs: 0n,
  lastNs: 100n,
  share: 1,
  isWhole: true,
  ledger: emptyLedger,
  notices: [],
  logs,
  channels: [],
  facts: {},
});
const outline = (nodes: readonly Node[]): string[] =>
  flatten(nodes, () => true).map((node) => `${" ".repeat(node.depth)}${node.kind} ${node.label}`);
const turn = () => new Promise((resolve) => setTimeout(resolve));

describe("sessions", () => {
  const logs = [log("00000001", 1, 0n, 50n), log("00000002", 1, 60n, 80n), log("00000002", 2, 80n, 100n)];
  const heard = { D: heardOf([id(1, 30, "A"), id(2, 5, "B")], logs) };
  const tree = buildTree(Object.values(heard), new Map());

  test("a device with one has no such level", () => {
    const one = { D: heardOf([id(1, 30, "A")], logs.slice(1)) };
    const level = createSessionLevel(async () => ({ ok: true, value: [] }), { close: () => {}, changed: () => {} });
    const own = buildTree(Object.values(one), new Map());
    expect(level.under(own, one, () => true)).toEqual(own);
  });

  test("several: the newest is open and filled with what was sent in it; signals stay the device's", async () => {
    const [closed, asked] = [new Set<string>(), [] as string[]];
    let changes = 0;
    const level = createSessionLevel(
      async (device, session) => {
        asked.push(`${device} ${session}`);
        return { ok: true, value: [id(1, 12, "A")] };
      },
      { close: (key) => closed.add(key), changed: () => changes++ },
    );
    const isOpen = (key: string): boolean => !closed.has(key);
    expect(outline(level.under(tree, heard, isOpen))).toEqual(["device D", " session 00000001", " session 00000002"]);
    await turn();
    expect([asked, changes]).toEqual([["D 00000002"], 1]);
    const filled = level.under(tree, heard, isOpen);
    expect(outline(filled)).toEqual([
      "device D",
      " session 00000001",
      " session 00000002",
      "  channel CAN 1",
      "   message A",
      "    signal ASpeed",
    ]);
    const rows = flatten(filled, () => true);
    expect(rows[2]?.detail).toBe("1970-01-01 · 40\u202fns · 2 splits");
    const leaf = rows.at(-1);
    // Frames of the session on the row, of the device on the series.
    expect(leaf?.kind === "signal" && [leaf.frames, leaf.info.frames, leaf.info.id]).toEqual([12, 30, "D/CAN1/car.A/ASpeed"]);
    expect(new Set(rows.map(({ key }) => key)).size).toBe(rows.length);
    closed.clear();
    level.under(tree, heard, isOpen);
    await turn();
    level.under(tree, heard, isOpen);
    await turn();
    expect(asked).toEqual(["D 00000002", "D 00000001"]);
  });
});

test("while a log is still being listened to nothing is asked of it: sessions show what was heard so far, silence is not known", async () => {
  const logs = [log("00000001", 1, 0n, 50n), log("00000002", 1, 60n, 80n)];
  const heard = { D: { ...heardOf([id(1, 30, "A")], logs), isWhole: false } };
  const tree = buildTree(Object.values(heard), new Map());
  const refuse = (): never => {
    throw new Error("asked too early");
  };
  const level = createSessionLevel(refuse, { close: () => {}, changed: () => {} });
  level.under(tree, heard, () => true);
  await turn();
  expect(outline(level.under(tree, heard, () => true)).filter((row) => row.includes("signal"))).toHaveLength(2);
  const grown = { heard, tree, entries: [], leaves: [] };
  expect(createSilent(refuse, () => {}).within(grown, heard)).toBe(grown);
});

describe("what was never sent", () => {
  const silent: SilentMessage = {
    bus: "CAN",
    channel: 1,
    db: "car",
    message: "Aardvark",
    id: 0x7a,
    extended: false,
    signals: [{ name: "Ants", unit: "1/s", selectedBy: null, mux: null, comment: "eaten" }],
  };
  const heard = { D: heardOf([id(1, 30, "B"), id(2, 5, null)], []) };
  const tree = buildTree(Object.values(heard), new Map());
  const grown = { heard, tree, entries: indexTree(tree), leaves: [] };

  test("stands among the messages of its channel, cannot be plotted, and is found as missing", () => {
    const { tree: wide, entries } = atOnce(growSilent(grown, new Map([["D", [silent]]])));
    expect(outline(wide)).toEqual([
      "device D",
      " channel CAN 1",
      "  message Aardvark",
      "   signal Ants",
      "  message B",
      "   signal BSpeed",
      "  unmatched Unmatched",
      "   id 002",
    ]);
    const leaf = flatten(wide, () => true)[3];
    expect(leaf?.kind === "signal" && [leaf.never, leaf.info.absent, leaf.info.comment, leaf.ids]).toEqual([
      true,
      true,
      "eaten",
      "07a",
    ]);
    const found = search(entries, parseFilter("is:missing unit:1/s"), new Set());
    expect(found.entries.map(({ label }) => label)).toEqual(["Ants"]);
    expect(atOnce(growSilent(grown, new Map())).tree).toEqual(tree);
  });

  test("is asked for once for what was heard, and again when more was", async () => {
    let asked = 0;
    let filled = 0;
    const list = createSilent(
      async () => {
        asked++;
        return { ok: true, value: [silent] };
      },
      () => filled++,
    );
    expect(list.within(grown, heard)).toBe(grown);
    await turn();
    list.within(grown, heard);
    await turn();
    const wide = list.within(grown, heard);
    expect([asked, filled, outline(wide.tree)[2]]).toEqual([1, 2, "  message Aardvark"]);
    expect(list.within(grown, heard)).toBe(wide);
    list.within(grown, { D: { ...heard.D } });
    await turn();
    expect(asked).toBe(2);
  });

  test.each([
    [[], "never sent"],
    [[Number.NaN, Number.NaN], "not available"],
    [[Number.NaN, 1], ""],
  ])("%j of a recording is %j", (values, status) => {
    const segment = {
      file: "a",
      session: "1",
      baseNs: 0n,
      timesNs: new Float64Array(values.length),
      values: Float64Array.from(values),
    };
    expect(statusIn({ segments: values.length === 0 ? [] : [segment] })).toBe(status);
  });
});

test("places among siblings are those of the whole tree, also of rows cut out of it", () => {
  const depths = [0, 1, 2, 2, 1, 2, 2, 2, 0, 1];
  const rows = depths.map((depth) => ({ depth }));
  const all = siblingsOf(rows, 0, rows.length).map(({ position, count }) => `${position}/${count}`);
  expect(all).toEqual(["1/2", "1/2", "1/2", "2/2", "2/2", "1/3", "2/3", "3/3", "2/2", "1/1"]);
  for (let first = 0; first < rows.length; first++) {
    expect(siblingsOf(rows, first, rows.length).map(({ position, count }) => `${position}/${count}`)).toEqual(all.slice(first));
  }
});

test("a title says range, values, rates, what was not available and the value table", () => {
  const info = { unit: "km/h" } as SignalInfo;
  const first = { timeNs: 0n, value: 1 };
  const statistics = {
    count: 1200,
    gaps: 0,
    min: -1.5,
    max: 250,
    mean: 3,
    rms: 4,
    sigma: 1,
    weightedMean: 3,
    first,
    last: first,
  };
  const rates = { rateHz: 10, slowRateHz: 0.3, shares: [] };
  const about = { range: [0, 250] as const, texts: [["0", "Off"]] as const, textCount: 3, notAvailable: 7 };
  expect(aboutLines(info, { ...about, statistics: { ...statistics, ...rates } })).toEqual([
    "Range in the DBC 0 to 250\u202fkm/h",
    "Values −1.5 to 250\u202fkm/h",
    "1,200 samples, ≈\u202f10\u202fHz (slowest 1 %: ≈\u202f0.3\u202fHz)",
    "7 times not available",
    "0 = Off",
    "and 2 more",
  ]);
  expect(aboutLines(info, { range: null, texts: [], textCount: 0, statistics: { count: 0, gaps: 0 }, notAvailable: 0 })).toEqual([
    "No values",
  ]);
});

test("M picks a signal up, and nothing else", () => {
  const rows = flatten(buildTree([heardOf([id(1, 30, "A")], [])], new Map()), () => true);
  const press = (at: number, ctrlKey = false) =>
    treeKey(
      { key: "m", ctrlKey, metaKey: false, shiftKey: false, altKey: false },
      { rows, at, page: 9, chosen: 0, isClosed: () => false },
    );
  expect([press(3), press(2), press(3, true)]).toEqual([{ kind: "carry" }, null, null]);
});

test.each(["-nofield:x", "nofield:x|otherfield:y", "speed nofield:x"])("%s: what is not understood rules nothing out", (text) => {
  const entries = indexTree(buildTree([heardOf([id(1, 30, "A"), id(2, 5, "B")], [])], new Map()));
  const filter = parseFilter(text);
  expect(filter.unknown).toContain("nofield");
  expect(filter.empty || search(entries, filter, new Set()).entries.length === 2).toBe(true);
});
