/** A stand-in for Grafana's HTTP API as far as provisioning needs it (formats/grafana-api.md §11): by uid, with versions, conflicts and secrets that never come back. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

type Json = Readonly<Record<string, unknown>>;

export interface StandIn {
  readonly url: string;
  /** Writes, in order: method, path, body. */
  readonly writes: { readonly method: string; readonly path: string; readonly body: Json }[];
  /** Every path asked for. */
  readonly paths: string[];
  readonly state: State;
  close(): Promise<void>;
}

interface State {
  readonly sources: Map<string, Json>;
  readonly secrets: Map<string, Json>;
  readonly folders: Map<string, Json>;
  readonly dashboards: Map<string, { readonly dashboard: Json; readonly folderUid: string }>;
}

export interface StandInOptions {
  readonly token?: string;
  /** The token's role: a viewer may read. */
  readonly role?: "Admin" | "Viewer";
  /** Runs before the first write to a path that begins so: somebody else's change in between. */
  readonly meanwhile?: { readonly path: string; readonly change: (state: State) => void };
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}
const reply = (status: number, body: unknown): Reply => ({ status, body });
const notFound = (what: string): Reply => reply(404, { message: `${what} not found` });

export async function grafanaStandIn({
  token = "glsa_secret",
  role = "Admin",
  meanwhile,
}: StandInOptions = {}): Promise<StandIn> {
  const state: State = { sources: new Map(), secrets: new Map(), folders: new Map(), dashboards: new Map() };
  const writes: StandIn["writes"] = [];
  const paths: string[] = [];
  let isChanged = false;
  const answer = (method: string, path: string, body: Json, sent: string | undefined): Reply => {
    paths.push(`${method} ${path}`);
    if (path === "/api/health") return reply(200, { database: "ok", version: "13.1.1", commit: "x" });
    if (sent !== `Bearer ${token}`)
      return reply(401, { message: "Invalid API key", messageId: "api-key.invalid", statusCode: 401 });
    if (method !== "GET") {
      if (role !== "Admin")
        return reply(403, { message: "You'll need additional permissions to perform this action.", accessErrorId: "ACE1" });
      if (meanwhile !== undefined && !isChanged && path.startsWith(meanwhile.path)) {
        isChanged = true;
        meanwhile.change(state);
      }
      writes.push({ method, path, body });
    }
    return route(method, path, body, state);
  };
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const { status, body: sent } = answer(request.method ?? "", request.url ?? "", body, request.headers.authorization);
      response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(sent));
    });
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = () => new Promise<void>((closed) => server.close(() => closed()));
  return { url, writes, paths, state, close };
}

async function bodyOf(request: IncomingMessage): Promise<Json> {
  let text = "";
  for await (const piece of request) text += String(piece);
  return text === "" ? {} : (JSON.parse(text) as Json);
}

/** Routes by number are not there: Grafana 13 has switched them off. */
function route(method: string, path: string, body: Json, state: State): Reply {
  const uid = path.slice(path.lastIndexOf("/") + 1);
  if (method === "GET" && path.startsWith("/api/datasources/uid/")) {
    const found = state.sources.get(uid);
    const secureJsonFields = Object.fromEntries(Object.keys(state.secrets.get(uid) ?? {}).map((key) => [key, true]));
    return found === undefined ? notFound("Data source") : reply(200, { ...found, secureJsonFields });
  }
  if (path === "/api/datasources" && method === "POST") return saveSource(body, state, false);
  if (path.startsWith("/api/datasources/uid/") && method === "PUT")
    return state.sources.has(uid) ? saveSource({ ...body, uid }, state, true) : notFound("Data source");
  if (path === "/api/folders" && method === "POST") return createFolder(body, state);
  if (path.startsWith("/api/folders/")) return folder(method, uid, body, state);
  if (path.startsWith("/api/dashboards/uid/") && method === "GET") {
    const found = state.dashboards.get(uid);
    return found === undefined
      ? notFound("Dashboard")
      : reply(200, { dashboard: found.dashboard, meta: { folderUid: found.folderUid, version: found.dashboard.version } });
  }
  return path === "/api/dashboards/db" && method === "POST" ? saveDashboard(body, state) : notFound("Page");
}

const UID = /^[A-Za-z0-9_-]{1,40}$/;

function saveSource({ secureJsonData, ...plain }: Json, state: State, isUpdate: boolean): Reply {
  const uid = String(plain.uid);
  if (!UID.test(uid)) return reply(400, { message: "Invalid format of UID" });
  const same = [...state.sources].find(([other, { name }]) => name === plain.name && other !== uid);
  if (same !== undefined || (!isUpdate && state.sources.has(uid)))
    return reply(409, { message: "data source with the same name already exists" });
  const version = Number(state.sources.get(uid)?.version ?? 0) + 1;
  state.sources.set(uid, { ...plain, version });
  state.secrets.set(uid, { ...state.secrets.get(uid), ...(secureJsonData as Json | undefined) });
  return reply(200, { datasource: { ...plain, version }, message: "Datasource saved" });
}

function createFolder({ uid, title }: Json, state: State): Reply {
  if (!UID.test(String(uid))) return reply(400, { message: "uid contains illegal characters or is too long" });
  if (state.folders.has(String(uid))) return reply(409, { message: "a folder with that uid already exists" });
  state.folders.set(String(uid), { uid, title, version: 1 });
  return reply(200, { uid, title, version: 1 });
}

function folder(method: string, uid: string, body: Json, state: State): Reply {
  const found = state.folders.get(uid);
  if (found === undefined) return notFound("folder");
  if (method === "GET") return reply(200, found);
  if (body.version !== found.version)
    return reply(412, { message: "the folder has been changed by someone else", status: "version-mismatch" });
  state.folders.set(uid, { uid, title: body.title, version: Number(found.version) + 1 });
  return reply(200, state.folders.get(uid));
}

function saveDashboard(body: Json, state: State): Reply {
  const { dashboard, folderUid = "", overwrite } = body as { dashboard: Json; folderUid?: string; overwrite?: boolean };
  const uid = String(dashboard.uid);
  if (!UID.test(uid)) return reply(400, { message: "uid contains illegal characters" });
  if (folderUid !== "" && !state.folders.has(folderUid)) return reply(400, { message: "folder not found", status: "not-found" });
  const found = state.dashboards.get(uid);
  if (found !== undefined && overwrite !== true && dashboard.version !== found.dashboard.version)
    return reply(412, { message: "The dashboard has been changed by someone else", status: "version-mismatch" });
  const isNamesake = [...state.dashboards].some(
    ([other, one]) => other !== uid && one.folderUid === folderUid && one.dashboard.title === dashboard.title,
  );
  if (isNamesake)
    return reply(412, { message: "A dashboard with the same name in the folder already exists", status: "name-exists" });
  const version = Number(found?.dashboard.version ?? 0) + 1;
  state.dashboards.set(uid, { dashboard: { ...dashboard, id: 7, version }, folderUid });
  return reply(200, { id: 7, uid, url: `/d/${uid}`, status: "success", version });
}
