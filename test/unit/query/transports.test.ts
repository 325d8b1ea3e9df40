/** Messages longer than a frame in queries: whole over the borders of ranges and splits, under every method, every segment accounted for. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../../core/query/engine.ts";
import { withTransported } from "../../../core/query/heard-transports.ts";
import { emptyLedger } from "../../../core/query/ledger.ts";
import type { Query } from "../../../core/query/query.ts";
import { MemoryStore } from "../../../core/store/memory.ts";
import { type Frame, frame } from "../../../fixtures/frame.ts";
import { unfinalizedLog } from "../../../fixtures/log.ts";
import {
  answersTo,
  DEVICE,
  engineOver,
  type LoadedKernel,
  oneLogFacts,
  queryFor,
  START_NS,
  wrongIn,
} from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";
import { appOf, post } from "../edge/app-of.ts";

const MS = 1_000_000n;

/** Service 0x62, identifier 0x0101, then a 16-bit counter at the start and at the end of 30 bytes. */
const UDS = (start: number): string => `VERSION ""
BU_: ECU
BO_ 2024 Answer: 62 ECU
 SG_ Service M : ${start}|8@1+ (1,0) [0|0] "" ECU
 SG_ First m98 : ${start + 31}|16@0+ (1,0) [0|0] "" ECU
 SG_ Last m98 : ${start + 8 * 29 + 7}|16@0+ (0.5,0) [0|0] "V" ECU
`;

const payloadOf = (n: number): number[] => [0x62, 1, 1, n >> 8, n & 255, ...Array<number>(24).fill(0xaa), n >> 8, n & 255];

const framed = (timeMs: number, bytes: readonly number[], more: Partial<Frame> = {}): Frame =>
  frame({ timeNs: timeMs * 1e6, id: 0x7e8, payload: Uint8Array.from(bytes), ...more });

/** A message of 31 bytes, a frame every 10 ms: five frames. */
function isoTp(timeMs: number, n: number): Frame[] {
  const payload = payloadOf(n);
  const frames = [framed(timeMs, [0x10, payload.length, ...payload.slice(0, 6)])];
  for (let at = 6, k = 1; at < payload.length; at += 7, k++) {
    const bytes = [0x20 | (k & 15), ...payload.slice(at, at + 7)];
    frames.push(framed(timeMs + k * 10, [...bytes, ...Array<number>(8 - bytes.length).fill(0x55)]));
  }
  return frames;
}

let kernel: LoadedKernel;
beforeAll(async () => {
  kernel = await nodeKernel();
});

const encoded = (text: string): Uint8Array => new TextEncoder().encode(text);
const keyOf = (split: number): string => `${DEVICE}/00000001/0000000${split}.MF4`;

function engineOf(splits: readonly (readonly Frame[])[], dbc: string, bindings = "{}"): Engine {
  const files = splits.map((frames, i) => [keyOf(i + 1), unfinalizedLog({ ...oneLogFacts, split: i + 1 }, frames)] as const);
  return engineOver(kernel, new MemoryStore([...files, ["uds.dbc", encoded(dbc)], ["buslens.json", encoded(bindings)]]));
}

const asked = (more: Partial<Query> = {}): Query =>
  queryFor(
    ["First", "Last"].map((signal) => ({ device: DEVICE, signal })),
    more,
  );

async function pointsOf(engine: Engine, query: Query): Promise<[number, number][][]> {
  const { series, ledger } = await answersTo(engine, query);
  expect(wrongIn(ledger)).toEqual([]);
  return series.map(({ segments }) =>
    segments.flatMap(({ baseNs, timesNs, values }) =>
      [...timesNs].map((time, i): [number, number] => [Number((baseNs + BigInt(time) - START_NS) / MS), values[i] ?? Number.NaN]),
    ),
  );
}

const messages = Array.from({ length: 20 }, (_, n) => isoTp(n * 100, n + 250));
const times = Array.from({ length: 20 }, (_, n) => n * 100 + 40);

describe.each([
  ["bits count from the length byte", 8],
  ["bits count from the service", 0],
])("ISO-TP, where %s", (_, start) => {
  const dbc = UDS(start);

  test("every message comes out at the time of its last frame", async () => {
    const [first, last] = await pointsOf(engineOf([messages.flat()], dbc), asked());
    expect(first).toEqual(times.map((time, n) => [time, n + 250]));
    expect(last).toEqual(times.map((time, n) => [time, (n + 250) / 2]));
  });

  test("a range that begins or ends within a message takes it by its last frame", async () => {
    const engine = engineOf([messages.flat()], dbc);
    for (const [from, to] of [
      [530, 941],
      [540, 940],
      [541, 939],
      [0, 40],
    ] as const) {
      const range = { fromNs: START_NS + BigInt(from) * MS, toNs: START_NS + BigInt(to) * MS };
      const [first] = await pointsOf(engine, asked(range));
      expect([from, to, first]).toEqual([
        from,
        to,
        times.flatMap((time, n) => (time >= from && time < to ? [[time, n + 250]] : [])),
      ]);
    }
  });

  test("a message over the border of two splits is whole, also when only the second is asked for", async () => {
    const all = messages.flat();
    for (const cut of [1, 4, 5, 52]) {
      const engine = engineOf([all.slice(0, cut), all.slice(cut)], dbc);
      const [first] = await pointsOf(engine, asked());
      expect([cut, first]).toEqual([cut, times.map((time, n) => [time, n + 250])]);
      const from = (all[cut]?.timeNs ?? 0) / 1e6;
      const [later] = await pointsOf(
        engineOf([all.slice(0, cut), all.slice(cut)], dbc),
        asked({ fromNs: START_NS + BigInt(from) * MS }),
      );
      expect([cut, later]).toEqual([cut, times.flatMap((time, n) => (time >= from ? [[time, n + 250]] : []))]);
    }
  });

  test("cells hold the same values", async () => {
    const engine = engineOf([messages.flat()], dbc);
    const [envelope] = await pointsOf(
      engine,
      asked({ method: "envelope", grid: { kind: "fixed", originNs: 0n, stepNs: 1_000n * MS } }),
    );
    expect(envelope).toEqual([
      [40, 250],
      [940, 259],
      [1040, 260],
      [1940, 269],
    ]);
  });
});

describe("losses", () => {
  const dbc = UDS(8);

  test("a message with a missing frame is no value, and counted by cause", async () => {
    const lossy = messages.flatMap((frames, n) => (n === 7 ? frames.filter((_, i) => i !== 2) : frames));
    const { series, ledger } = await answersTo(engineOf([lossy], dbc), asked());
    expect(series[0]?.segments.flatMap(({ values }) => [...values])).toEqual(
      Array.from({ length: 20 }, (_, n) => n + 250).filter((value) => value !== 257),
    );
    expect(wrongIn(ledger)).toEqual([]);
    expect(ledger).toMatchObject({ segments: 99, segmentsUsed: 95, segmentsLost: 4, segmentsControl: 0, segmentsOpen: 0 });
    expect(series[0]?.notices.map(({ text }) => text).join("\n")).toContain("CAN 1, ISO-TP 7E8");
  });

  test("losses of a device are told with time and cause; a message over two splits is none", async () => {
    const all = messages.flatMap((frames, n) => (n === 7 ? frames.filter((_, i) => i !== 2) : frames));
    const engine = engineOf([all.slice(0, 12), all.slice(12)], dbc);
    const range = { device: DEVICE, fromNs: null, toNs: null };
    const { losses } = await engine.losses(range, new AbortController().signal);
    expect(losses.map(({ cause, stream, timeNs }) => [cause, stream, Number((timeNs - START_NS) / MS)])).toEqual([
      ["sequence", "CAN 1, ISO-TP 7E8", 710],
    ]);
    const none = await engine.losses({ ...range, fromNs: START_NS + 800n * MS }, new AbortController().signal);
    expect(none.losses).toEqual([]);
  });

  test("a lone end of a message is not decoded as if it were one", async () => {
    const all = messages.flat();
    // The second split has nothing but consecutive frames of a message whose beginning is not there.
    const engine = engineOf([all.slice(0, 50), all.slice(52, 55)], dbc);
    const [first] = await pointsOf(engine, asked());
    expect(first).toEqual(times.slice(0, 10).map((time, n) => [time, n + 250]));
  });
});

/** A parameter group of 20 bytes from source 0x21, announced to all, in three packets. */
function bam(timeMs: number, n: number): Frame[] {
  const more = { id: 0, extended: true };
  const payload = [n, ...Array<number>(18).fill(7), 255 - n];
  const announce = framed(timeMs, [0x20, 20, 0, 3, 0xff, 0xe3, 0xfe, 0], { ...more, id: 0x18ecff21 });
  const packets = [0, 1, 2].map((k) => {
    const part = payload.slice(7 * k, 7 * k + 7);
    const bytes = [k + 1, ...part, ...Array<number>(7 - part.length).fill(0xff)];
    return framed(timeMs + 50 * (k + 1), bytes, { ...more, id: 0x18ebff21 });
  });
  return [announce, ...packets];
}

describe("J1939-21", () => {
  const dbc = `VERSION ""\nBU_: E\nBO_ 2566841342 EC1: 20 E\n SG_ First : 0|8@1+ (1,0) [0|0] "rpm" E\n SG_ Last : 152|8@1+ (1,0) [0|0] "" E\n`;
  const frames = [1, 2, 3].flatMap((n) => bam(n * 1000, n));

  test("a group that no frame's identifier names is heard, with its sender, and has values", async () => {
    const engine = engineOf([frames], dbc);
    const { transports, ids } = await engine.heard({ device: DEVICE, transports: true }, new AbortController().signal);
    expect(transports).toMatchObject([
      { channel: 1, transport: "j1939-21", message: "EC1", pgn: 65251, sourceAddress: 0x21, messages: 3 },
    ]);
    const all = withTransported({ ids, transports, firstNs: 0n, lastNs: 0n, ledger: emptyLedger, notices: [] });
    expect(all.at(-1)).toMatchObject({ id: 0x18fee321, frames: 3, matches: [{ rule: "transport", message: "EC1" }] });
    const search = { search: "signal", device: DEVICE, message: "EC1" };
    const range = { from: Number(START_NS / MS), to: Number(START_NS / MS) + 10_000 };
    const variable = await post(appOf(engine), "/variable", { payload: search, range });
    expect(await variable.json()).toEqual(["First", "Last"].map((name) => ({ __text: name, __value: name })));
    const [first, last] = await pointsOf(engine, asked());
    expect(first).toEqual([1, 2, 3].map((n) => [n * 1000 + 150, n]));
    // 252 to 254 are codes of J1939, and gaps.
    expect(last).toEqual([]);
    const [, kept] = await pointsOf(engine, asked({ keepInvalid: true }));
    expect(kept).toEqual([1, 2, 3].map((n) => [n * 1000 + 150, 255 - n]));
  });

  test.each([
    ["J1939PG", 'BA_DEF_ BO_ "VFrameFormat" ENUM "a","J1939PG";\nBA_ "VFrameFormat" BO_ 2566841342 1;\n'],
    ["by identifier", ""],
  ])("data that fit a frame come in frames of the group: one series with the long ones (%s)", async (_, attributes) => {
    const short = [1.5, 2.5].map((second) =>
      framed(second * 1000, [90 + second * 2, 0, 0, 0, 0, 0, 0, 0], { id: 0x14fee321, extended: true }),
    );
    const engine = engineOf([[...frames, ...short].sort((a, b) => a.timeNs - b.timeNs)], dbc + attributes);
    const [first, last] = await pointsOf(engine, asked({ keepInvalid: true }));
    expect(first).toEqual([
      [1150, 1],
      [1500, 93],
      [2150, 2],
      [2500, 95],
      [3150, 3],
    ]);
    expect(last).toEqual([1, 2, 3].map((n) => [n * 1000 + 150, 255 - n]));
    const { rules } = await engine.explain(asked(), new AbortController().signal);
    const ofChannel = rules.filter(({ channel }) => channel === 1);
    expect(ofChannel.map(({ signal, rule, transport }) => [signal, rule, transport])).toEqual([
      ["First", "group", null],
      ["Last", "group", null],
      ["First", "transport", "j1939-21"],
      ["Last", "transport", "j1939-21"],
    ]);
    const [forced] = await pointsOf(engine, asked({ transport: "j1939-21" }));
    expect(forced).toEqual([1, 2, 3].map((n) => [n * 1000 + 150, n]));
  });
});

describe("a protocol that is forced", () => {
  const dbc = UDS(8);
  const first = async (transport: string | null, more: Partial<Query> = {}) => {
    const rule = transport === null ? "{}" : `{"bindings": [{"device": "${DEVICE}", "channel": 1, "transport": "${transport}"}]}`;
    return (await pointsOf(engineOf([messages.flat()], dbc, rule), asked(more)))[0];
  };

  test("by buslens.json for a channel, and by the query before it", async () => {
    const found = times.map((time, n) => [time, n + 250]);
    expect(await first(null)).toEqual(found);
    expect(await first("iso-tp")).toEqual(found);
    expect(await first("iso-tp-payload")).toEqual([]);
    expect(await first("none")).toEqual([]);
    expect(await first("none", { transport: "iso-tp" })).toEqual(found);
    expect(await first("iso-tp", { transport: "iso-tp-payload" })).toEqual([]);
  });

  test("of another channel changes nothing", async () => {
    const rules = '{"bindings": [{"channel": 2, "transport": "none"}, {"device": "AAAA*", "transport": "none"}]}';
    const [found] = await pointsOf(engineOf([messages.flat()], dbc, rules), asked());
    expect(found).toEqual(times.map((time, n) => [time, n + 250]));
  });

  test("is heard as it is decoded", async () => {
    const engine = engineOf([messages.flat()], dbc);
    const heard = (more: Pick<Query, "transport">) =>
      engine.heard({ device: DEVICE, transports: true, ...more }, new AbortController().signal);
    expect((await heard({})).transports.map(({ transport }) => transport)).toEqual(["iso-tp"]);
    expect((await heard({ transport: "iso-tp-payload" })).transports.map(({ transport }) => transport)).toEqual([
      "iso-tp-payload",
    ]);
    expect((await heard({ transport: "fast-packet" })).transports).toEqual([]);
  });
});

test("frames as long as the message are no transport", async () => {
  const long = payloadOf(5);
  const fd = (n: number): Frame => framed(n * 100, [...long, 0], { fd: true });
  const dbc = `VERSION ""\nBU_: A\nBO_ 2024 M: 32 A\n SG_ First : 39|16@0+ (1,0) [0|0] "" A\n SG_ Last : 239|16@0+ (1,0) [0|0] "" A\n`;
  const { ledger } = await answersTo(engineOf([[fd(0), fd(1), fd(2)]], dbc), asked());
  expect(ledger).toMatchObject({ used: 3, segments: 0 });
});
