/** The DBC library: what is kept, what belongs where, and which database a channel is offered. */
import { expect, test } from "vitest";
import type { ChannelFit } from "../../../core/query/engine.ts";
import { createLibrary } from "../../../web/library/library.ts";
import { channelStates, isAtHome, misplaced, proposals } from "../../../web/library/proposals.ts";
import { addressOf, withoutSignature } from "../../../web/source/source-link.ts";
import { rebind } from "../../../web/state/rebind.ts";
import type { DeviceHeard, LibraryDbc } from "../../../worker/api.ts";

const place = { device: "2F6913DB", bus: "CAN", channel: 1 } as const;
const dbc = (file: string): LibraryDbc => ({ file, blob: new Blob(["x"]), encoding: null });

function shelves() {
  const kept = new Map<string, LibraryDbc>();
  const texts = new Map<string, string>();
  return {
    shelf: {
      get: async (name: string) => kept.get(name) ?? null,
      all: async () => [...kept.values()],
      put: async (name: string, value: LibraryDbc) => kept.set(name, value) !== null,
      remove: async (name: string) => kept.delete(name),
    },
    settings: {
      get: (key: string) => texts.get(key) ?? null,
      set: (key: string, value: string) => texts.set(key, value) !== null,
    },
    texts,
  };
}

test("databases and assignments are there the next time; a removed database is assigned nowhere", async () => {
  const { shelf, settings } = shelves();
  const first = createLibrary(shelf, settings);
  first.add(dbc("b.dbc"));
  first.add(dbc("a.dbc"));
  first.assign(place, ["a.dbc", "b.dbc"]);
  first.assign({ ...place, channel: 2 }, ["b.dbc"]);
  const next = createLibrary(shelf, settings);
  await next.load();
  expect(next.entries().map(({ file }) => file)).toEqual(["a.dbc", "b.dbc"]);
  expect(next.assignmentOf({ ...place, device: "2f6913db" })?.dbcs).toEqual(["a.dbc", "b.dbc"]);
  next.remove("b.dbc");
  expect(next.rules()).toEqual([{ ...place, dbcs: ["a.dbc"] }]);
  next.assign(place, []);
  expect(createLibrary(shelf, settings).rules()).toEqual([]);
});

test.each(["{", "7", '[{"device":1}]', '[{"device":"A","bus":"LIN","channel":1.5,"dbcs":[]}]'])(
  "kept text %s binds nothing",
  (text) => {
    const { shelf, settings, texts } = shelves();
    texts.set("buslens.assignments", text);
    expect(createLibrary(shelf, settings).rules()).toEqual([]);
  },
);

const heardId = (id: number, db: string | null) =>
  ({
    bus: "CAN",
    channel: 1,
    id,
    extended: false,
    matches: db === null ? [] : [{ db, binding: "only" }],
  }) as unknown as DeviceHeard["ids"][number];

test("a database that comes alone has its channel, also where another one was assigned", () => {
  const both = (id: number) => ({
    ...heardId(id, "old"),
    matches: [
      { db: "old", binding: "only" },
      { db: "new", binding: null },
    ],
  });
  const [state] = channelStates({ device: "D", ids: [both(1), both(2), heardId(3, null)] as unknown as DeviceHeard["ids"] });
  expect(state && [isAtHome(state, "new", true), isAtHome(state, "new", false), isAtHome(state, "old", false)]).toEqual([
    true,
    false,
    true,
  ]);
});

test("half of the ids make a database the channel's; one that explains nothing is offered the best fit", () => {
  const [state] = channelStates({ device: "D", ids: [heardId(1, "x"), heardId(2, "x"), heardId(3, null), heardId(4, "y")] });
  expect(state).toMatchObject({ ids: 4, matched: 3 });
  expect(state && [isAtHome(state, "x", false), isAtHome(state, "y", false)]).toEqual([true, false]);
  const silent = channelStates({ device: "D", ids: [heardId(1, null), heardId(2, null)] });
  const fit = { ids: 0.5, frames: 0.97, lengths: 1, mux: 1, ranges: 1, score: 0.97 };
  const fits: ChannelFit[] = [{ bus: "CAN", channel: 1, fits: [{ db: "p", file: "p.dbc", fit }] }];
  expect(proposals(silent, fits).map(({ text }) => text)).toEqual(["p.dbc fits CAN 1: 1 of 2 ids, 97\u202f% of frames."]);
  expect(proposals(silent, [{ bus: "CAN", channel: 1, fits: [{ db: "p", file: "p.dbc", fit: { ...fit, ids: 0.4 } }] }])).toEqual(
    [],
  );
  expect(state && proposals([state], fits)).toEqual([]);
});

test("a database that was given to the wrong channel is offered the right one, with its messages counted", () => {
  const on = (channel: number, id: number, db: string | null) => ({ ...heardId(id, db), channel });
  const ids = [on(1, 1, null), on(1, 2, null), ...Array.from({ length: 40 }, (_, i) => on(2, i, null))];
  const states = channelStates({ device: "D", ids });
  const fit = { ids: 0.95, frames: 0.97, lengths: 1, mux: 1, ranges: 1, score: 0.97 };
  const fits: ChannelFit[] = [{ bus: "CAN", channel: 2, fits: [{ db: "body", file: "body.dbc", fit }] }];
  const given = (...channels: number[]) =>
    channels.map((channel) => ({ device: "d", bus: "CAN", channel, dbcs: ["body.dbc"] }) as const);
  const found = (...channels: number[]) => misplaced(states, fits, given(...channels), () => 41);
  expect(found(1)).toEqual([
    {
      ...{ device: "D", bus: "CAN", channel: 2, file: "body.dbc", label: "Assign to CAN 2" },
      from: { device: "D", bus: "CAN", channel: 1 },
      text: "body.dbc fits CAN 2 (38 of 41 messages), not CAN 1.",
    },
  ]);
  expect([found(2), found(1, 2), found()]).toEqual([[], [], []]);
});

test("another database with the same message takes the row over; one that is gone keeps its row and says so", () => {
  const info = (db: string, name: string) =>
    ({
      id: `D/CAN1/${db}.M/${name}`,
      selector: { device: "D", bus: "CAN", channel: 1, db, message: "M", signal: name },
      message: "M",
      name,
      lane: null,
      absent: false,
    }) as unknown as Parameters<typeof rebind>[1][number];
  const plotted = (one: ReturnType<typeof info>, slot: number) => ({
    [one.id]: { info: one, slot, notice: null, extremes: [0, 1] },
  });
  const [a, b, c] = [info("old", "A"), info("old", "B"), info("same", "C")];
  const scene = {
    stripes: [{ id: 1, signals: [a.id, b.id, c.id] }],
    plotted: { ...plotted(a, 0), ...plotted(b, 1), ...plotted(c, 2) },
  } as unknown as Parameters<typeof rebind>[0];
  const { scene: next, stale } = rebind(scene, [info("new", "A"), c], () => false);
  expect(next.stripes[0]?.signals).toEqual(["D/CAN1/new.M/A", b.id, c.id]);
  expect(next.plotted["D/CAN1/new.M/A"]).toMatchObject({ slot: 0, extremes: null, notice: null });
  expect(next.plotted[b.id]).toMatchObject({ slot: 1, notice: "not in this log", info: { absent: true } });
  expect(next.plotted[c.id]).toMatchObject({ slot: 2, extremes: [0, 1] });
  expect(stale).not.toContain(c.id);
});

test.each([
  ["localhost:8080", "http://localhost:8080/"],
  ["bucket.example/logs", "https://bucket.example/logs"],
  ["https://user:secret@h.example/a.MF4#x", "https://h.example/a.MF4"],
  ["ftp://h.example/", null],
  ["   ", null],
])("the address %j is %j", (text, href) => {
  expect(addressOf(text)?.href ?? null).toBe(href);
});

test("a signed address is linked without what signs it, any other with all it has", () => {
  const plain = (href: string): string => withoutSignature(new URL(href)).href;
  expect(plain("https://b.example/a.MF4?X-Amz-Signature=1&X-Amz-Date=2")).toBe("https://b.example/a.MF4");
  expect(plain("https://b.example/?list-type=2&prefix=a/")).toBe("https://b.example/?list-type=2&prefix=a/");
});
