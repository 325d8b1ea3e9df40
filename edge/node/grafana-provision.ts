/** `buslens grafana provision`: puts data sources, folder and dashboards into a Grafana. Run again it changes only what is not as it should be. */
import { FaultError } from "../../core/fault.ts";
import type { ProvisionCommand } from "./arguments.ts";
import { type GrafanaApi, grafanaApi, noGrafana } from "./grafana-api.ts";
import { folderUid, type WantedDashboard, type WantedSource, wantedDashboards, wantedSource } from "./grafana-wanted.ts";
import { print } from "./output.ts";

type Done = "created" | "updated" | "unchanged";

/** Prints a line for each thing. Permissions are never touched. Faults: `access/*`, `storage/*`, `request/bad-parameter`. */
export async function provision(command: ProvisionCommand): Promise<void> {
  const api = grafanaApi(command.url, command.token);
  await print(`Grafana ${await versionOf(api)} at ${api.url}\n`);
  const folder = { uid: folderUid(command.folder), title: command.folder };
  const sources = command.plugins.map((plugin) => wantedSource(plugin, command.source, command.sourceToken));
  const tell = (kind: string, name: string, done: Done) => print(`  ${kind.padEnd(13)}${name.padEnd(30)}${done}\n`);
  for (const source of sources) await tell("data source", source.name, await installSource(api, source));
  await tell("folder", folder.title, await installFolder(api, folder));
  for (const [at, plugin] of command.plugins.entries()) {
    const source = sources[at];
    if (source === undefined) continue;
    for (const wanted of await wantedDashboards(plugin, source))
      await tell("dashboard", wanted.title, await installDashboard(api, wanted, folder.uid));
  }
  await print(`\n  ${api.url}/dashboards/f/${folder.uid}\n`);
}

async function versionOf(api: GrafanaApi): Promise<string> {
  const { status, body } = await api.call("GET", "/health", { expected: [404, 405] });
  if (status !== 200 || typeof body.version !== "string") throw noGrafana(api.url, "there is no /api/health of Grafana");
  return body.version;
}

/** Somebody else was faster: what is there is read again, and the step done once more. */
const CONFLICTS = [409, 412];

async function withRetry(step: () => Promise<Done | Conflict>): Promise<Done> {
  const first = await step();
  if (typeof first === "string") return first;
  const second = await step();
  if (typeof second === "string") return second;
  throw new FaultError({ code: "storage/refused", message: second.why });
}

interface Conflict {
  readonly why: string;
}

const conflict = (what: string, body: Readonly<Record<string, unknown>>): Conflict => ({
  why: `Grafana does not take ${what}: ${String(body.message ?? "it conflicts with what is there").slice(0, 200)}; rename or delete the one in the way`,
});

const installSource = (api: GrafanaApi, wanted: WantedSource): Promise<Done> =>
  withRetry(async () => {
    const path = `/datasources/uid/${wanted.uid}`;
    const found = await api.call("GET", path, { expected: [404] });
    const isThere = found.status === 200;
    // A token cannot be compared, since Grafana never gives it back: it is written again.
    const hasToken = Object.keys(wanted.secureJsonData).length > 0;
    if (isThere && !hasToken && isSame(found.body, wanted)) return "unchanged";
    const { jsonData } = wanted;
    const kept = isThere && typeof found.body.jsonData === "object" ? found.body.jsonData : {};
    const isDefault = isThere && found.body.isDefault === true;
    const body = { ...wanted, access: "proxy", basicAuth: false, isDefault, jsonData: { ...kept, ...jsonData } };
    const answer = await api.call(isThere ? "PUT" : "POST", isThere ? path : "/datasources", { body, expected: CONFLICTS });
    if (answer.status >= 400) return conflict(`the data source "${wanted.name}"`, answer.body);
    return isThere ? "updated" : "created";
  });

function isSame(found: Readonly<Record<string, unknown>>, { name, type, url, jsonData }: WantedSource): boolean {
  const settings = (found.jsonData ?? {}) as Readonly<Record<string, unknown>>;
  const plain = found.name === name && found.type === type && found.url === url && found.access === "proxy";
  return plain && Object.entries(jsonData).every(([key, value]) => settings[key] === value);
}

const installFolder = (api: GrafanaApi, wanted: { readonly uid: string; readonly title: string }): Promise<Done> =>
  withRetry(async () => {
    const path = `/folders/${wanted.uid}`;
    const found = await api.call("GET", path, { expected: [404] });
    const isThere = found.status === 200;
    if (isThere && found.body.title === wanted.title) return "unchanged";
    const body = isThere ? { title: wanted.title, version: found.body.version } : wanted;
    const answer = await api.call(isThere ? "PUT" : "POST", isThere ? path : "/folders", { body, expected: CONFLICTS });
    if (answer.status >= 400) return conflict(`the folder "${wanted.title}"`, answer.body);
    return isThere ? "updated" : "created";
  });

const installDashboard = (api: GrafanaApi, wanted: WantedDashboard, folder: string): Promise<Done> =>
  withRetry(async () => {
    const found = await api.call("GET", `/dashboards/uid/${wanted.uid}`, { expected: [404] });
    const isThere = found.status === 200;
    const there = (found.body.dashboard ?? {}) as { readonly version?: number; readonly tags?: readonly string[] };
    const meta = (found.body.meta ?? {}) as { readonly folderUid?: string };
    if (isThere && meta.folderUid === folder && there.tags?.includes(wanted.hashTag)) return "unchanged";
    const dashboard = { ...wanted.dashboard, id: null, ...(isThere ? { version: there.version } : {}) };
    const message = `buslens grafana provision (${wanted.hashTag})`;
    // Not overwrite: another dashboard of the same name, or a change since it was read, is not ours to lose.
    const body = { dashboard, folderUid: folder, overwrite: false, message };
    const answer = await api.call("POST", "/dashboards/db", { body, expected: CONFLICTS });
    if (answer.status >= 400) return conflict(`the dashboard "${wanted.title}"`, answer.body);
    return isThere ? "updated" : "created";
  });
