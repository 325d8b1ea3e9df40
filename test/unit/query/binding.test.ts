/** Which database answers where none is named. */
import { describe, expect, test } from "vitest";
import type { MemoryStore } from "../../../core/store/memory.ts";
import { dbcText } from "../../../fixtures/dbc-text.ts";
import { frame } from "../../../fixtures/frame.ts";
import { FRAME_FORMAT, type MessageRow, message, signal } from "../../../fixtures/message.ts";
import { answersTo, DEVICE, engineOver, never, oneLog, queryFor, wrongIn } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";

const MS = 1_000_000;
const speed = (name: string, factor: string, lengthBytes = 8): MessageRow =>
  message(0x100, name, lengthBytes, "A", [signal("Speed", "0|16@1+", `(${factor},0)`)]);
const own = message(0x200, "OwnMessage", 8, "A", [signal("Own", "0|8@1+", "(1,0)")]);

/** On CAN 1: 0x100 and 0x200, on CAN 2: 0x100. */
const frames = Array.from({ length: 90 }, (_, i) =>
  frame({
    timeNs: i * MS,
    channel: i % 3 === 2 ? 2 : 1,
    id: i % 3 === 0 ? 0x200 : 0x100,
    payload: new Uint8Array(8).fill(i + 1),
  }),
);
// "zz" knows both identifiers, "aa" one of them, with a length that no frame has.
const DBCS = [
  { name: "aa.dbc", text: dbcText([speed("FromA", "2", 4)], "a") },
  { name: "zz.dbc", text: dbcText([speed("FromZ", "1"), own], "z") },
];
const worldOf = (json?: string) =>
  oneLog("D", frames, [], { dbcs: json === undefined ? DBCS : [...DBCS, { name: "buslens.json", text: json }] });

async function ask(store: MemoryStore, more: object = {}) {
  const engine = engineOver(nodeKernel(), store);
  const { series, ledger } = await answersTo(engine, queryFor([{ device: DEVICE, signal: "Speed", ...more }]));
  expect(wrongIn(ledger)).toEqual([]);
  return { series: series.filter(({ segments }) => segments.length > 0), all: series, engine };
}
const found = ({ series }: Awaited<ReturnType<typeof ask>>) =>
  series.map(({ labels }) => (labels.kind === "channel" ? "" : `${labels.channel} ${labels.message}`));

describe("without a rule", () => {
  test("the database that fits better answers, and a notice names it and the scores", async () => {
    const answer = await ask(worldOf());
    expect(found(answer)).toEqual(["1 FromZ", "2 FromZ"]);
    const notices = answer.series[0]?.notices.map(({ text }) => text);
    expect(notices).toContainEqual(
      expect.stringMatching(
        /^CAN 1 of B0551009: best fit chose zz\.dbc \(score 1\.00\) before aa\.dbc \(score 0\.00\); .*buslens\.json$/,
      ),
    );
  });

  test("a database that is named answers all the same, without a word", async () => {
    const answer = await ask(worldOf(), { db: "AA" });
    expect(found(answer)).toEqual(["1 FromA", "2 FromA"]);
    expect(answer.series[0]?.notices).toEqual([]);
  });

  test("both kinds of selectors in one query get what they ask for", async () => {
    const engine = engineOver(nodeKernel(), worldOf());
    const selectors = [
      { device: DEVICE, signal: "Speed", channel: 1 },
      { device: DEVICE, signal: "Speed", channel: 1, db: "aa" },
    ];
    const { series } = await answersTo(engine, queryFor(selectors));
    expect(series.map(({ selector, labels }) => [selector, labels.kind === "channel" ? "" : labels.message])).toEqual([
      [0, "FromZ"],
      [1, "FromA"],
    ]);
  });

  test("what no other database knows is decoded without comparing", async () => {
    const { series, all } = await ask(worldOf(), { signal: "Own" });
    expect(series).toHaveLength(1);
    expect(all.flatMap(({ notices }) => notices)).toEqual([]);
  });

  test("what is heard names the rule and the binding of each match", async () => {
    const { engine } = await ask(worldOf());
    const { ids, notices } = await engine.heard({ device: DEVICE }, never());
    const rows = ids.flatMap(({ channel, id, matches }) =>
      matches.map(({ db, rule, binding }) => `${channel} ${id.toString(16)} ${db} ${rule} ${binding}`),
    );
    expect(rows).toEqual([
      "1 100 aa exact null",
      "1 100 zz exact best-fit",
      "1 200 zz exact only",
      "2 100 aa exact null",
      "2 100 zz exact best-fit",
    ]);
    expect(notices.map(({ text }) => text)).toContainEqual(expect.stringContaining("best fit chose zz.dbc"));
    const explained = await engine.explain(queryFor([{ device: DEVICE, signal: "Speed", channel: 2 }]), never());
    expect(explained.rules.map(({ db, rule, binding }) => [db, rule, binding])).toEqual([["zz", "exact", "best-fit"]]);
  });
});

describe("with buslens.json", () => {
  test("each channel gets its databases in their order, and nothing is said", async () => {
    const json = `{"bindings": [
      {"device": "B055*", "channel": 1, "dbcs": ["aa.dbc", "zz.dbc"]},
      {"channel": 2, "dbcs": ["ZZ"]}
    ]}`;
    const answer = await ask(worldOf(json));
    expect(found(answer)).toEqual(["1 FromA", "2 FromZ"]);
    expect(answer.series.flatMap(({ notices }) => notices)).toEqual([]);
    // The first of the list does not know this one, the second does.
    expect(found(await ask(worldOf(json), { signal: "Own" }))).toEqual(["1 OwnMessage"]);
  });

  test("a channel without databases stays undecoded unless one is named", async () => {
    const json = '{"bindings": [{"channel": 2, "dbcs": []}]}';
    expect(found(await ask(worldOf(json)))).toEqual(["1 FromZ"]);
    expect(found(await ask(worldOf(json), { db: "zz" }))).toEqual(["1 FromZ", "2 FromZ"]);
    const { all } = await ask(worldOf(json), { channel: 2 });
    expect(all[0]?.notices[0]?.text).toMatch(
      /occur on CAN 2, but belong to another database there; name aa, or change buslens\.json$/,
    );
  });

  test("names that are not here and mistakes are told with every answer", async () => {
    const json = '{"bindings": [{"channel": 7, "dbcs": ["no.dbc"]}, {"channel": "x", "dbcs": []}]}';
    const { series } = await ask(worldOf(json));
    const texts = series[0]?.notices.map(({ text }) => text) ?? [];
    expect(texts).toContainEqual("buslens.json names no.dbc, which is not here");
    expect(texts).toContainEqual(expect.stringMatching(/^buslens\.json:1:63: "channel" must/));
  });

  test("a change of the file is seen by the next question", async () => {
    const store = worldOf('{"bindings": [{"channel": 1, "dbcs": ["aa"]}]}');
    const engine = engineOver(nodeKernel(), store);
    const message = async () => {
      const { series } = await answersTo(engine, queryFor([{ device: DEVICE, signal: "Speed", channel: 1 }]));
      return series.map(({ labels }) => (labels.kind === "channel" ? "" : labels.message));
    };
    expect(await message()).toEqual(["FromA"]);
    store.put("buslens.json", new TextEncoder().encode('{"bindings": [{"channel": 1, "dbcs": ["zz"]}]}'));
    expect(await message()).toEqual(["FromZ"]);
  });
});

test("a parameter group leaves out identifiers that the database before it knows exactly", async () => {
  const group = message(0x18fef1fe, "Group", 8, "A", [signal("Value", "0|8@1+", "(1,0)")], {
    extended: true,
    format: FRAME_FORMAT.j1939,
  });
  const exact = message(0x18fef121, "Exact", 8, "A", [signal("Value", "8|8@1+", "(1,0)")], { extended: true });
  const some = [0x18fef100, 0x18fef121].map((id, i) =>
    frame({ timeNs: i * MS, id, extended: true, payload: Uint8Array.of(1, 2, 0, 0, 0, 0, 0, 0) }),
  );
  const dbcs = [
    { name: "a.dbc", text: dbcText([exact], "a") },
    { name: "b.dbc", text: dbcText([group], "b") },
    { name: "buslens.json", text: '{"bindings": [{"dbcs": ["a", "b"]}]}' },
  ];
  const engine = engineOver(nodeKernel(), oneLog("D", some, [], { dbcs }));
  const { series } = await answersTo(engine, queryFor([{ device: DEVICE, signal: "Value" }]));
  const rows = series.map(({ labels, segments }) => {
    if (labels.kind === "channel") return [];
    return [labels.message, labels.sourceAddress, ...segments.flatMap(({ values }) => [...values])];
  });
  expect(rows).toEqual([
    ["Exact", null, 2],
    ["Group", 0, 1],
  ]);
});
