/**
 * `npx node bench/viewer/windows.ts [--mb 256]`: what windows of the viewer cost in a large log: passes over it, bytes read of it, time. Each window is
 * first answered by an engine that has not seen the log; what is measured must be the same.
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { createEngine } from "../../core/query/create.ts";
import type { Engine } from "../../core/query/engine.ts";
import { MemoryStore } from "../../core/store/memory.ts";
import { bigDbc, bigPlan } from "../../fixtures/big.ts";
import { wholeLog } from "../../fixtures/minutes.ts";
import { coarseView } from "../../worker/answers/coarse.ts";
import { answerView } from "../../worker/answers/view.ts";
import type { ViewAnswer, ViewQuery } from "../../worker/api.ts";
import { CELL_BYTES } from "../../worker/session.ts";
import { printLines } from "../report.ts";

const { values } = parseArgs({ options: { mb: { type: "string", default: "256" }, keep: { type: "boolean", default: false } } });
const plan = bigPlan({ sizeBytes: Number(values.mb) * 1e6, generation: "D", variant: "dense" });
const bytes = wholeLog(plan);
const dbc = bigDbc("dense");
const device = plan.facts.serial;
const store = new MemoryStore([
  [`${device}/00000001/00000001.MF4`, bytes],
  [dbc.name, new TextEncoder().encode(dbc.text)],
]);
const module = new WebAssembly.Module(new Uint8Array(readFileSync(new URL("../../build/kernel.wasm", import.meta.url))));
const fresh = (): Engine =>
  createEngine({ module, moduleHash: "", store, host: { yield: async () => undefined }, cellBytes: CELL_BYTES });
const never = new AbortController().signal;
const spanNs = BigInt(plan.repeats * plan.periodNs);
const ROUNDS = 5;

/** A window of so many signals in so many columns. */
function windowOf(signals: number, columns: number, fromNs: bigint, widthNs: bigint): ViewQuery {
  const selectors = plan.series.slice(0, signals).map(({ message, signal }) => ({
    selector: {
      device,
      db: dbc.name.replace(/\.dbc$/, ""),
      message: message.name,
      signal: signal.name,
      bus: "CAN" as const,
      channel: 1,
      merge: false,
    },
    samplesExpected: Number.MAX_SAFE_INTEGER,
  }));
  return { series: selectors, fromNs: plan.facts.startNs + fromNs, stepNs: widthNs / BigInt(columns) + 1n, columns };
}

const textOf = ({ series }: ViewAnswer): string =>
  JSON.stringify(
    series.map(({ labels, segments }) => [labels, segments.map((s) => [`${s.baseNs}`, [...s.timesNs], [...s.values]])]),
  );

async function measured(engine: Engine, name: string, query: ViewQuery): Promise<object> {
  const expected = textOf(await answerView(fresh(), query, never, () => undefined));
  let ms = Number.POSITIVE_INFINITY;
  let bytesRead = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    const answer = await answerView(engine, query, never, () => undefined);
    ms = Math.min(ms, performance.now() - started);
    bytesRead = answer.ledger.bytesRead;
    if (textOf(answer) !== expected) throw new Error(`${name}: not the answer of an engine that reads the log whole`);
  }
  const samples = (JSON.parse(expected) as unknown[]).length;
  if (samples !== query.series.length) throw new Error(`${name}: ${samples} of ${query.series.length} series`);
  return { what: name, ms, bytesRead, passes: bytesRead / bytes.length, bytesAll: bytes.length };
}

/** The first picture of a log that nobody has read: its samples must be among those of the exact answer's engine. */
async function coarse(signals: number): Promise<object> {
  const query = windowOf(signals, 1900, 0n, spanNs);
  let ms = Number.POSITIVE_INFINITY;
  let bytesRead = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const started = performance.now();
    const answer = await coarseView(fresh(), query, never);
    ms = Math.min(ms, performance.now() - started);
    bytesRead = answer.ledger.bytesRead;
    if (!answer.series.every(({ segments }) => (segments[0]?.timesNs.length ?? 0) > 50))
      throw new Error("the coarse picture has holes");
  }
  return { what: `coarse, ${signals} signals, nothing known`, ms, bytesRead, bytesAll: bytes.length };
}

const engine = fresh();
await engine.heard({ device }, never);
const results: object[] = [await coarse(1), await coarse(20)];
for (const signals of [1, 20, 64])
  results.push(await measured(engine, `1 s, ${signals} signals`, windowOf(signals, 1900, spanNs / 2n, 1_000_000_000n)));
for (const [signals, columns] of [
  [1, 1900],
  [20, 1900],
  [20, 3800],
  [64, 1900],
  [64, 3800],
] as const)
  results.push(await measured(engine, `whole, ${signals} signals, ${columns} columns`, windowOf(signals, columns, 0n, spanNs)));
printLines("windows", results, { keep: values.keep });
