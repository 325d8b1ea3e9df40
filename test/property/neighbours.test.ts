/** Windows with neighbours, of logs whose times are known: the same answers as where each question reads the logs whole, from a fraction of the bytes. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Query } from "../../core/query/query.ts";
import type { SeriesSelector } from "../../core/series/series.ts";
import { MemoryStore } from "../../core/store/memory.ts";
import type { Generation } from "../../fixtures/comments.ts";
import { compressedLog } from "../../fixtures/container.ts";
import { dbcText } from "../../fixtures/dbc-text.ts";
import { type Frame, frame } from "../../fixtures/frame.ts";
import { unfinalizedLog } from "../../fixtures/log.ts";
import { FRAME_FORMAT, message, signal } from "../../fixtures/message.ts";
import { random } from "../../fixtures/random.ts";
import { answersTo, DEVICE, engineOver, oneLogFacts, queryFor, START_NS, wrongIn } from "../support/engine.ts";
import { nodeKernel } from "../support/kernel-node.ts";

const MS = 1_000_000;
/** Over 1 MB of records in either generation: a compressed log of that size is read in parts, a plain one whole. */
const FRAMES = 66_000;
const SPLIT_MS = FRAMES;
const SPLITS = 3;

const rows = [
  message(0x100, "Fast", 8, "A", [signal("Count", "0|32@1+", "(1,0)"), signal("Half", "32|8@1+", "(0.5,-3)")]),
  message(0x101, "Slow", 8, "A", [signal("Tens", "0|32@1+", "(1,0)")]),
  message(0x102, "Rare", 8, "A", [signal("Seldom", "0|32@1+", "(1,0)")]),
  message(0x103, "Never", 8, "A", [signal("Nothing", "0|32@1+", "(1,0)")]),
  message(0x104, "Muxed", 8, "A", [
    signal("Page", "0|8@1+", "(1,0)", "", { selector: true }),
    signal("Common", "8|16@1+", "(1,0)", "", { when: { selector: "Page", ranges: [[0, 0]] } }),
    signal("Hidden", "8|16@1+", "(1,0)", "", { when: { selector: "Page", ranges: [[7, 7]] } }),
  ]),
  message(0x0cf00400, "EEC1", 8, "A", [signal("Rpm", "24|16@1+", "(0.125,0)"), signal("Torque", "16|8@1+", "(1,-125)")], {
    extended: true,
    format: FRAME_FORMAT.j1939,
  }),
];

/** One frame a millisecond, most of them fast; `shift`: how much later a frame is stored than it was sent. */
function framesOf(split: number, generation: Generation): Frame[] {
  const chance = random(17 + split);
  return Array.from({ length: FRAMES }, (_, i) => {
    const payload = new Uint8Array(8);
    const view = new DataView(payload.buffer);
    view.setUint32(0, split * FRAMES + i, true);
    view.setUint8(4, i % 251);
    const late = generation === "D" && chance.chance(1, 9) ? chance.int(900) : 0;
    const isAstray = i === 30_011 || i === 52_000;
    const timeNs = (split * SPLIT_MS + (isAstray ? i - 25_000 : Math.max(0, i - late))) * MS + chance.int(1000) * 1000;
    const is = (every: number, at: number) => i % every === at;
    if (is(10_000, 40)) return frame({ timeNs, id: 0x101, payload });
    if (split === 1 && (i === 700 || i === 41_000)) return frame({ timeNs, id: 0x102, payload });
    if (is(100, 3)) {
      payload[0] = is(20_000, 503) ? 7 : 0;
      return frame({ timeNs, id: 0x104, payload });
    }
    if (is(50, 7)) {
      const isRare = is(25_000, 12_507);
      // Error and "not available" for a while: frames without a sample.
      if (i > 20_000 && i < 45_000) view.setUint16(3, 0xffff, true);
      else view.setUint16(3, i % 60_000, true);
      payload[2] = chance.chance(1, 3) ? 0xff : i % 200;
      return frame({ timeNs, id: 0x0cf00400 | (isRare ? 0x17 : i % 100 === 7 ? 0 : 3), extended: true, payload });
    }
    return frame({ timeNs, id: 0x100, payload });
  });
}

function storesOf(generation: Generation) {
  const dbc = ["test.dbc", new TextEncoder().encode(dbcText(rows, "test"))] as const;
  const logs = Array.from({ length: SPLITS }, (_, i) => {
    const key = `${DEVICE}/00000001/0000000${i + 1}.MF4`;
    const bytes = unfinalizedLog({ ...oneLogFacts, generation, split: i + 1 }, framesOf(i, generation));
    return { key, bytes };
  });
  const totalBytes = logs.reduce((sum, { bytes }) => sum + bytes.length, 0);
  return {
    totalBytes,
    whole: new MemoryStore([...logs.map(({ key, bytes }) => [key, bytes] as const), dbc]),
    parts: new MemoryStore([...logs.map(({ key, bytes }) => [key, compressedLog(bytes, DEVICE)] as const), dbc]),
  };
}

const names = [
  "Tens",
  "Tens",
  "Hidden",
  "Seldom",
  "Count",
  "Half",
  "Tens",
  "Seldom",
  "Nothing",
  "Page",
  "Common",
  "Hidden",
  "Rpm",
  "Torque",
];
const anySelector: fc.Arbitrary<SeriesSelector> = fc.record({
  device: fc.constant(DEVICE),
  signal: fc.constantFrom(...names),
  merge: fc.boolean(),
});
const ofSender = (sourceAddress: number): SeriesSelector => ({ device: DEVICE, signal: "Rpm", merge: false, sourceAddress });

const anyQuery = fc
  .record({
    selectors: fc.array(fc.oneof({ weight: 6, arbitrary: anySelector }, fc.constantFrom(0, 3, 0x17, 9).map(ofSender)), {
      minLength: 1,
      maxLength: 6,
    }),
    method: fc.constantFrom<Query["method"]>("m4", "m4", "envelope", "raw", "nearest"),
    // From a hundredth of a millisecond to more than there is.
    widthLog: fc.noBias(fc.integer({ min: 40, max: 105 })),
    placeMs: fc.noBias(fc.integer({ min: -5000, max: SPLITS * SPLIT_MS + 5000 })),
    columns: fc.integer({ min: 1, max: 400 }),
    budget: fc.constantFrom(null, null, 40),
    neighbours: fc.constantFrom(true, "session" as const),
  })
  .map(({ selectors, method, widthLog, placeMs, columns, budget, neighbours }) => {
    const stepNs = BigInt(Math.max(1, Math.floor(10 ** (widthLog / 10) / columns)));
    const fromNs = START_NS + BigInt(placeMs) * BigInt(MS);
    return queryFor(selectors, {
      method,
      fromNs,
      toNs: fromNs + stepNs * BigInt(columns),
      grid: { kind: "fixed", originNs: fromNs, stepNs },
      neighbours,
      budgetPoints: method === "raw" ? budget : null,
    });
  });

const plain = ({ series }: Awaited<ReturnType<typeof answersTo>>) =>
  series.map(({ selector, labels, segments }) => [
    selector,
    labels,
    segments.map(({ file, baseNs, timesNs, values }) => [file, baseNs, [...timesNs], [...values]]),
  ]);

describe.each(["B", "D"] as const)("three splits of generation %s", (generation) => {
  const { whole, parts, totalBytes } = storesOf(generation);
  const reading = engineOver(nodeKernel(), whole);
  const narrow = engineOver(nodeKernel(), parts);

  test("a signal that comes every ten seconds goes on over the border of two splits, if the whole session counts", async () => {
    const second = 1_000_000_000n;
    const asked = (neighbours: Query["neighbours"]) =>
      queryFor([{ device: DEVICE, signal: "Tens", merge: false }], {
        method: "m4",
        fromNs: START_NS + 62n * second,
        toNs: START_NS + 63n * second,
        grid: { kind: "fixed", originNs: 0n, stepNs: second },
        neighbours,
      });
    for (const engine of [reading, narrow]) {
      const near = await answersTo(engine, asked(true));
      expect(near.series.flatMap(({ segments }) => segments)).toEqual([]);
      const { series, ledger } = await answersTo(engine, asked("session"));
      const found = series.flatMap(({ segments }) => segments.map(({ file, values }) => [file.slice(-5, -4), ...values]));
      expect(found).toEqual([
        ["1", 60_040],
        ["2", FRAMES + 40],
      ]);
      expect(wrongIn(ledger)).toEqual([]);
    }
  });

  test("windows anywhere, in any order: the answers of whole reads, and a ledger that balances", async () => {
    let narrowBytes = 0;
    let asked = 0;
    await narrow.heard({ device: DEVICE }, new AbortController().signal);
    await fc.assert(
      fc.asyncProperty(anyQuery, async (query) => {
        const [expected, found] = [await answersTo(reading, query), await answersTo(narrow, query)];
        expect(plain(found)).toEqual(plain(expected));
        expect(wrongIn(found.ledger)).toEqual([]);
        expect(found.ledger.used).toBe(expected.ledger.used);
        expect(found.ledger.samples).toBe(expected.ledger.samples);
        narrowBytes += found.ledger.bytesRead;
        asked++;
      }),
      { seed: 20261122, numRuns: 100 },
    );
    expect(narrowBytes / asked).toBeLessThan(totalBytes / 4);
  });
});
