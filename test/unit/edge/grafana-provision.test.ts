/** `buslens grafana provision` against a stand-in for Grafana's HTTP API. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, test, vi } from "vitest";
import { FaultError } from "../../../core/fault.ts";
import type { ProvisionCommand } from "../../../edge/node/arguments.ts";
import { provision } from "../../../edge/node/grafana-provision.ts";
import { folderUid } from "../../../edge/node/grafana-wanted.ts";
import { grafanaStandIn, type StandIn, type StandInOptions } from "../../support/grafana-server.ts";

const TOKEN = "glsa_secret";
const SOURCE_TOKEN = "buslens-token-1";
const servers: { close(): unknown }[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close();
  vi.restoreAllMocks();
});

async function standIn(options: StandInOptions = {}): Promise<StandIn> {
  const grafana = await grafanaStandIn(options);
  servers.push(grafana);
  return grafana;
}

const commandTo = (url: string, more: Partial<ProvisionCommand> = {}): ProvisionCommand => ({
  name: "grafana",
  url,
  token: TOKEN,
  plugins: ["simpod", "infinity"],
  folder: "buslens",
  source: "http://host.docker.internal:5000",
  sourceToken: null,
  ...more,
});

/** What it printed. */
async function ran(command: ProvisionCommand): Promise<string> {
  let text = "";
  const write = vi.spyOn(process.stdout, "write").mockImplementation((piece) => {
    text += String(piece);
    return true;
  });
  try {
    await provision(command);
  } finally {
    write.mockRestore();
  }
  return text;
}

async function failing(command: ProvisionCommand): Promise<string> {
  const error: unknown = await ran(command).catch((thrown: unknown) => thrown);
  if (!(error instanceof FaultError)) throw new Error(`no fault: ${String(error)}`);
  return `${error.fault.code}: ${error.fault.message}`;
}

const counts = (grafana: StandIn) => [grafana.state.sources.size, grafana.state.folders.size, grafana.state.dashboards.size];

describe("into an empty Grafana", () => {
  test("goes a data source for each plugin, a folder, and three dashboards for each, in the folder and tied to their source", async () => {
    const grafana = await standIn();
    const text = await ran(commandTo(`${grafana.url}/`));
    expect(counts(grafana)).toEqual([2, 1, 6]);
    expect(text).toContain("Grafana 13.1.1");
    expect(text.match(/created/g)).toHaveLength(9);
    for (const [uid, { dashboard, folderUid }] of grafana.state.dashboards) {
      expect(folderUid).toBe("buslens");
      const list = (dashboard.templating as { list: readonly { name: string; current: { value?: string } }[] }).list;
      const source = list.find(({ name }) => name === "source")?.current.value;
      expect(source).toBe(uid.startsWith("buslens-simpod") ? "buslens-simpod" : "buslens-infinity");
      expect(list.find(({ name }) => name === "viewer")?.current.value).toBe("http://host.docker.internal:5000");
    }
  });

  test("a second run writes nothing", async () => {
    const grafana = await standIn();
    await ran(commandTo(grafana.url));
    const before = grafana.writes.length;
    const text = await ran(commandTo(grafana.url));
    expect(grafana.writes.slice(before)).toEqual([]);
    expect(text.match(/unchanged/g)).toHaveLength(9);
  });

  test("no route goes by number, and no permission is asked for or set", async () => {
    const grafana = await standIn();
    await ran(commandTo(grafana.url, { sourceToken: SOURCE_TOKEN }));
    await ran(commandTo(grafana.url, { sourceToken: SOURCE_TOKEN }));
    expect(grafana.paths.filter((path) => /\/\d+(\/|$)|permission|\/proxy\//.test(path))).toEqual([]);
    for (const { body } of grafana.writes) expect(Object.hasOwn(body, "folderId")).toBe(false);
  });
});

describe("the token of buslens", () => {
  test("lies in the secrets alone, in each plugin's own form, and is printed nowhere", async () => {
    const grafana = await standIn();
    const text = await ran(commandTo(grafana.url, { sourceToken: SOURCE_TOKEN }));
    expect(grafana.state.secrets.get("buslens-simpod")).toEqual({ httpHeaderValue1: `Bearer ${SOURCE_TOKEN}` });
    expect(grafana.state.secrets.get("buslens-infinity")).toEqual({ bearerToken: SOURCE_TOKEN });
    const open = JSON.stringify([...grafana.state.sources.values(), ...grafana.state.dashboards.values()]) + text;
    expect(open).not.toContain(SOURCE_TOKEN);
    expect(open).not.toContain(TOKEN);
    expect(grafana.state.sources.get("buslens-simpod")?.jsonData).toMatchObject({ httpHeaderName1: "Authorization" });
    expect(grafana.state.sources.get("buslens-infinity")?.jsonData).toMatchObject({ auth_method: "bearerToken" });
  });

  test("is written again by each run, since it cannot be compared; the rest stays", async () => {
    const grafana = await standIn();
    await ran(commandTo(grafana.url, { sourceToken: "old" }));
    const text = await ran(commandTo(grafana.url, { sourceToken: "new" }));
    expect(grafana.state.secrets.get("buslens-infinity")).toEqual({ bearerToken: "new" });
    expect(text.match(/unchanged/g)).toHaveLength(7);
    expect(counts(grafana)).toEqual([2, 1, 6]);
  });
});

describe("what is there already", () => {
  test("another address of buslens is put into the data source, and settings of others stay", async () => {
    const grafana = await standIn();
    await ran(commandTo(grafana.url));
    const found = grafana.state.sources.get("buslens-simpod") ?? {};
    grafana.state.sources.set("buslens-simpod", {
      ...found,
      isDefault: true,
      jsonData: { ...(found.jsonData as object), keepCookies: ["a"] },
    });
    const text = await ran(commandTo(grafana.url, { plugins: ["simpod"], source: "http://10.0.0.7:5000" }));
    const after = grafana.state.sources.get("buslens-simpod");
    expect(after).toMatchObject({ url: "http://10.0.0.7:5000", isDefault: true, jsonData: { keepCookies: ["a"] } });
    expect(text.match(/updated/g)).toHaveLength(4); // and the dashboards' viewer address
  });

  test("a dashboard moved elsewhere comes back into the folder; one edited with its tag kept stays as it is", async () => {
    const grafana = await standIn();
    await ran(commandTo(grafana.url, { plugins: ["infinity"] }));
    const fleet = grafana.state.dashboards.get("buslens-infinity-fleet");
    const bus = grafana.state.dashboards.get("buslens-infinity-bus");
    if (fleet === undefined || bus === undefined) throw new Error("not there");
    grafana.state.dashboards.set("buslens-infinity-fleet", { ...fleet, folderUid: "" });
    grafana.state.dashboards.set("buslens-infinity-bus", {
      ...bus,
      dashboard: { ...bus.dashboard, version: 9, description: "mine" },
    });
    await ran(commandTo(grafana.url, { plugins: ["infinity"] }));
    expect(grafana.state.dashboards.get("buslens-infinity-fleet")?.folderUid).toBe("buslens");
    expect(grafana.state.dashboards.get("buslens-infinity-bus")?.dashboard).toMatchObject({ version: 9, description: "mine" });
  });

  test("a change by somebody else in between is read again, and the step is done once more", async () => {
    const change = (state: StandIn["state"]) =>
      void state.folders.set("buslens", { uid: "buslens", title: "buslens", version: 1 });
    const grafana = await standIn({ meanwhile: { path: "/api/folders", change } });
    const text = await ran(commandTo(grafana.url));
    expect(text).toMatch(/folder +buslens +unchanged/);
    expect(counts(grafana)).toEqual([2, 1, 6]);
  });

  test("a namesake in the way is told, not overwritten", async () => {
    const grafana = await standIn();
    grafana.state.folders.set("buslens", { uid: "buslens", title: "buslens", version: 1 });
    const theirs = { dashboard: { uid: "theirs", title: "Fleet overview (JSON)", version: 3 }, folderUid: "buslens" };
    grafana.state.dashboards.set("theirs", theirs);
    expect(await failing(commandTo(grafana.url))).toContain("storage/refused: Grafana does not take the dashboard");
    expect(grafana.state.dashboards.get("theirs")).toEqual(theirs);
  });

  test.each(["buslens", "Fahrzeuge & Prüfstände", "x".repeat(90), "日本", "Logs", "logs"])(
    "folder %s has a uid Grafana takes",
    (name) => {
      expect(folderUid(name)).toMatch(/^[A-Za-z0-9_-]{1,40}$/);
    },
  );

  test("folders whose names differ have different uids", () => {
    const names = ["Logs", "logs", "LOGS", "lo gs", "lo-gs", "日本", "中国"];
    expect(new Set(names.map(folderUid)).size).toBe(names.length);
  });
});

describe("what goes wrong is one sentence", () => {
  test("a wrong token, and one that may only read", async () => {
    const grafana = await standIn();
    expect(await failing(commandTo(grafana.url, { token: "wrong" }))).toMatch(
      /^access\/token-wrong: Grafana does not know the token/,
    );
    const reading = await standIn({ role: "Viewer" });
    expect(await failing(commandTo(reading.url))).toMatch(
      /^access\/token-wrong: the token may not do this \(POST \/api\/datasources\)/,
    );
    expect(reading.writes).toEqual([]);
  });

  test("nobody there", async () => {
    const grafana = await grafanaStandIn();
    await grafana.close();
    expect(await failing(commandTo(grafana.url))).toMatch(
      /^storage\/unreachable: no Grafana can be reached there \(ECONNREFUSED\)/,
    );
  });

  test.each([
    ["a page", 200, "text/html", "<!doctype html><title>hello</title>"],
    ["another JSON", 200, "application/json", '{"hello":"world"}'],
    ["a 404", 404, "application/json", '{"message":"not here"}'],
    ["a redirect to a login", 302, "text/html", ""],
  ])("%s instead of Grafana", async (_name, status, type, body) => {
    const other = createServer((_request, response) =>
      response.writeHead(status, { "Content-Type": type, Location: "/login" }).end(body),
    );
    await new Promise<void>((listening) => other.listen(0, "127.0.0.1", listening));
    servers.push(other);
    const said = await failing(commandTo(`http://127.0.0.1:${(other.address() as AddressInfo).port}`));
    expect(said).toMatch(/^request\/bad-parameter: this is not Grafana's address/);
    expect(said).not.toContain(TOKEN);
  });
});
