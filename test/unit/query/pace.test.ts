/** Long work gives way and stops when told to, by the amount of work alone: the clock of every test here stands still. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { FaultError } from "../../../core/fault.ts";
import { CountingStore } from "../../../core/store/counting.ts";
import { MemoryStore } from "../../../core/store/memory.ts";
import type { LogStore } from "../../../core/store/source.ts";
import { bigDbc, bigPlan } from "../../../fixtures/big.ts";
import { answersTo, engineOver, never, queryFor } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";
import { root, textOf } from "../../support/tree.ts";

const MB = 1024 * 1024;
const plan = bigPlan({ sizeBytes: 24 * MB, generation: "D", variant: "dense" });
const KEY = "B0551003/00000001/00000001.MF4";

function bigStore(): MemoryStore {
  const bytes = new Uint8Array(plan.sizeBytes);
  let at = 0;
  for (const chunk of plan.chunks()) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  const dbc = bigDbc("dense");
  return new MemoryStore([
    [KEY, bytes],
    [dbc.name, new TextEncoder().encode(dbc.text)],
  ]);
}

const store = bigStore();
const ask = queryFor([{ device: "B0551003", signal: "Value3", message: "Dense07" }], {
  method: "m4",
  fromNs: plan.facts.startNs,
  toNs: plan.facts.startNs + 2_000_000_000_000n,
});

test("core never looks at a clock and sets no timer", () => {
  const clocks =
    /\bDate\.now\b|\bperformance\b|\bnew Date\(\)|\bsetTimeout\b|\bsetInterval\b|\bsetImmediate\b|\bqueueMicrotask\b/;
  const files = readdirSync(join(root, "core"), { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(20);
  expect(files.filter((path) => clocks.test(textOf(join("core", path))))).toEqual([]);
});

describe("a log of 24 MB", () => {
  test("gives way every 4 MB, and tells how far it is", async () => {
    let turns = 0;
    const host = {
      yield: async () => {
        turns++;
      },
    };
    const told: number[] = [];
    const engine = engineOver(nodeKernel(), store, { host });
    const run = engine.query(ask, never(), ({ bytes, bytesAll }) => told.push(bytes / bytesAll));
    for await (const answer of run.series) expect(answer.segments).toHaveLength(1);
    expect(turns).toBe(5);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told).toHaveLength(5);
    expect(told.every((share) => share > 0 && share <= 1)).toBe(true);
  });

  test("gives way while others have their turn: two queries advance together", async () => {
    const order: string[] = [];
    const engine = engineOver(nodeKernel(), store, { host: { yield: () => new Promise((done) => setImmediate(done)) } });
    const run = async (name: string) => {
      for await (const _ of engine.query(ask, never(), () => order.push(name)).series);
    };
    await Promise.all([run("a"), run("b")]);
    expect(order.join("")).toMatch(/ab.*ab|ba.*ba/);
  });

  test.for(["m4", "raw"] as const)("%s stops within one turn when its request is cancelled", async (method) => {
    // The store pays no heed to the signal: the engine has to.
    const deaf: LogStore = {
      list: (prefix, options) => store.list(prefix, options),
      open: async (key) => {
        const source = await store.open(key, never());
        const { version, sizeBytes } = source;
        const stream = (atByte: number, lengthBytes: number) => source.stream(atByte, lengthBytes, never());
        return { key, version, sizeBytes, read: (atByte, lengthBytes) => source.read(atByte, lengthBytes, never()), stream };
      },
    };
    const counting = new CountingStore(deaf);
    const stop = new AbortController();
    let bytesThen = 0;
    const engine = engineOver(nodeKernel(), counting, {
      host: {
        yield: async () => {
          if (stop.signal.aborted) return;
          stop.abort();
          bytesThen = counting.counts.bytes;
        },
      },
    });
    const failed = await answersTo(engine, { ...ask, method }, stop.signal).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(FaultError);
    expect((failed as FaultError).fault.code).toBe("request/cancelled");
    expect(counting.counts.bytes - bytesThen).toBeLessThanOrEqual(4 * MB);
    expect(counting.counts.bytes).toBeLessThan(10 * MB);
    // And its kernel is free again.
    const { series } = await answersTo(engineOver(nodeKernel(), store, { kernelsMax: 1 }), ask);
    expect(series[0]?.segments).toHaveLength(1);
  });

  test("is cancelled before it starts, and while it waits for a kernel", async () => {
    const engine = engineOver(nodeKernel(), store, {
      kernelsMax: 1,
      host: { yield: () => new Promise((done) => setImmediate(done)) },
    });
    const stop = new AbortController();
    const first = answersTo(engine, ask);
    const waiting = answersTo(engine, ask, stop.signal).catch((error: unknown) => error);
    stop.abort();
    expect(await answersTo(engine, ask, stop.signal).catch((error: FaultError) => error.fault?.code)).toBe("request/cancelled");
    expect(((await waiting) as FaultError).fault?.code).toBe("request/cancelled");
    expect((await first).series[0]?.segments).toHaveLength(1);
    expect((await answersTo(engine, ask)).series[0]?.segments).toHaveLength(1);
  });
});

test("a log over the budget of bytes is not read, and named; those before it are", async () => {
  const counting = new CountingStore(store);
  const engine = engineOver(nodeKernel(), counting);
  const { series, ledger } = await answersTo(engine, { ...ask, budgetBytes: 10 * MB });
  expect(ledger.files).toBe(0);
  expect(counting.counts.streams).toBe(0);
  const [notice] = series[0]?.notices ?? [];
  expect(notice?.text).toContain(KEY);
  expect(notice?.text).toContain(`${Math.ceil(plan.sizeBytes / 1e6)} MB`);
  expect(notice?.fault?.code).toBe("limit/too-large");
});
