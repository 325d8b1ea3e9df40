/** One minute out of a log of 100 minutes, compressed and encrypted: what the second question decrypts and decompresses of it. */
import { readFileSync } from "node:fs";
import { createEngine } from "../core/query/create.ts";
import type { Ledger } from "../core/query/ledger.ts";
import { MemoryStore } from "../core/store/memory.ts";
import { type BigVariant, bigDbc } from "../fixtures/big.ts";
import { logAs, minutesPlan, wholeLog } from "../fixtures/minutes.ts";
import type { EndToEndResult } from "./end-to-end.ts";

const MINUTES = 100;
const MINUTE_NS = 60_000_000_000n;
const MOST = 0.03;
const PASSWORD = "bench";

/** `big`: the log that is 50 MB when compressed, which takes half a minute to make; else one of 13 MB. */
export async function narrowBench({ big }: { readonly big: boolean }): Promise<EndToEndResult> {
  const variant: BigVariant = big ? "brisk" : "drive";
  const plan = minutesPlan(MINUTES, { generation: big ? "B" : "D", variant });
  const device = plan.facts.serial;
  const plain = wholeLog(plan);
  const packed = await logAs("MFM", plain, { device, password: PASSWORD });
  const dbc = bigDbc(variant);
  const store = new MemoryStore([
    [`${device}/00000001/00000001.MFM`, packed],
    [dbc.name, new TextEncoder().encode(dbc.text)],
  ]);
  const engine = createEngine({
    module: new WebAssembly.Module(new Uint8Array(readFileSync(new URL("../build/kernel.wasm", import.meta.url)))),
    moduleHash: "",
    store,
    host: { yield: async () => undefined },
    passwords: () => new Map([["default", PASSWORD]]),
  });
  const ask = async (minute: number): Promise<{ readonly ms: number; readonly ledger: Ledger }> => {
    const started = performance.now();
    const fromNs = plan.facts.startNs + BigInt(minute) * MINUTE_NS;
    const run = engine.query(
      {
        selectors: [{ device, signal: "Speed" }],
        fromNs,
        toNs: fromNs + MINUTE_NS,
        method: "envelope",
        grid: { kind: "fixed", originNs: 0n, stepNs: 100_000_000n },
        wholeBuckets: true,
        neighbours: false,
        budgetBytes: null,
        budgetPoints: null,
      },
      new AbortController().signal,
    );
    for await (const { segments } of run.series) if (segments.length === 0) throw new Error(`minute ${minute} is empty`);
    return { ms: performance.now() - started, ledger: run.ledger() };
  };
  const first = await ask(20);
  const second = await ask(70);
  const { bytesDecrypted, bytesDecompressed } = second.ledger;
  return {
    what: `one minute of ${MINUTES} in ${Math.round(packed.length / 1e6)} MB of .MFM, second question: bytes unpacked : log`,
    against: "bytes decrypted of the file, or decompressed of the log inside, the larger share",
    value: Math.max(bytesDecrypted / packed.length, bytesDecompressed / plain.length),
    most: MOST,
    least: null,
    details: { firstMs: first.ms, secondMs: second.ms, bytesDecrypted, bytesDecompressed, plainMb: plain.length / 1e6 },
  };
}
