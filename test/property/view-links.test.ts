/** Views from outside: whatever a link says is read without harm, within its caps, and comes out as it would be written again. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { pack, unpack } from "../../web/link/packed.ts";
import { findSignals, parsePlain } from "../../web/link/plain.ts";
import { bindDocument } from "../../web/state/bind.ts";
import { documentOf } from "../../web/state/document-of.ts";
import { firstState, type SignalInfo, type State } from "../../web/state/model.ts";
import { reduce } from "../../web/state/reduce.ts";
import { parseDocument } from "../../web/state/view-document.ts";

const RUNS = { numRuns: 400, seed: 20261122 } as const;

const info = (name: string, message: string, channel: number): SignalInfo => ({
  id: `2F6913DB/CAN${channel}/db.${message}/${name}`,
  selector: { device: "2F6913DB", bus: "CAN", channel, db: "db", message, signal: name },
  name,
  message,
  source: message,
  unit: "",
  frames: 100,
  rateHz: 10,
  firstNs: 0n,
  lastNs: 10_000_000_000n,
  lane: name === "Gear" ? "enum" : null,
  comment: null,
  scaling: null,
  absent: false,
});
const here = [
  info("EngineSpeed", "EEC1", 1),
  info("Gear", "ETC2", 1),
  info("EngineSpeed", "EEC1", 2),
  info("__proto__", "constructor", 1),
];
const start: State = { ...firstState, columns: 500, view: { fromNs: 0n, stepNs: 1_000_000n } };

/** The view a value shows, as the page takes it; null: it is refused. */
function shown(value: unknown): State | null {
  const parsed = parseDocument(value);
  if (!parsed.ok) {
    expect(parsed.why.length).toBeGreaterThan(5);
    return null;
  }
  const bound = bindDocument(parsed.document, start, here);
  return reduce(start, { type: "restore", scene: bound.scene, more: bound.more });
}

function checkBounds(state: State): void {
  const { stripes, plotted, bookmarks, view, cursors } = state;
  expect(stripes.length).toBeLessThanOrEqual(64);
  expect(Object.keys(plotted).length).toBeLessThanOrEqual(256);
  expect(bookmarks.length).toBeLessThanOrEqual(1000);
  const placed = stripes.flatMap(({ signals }) => signals);
  expect(new Set(placed).size).toBe(placed.length);
  expect(new Set(placed)).toEqual(new Set(Object.keys(plotted)));
  for (const {
    info: { name, source },
    limits,
    slot,
    axis,
    style,
  } of Object.values(plotted)) {
    expect([name.length <= 512, source.length <= 512]).toEqual([true, true]);
    if (limits !== null) expect(Number.isFinite(limits[1] - limits[0]) && limits[1] > limits[0]).toBe(true);
    expect(slot >= 0 && slot <= 256 && (axis === null || (axis >= 0 && axis <= 256))).toBe(true);
    expect(style.colour === null || /^#[0-9a-f]{6}$/i.test(style.colour)).toBe(true);
  }
  for (const { weight, name } of stripes) {
    expect(weight > 0 && weight <= 1000).toBe(true);
    expect(name === null || name.length <= 512).toBe(true);
  }
  expect(view === null || view.stepNs >= 1n).toBe(true);
  for (const time of [view?.fromNs, cursors.a, cursors.b])
    if (typeof time === "bigint") expect(time < 10n ** 19n && time > -(10n ** 19n)).toBe(true);
}

/** Shown, written, shown again: nothing more changes. */
function checkSettled(state: State): void {
  const once = JSON.parse(JSON.stringify(documentOf(state))) as unknown;
  const again = shown(once);
  expect(again).not.toBeNull();
  if (again !== null) expect(JSON.parse(JSON.stringify(documentOf(again)))).toEqual(once);
}

const odd = fc.oneof(
  { weight: 3, arbitrary: fc.jsonValue() },
  fc.constantFrom<unknown>(
    null,
    -1,
    1e308,
    -1e308,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    2 ** 53,
    1e-320,
    "",
    "\0",
    "__proto__",
    "constructor",
    "toString",
  ),
  fc.constantFrom<unknown>(
    "9".repeat(19),
    "9".repeat(20),
    "-9223372036854775808",
    "1e5",
    "0x10",
    [],
    {},
    [[]],
    "x".repeat(5000),
    "%",
    "%FF",
    "1:",
    "999:a/b",
  ),
);
const name = fc.oneof(
  fc.constantFrom("CAN1/EEC1/EngineSpeed", "CAN1/ETC2/Gear", "9:CAN1/a/b", "CAN1/constructor/__proto__", "a%2Fb/c", "/", "//"),
  fc.string({ unit: "grapheme" }),
  odd,
);
const sometimes = (value: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: odd });
const signal = fc.record(
  {
    s: sometimes(fc.nat(6)),
    y: odd,
    a: sometimes(fc.nat(5)),
    k: sometimes(fc.oneof(fc.nat(20), fc.constant("#12AB9f"))),
    q: odd,
    l: sometimes(fc.constantFrom("line", "step", "lane", "bool")),
    r: sometimes(fc.constantFrom("raw", "hex")),
    w: odd,
    m: odd,
    n: odd,
    log: odd,
    hide: sometimes(fc.constant(1)),
  },
  { requiredKeys: ["s"] },
);
const time = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String);
const stripe = fc.record({
  h: odd,
  n: sometimes(fc.string()),
  k: sometimes(fc.constantFrom("plot", "lanes", "xy")),
  f: sometimes(fc.constant(1)),
  g: sometimes(fc.array(sometimes(signal), { maxLength: 6 })),
});
const view = fc.record(
  {
    v: fc.oneof({ weight: 8, arbitrary: fc.constantFrom(1, 2) }, odd),
    d: sometimes(fc.array(sometimes(fc.constantFrom("2F6913DB/00000004", "OTHER")))),
    s: sometimes(fc.array(name, { maxLength: 8 })),
    p: sometimes(fc.array(sometimes(stripe), { maxLength: 6 })),
    t: sometimes(
      fc.record({ f: sometimes(time), w: sometimes(time), z: sometimes(fc.constantFrom("rel", "utc")), zero: sometimes(time) }),
    ),
    k: sometimes(fc.record({ a: sometimes(time), b: sometimes(time) })),
    o: sometimes(
      fc.record({
        x: sometimes(fc.constantFrom("stats file", "stats nonsense")),
        m: sometimes(fc.array(sometimes(fc.tuple(time, fc.string())))),
      }),
    ),
    b: odd,
    later: odd,
  },
  { requiredKeys: ["v"] },
);

describe("a view from a link", () => {
  test("is read whatever it is, also what no JSON can say", () => {
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withNullPrototype: true,
          withSparseArray: true,
        }),
        (value) => {
          shown(value);
          shown({ v: 1, s: value, p: value, t: value, k: value, o: value, d: value, b: value, x: value });
        },
      ),
      RUNS,
    );
  });

  test("stays within its caps, and is the same view when it is written and read again", () => {
    let read = 0;
    fc.assert(
      fc.property(view, (value) => {
        const state = shown(value);
        if (state === null) return;
        read++;
        checkBounds(state);
        checkSettled(state);
      }),
      RUNS,
    );
    expect(read).toBeGreaterThan(200);
  });

  test("with ten thousand of everything is cut to its caps", () => {
    const many = <T>(make: (i: number) => T, length = 10_000): T[] => Array.from({ length }, (_, i) => make(i));
    const state = shown({
      v: 1,
      s: many((i) => `CAN1/M${i}/S${i}`),
      p: many((i) => ({ n: "x".repeat(600), g: many((j) => ({ s: i * 300 + j }), 300) }), 100),
      o: { m: many((i) => [String(i), "mark"]) },
    });
    if (state === null) throw new Error("it is a view");
    checkBounds(state);
    expect(Object.keys(state.plotted).length).toBe(256);
  });

  test("leaves no trace in prototypes", () => {
    const hostile = JSON.parse(
      '{"v":2,"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"s":["__proto__/a/b"],"p":[{"g":[{"s":0,"__proto__":{"polluted":1}}]}]}',
    ) as unknown;
    const state = shown(hostile);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
    expect(Object.getPrototypeOf(state?.foreign)).toBe(Object.prototype);
    if (state !== null) checkSettled(state);
  });

  test("nested without end is kept out of what is written again", async () => {
    const deep = JSON.parse(
      `{"v":2,"later":${"[".repeat(30_000)}${"]".repeat(30_000)},"wide":"${"y".repeat(50_000)}","hologram":{"on":true}}`,
    ) as unknown;
    const state = shown(deep);
    if (state === null) throw new Error("it is a view");
    expect(state.foreign).toEqual({ hologram: { on: true } });
    expect((await pack(documentOf(state))).length).toBeLessThan(2048);
  });
});

describe("a link that was changed on its way", () => {
  const real = {
    v: 1,
    d: ["2F6913DB/00000004"],
    s: ["CAN1/EEC1/EngineSpeed", "CAN1/ETC2/Gear"],
    p: [
      { n: "Engine", g: [{ s: 0, y: [0, 4000] }] },
      { k: "lanes", g: [{ s: 1 }] },
    ],
    t: { f: "1641638468000000000", w: "780000000000", z: "log" },
    k: { a: "1641638734400000000" },
  };

  test("cut at each character, with a character changed, doubled or left out: read or refused, never more", async () => {
    const fragment = await pack(real);
    const prefix = "#v=1z.".length;
    const changed = Array.from({ length: fragment.length }, (_, i) => [
      fragment.slice(0, i),
      fragment.slice(0, i) + fragment.slice(i + 1),
      `${fragment.slice(0, i)}A${fragment.slice(i + 1)}`,
      `${fragment.slice(0, i)}${fragment.slice(prefix, i)}${fragment.slice(i)}`,
      `${fragment.slice(0, i)}\u{1F697}${fragment.slice(i)}`,
      `${fragment.slice(0, i)}%${fragment.slice(i)}`,
    ]).flat();
    for (const text of changed) {
      const unpacked = await unpack(text);
      if (unpacked?.ok !== true) continue;
      const state = shown(unpacked.value);
      if (state !== null) checkBounds(state);
    }
  });

  test("whose unpacked text was changed is read within its caps", async () => {
    const text = JSON.stringify(real);
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.nat(text.length), fc.constantFrom("", "9", '"', "[", "]", "{", "}", "null", "1e999", "\\u0000", ",")),
          { minLength: 1, maxLength: 3 },
        ),
        async (edits) => {
          const edited = edits.reduce(
            (all, [at, by]) => all.slice(0, at) + by + all.slice(at + (by === "" ? 1 : by.length)),
            text,
          );
          let value: unknown;
          try {
            value = JSON.parse(edited);
          } catch {
            return;
          }
          const unpacked = await unpack(await pack(value));
          const state = unpacked?.ok === true ? shown(unpacked.value) : null;
          if (state !== null) {
            checkBounds(state);
            checkSettled(state);
          }
        },
      ),
      RUNS,
    );
  });
});

test("the plain form reads any parameters, and finds at most 24 signals", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      "*",
      "?",
      "**********a",
      "%",
      "1641638468000",
      "-99999999999999",
      "2022-01-08",
      "9".repeat(400),
      "275760-09-13",
      "2022-02-30T25:61:61Z",
    ),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.constantFrom("dev", "sig", "from", "to", "at", "src", "__proto__"), text)), (pairs) => {
      const plain = parsePlain(`?${new URLSearchParams(pairs.map(([key, value]) => [key, value]))}`);
      if (plain === null) return;
      expect(findSignals(plain, here).found.length).toBeLessThanOrEqual(24);
      for (const time of [plain.fromNs, plain.toNs, plain.atNs]) expect(time === null || typeof time === "bigint").toBe(true);
    }),
    { ...RUNS, numRuns: 100 },
  );
});
