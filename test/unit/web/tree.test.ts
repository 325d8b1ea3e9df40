import { describe, expect, test } from "vitest";
import type { HeardId, HeardMatch, LogEntry } from "../../../core/query/engine.ts";
import { emptyLedger } from "../../../core/query/ledger.ts";
import { buildTree, type Node } from "../../../web/tree/build.ts";
import { glob, parseFilter, subsequence } from "../../../web/tree/filter.ts";
import { recordedRateHz } from "../../../web/tree/rates.ts";
import { flatten, indexTree, rowsOf, search } from "../../../web/tree/search.ts";

const match = (message: string, signals: string[], sourceAddress: number | null = null): HeardMatch => ({
  db: "db",
  message,
  rule: sourceAddress === null ? "exact" : "group",
  sourceAddress,
  binding: "only",
  signals: signals.map((name) => ({ name, unit: "km/h", selectedBy: null })),
});
const id = (number: number, matches: HeardMatch[], extended = false): HeardId => ({
  bus: "CAN",
  channel: 1,
  id: number,
  extended,
  frames: 100,
  rateHz: 10,
  firstNs: 0n,
  lastNs: 10n,
  minLengthBytes: 8,
  maxLengthBytes: 8,
  matches,
});
const tree = (ids: HeardId[]) =>
  buildTree(
    [
      {
        ...{ device: "D", ids, firstNs: 0n, lastNs: 1n, share: 1, isWhole: true, ledger: emptyLedger },
        ...{ notices: [], logs: [], channels: [], facts: {} },
      },
    ],
    new Map([["D", "my truck"]]),
  );
const outline = (nodes: readonly Node[]): string[] =>
  flatten(nodes, () => true).map((node) => `${" ".repeat(node.depth)}${node.kind} ${node.label}`);

const gnss = id(3, [match("gnss_pos", ["Latitude", "Longitude"])]);
const ccvs = (address: number) => id(0x18fef100 | address, [match("CCVS1", ["WheelBasedVehicleSpeed"], address)], true);

describe("the tree", () => {
  test("device, channel, message, signal; ids without a message stand at the end", () => {
    expect(outline(tree([id(0x7bb, []), gnss]))).toEqual([
      "device D",
      " channel CAN 1",
      "  message gnss_pos",
      "   signal Latitude",
      "   signal Longitude",
      "  unmatched Unmatched",
      "   id 7BB",
    ]);
  });

  test("source addresses have rows of their own only if there are several", () => {
    expect(outline(tree([ccvs(0)])).filter((row) => row.includes("source"))).toEqual([]);
    expect(outline(tree([ccvs(0x47), ccvs(0)])).slice(2)).toEqual([
      "  message CCVS1",
      "   source SA 00",
      "    signal WheelBasedVehicleSpeed",
      "   source SA 47",
      "    signal WheelBasedVehicleSpeed",
    ]);
  });

  test("a parameter group is named by its number and address", () => {
    const message = tree([ccvs(0)])[0]?.children[0];
    expect(message !== undefined && "children" in message && message.children[0]?.detail).toBe("FEF1 · SA 00");
  });

  test("a signal is asked for by all its labels", () => {
    const leaf = flatten(tree([ccvs(0x47)]), () => true).find((node) => node.kind === "signal");
    expect(leaf?.kind === "signal" && leaf.info.selector).toEqual({
      device: "D",
      bus: "CAN",
      channel: 1,
      db: "db",
      message: "CCVS1",
      sourceAddress: 0x47,
      signal: "WheelBasedVehicleSpeed",
    });
  });
});

test("a rate counts recorded time only", () => {
  const log = (startNs: bigint, endNs: bigint) => ({ startNs, endNs }) as LogEntry;
  const sent = { ...id(1, []), firstNs: 0n, lastNs: 100n, rateHz: 2 };
  expect(recordedRateHz(sent, [log(0n, 10n), log(90n, 100n)])).toBe(10);
  expect(recordedRateHz(sent, [log(0n, 100n)])).toBe(2);
});

describe("the filter", () => {
  const found = (text: string): string[] =>
    rowsOf(search(indexTree(tree([gnss, ccvs(0), id(0x7bb, [])])), parseFilter(text), new Set()).entries)
      .filter((node) => node.kind === "signal" || node.kind === "id")
      .map((node) => node.label);

  test.each([
    ["speed", ["WheelBasedVehicleSpeed"]],
    ["wbvs", ["WheelBasedVehicleSpeed"]],
    ["*itude", ["Latitude", "Longitude"]],
    ["lat|speed", ["WheelBasedVehicleSpeed", "Latitude"]],
    ["itude -lon", ["Latitude"]],
    ['"latitude"', ["Latitude"]],
    ["msg:gnss unit:km", ["Latitude", "Longitude"]],
    ["id:7b*", ["7BB"]],
    ["zzz", []],
  ])("%s", (text, labels) => {
    expect(found(text).sort()).toEqual([...labels].sort());
  });

  test.each([
    ["sa:00", ["WheelBasedVehicleSpeed"]],
    ["pgn:fef1", ["WheelBasedVehicleSpeed"]],
    ["id:18fef1*", ["WheelBasedVehicleSpeed"]],
    ["rate:>5 -speed ch:can1 dev:d db:db", ["Latitude", "Longitude"]],
    ["rate:<5", []],
    ["is:missing", ["7BB"]],
  ])("fields: %s", (text, labels) => {
    expect(found(text).sort()).toEqual([...labels].sort());
  });

  test("the best match is chosen: the whole name, its start, starts of words, anywhere, strewn", () => {
    const names = ["aSpeedo", "Speed", "Speedometer", "xspeedx", "SxPxExExD"];
    const entries = indexTree(tree([id(5, [match("m", names)])]));
    const order = (query: string): string[] => {
      const filter = parseFilter(query);
      const hits = search(entries, filter, new Set()).entries;
      return [...hits].sort((a, b) => filter.score(b) - filter.score(a)).map(({ label }) => label);
    };
    expect(order("speed")).toEqual(["Speed", "Speedometer", "aSpeedo", "xspeedx", "SxPxExExD"]);
    expect(search(entries, parseFilter("speedo"), new Set()).best?.label).toBe("Speedometer");
  });

  test("is:plotted asks what is plotted now", () => {
    const entries = indexTree(tree([gnss]));
    const one = entries[1]?.id ?? "";
    expect(search(entries, parseFilter("is:plotted"), new Set([one])).entries.map(({ label }) => label)).toEqual(["Longitude"]);
  });

  test("of 50,000 names most are ruled out by their letters, unread", () => {
    const words = ["Speed", "Torque", "Temp", "Press", "Level", "Volt", "Amp", "Angle", "Ratio", "Count"];
    const messages = Array.from({ length: 1000 }, (_, m) =>
      id(m, [
        match(
          `Msg${m}`,
          Array.from({ length: 50 }, (_, s) => `${words[s % 10]}${words[(s + m) % 10]}${s}`),
        ),
      ]),
    );
    const entries = indexTree(tree(messages));
    expect(entries.length).toBe(50_000);
    let read = 0;
    const counted = entries.map((entry) => ({
      ...entry,
      get name() {
        read++;
        return entry.name;
      },
    }));
    const hits = search(counted, parseFilter("torque"), new Set());
    const expected = entries.filter(({ name }) => name.includes("torque"));
    expect(hits.entries.map(({ label }) => label)).toEqual(expected.map(({ label }) => label));
    // Two looks at each hit, one more at the few that have the letters but not the word.
    expect(read).toBeLessThan(entries.length / 2);
    // What is found is not walked again: a row each for the found, and their parents.
    expect(rowsOf(hits.entries).length).toBeLessThan(hits.entries.length + 1000 + 2 + 1);
  });

  test("names an unknown field and applies the rest", () => {
    expect(parseFilter("colour:red lat").unknown).toEqual(["colour"]);
    expect(found("colour:red lat")).toEqual(["Latitude"]);
  });

  test("wildcards take linear time on hostile names", () => {
    const started = performance.now();
    expect(glob(`${"*a".repeat(20)}b`, "a".repeat(2_000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(200);
    expect(glob("*b?d*", "abcde")).toBe(true);
  });

  test("letters found together win over letters strewn about", () => {
    expect(subsequence("eed", "wheelspeed")).toEqual([7, 8, 9]);
    expect(subsequence("wsd", "wheelspeed")).toEqual([0, 5, 9]);
  });
});
