/**
 * One query over a log that exists nowhere: its bytes are made when they are read. Run as a program of its own, so that its memory is that
 * of the query: `node memory-probe.ts SIZE VARIANT METHOD [POINTS]` prints a `Probe`.
 */
import { fileURLToPath } from "node:url";
import { missingFault } from "../../core/store/ask.ts";
import { MemoryStore } from "../../core/store/memory.ts";
import type { ByteSource, Entry, ListOptions, LogStore } from "../../core/store/source.ts";
import { type BigLog, bigDbc, bigPlan } from "../../fixtures/big.ts";
import { answersTo, engineOver, queryFor } from "./engine.ts";
import { nodeKernel } from "./kernel-node.ts";

export interface Probe {
  readonly sizeBytes: number;
  readonly points: number;
  /** Of the process, from its start to its end. */
  readonly peakRssBytes: number;
  /** Frames the engine counted, and those that were made. */
  readonly frames: number;
  readonly framesMade: number;
}

const KEY = "B0551003/00000001/00000001.MF4";
const WINDOW_BYTES = 1024 * 1024;

/** The log from its first byte on, as often as somebody reads. */
function madeSource(log: BigLog): ByteSource {
  async function* stream(atByte: number, lengthBytes: number): AsyncGenerator<Uint8Array> {
    const end = atByte + lengthBytes;
    let chunkAt = 0;
    for (const chunk of log.chunks()) {
      for (let at = Math.max(atByte, chunkAt); at < Math.min(end, chunkAt + chunk.length); at += WINDOW_BYTES)
        yield chunk.subarray(at - chunkAt, Math.min(end, at + WINDOW_BYTES, chunkAt + chunk.length) - chunkAt);
      chunkAt += chunk.length;
      if (chunkAt >= end) return;
    }
  }
  return {
    key: KEY,
    version: "1",
    sizeBytes: log.sizeBytes,
    stream,
    async read(atByte, lengthBytes) {
      const bytes = new Uint8Array(lengthBytes);
      let filled = 0;
      for await (const window of stream(atByte, lengthBytes)) {
        bytes.set(window, filled);
        filled += window.length;
      }
      return bytes;
    },
  };
}

class MadeStore implements LogStore {
  readonly #log: ByteSource;
  readonly #others: MemoryStore;

  constructor(log: BigLog, dbc: { readonly name: string; readonly text: string }) {
    this.#log = madeSource(log);
    // An empty object stands for the log in listings.
    this.#others = new MemoryStore([
      [KEY, new Uint8Array()],
      [dbc.name, new TextEncoder().encode(dbc.text)],
    ]);
  }

  async *list(prefix: string, options: ListOptions): AsyncGenerator<Entry> {
    for await (const entry of this.#others.list(prefix, options))
      yield entry.kind === "object" && entry.key === KEY
        ? { ...entry, sizeBytes: this.#log.sizeBytes, version: this.#log.version }
        : entry;
  }

  async open(key: string, signal: AbortSignal): Promise<ByteSource> {
    if (signal.aborted) throw missingFault(key);
    return key === KEY ? this.#log : this.#others.open(key, signal);
  }
}

/** The signal of each variant that has most samples. */
const SIGNALS = { drive: "EngineSpeed", dense: "Value5", gps: "AccelerationX" } as const;
const METHODS = ["m4", "raw"] as const;

async function probe(
  sizeBytes: number,
  variant: keyof typeof SIGNALS,
  method: (typeof METHODS)[number],
  budgetPoints: number | null,
): Promise<Probe> {
  const log = bigPlan({ sizeBytes, generation: "D", variant });
  const engine = engineOver(nodeKernel(), new MadeStore(log, bigDbc(variant)));
  const stepNs = (BigInt(log.periodNs) * BigInt(log.repeats)) / 1000n + 1n;
  const selector = { device: "B0551003", signal: SIGNALS[variant], merge: true };
  const query = queryFor([selector], { method, budgetPoints, grid: { kind: "fixed", originNs: 0n, stepNs } });
  const { series, ledger } = await answersTo(engine, query);
  return {
    sizeBytes: log.sizeBytes,
    points: series.reduce((sum, { segments }) => sum + segments.reduce((n, { timesNs }) => n + timesNs.length, 0), 0),
    peakRssBytes: process.resourceUsage().maxRSS * 1024,
    frames: ledger.frames,
    framesMade: log.repeats * log.framesPerPeriod,
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [size, variant, method, budget] = process.argv.slice(2);
  const known = METHODS.find((one) => one === method);
  if (known === undefined || (variant !== "drive" && variant !== "dense" && variant !== "gps"))
    throw new SyntaxError("SIZE drive|dense|gps m4|raw [POINTS]");
  console.log(JSON.stringify(await probe(Number(size), variant, known, budget === undefined ? null : Number(budget))));
}
