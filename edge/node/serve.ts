/** `buslens serve`: the app over a folder or bucket, on a port. */
import { randomBytes } from "node:crypto";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { loadLibrary } from "../../core/dbc/library.ts";
import { FaultError } from "../../core/fault.ts";
import type { Engine } from "../../core/query/engine.ts";
import type { LogStore } from "../../core/store/source.ts";
import { anyone, bearer } from "../app/access.ts";
import { createApp } from "../app/app.ts";
import type { GivenDbc } from "../app/context.ts";
import { LOOPBACK, NEW_TOKEN, type ServeCommand } from "./arguments.ts";
import { checkGiven, sayWarnings } from "./dbc-check.ts";
import { readDbcFiles } from "./dbc-files.ts";
import { exampleLine } from "./example.ts";
import { HOST_FROM_CONTAINER, sourceYaml } from "./grafana-yaml.ts";
import { hostEngine, loadKernel } from "./host-engine.ts";
import { httpServer } from "./listener.ts";
import { print, say } from "./output.ts";
import { hostPasswords } from "./passwords.ts";
import { viewerFiles } from "./viewer-files.ts";

/** Of a token that is made at the start: 192 bits. */
const TOKEN_BYTES = 24;
/** Connections that wait to be taken: Node's own 511 are fewer than many dashboards open at once. */
const BACKLOG = 4096;
const PORT_DEFAULT = 5000; // the CANedge backend's, so that existing data sources fit

/** Runs until the process is told to end. Faults: `storage/*`, `input/bad-dbc`, `request/bad-parameter` for a taken port. */
export async function serve(command: ServeCommand, store: LogStore, name: string): Promise<void> {
  const isNewToken = command.token === NEW_TOKEN;
  const token = isNewToken ? randomBytes(TOKEN_BYTES).toString("base64url") : command.token;
  const givenDbcs = await readDbcFiles(command.dbcs, command.encoding);
  await sayAboutDatabases(store, givenDbcs);
  const passwords = await hostPasswords(command.passwords, process.env);
  const engine = hostEngine(await loadKernel(), store, givenDbcs, passwords, command.cacheBytes);
  const assets = await viewerFiles();
  const app = createApp({
    engine,
    store,
    checkToken: token === null ? anyone : bearer(token),
    allowedOrigins: command.allowedOrigins,
    now: Date.now,
    assets,
    budgetBytes: command.limitBytes,
    budgetPoints: command.points,
    ...(command.bodyBytes === null ? {} : { bodyBytesMax: command.bodyBytes }),
    givenDbcs,
    report: (error) => say(`buslens: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`),
  });
  const server = httpServer((request) => app.fetch(request), {
    hostname: shownName(command.host),
    onlyOwnNames: token === null,
    requestsMax: command.requests,
  });
  const port = await listen(server, command.host, command.port);
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);

  const url = `http://${shownName(command.host)}:${port}`;
  await print(`buslens serves ${name}\n\n`);
  await print(`  viewer               ${assets === null ? "not built (npm run build)" : `${url}/view/`}\n`);
  await print(`  Grafana data source  ${url}\n`);
  await sayIfEmpty(engine, name);
  const headers = token === null ? {} : { Authorization: `Bearer ${token}` };
  const ask = async (path: string, json?: unknown) => {
    const post = json === undefined ? {} : { method: "POST", body: JSON.stringify(json) };
    return (await app.fetch(new Request(`${url}${path}`, { headers, ...post }))).text();
  };
  const example = await exampleLine(engine, url, token === null ? null : "TOKEN", ask).catch(() => null);
  await print(`  try it               ${example ?? `curl -s '${url}/api/catalogue'`}\n\n`);
  const open = "It answers this machine only (127.0.0.1), because no token was given: --token T lets others in.";
  const closed = 'Clients must send the token: "Authorization: Bearer …".';
  // The only time it is shown; what a person chose is not repeated.
  if (isNewToken) await print(`  token                ${token}\n\n`);
  if (!LOOPBACK.test(command.host)) await print(forContainers(command.host, port));
  await print(`${token === null ? open : closed} Ctrl+C ends it.\n`);
}

/** Grafana in a container is another machine: the address it needs, as the file it reads. */
function forContainers(host: string, port: number): string {
  const isAny = host === "0.0.0.0" || host === "::";
  const url = `http://${isAny ? HOST_FROM_CONTAINER : shownName(host)}:${port}`;
  return `For Grafana in a container, provisioning/datasources/buslens.yaml (BUSLENS_TOKEN in its environment):\n\n${sourceYaml(url)}\n`;
}

/** Databases that cannot be used, and what is odd in the others. Faults: `input/bad-dbc` for one that was named. */
async function sayAboutDatabases(store: LogStore, given: readonly GivenDbc[]): Promise<void> {
  if (given.length > 0) return void checkGiven(given);
  const { dbcs, notices } = await loadLibrary(store, { signal: new AbortController().signal });
  for (const { severity, text } of notices) say(`buslens: ${severity}: ${text}`);
  sayWarnings(dbcs);
  if (dbcs.length === 0)
    say(
      "buslens: warning: no .dbc lies there: only measured channels, and databases attached to logs, are shown; put one there or name it with --dbc",
    );
}

async function sayIfEmpty(engine: Engine, name: string): Promise<void> {
  const devices = await engine.devices({ names: false }, AbortSignal.timeout(20_000)).catch(() => null);
  if (devices?.length === 0)
    say(`buslens: warning: ${name} holds no logs: they lie in folders DEVICE/SESSION/SPLIT.MF4, or below LOG/`);
}

/** As it stands in an address. */
const shownName = (host: string): string =>
  host === "0.0.0.0" || host === "::" ? "localhost" : host.includes(":") ? `[${host}]` : host;

async function listen(server: Server, host: string, wanted: number | null): Promise<number> {
  try {
    return await listenAt(server, host, wanted ?? PORT_DEFAULT);
  } catch (error) {
    if (wanted === null && codeOf(error) === "EADDRINUSE") return listenAt(server, host, 0);
    throw new FaultError({
      code: "request/bad-parameter",
      message: `cannot listen on ${host}, port ${wanted ?? PORT_DEFAULT}: ${reasonOf(error)}`,
    });
  }
}

const listenAt = (server: Server, host: string, port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, BACKLOG, () => {
      server.off("error", reject);
      resolve((server.address() as AddressInfo).port);
    });
  });

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

function reasonOf(error: unknown): string {
  const code = codeOf(error);
  if (code === "EADDRINUSE") return "it is taken; choose another with --port";
  if (code === "EACCES") return "the system does not allow it; choose a port above 1023";
  if (code === "EADDRNOTAVAIL" || code === "ENOTFOUND") return "this machine has no such address";
  return code || "the system refused";
}
