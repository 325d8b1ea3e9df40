import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLinker } from "../../../web/link/linker.ts";
import { ADDRESS_MAX, pack, unpack } from "../../../web/link/packed.ts";
import { findSignals, parsePlain } from "../../../web/link/plain.ts";
import { bindDocument, bindName, nearestNames } from "../../../web/state/bind.ts";
import { documentOf } from "../../../web/state/document-of.ts";
import { firstState, type SignalInfo, type State } from "../../../web/state/model.ts";
import { type Action, reduce } from "../../../web/state/reduce.ts";
import { createStore } from "../../../web/state/store.ts";
import { parseDocument } from "../../../web/state/view-document.ts";

const info = (
  name: string,
  more: { channel?: number; message?: string; sa?: number; db?: string; device?: string } = {},
): SignalInfo => {
  const { channel = 1, message = "EEC1", sa, db = "j1939", device = "2F6913DB" } = more;
  const address = sa === undefined ? {} : { sourceAddress: sa };
  return {
    id: `${device}/CAN${channel}/${db}.${message}@${sa}/${name}`,
    selector: { device, bus: "CAN", channel, db, message, signal: name, ...address },
    name,
    message,
    source: message,
    unit: name,
    frames: 100,
    rateHz: 10,
    firstNs: 0n,
    lastNs: 10_000_000_000n,
    lane: null,
    comment: null,
    scaling: null,
    absent: false,
  };
};
const heard = {
  type: "heard",
  heard: { device: "2F6913DB", ids: [], transports: [], firstNs: 0n, lastNs: 10_000_000_000n, logs: [], facts: {} },
} as unknown as Action;
const plot = (one: SignalInfo): Action => ({ type: "plot", info: one, place: "new" });
const run = (actions: readonly Action[]): State => actions.reduce(reduce, { ...firstState, columns: 100 });
const read = (value: unknown) => {
  const parsed = parseDocument(JSON.parse(JSON.stringify(value)));
  if (!parsed.ok) throw new Error(parsed.why);
  return parsed;
};

describe("a view as a document", () => {
  const here = [info("EngineSpeed", { sa: 0 }), info("Odd/na@me:%", { message: "M/1" }), info("Gear", { sa: 3 })];
  const [speed, odd, gear] = here;
  if (speed === undefined || odd === undefined || gear === undefined) throw new Error("three signals");
  const state = run([
    heard,
    plot(speed),
    plot(odd),
    plot(gear),
    { type: "move", id: gear.id, target: { kind: "stripe", stripe: 1 } },
    { type: "limits", limits: { [speed.id]: [0, 4000] } },
    { type: "style", id: odd.id, style: { colour: "#123456", widthPx: 2, line: "step", decimals: 1 } },
    { type: "rename", stripe: 1, name: "Engine" },
    { type: "fold", stripe: 2 },
    { type: "hide", id: gear.id },
    { type: "zone", zone: "utc" },
    { type: "cursors", cursors: { a: 5n, b: 1_641_638_468_000_000_001n } },
    { type: "bookmarks", bookmarks: [{ timeNs: 7n, text: "stall" }] },
    { type: "zoom", factor: 0.5, atColumn: 50 },
  ]);

  test("comes back as it was", () => {
    const { document, isNewer } = read(documentOf(state));
    const bound = bindDocument(document, { ...state, plotted: {}, stripes: [] }, here);
    expect([isNewer, bound.absent]).toEqual([false, []]);
    const { view, cursors, zone, bookmarks } = { ...state, ...bound.more };
    expect({ view, cursors, zone, bookmarks }).toEqual({
      view: state.view,
      cursors: state.cursors,
      zone: "utc",
      bookmarks: state.bookmarks,
    });
    expect(bound.scene.stripes.map(({ name, folded, signals, weight }) => ({ name, folded, signals, weight }))).toEqual(
      state.stripes.map(({ name, folded, signals, weight }) => ({ name, folded, signals, weight })),
    );
    for (const [id, { slot, limits, style, hidden, lane }] of Object.entries(state.plotted)) {
      const { slot: s, limits: y, style: t, hidden: h, lane: l } = bound.scene.plotted[id] ?? {};
      expect({ slot: s, limits: y, style: t, hidden: h, lane: l }).toEqual({ slot, limits, style, hidden, lane });
    }
    expect(documentOf({ ...state, ...bound.scene, ...bound.more })).toEqual(documentOf(state));
  });

  test("a layout has no recordings, times and cursors", () => {
    expect(Object.keys(documentOf(state, { layout: true }))).not.toEqual(expect.arrayContaining(["d"]));
    expect(documentOf(state, { layout: true })).not.toHaveProperty("t");
    expect(documentOf(state, { layout: true })).not.toHaveProperty("k");
  });

  test("parts of a newer version are named and kept", () => {
    const newer = { ...documentOf(state), v: 2, hologram: { on: true } };
    const { document, isNewer } = read(newer);
    expect([isNewer, document.foreign]).toEqual([true, { hologram: { on: true } }]);
    const bound = bindDocument(document, state, here);
    expect(documentOf({ ...state, ...bound.scene, ...bound.more })).toHaveProperty("hologram");
  });
});

describe("names", () => {
  const dbcs = { recordings: ["2F6913DB/00000004"], dbcs: [] };
  const bind = (name: string, here: SignalInfo[]) => bindName(name, dbcs, here)?.selector;
  const speed = (more: Parameters<typeof info>[1]) => info("Speed", { message: "CCVS1", ...more });

  test("bind exactly, then on another channel, then from another source address", () => {
    const here = [speed({ channel: 2, sa: 0 }), speed({ channel: 1, sa: 0x47 }), speed({ channel: 1, sa: 0 })];
    expect(bind("CAN1/CCVS1@00/Speed", here)).toMatchObject({ channel: 1, sourceAddress: 0 });
    expect(bind("CAN1/CCVS1@00/Speed", here.slice(0, 2))).toMatchObject({ channel: 2, sourceAddress: 0 });
    expect(bind("CAN1/CCVS1@00/Speed", here.slice(1, 2))).toMatchObject({ channel: 1, sourceAddress: 0x47 });
    expect(bind("CAN1/CCVS1/Speed", here.slice(1, 2))).toMatchObject({ sourceAddress: 0x47 });
    expect(bind("CAN1/CCVS1@00/Spee", here)).toBe(undefined);
  });

  test("of another device do not bind", () => {
    expect(bind("CAN1/CCVS1@00/Speed", [speed({ sa: 0, device: "OTHER" })])).toBe(undefined);
  });

  test("that are not here keep their row and name the nearest", () => {
    const { document } = read({ v: 1, d: ["2F6913DB"], s: ["CAN1/M/FuelRate"], p: [{ g: [{ s: 0 }] }] });
    const bound = bindDocument(document, run([heard]), [info("FuelRateL"), info("EngFuelRate"), info("Other")]);
    expect(bound.absent).toEqual(["FuelRate"]);
    const row = Object.values(bound.scene.plotted)[0];
    expect(row?.info.absent).toBe(true);
    expect(row?.notice).toBe("FuelRate is not in this log. Nearest: FuelRateL, EngFuelRate.");
    expect(nearestNames("Speed", ["xyz"])).toEqual([]);
  });
});

describe("the address", () => {
  test("gives back what was packed; forty signals fit", async () => {
    const names = Array.from({ length: 40 }, (_, i) => `CAN${1 + (i % 2)}/Message${i}@0${i % 10}/SomeSignalName${i * 7}`);
    const value = {
      v: 1,
      s: names,
      p: names.map((_, s) => ({ g: [{ s }] })),
      t: { f: "1641638468000000000", w: "780000000000", z: "log" },
    };
    const fragment = await pack(value);
    expect(await unpack(fragment)).toEqual({ ok: true, value });
    expect(fragment.length).toBeLessThan(ADDRESS_MAX - 200);
  });

  test("cut anywhere it says so and never throws", async () => {
    const fragment = await pack({ v: 1, s: ["CAN1/EEC1@00/EngineSpeed"], p: [{ g: [{ s: 0 }] }] });
    for (let length = 3; length < fragment.length; length += 3) expect((await unpack(fragment.slice(0, length)))?.ok).toBe(false);
    expect(await unpack("#other")).toBe(null);
  });

  test("that unfolds to megabytes is stopped", async () => {
    const bomb = await pack("0".repeat(5_000_000));
    expect(bomb.length).toBeLessThan(16 * 1024);
    expect(await unpack(bomb)).toEqual({ ok: false, why: "it unfolds to more than a view can be" });
  });

  test("any JSON is read without harm, within the caps", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), fc.jsonValue(), (s, p, t) => {
        const parsed = parseDocument({ v: 1, s, p, t, k: t, o: p, d: s, b: s });
        if (!parsed.ok) throw new Error(parsed.why);
        expect(parsed.document.stripes.length).toBeLessThanOrEqual(64);
      }),
      { numRuns: 300, seed: 20240917 },
    );
    const many = {
      v: 1,
      s: Array.from({ length: 9999 }, () => "x".repeat(9999)),
      p: Array.from({ length: 999 }, () => ({ g: [{ s: 1 }] })),
    };
    const parsed = parseDocument(many);
    if (!parsed.ok) throw new Error(parsed.why);
    const { names, stripes } = parsed.document;
    expect([names.length, names[0]?.length, stripes.length]).toEqual([256, 512, 64]);
    // A signal stands in one place only.
    expect(stripes.flatMap((stripe) => stripe.signals).length).toBe(1);
  });
});

describe("the plain form", () => {
  const here = [
    info("EngineSpeed"),
    info("WheelBasedVehicleSpeed", { message: "CCVS1" }),
    info("EngineSpeed", { device: "OTHER" }),
  ];

  test("says device, signals and times as Grafana writes them", () => {
    const plain = parsePlain(
      "?dev=2F6913DB&sig=EEC1.EngineSpeed&sig=ccvs1.*&from=1641638468000&to=2022-01-08T10:54:08Z&at=nonsense",
    );
    if (plain === null) throw new Error("a plain view");
    expect([plain.fromNs, plain.toNs, plain.atNs, plain.wrong]).toEqual([
      1_641_638_468_000_000_000n,
      BigInt(Date.UTC(2022, 0, 8, 10, 54, 8)) * 1_000_000n,
      null,
      ["at=nonsense"],
    ]);
    expect(findSignals(plain, here).found.map(({ name }) => name)).toEqual(["EngineSpeed", "WheelBasedVehicleSpeed"]);
  });

  test("plots at most 24 and names what matches nothing", () => {
    const many = Array.from({ length: 40 }, (_, i) => info(`S${i}`));
    const plain = parsePlain("?sig=*&sig=zzz");
    if (plain === null) throw new Error("a plain view");
    const { found, missing } = findSignals(plain, many);
    expect([found.length, missing]).toEqual([24, ["zzz"]]);
    expect(parsePlain("?src=https://x/")).toBe(null);
  });
});

test("names that are none do not move the others", () => {
  const { document } = read({
    v: 1,
    s: [null, 7, "", "1:", "CAN1/EEC1/EngineSpeed"],
    p: [{ g: [{ s: 1 }, { s: 3 }, { s: 4 }] }],
  });
  const bound = bindDocument(document, run([heard]), [info("EngineSpeed")]);
  expect([Object.values(bound.scene.plotted).map(({ info: { name } }) => name), bound.absent]).toEqual([["EngineSpeed"], []]);
});

describe("the linker", () => {
  const plots = (names: readonly string[]): State => run([heard, ...names.map((name) => plot(info(name)))]);
  async function linkOf(state: State): Promise<{ href: string | null; page: string; said: string[] }> {
    const store = createStore(state, { nextFrame: (act) => act(), later: () => 0, stop: () => undefined });
    let page = "https://page.example/view/#v=1z.old";
    const linker = createLinker(store, {
      signals: () => [],
      grow: async () => undefined,
      address: { get: () => new URL(page), replace: (url) => (page = url.href) },
      later: () => 0,
      stop: () => undefined,
    });
    const href = (await linker.address())?.href ?? null;
    return { href, page, said: store.get().notifications.map(({ text }) => text) };
  }

  test("writes what fits, and says so where nothing does instead of a longer address", async () => {
    const short = await linkOf(plots(["A", "B"]));
    expect([short.href?.startsWith("https://page.example/view/#v=1z."), short.page === short.href, short.said]).toEqual([
      true,
      true,
      [],
    ]);
    const random = (i: number): string => createHash("sha512").update(String(i)).digest("base64");
    const long = await linkOf(plots(Array.from({ length: 24 }, (_, i) => random(i) + random(-i))));
    expect([long.href, long.page]).toEqual([null, "https://page.example/view/"]);
    expect(long.said).toEqual([
      expect.stringMatching(/^This view is too long for a link: \d+ characters, 2048 at most\. Save it as a layout/),
    ]);
  });
});
