/** One minute of a hundred: the second question reads what it needs, of plain, compressed and encrypted logs, and answers the same. */
import { beforeAll, describe, expect, test } from "vitest";
import type { Engine } from "../../../core/query/engine.ts";
import { imbalance } from "../../../core/query/ledger.ts";
import type { Query } from "../../../core/query/query.ts";
import { CountingStore } from "../../../core/store/counting.ts";
import { MemoryStore } from "../../../core/store/memory.ts";
import { bigDbc } from "../../../fixtures/big.ts";
import { compressedLog } from "../../../fixtures/container.ts";
import { minutesPlan, wholeLog } from "../../../fixtures/minutes.ts";
import { sealedLog } from "../../../fixtures/sealed.ts";
import { answersTo, engineOver, queryFor } from "../../support/engine.ts";
import { testModule } from "../../support/kernel.ts";

const DEVICE = "B0551003";
const PASSWORD = "Zündschlüssel";
const MINUTE_NS = 60_000_000_000n;
const kernel = { module: testModule(), moduleHash: "" };
const dbc = bigDbc("drive");

/** The drive of the fixtures, over and over: 19 MB as generation D. */
function hundredMinutes(generation: "B" | "D"): { bytes: Uint8Array; startNs: bigint } {
  const plan = minutesPlan(100, { generation, variant: "drive" });
  return { bytes: wholeLog(plan), startNs: plan.facts.startNs };
}

const packed = new Map<string, Uint8Array>();

/** Packing takes seconds: the two packed forms share it. */
function compressedOnce(generation: "B" | "D", bytes: Uint8Array): Uint8Array {
  const known = packed.get(generation) ?? compressedLog(bytes, DEVICE, "1.1");
  packed.set(generation, known);
  return known;
}

function storeOf(extension: string, bytes: Uint8Array): CountingStore {
  return new CountingStore(
    new MemoryStore([
      [`${DEVICE}/00000001/00000001.${extension}`, bytes],
      [dbc.name, new TextEncoder().encode(dbc.text)],
      ["passwords.json", new TextEncoder().encode(JSON.stringify({ [DEVICE.toLowerCase()]: PASSWORD }))],
    ]),
  );
}

const minute = (startNs: bigint, from: number, more: Partial<Query> = {}): Query =>
  queryFor(
    [
      { device: DEVICE, signal: "EngineSpeed", merge: false },
      { device: DEVICE, signal: "Speed", merge: false },
    ],
    {
      fromNs: startNs + BigInt(from) * MINUTE_NS,
      toNs: startNs + BigInt(from + 1) * MINUTE_NS,
      ...more,
    },
  );

const plain = (answer: Awaited<ReturnType<typeof answersTo>>) =>
  answer.series.map(({ labels, segments }) => [labels, ...segments.map(({ timesNs, values }) => [[...timesNs], [...values]])]);

describe.each([
  ["D", "MF4", 0],
  ["B", "MF4", 0],
  ["D", "MFC", 1],
  ["D", "MFM", 2],
] as const)("a log of 100 minutes, generation %s as .%s", (generation, extension, layers) => {
  let store: CountingStore;
  let engine: Engine;
  let startNs: bigint;
  let plainBytes: number;
  let first: Awaited<ReturnType<typeof answersTo>>;

  beforeAll(async () => {
    const log = hundredMinutes(generation);
    ({ startNs } = log);
    plainBytes = log.bytes.length;
    let bytes = log.bytes;
    if (layers > 0) bytes = compressedOnce(generation, bytes);
    if (layers > 1) bytes = await sealedLog(bytes, { device: DEVICE, password: PASSWORD });
    store = storeOf(extension, bytes);
    engine = engineOver(kernel, store);
    first = await answersTo(engine, minute(startNs, 10));
  });

  test("the first question reads all of it", () => {
    expect(plain(first).length).toBeGreaterThan(0);
    expect(plain(first).every((series) => series.length > 1)).toBe(true);
    expect(first.ledger.bytesRead).toBeGreaterThan(plainBytes * 0.98);
    expect(imbalance(first.ledger)).toEqual([]);
  });

  test("the second reads, decrypts and decompresses at most 3 % of it", async () => {
    store.reset();
    const { ledger } = await answersTo(engine, minute(startNs, 42));
    expect(ledger.bytesRead).toBeLessThan(plainBytes * 0.03);
    expect(ledger.bytesDecompressed).toBeLessThan(plainBytes * 0.03);
    expect(ledger.bytesDecrypted).toBeLessThan(plainBytes * 0.03);
    expect(ledger.bytesDecompressed > 0).toBe(layers > 0);
    expect(ledger.bytesDecrypted > 0).toBe(layers > 1);
    expect(store.counts.bytes).toBeLessThan(plainBytes * 0.03 + 10_000);
    expect(imbalance(ledger)).toEqual([]);
    expect(ledger).toMatchObject({
      bytes: first.ledger.bytes,
      records: first.ledger.records,
      tail: first.ledger.tail,
      frames: first.ledger.frames,
      otherKind: first.ledger.otherKind,
    });
  });

  test("each minute is answered as by an engine that reads it whole", async () => {
    const asked = [
      [57, "m4"],
      [0, "raw"],
      [99, "stats"],
      [10, "envelope"],
    ] as const;
    for (const [at, method] of asked.slice(0, layers > 0 ? 1 : 4)) {
      const grid = { kind: "fixed", originNs: 0n, stepNs: 1_000_000_000n } as const;
      const query = minute(startNs, at, { method, grid });
      const narrow = await answersTo(engine, query);
      const fresh = await answersTo(engineOver(kernel, store), query);
      expect(plain(narrow)).toEqual(plain(fresh));
      expect(narrow.series.map(({ stats }) => stats)).toEqual(fresh.series.map(({ stats }) => stats));
      expect(narrow.ledger.used).toBe(fresh.ledger.used);
      expect(narrow.ledger.bytesRead).toBeLessThan(fresh.ledger.bytesRead * 0.04);
    }
  });
});
