/** `node bench/end-to-end.ts [--big]`: queries through engine, app and HTTP, memory, unpacking and JSON. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseDbc } from "../core/dbc/parse.ts";
import { Kernel } from "../core/kernel/kernel.ts";
import { readMdf } from "../core/mdf/read.ts";
import { memorySource } from "../core/store/memory.ts";
import { cpuNs } from "./clock.ts";
import { codecBench } from "./codecs.ts";
import { appOver } from "./in-process.ts";
import { KernelTask } from "./kernel-task.ts";
import { type LogFolder, panelBody, SIGNALS, writeLogs } from "./log-folder.ts";
import { narrowBench } from "./narrow.ts";
import { type Floor, printFloors, printLines } from "./report.ts";
import { interleave, medianOf, ratioOf, ratioOfFastest } from "./rounds.ts";
import { ServerProcess } from "./server.ts";
import { slicesOf } from "./slices.ts";
import { unpackBench } from "./unpack.ts";
import type { Workload } from "./workloads.ts";

/** A warm process has its code optimized. */
const WARM_UP_QUERIES = 40;
const WARM_MOST = 3;
const COLD_MOST = 8;
const PANELS_MOST = 3;
const PEAK_MB_MOST = 200;
const GROWTH_MOST = 0.1;

export interface EndToEndResult {
  readonly what: string;
  /** What it is set against, and the ratio or share that the floor is about. */
  readonly against: string;
  readonly value: number;
  readonly most: number | null;
  readonly least: number | null;
  /** Milliseconds, megabytes or MB/s, as the name says. */
  readonly details: Readonly<Record<string, number>>;
}

export async function endToEndBench(options: { readonly big: boolean }): Promise<EndToEndResult[]> {
  const dir = mkdtempSync(join(tmpdir(), "buslens-bench-"));
  try {
    const ten = writeLogs(join(dir, "ten"), 10, 3_200_000);
    const one = writeLogs(join(dir, "one"), 1, 3_200_000);
    return [
      ...(await queryBench(ten)),
      await panelBench(one),
      ...(await memoryBench(dir, options.big ? [1000, 2000] : [64, 256])),
      ...codecBench(),
      ...unpackBench(),
      await narrowBench(options),
    ];
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Scan of one log's records for one signal as /query asks it of the kernel, windows copied in; ns for all logs. */
async function kernelOnly(folder: LogFolder): Promise<() => number> {
  const bytes = new Uint8Array(readFileSync(join(folder.dir, folder.device, "00000001", "00000001.MF4")));
  const mdf = await readMdf(memorySource("log", bytes), new AbortController().signal);
  const [stream] = mdf.streams;
  const [extent] = stream?.extents ?? [];
  if (!stream || !extent) throw new Error("the log has no records");
  const dbc = parseDbc(new Uint8Array(readFileSync(join(folder.dir, "buslens-big.dbc"))), "buslens-big.dbc");
  const messages = dbc.messages
    .map((message) => ({ ...message, signals: message.signals.filter(({ name }) => name === SIGNALS[0]) }))
    .filter(({ signals }) => signals.length > 0);
  const records = bytes.subarray(extent.atByte, extent.atByte + extent.lengthBytes);
  const workload: Workload = { name: "log", origin: "", bytes: records, stream, channel: 1, messages };
  const [whole] = slicesOf(records, stream, 1);
  if (!whole) throw new Error("the log has no records");
  const stepNs = Math.ceil((whole.toNs - whole.fromNs) / 100);
  const plan = { mode: "nearest", slices: [whole], stepNs, bucketCount: 100, baseNs: whole.fromNs } as const;
  const module = new WebAssembly.Module(new Uint8Array(readFileSync(new URL("../build/kernel.wasm", import.meta.url))));
  const task = new KernelTask(new Kernel(module), workload, plan, false);
  return () => {
    let ns = 0;
    for (let log = 0; log < folder.logs; log++) ns += task.runCopying();
    return ns;
  };
}

async function queryBench(folder: LogFolder): Promise<EndToEndResult[]> {
  const body = panelBody(folder, SIGNALS.slice(0, 1));
  const kernel = await kernelOnly(folder);
  const ask = await appOver(folder.dir);
  const points = (JSON.parse(await ask(body)) as { datapoints: unknown[] }[])[0]?.datapoints.length ?? 0;
  if (points < 400) throw new Error(`/query gave ${points} points, not about 1000`);
  for (let i = 0; i < WARM_UP_QUERIES; i++) await ask(body);
  const wallMs: number[] = [];
  const warm = await interleave(11, {
    kernel,
    query: async () => {
      const cpu = cpuNs();
      const start = performance.now();
      await ask(body);
      wallMs.push(performance.now() - start);
      return cpuNs() - cpu;
    },
  });
  const wallOf = (work: () => unknown): number => {
    const start = performance.now();
    work();
    return (performance.now() - start) * 1e6;
  };
  const cold = await interleave(9, {
    kernel: () => wallOf(kernel),
    query: async () => {
      const server = await ServerProcess.start(folder.dir);
      try {
        const start = performance.now();
        await server.query(body);
        return (performance.now() - start) * 1e6;
      } finally {
        await server.stop();
      }
    },
  });
  const mb = (folder.logBytes * folder.logs) / 1e6;
  const ms = (times: readonly number[]): number => (medianOf(times) ?? Number.NaN) / 1e6;
  return [
    {
      what: "one signal over ten 3 MB logs, warm",
      against: "kernel alone over the same bytes, CPU time",
      value: ratioOf(warm.query, warm.kernel) ?? Number.NaN,
      most: WARM_MOST,
      least: null,
      details: { queryCpuMs: ms(warm.query), queryWallMs: medianOf(wallMs) ?? Number.NaN, kernelMs: ms(warm.kernel), mb },
    },
    {
      what: "one signal over ten 3 MB logs, first query of a fresh server",
      against: "kernel alone over the same bytes, warm; wall time, fastest of each",
      value: ratioOfFastest(cold.query, cold.kernel),
      most: COLD_MOST,
      least: null,
      details: {
        fastestMs: Math.min(...cold.query) / 1e6,
        medianMs: ms(cold.query),
        kernelFastestMs: Math.min(...cold.kernel) / 1e6,
        mb,
      },
    },
  ];
}

async function panelBench(folder: LogFolder): Promise<EndToEndResult> {
  const server = await ServerProcess.start(folder.dir);
  try {
    const wall = async (work: () => Promise<unknown>): Promise<number> => {
      const start = performance.now();
      await work();
      return (performance.now() - start) * 1e6;
    };
    const eight = SIGNALS.map((signal) => panelBody(folder, [signal]));
    const bundled = panelBody(folder, SIGNALS);
    const alone = (await Promise.all(eight.map((body) => server.query(body)))).flatMap((text) => JSON.parse(text) as object[]);
    const together = JSON.parse(await server.query(bundled)) as { refId: string }[];
    const same = together.every((one, i) => JSON.stringify({ ...one, refId: "A" }) === JSON.stringify(alone[i]));
    if (!same || together.length !== SIGNALS.length) throw new Error("eight panels and one bundled request differ");
    const times = await interleave(15, {
      eight: () => wall(() => Promise.all(eight.map((body) => server.query(body)))),
      bundled: () => wall(() => server.query(bundled)),
    });
    return {
      what: "eight panels at once over HTTP, one 3 MB log",
      against: "one request that bundles them; wall time, fastest of each",
      value: ratioOfFastest(times.eight, times.bundled),
      most: PANELS_MOST,
      least: null,
      details: { eightMs: Math.min(...times.eight) / 1e6, bundledMs: Math.min(...times.bundled) / 1e6 },
    };
  } finally {
    await server.stop();
  }
}

/** Peak of a server that answers one signal of one log, and how it grows with the log. */
async function memoryBench(dir: string, megabytes: readonly [number, number]): Promise<EndToEndResult[]> {
  const peaks: number[] = [];
  for (const size of megabytes) {
    const logs = join(dir, `${size}MB`);
    const folder = writeLogs(logs, 1, size * 1e6);
    const server = await ServerProcess.start(logs);
    try {
      for (let i = 0; i < 3; i++) await server.query(panelBody(folder, SIGNALS.slice(0, 1)));
      peaks.push(server.peakMb() ?? Number.NaN);
    } finally {
      await server.stop();
      rmSync(logs, { recursive: true });
    }
  }
  const [small = 0, large = 0] = peaks;
  const details = Object.fromEntries(megabytes.map((size, i) => [`peakMbAt${size}Mb`, peaks[i] ?? 0]));
  return [
    {
      what: `peak memory serving one signal of ${megabytes[1]} MB, in MB`,
      against: "resident size of the server's process",
      value: Math.max(small, large),
      most: PEAK_MB_MOST,
      least: null,
      details,
    },
    {
      what: `peak memory at ${megabytes[1]} MB against ${megabytes[0]} MB`,
      against: "the smaller log",
      value: large / small,
      most: 1 + GROWTH_MOST,
      least: null,
      details,
    },
  ];
}

export function endToEndFloors(results: readonly EndToEndResult[]): Floor[] {
  return results.map(({ what, value, most, least, details }) => ({
    what,
    floor: most !== null ? `≤ ${most}` : `≥ ${least}`,
    found: `${value.toFixed(2)} (${Object.entries(details)
      .map(([name, number]) => `${name} ${number.toFixed(1)}`)
      .join(", ")})`,
    holds: Number.isNaN(value) ? null : most !== null ? value <= most : value >= (least ?? 0),
  }));
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const results = await endToEndBench({ big: process.argv.includes("--big") });
  printLines("end-to-end", results, { keep: process.argv.includes("--keep") });
  printFloors(endToEndFloors(results));
}
