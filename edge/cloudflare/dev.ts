/** `npm run dev:edge -- DIR`: the Worker on this machine, over a local R2 bucket that holds what lies in DIR. */
import { type ChildProcess, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { getPlatformProxy } from "wrangler";
import { FaultError } from "../../core/fault.ts";
import type { LogStore } from "../../core/store/source.ts";
import { UsageError } from "../node/arguments.ts";
import { demoFolder } from "../node/demo.ts";
import { exampleLine } from "../node/example.ts";
import { hostEngine, loadKernel } from "../node/host-engine.ts";
import { faultLine, print, say } from "../node/output.ts";
import { DiskStore } from "../stores/disk.ts";
import { folderPath } from "../stores/folder-path.ts";

const USAGE = "usage: npm run dev:edge -- [DIR] [--port N]";
const PORT_DEFAULT = 8787; // wrangler's own
const START_MS_MAX = 120_000;
const END_MS_MAX = 5000;
/** What the Worker reads: logs, databases, passwords. */
const WANTED = /\.(mf4|mfc|mfm|mfe|dbc|json)$/i;

const root = fileURLToPath(new URL("../..", import.meta.url));
const state = join(root, "build/dev-edge");
const configPath = join(root, "wrangler.jsonc");

/** What we ask of the bucket; the Workers types are not installed. */
interface Bucket {
  list(options: { readonly cursor?: string }): Promise<{
    readonly objects: readonly { readonly key: string; readonly etag: string }[];
    readonly truncated: boolean;
    readonly cursor?: string;
  }>;
  put(key: string, bytes: Uint8Array): Promise<unknown>;
  delete(keys: readonly string[]): Promise<void>;
}

/** Neither telemetry nor a look at the network: all of this is local. */
process.env.WRANGLER_SEND_METRICS ??= "false";
process.env.CLOUDFLARE_CF_FETCH_ENABLED ??= "false";

async function main(args: readonly string[]): Promise<number> {
  try {
    const { place, port } = readArguments(args);
    const folder = place === null ? await demoFolder() : folderPath(place);
    const store = await DiskStore.open(folder);
    await print(`${await fill(store)} objects of ${folder} are in the local bucket\n`);
    return await run(store, port || (await freePort(port === null ? [PORT_DEFAULT, 0] : [0])));
  } catch (error) {
    if (error instanceof UsageError) say(`buslens: ${error.message}`);
    else if (error instanceof FaultError) say(faultLine(error.fault, null));
    else throw error;
    return error instanceof UsageError ? 2 : 1;
  }
}

function readArguments(args: readonly string[]): { readonly place: string | null; readonly port: number | null } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { port: { type: "string" } },
      allowPositionals: true,
    });
    const port = values.port === undefined ? null : Number(values.port);
    if (positionals.length > 1 || (port !== null && !(Number.isInteger(port) && port >= 0 && port < 65_536)))
      throw new UsageError(USAGE);
    return { place: positionals[0] ?? null, port };
  } catch {
    throw new UsageError(USAGE);
  }
}

/** Makes the bucket hold what the store holds, and nothing else. Returns the number of objects. */
async function fill(store: LogStore): Promise<number> {
  const proxy = await getPlatformProxy<{ readonly LOGS: Bucket }>({ configPath, persist: { path: join(state, "v3") } });
  try {
    const bucket = proxy.env.LOGS;
    const there = await etagsOf(bucket);
    const { signal } = new AbortController();
    let count = 0;
    for await (const entry of store.list("", { signal })) {
      if (entry.kind !== "object" || !WANTED.test(entry.key)) continue;
      const source = await store.open(entry.key, signal);
      const bytes = await source.read(0, source.sizeBytes, signal);
      // R2's etag is the MD5 of what was put.
      const etag = createHash("md5").update(bytes).digest("hex");
      if (there.get(entry.key) !== etag) await bucket.put(entry.key, bytes);
      there.delete(entry.key);
      count++;
    }
    // What is left came from another folder.
    for (const key of there.keys()) await bucket.delete([key]);
    return count;
  } finally {
    await proxy.dispose();
  }
}

async function etagsOf(bucket: Bucket): Promise<Map<string, string>> {
  const etags = new Map<string, string>();
  let cursor: string | undefined;
  do {
    const page = await bucket.list(cursor === undefined ? {} : { cursor });
    for (const { key, etag } of page.objects) etags.set(key, etag);
    cursor = page.truncated ? page.cursor : undefined;
  } while (cursor !== undefined);
  return etags;
}

/** Until the user or wrangler ends it; wrangler's exit status. */
async function run(store: LogStore, port: number): Promise<number> {
  const token = await developmentToken();
  const wrangler = startWrangler(port, token);
  const ended = once(wrangler, "exit") as Promise<[number | null]>;
  let told = false;
  const stop = (): void => {
    told = true;
    // Wrangler ends its workerd when it is told to end; one that does not listen is ended all the same.
    wrangler.kill("SIGTERM");
    setTimeout(() => wrangler.kill("SIGKILL"), END_MS_MAX).unref();
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  process.on("SIGHUP", stop);
  const url = `http://127.0.0.1:${port}`;
  if (await answers(url, () => told || wrangler.exitCode !== null)) await tell(store, url, token);
  else if (!told) say("buslens: wrangler did not start the Worker; its own messages are above");
  const [status] = await ended;
  return told ? 0 : (status ?? 1);
}

function startWrangler(port: number, token: string): ChildProcess {
  const script = join(root, "node_modules/wrangler/bin/wrangler.js");
  const places = ["--config", configPath, "--persist-to", state, "--ip", "127.0.0.1", "--port", String(port)];
  const quiet = ["--log-level", "warn", "--show-interactive-dev-session=false"];
  return spawn(process.execPath, [script, "dev", ...places, ...quiet, "--var", `BUSLENS_TOKEN:${token}`], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
}

/** True once the Worker answers; false if it never will. */
async function answers(url: string, isOver: () => boolean): Promise<boolean> {
  for (const end = performance.now() + START_MS_MAX; performance.now() < end && !isOver(); await sleep(200)) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => null);
    await answer?.body?.cancel();
    if (answer?.headers.has("X-Buslens-Module")) return true;
  }
  return false;
}

async function tell(store: LogStore, url: string, token: string): Promise<void> {
  const engine = hostEngine(await loadKernel(), store, []);
  const example = await exampleLine(engine, url, token, null).catch(() => null);
  const plain = `curl -s -H 'Authorization: Bearer ${token}' '${url}/api/catalogue'`;
  await print(`the Worker answers in workerd, as it would on Cloudflare\n\n`);
  await print(`  viewer               ${url}/view/\n`);
  await print(`  Grafana data source  ${url}\n`);
  await print(`  try it               ${example ?? plain}\n\n`);
  await print(
    `The Worker serves no data without its token: clients must send "Authorization: Bearer ${token}". Ctrl+C ends it.\n`,
  );
}

/** BUSLENS_TOKEN, or one that is made once, so that a data source keeps working. */
async function developmentToken(): Promise<string> {
  const given = process.env.BUSLENS_TOKEN;
  if (given) return given;
  const file = join(state, "token");
  const kept = (await readFile(file, "utf8").catch(() => "")).trim();
  if (kept !== "") return kept;
  const made = randomBytes(12).toString("hex");
  await mkdir(state, { recursive: true });
  await writeFile(file, `${made}\n`, { mode: 0o600 });
  return made;
}

/** The first of the ports that nobody listens on; 0 stands for any. */
async function freePort(ports: readonly number[]): Promise<number> {
  for (const wanted of ports) {
    const server = createServer();
    const port = await new Promise<number | null>((resolve) => {
      server.once("error", () => resolve(null));
      server.listen(wanted, "127.0.0.1", () => {
        const address = server.address();
        resolve(typeof address === "object" && address !== null ? address.port : null);
      });
    });
    server.close();
    if (port !== null) return port;
  }
  throw new FaultError({ code: "bug/unexpected", message: "this machine has no free port" });
}

process.exitCode = await main(process.argv.slice(2));
