/** Losses of transport protocols: one walk for all of them, none where nothing can speak, none the second time, and none over the budget. */
import fc from "fast-check";
import { beforeAll, describe, expect, test, vi } from "vitest";
import type { HeardId } from "../../../core/bus/speaks.ts";
import { mightSpeak } from "../../../core/kernel/survey.ts";
import type { Engine } from "../../../core/query/engine.ts";
import { keptIndex, type TextShelf } from "../../../core/query/kept-index.ts";
import { lossesDocument, parseLosses } from "../../../core/query/kept-losses.ts";
import { parseStreams, streamsDocument } from "../../../core/query/kept-streams.ts";
import { MemoryStore } from "../../../core/store/memory.ts";
import type { LogStore } from "../../../core/store/source.ts";
import { type Frame, frame } from "../../../fixtures/frame.ts";
import { unfinalizedLog } from "../../../fixtures/log.ts";
import { DEVICE, engineOver, type LoadedKernel, never, oneLogFacts } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";

const framed = (timeMs: number, id: number, bytes: readonly number[]): Frame =>
  frame({ timeNs: timeMs * 1e6, id, extended: id > 0x7ff, payload: Uint8Array.from(bytes) });
const filled = (bytes: readonly number[]): number[] => [...bytes, ...Array<number>(8 - bytes.length).fill(0xaa)];

/** 20 bytes each, `n` in all of them. */
const isoTp = (timeMs: number, id: number, n: number): Frame[] => [
  framed(timeMs, id, [0x10, 20, 0x62, 1, 1, n, n, n]),
  framed(timeMs + 1, id, [0x21, n, n, n, n, n, n, n]),
  framed(timeMs + 2, id, [0x22, n, n, n, n, n, n, n]),
];
const bam = (timeMs: number, n: number): Frame[] => [
  framed(timeMs, 0x18ecff21, [0x20, 20, 0, 3, 0xff, 0xe3, 0xfe, 0]),
  ...[1, 2, 3].map((k) => framed(timeMs + k, 0x18ebff21, filled([k, n, n, n, n, n, n]))),
];
const fastPacket = (timeMs: number, n: number): Frame[] => [
  framed(timeMs, 0x09f20100, [(n & 7) << 5, 20, n, n, n, n, n, n]),
  ...[1, 2].map((k) => framed(timeMs + k, 0x09f20100, filled([((n & 7) << 5) | k, n, n, n, n, n, n]))),
];
const without = (frames: readonly Frame[], number: number): Frame[] => frames.filter((_, i) => i !== number);

/** All protocols at once, each with one loss, beside ids that speak none and look like all of them now and then. */
const COUNT = 3000;
const mixed: Frame[] = Array.from({ length: COUNT }, (_, n) => {
  const lost = n === 700 ? 1 : -1;
  const at = n * 10;
  return [
    ...without(isoTp(at, 0x7e8, n & 255), lost),
    ...without(isoTp(at, 0x18da00f1, n & 255), lost),
    ...without(bam(at, n & 255), 2 * lost),
    ...without(fastPacket(at, n), lost),
    framed(
      at + 4,
      0x123,
      Array.from({ length: 8 }, (_, i) => (n * (i + 7) * 37) & 255),
    ),
    framed(
      at + 5,
      0x18fef100,
      Array.from({ length: 8 }, (_, i) => (n * (i + 3) * 91) & 255),
    ),
  ];
})
  .flat()
  .sort((a, b) => a.timeNs - b.timeNs);

const KEY = `${DEVICE}/00000001/00000001.MF4`;
const whole = unfinalizedLog(oneLogFacts, mixed);
const DBC =
  'VERSION ""\nBU_: E\nBO_ 2024 Answer: 20 E\n SG_ Service : 0|8@1+ (1,0) [0|0] "" E\n SG_ Last : 152|8@1+ (1,0) [0|0] "" E\n';

function counted(bytes: Uint8Array): { readonly store: LogStore; readonly streamed: () => number } {
  const inner = new MemoryStore([
    [KEY, bytes],
    ["uds.dbc", new TextEncoder().encode(DBC)],
  ]);
  let streamed = 0;
  const store: LogStore = {
    list: (prefix, options) => inner.list(prefix, options),
    async open(key, signal) {
      const source = await inner.open(key, signal);
      return {
        ...{ key: source.key, version: source.version, sizeBytes: source.sizeBytes },
        read: (at, length, stop) => source.read(at, length, stop),
        stream(at, length, stop) {
          streamed += length;
          return source.stream(at, length, stop);
        },
      };
    },
  };
  return { store, streamed: () => streamed };
}

const shelf = (): TextShelf & { readonly texts: Map<string, string> } => {
  const texts = new Map<string, string>();
  return { texts, get: async (name) => texts.get(name) ?? null, put: async (name, text) => void texts.set(name, text) };
};

/** Documents of these parts, once they are written: nobody waits for that. */
const written = (kept: ReturnType<typeof shelf>, ...parts: readonly string[]): Promise<string[]> =>
  vi.waitFor(() =>
    parts.map((part) => {
      const name = [...kept.texts.keys()].find((one) => one.endsWith(` ${part}`));
      if (name === undefined) throw new Error(`${part} is not there yet`);
      return name;
    }),
  );

let kernel: LoadedKernel;
beforeAll(async () => {
  kernel = await nodeKernel();
});

function opened(kept: TextShelf, bytes = whole): { readonly engine: Engine; readonly streamed: () => number } {
  const { store, streamed } = counted(bytes);
  return { engine: engineOver(kernel, store, { index: keptIndex(kept), sharesWork: true }), streamed };
}
const everything = { device: DEVICE, fromNs: null, toNs: null };
const EXPECTED = [
  ["CAN 1, ISO-TP 7E8", "sequence"],
  ["CAN 1, ISO-TP 18DA00F1", "sequence"],
  ["CAN 1, J1939 TP", "sequence"],
  ["CAN 1, fast packet PGN 127489", "sequence"],
];
const summary = (losses: readonly { readonly stream: string; readonly cause: string }[]): string[][] =>
  losses.filter(({ cause }) => cause !== "orphanFrames").map(({ stream, cause }) => [stream, cause]);

describe("losses of a log in which every protocol is spoken", () => {
  test("are found in one walk, and by another engine in none", async () => {
    const kept = shelf();
    const first = opened(kept);
    await first.engine.heard({ device: DEVICE }, never());
    const before = first.streamed();
    const { losses, leftBytes } = await first.engine.losses(everything, never());
    expect(summary(losses).sort()).toEqual([...EXPECTED].sort());
    expect(leftBytes).toBe(0);
    // As much as listening read.
    expect(first.streamed()).toBe(2 * before);
    const again = await first.engine.losses(everything, never());
    expect(again.losses).toEqual(losses);
    expect(first.streamed()).toBe(2 * before);
    await written(kept, "losses");
    const second = opened(kept);
    expect((await second.engine.losses({ ...everything, budgetBytes: 0 }, never())).losses).toEqual(losses);
    expect(second.streamed()).toBe(0);
  });

  test("are not looked for over the budget, which says how much there is to read", async () => {
    const { engine, streamed } = opened(shelf());
    await engine.heard({ device: DEVICE }, never());
    const before = streamed();
    const none = await engine.losses({ ...everything, budgetBytes: whole.length - 1 }, never());
    expect([none.losses, none.leftBytes]).toEqual([[], whole.length]);
    expect(streamed()).toBe(before);
    const all = await engine.losses({ ...everything, budgetBytes: whole.length }, never());
    expect(summary(all.losses)).toHaveLength(EXPECTED.length);
  });

  test("what a database's messages travel by is known to another engine without a walk", async () => {
    const kept = shelf();
    const asked = { device: DEVICE, transports: true };
    const { transports } = await opened(kept).engine.heard(asked, never());
    expect(transports).toMatchObject([{ message: "Answer", transport: "iso-tp-payload", messages: COUNT - 1 }]);
    await written(kept, "streams");
    const second = opened(kept);
    expect((await second.engine.heard(asked, never())).transports).toEqual(transports);
    expect(second.streamed()).toBe(0);
  });

  test("whatever the shelf holds instead, the losses are those of the log", async () => {
    const kept = shelf();
    const first = opened(kept).engine;
    await first.heard({ device: DEVICE, transports: true }, never());
    const { losses } = await first.losses(everything, never());
    const names = await written(kept, "losses", "streams");
    for (const text of ["", "null", "{}", '{"lost":[{}]}', '{"lost":null}', '{"streams":[{"account":{}}]}']) {
      for (const name of names) kept.texts.set(name, text);
      const { engine } = opened(kept);
      expect((await engine.losses(everything, never())).losses).toEqual(losses);
      expect((await engine.heard({ device: DEVICE, transports: true }, never())).transports).toHaveLength(1);
    }
  });
});

test("a stream that speaks where nobody would look for it takes another walk, and its losses are those of a walk for it alone", async () => {
  const frames = Array.from({ length: 400 }, (_, n) => [
    ...without(isoTp(n * 10, 0x321, n & 255), n === 200 ? 1 : -1),
    framed(n * 10 + 4, 0x123, [n & 255, 1, 2, 3, 4, 5, 6, 7]),
  ]).flat();
  const { engine, streamed } = opened(shelf(), unfinalizedLog(oneLogFacts, frames));
  await engine.heard({ device: DEVICE }, never());
  const before = streamed();
  const { losses } = await engine.losses(everything, never());
  expect(summary(losses)).toEqual([["CAN 1, ISO-TP 321", "sequence"]]);
  expect(streamed()).toBe(3 * before);
});

test("a log in which nothing can speak is not walked", async () => {
  const frames = Array.from({ length: 1000 }, (_, n) => framed(n * 10, 0x100 + (n & 7), [n & 255, 1, 2, 3]));
  const { engine, streamed } = opened(shelf(), unfinalizedLog(oneLogFacts, frames));
  await engine.heard({ device: DEVICE }, never());
  const before = streamed();
  expect(await engine.losses({ ...everything, budgetBytes: 0 }, never())).toMatchObject({ losses: [], leftBytes: 0 });
  expect(streamed()).toBe(before);
});

test.each<[string, Partial<HeardId>, boolean]>([
  ["short frames", { maxBytes: 7 }, false],
  ["short frames of a diagnostic id", { id: 0x7e8, maxBytes: 3 }, true],
  ["too few frames for two messages of several", { frames: 3 }, false],
  ["enough of them", { frames: 4 }, true],
  ["FD frames", { maxBytes: 64 }, true],
  ["two frames of a published group", { id: 0x09f20100, extended: true, frames: 2 }, true],
  ["two frames of a maker's group", { id: 0x09ff0100, extended: true, frames: 2 }, false],
  ["transport management of J1939", { id: 0x18ecff21, extended: true, frames: 1 }, true],
])("%s", (_, more, might) => {
  expect(mightSpeak([{ channel: 1, id: 0x100, extended: false, frames: 100, maxBytes: 8, ...more }])).toBe(might);
});

test("documents come back as they were, and nothing else is taken for one", async () => {
  const kept = shelf();
  const { engine } = opened(kept);
  await engine.heard({ device: DEVICE, transports: true }, never());
  await engine.losses(everything, never());
  const names = await written(kept, "losses", "streams");
  const [lost = "", streams = ""] = names.map((name) => kept.texts.get(name));
  expect(jsonOf(JSON.stringify(lossesDocument(parseLosses(jsonOf(lost)) ?? [])))).toEqual(jsonOf(lost));
  expect(jsonOf(JSON.stringify(streamsDocument(parseStreams(jsonOf(streams)) ?? [])))).toEqual(jsonOf(streams));
  expect([lost.length, streams.length].every((length) => length > 200)).toBe(true);
  fc.assert(
    fc.property(fc.constantFrom(lost, streams), fc.nat(), fc.json(), (text, at, other) => {
      // One value somewhere in it is another: it is taken whole and right, or not at all.
      const values = [...text.matchAll(/-?\d+|"[^"]*"|true|false|null/g)];
      const value = values[at % values.length];
      const start = value?.index ?? 0;
      const spoilt: unknown = jsonOf(text.slice(0, start) + other + text.slice(start + (value?.[0].length ?? 0)));
      const [asLosses, asStreams] = [parseLosses(spoilt), parseStreams(spoilt)];
      if (asLosses !== null) expect(parseLosses(JSON.parse(JSON.stringify(lossesDocument(asLosses))))).toEqual(asLosses);
      if (asStreams !== null) expect(parseStreams(JSON.parse(JSON.stringify(streamsDocument(asStreams))))).toEqual(asStreams);
    }),
    { numRuns: 300 },
  );
});

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
