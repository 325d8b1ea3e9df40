/**
 * `node bench/storm.ts [--apart] [--logs N] [--mb N]`: 30 panels × 10 users over HTTP in a closed loop, with a store that counts. Every answer
 * is checked against the one that a server without any cache gives. `--apart`: each user looks at a range of his own.
 */
import { mkdtempSync, rmSync } from "node:fs";
import type { Server } from "node:http";
import { Agent, request } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { CountingStore } from "../core/store/counting.ts";
import { anyone } from "../edge/app/access.ts";
import { createApp } from "../edge/app/app.ts";
import { hostEngine, loadKernel } from "../edge/node/host-engine.ts";
import { httpServer } from "../edge/node/listener.ts";
import { DiskStore } from "../edge/stores/disk.ts";
import { type LogFolder, panelBody, SIGNALS, writeLogs } from "./log-folder.ts";
import { printFloors, printLines } from "./report.ts";

const USERS = 10;
const PANELS = 30;
const ROUNDS = 5;
const CACHE_BYTES = 64 * 1024 * 1024;
const P99_TO_P50_MOST = 3;
const RSS_MB_MOST = 512;
const METHODS = ["NEAREST", "MIN", "MAX", "envelope"] as const;

/** One user's dashboard: signals by method, one panel each. */
function dashboard(folder: LogFolder, user: number): string[] {
  return Array.from({ length: PANELS }, (_, i) => {
    const signal = SIGNALS[i % SIGNALS.length] ?? SIGNALS[0];
    const method = METHODS[Math.floor(i / SIGNALS.length)] ?? METHODS[0];
    const body = JSON.parse(panelBody({ ...folder, fromMs: folder.fromMs + 1000 * user }, [signal])) as {
      targets: { target: string }[];
    };
    for (const target of body.targets) target.target = JSON.stringify({ ...JSON.parse(target.target), method });
    return JSON.stringify(body);
  });
}

async function serve(store: CountingStore, cacheBytes: number): Promise<Server> {
  const app = createApp({
    engine: hostEngine(await loadKernel(), store, [], new Map(), cacheBytes),
    store,
    checkToken: anyone,
    allowedOrigins: [],
    now: Date.now,
    assets: null,
    budgetBytes: null,
    givenDbcs: [],
    report: (error) => console.error(error),
  });
  const server = httpServer((asked) => app.fetch(asked), { hostname: "127.0.0.1", onlyOwnNames: true });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server;
}

/** Without the blanks that keep the line alive while work goes on. */
const unpadded = (json: string): string => JSON.stringify(JSON.parse(json));

const portOf = (server: Server): number => (server.address() as AddressInfo).port;
const agent = new Agent({ keepAlive: true });

const ask = (port: number, body: string): Promise<{ readonly status: number; readonly text: string }> =>
  new Promise((resolve, reject) => {
    const headers = { "Content-Type": "application/json" };
    const asked = request({ port, host: "127.0.0.1", path: "/query", method: "POST", headers, agent }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
      answer.on("error", reject);
    });
    asked.on("error", reject);
    asked.end(body);
  });

const { values } = parseArgs({
  options: { apart: { type: "boolean" }, logs: { type: "string" }, mb: { type: "string" }, keep: { type: "boolean" } },
});
const dir = mkdtempSync(join(tmpdir(), "buslens-storm-"));
try {
  const folder = writeLogs(dir, Number(values.logs ?? 10), Number(values.mb ?? 3.2) * 1e6);
  const dashboards = Array.from({ length: USERS }, (_, user) => dashboard(folder, values.apart ? user : 0));

  const plain = await serve(new CountingStore(await DiskStore.open(dir)), 0);
  const expected = new Map<string, string>();
  for (const body of new Set(dashboards.flat())) expected.set(body, unpadded((await ask(portOf(plain), body)).text));
  for (const [body, text] of expected)
    if ((JSON.parse(text) as { datapoints: unknown[] }[])[0]?.datapoints.length === 0) throw new Error(`no points: ${body}`);
  plain.close();

  const store = new CountingStore(await DiskStore.open(dir));
  const server = await serve(store, CACHE_BYTES);
  const port = portOf(server);
  let errors = 0;
  let rssBytes = 0;
  const watch = setInterval(() => (rssBytes = Math.max(rssBytes, process.memoryUsage.rss())), 20);
  /** Latencies of one refresh of all users, each panel asked at once. */
  const refresh = async (): Promise<number[]> => {
    const all = dashboards.flat().map(async (body) => {
      const start = performance.now();
      const { status, text } = await ask(port, body);
      if (status !== 200 || unpadded(text) !== expected.get(body)) {
        errors++;
        console.error(`${status} ${text.slice(0, 300)}\nwanted ${expected.get(body)?.slice(0, 300)}`);
      }
      return performance.now() - start;
    });
    return Promise.all(all);
  };
  const logBytes = folder.logBytes * folder.logs;
  const coldStart = performance.now();
  await refresh();
  const coldMs = performance.now() - coldStart;
  const coldBytes = store.counts.bytes;
  const times: number[] = [];
  let warmBytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    store.reset();
    times.push(...(await refresh()));
    warmBytes = Math.max(warmBytes, store.counts.bytes);
  }
  clearInterval(watch);
  server.close();
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(share * times.length))] ?? Number.NaN;
  const result = {
    what: `${PANELS} panels × ${USERS} users${values.apart ? ", each with a range of his own" : ""}`,
    logMb: logBytes / 1e6,
    errors,
    coldMs,
    p50Ms: at(0.5),
    p99Ms: at(0.99),
    coldBytesToLogs: coldBytes / logBytes,
    warmBytesToLogs: warmBytes / logBytes,
    rssMb: rssBytes / 2 ** 20,
  };
  printLines("storm", [result], { keep: values.keep ?? false });
  const floor = (what: string, most: number, found: number) => ({
    what,
    floor: `≤ ${most}`,
    found: found.toFixed(2),
    holds: found <= most,
  });
  printFloors([
    floor("errors and wrong answers", 0, errors),
    floor("bytes read in the first refresh, to bytes of logs", 1.01, coldBytes / logBytes),
    floor("bytes read in any later refresh, to bytes of logs", 1, warmBytes / logBytes),
    floor("p99 to p50", P99_TO_P50_MOST, at(0.99) / at(0.5)),
    floor("memory of server and clients, MB", RSS_MB_MOST, rssBytes / 2 ** 20),
  ]);
  agent.destroy();
} finally {
  rmSync(dir, { recursive: true, force: true });
}
