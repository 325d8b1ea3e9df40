/** Dashboard variables, editors and ad hoc filters over real logs. */
import { beforeAll, describe, expect, test } from "vitest";
import { matchesPattern } from "../../../edge/app/grafana/pattern.ts";
import { generateDrive } from "../../../fixtures/drive.ts";
import { driveStore, engineOver } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";
import { type App, appOf, post } from "./app-of.ts";

const drive = generateDrive({ splitSeconds: 2 });
const logs = drive.truth.logs;
let app: App;
let range: { from: string; to: string };

beforeAll(() => {
  const store = driveStore(drive);
  app = appOf(engineOver(nodeKernel(), store), { store });
  range = { from: "2000-01-01T00:00:00.000Z", to: "2035-01-01T00:00:00.000Z" };
});

const json = async (path: string, body: unknown): Promise<unknown> => (await post(app, path, body)).json();
const search = (target: object): Promise<unknown> => json("/search", { target: JSON.stringify(target) });
const variable = async (target: object, more: object = {}): Promise<string[]> => {
  const found = (await json("/variable", { payload: { target: JSON.stringify(target) }, ...more })) as {
    __text: string;
    __value: string;
  }[];
  for (const one of found) expect(Object.keys(one)).toEqual(["__text", "__value"]);
  return found.map(({ __value }) => __value);
};

describe("variables", () => {
  test("devices by id and by name, in the two plugins' forms", async () => {
    const devices = [...new Set(drive.files.map(({ key }) => key.split("/")[0]))];
    expect(await search({ search: "device" })).toEqual(devices);
    expect(await variable({ search: "device" })).toEqual(devices);
    const named = (await json("/variable", { payload: { target: '{"search":"device_name"}' } })) as { __text: string }[];
    expect(named[0]?.__text).toMatch(new RegExp(`^${devices[0]} .`));
    expect(await variable({ search: "device" }, { range: { from: "2001-01-01T00:00:00Z", to: "2001-01-02T00:00:00Z" } })).toEqual(
      [],
    );
  });

  test("with a range only what occurs in it: a chain of DBC, message and signal", async () => {
    const device = "B0551001";
    const inRange = { range };
    const [db = ""] = await variable({ search: "db", device }, inRange);
    expect(db).toBe("buslens-drive");
    const messages = await variable({ search: "message", device, db }, inRange);
    const own = logs.filter(({ key }) => key.startsWith(device)).flatMap(({ series }) => series.filter((one) => one.db === db));
    const heard = new Set(own.map((one) => one.message.name));
    expect(messages.length).toBeGreaterThan(1);
    expect(new Set(messages)).toEqual(heard);
    const [message = ""] = messages;
    const signals = await variable({ search: "signal", device, db, message }, inRange);
    const truth = own.filter((one) => one.message.name === message).map((one) => one.signal.name);
    expect(new Set(signals)).toEqual(new Set(truth));
    expect(await variable({ search: "chn", device }, inRange)).toContain("CH1");
    expect(await variable({ search: "signal", device: "00000000", db }, inRange)).toEqual([]);
  });

  test("several devices, messages and patterns at once, in every form Grafana writes them", async () => {
    const two = await variable({ search: "signal", db: "buslens-drive", message: "*" });
    for (const message of ["(Gnss.*|Truck*)", "{Gnss*,Truck*}"])
      expect(two).toEqual(expect.arrayContaining(await variable({ search: "signal", message })));
    const lists = await Promise.all(
      ["(B0551001|B0551002)", "{B0551001,B0551002}", ["B0551001", "B0551002"], "B055100?", "$__all"].map((device) =>
        variable({ search: "message", device }, { range }),
      ),
    );
    for (const list of lists) expect(list).toEqual(lists[0]);
    expect(lists[0]?.length).toBeGreaterThan(2);
  });

  test("a raw JSON payload, a bare word, and a range inside the search are read; a search nobody knows is 400", async () => {
    expect(await json("/variable", { payload: { search: "itf" } })).toEqual([
      { __text: "CAN", __value: "CAN" },
      { __text: "LIN", __value: "LIN" },
    ]);
    expect(await json("/variable", { payload: { target: "method" }, range })).toContainEqual({
      __text: "ENVELOPE",
      __value: "ENVELOPE",
    });
    const from = String(Date.parse("2001-01-01"));
    expect(await search({ search: "device", from, to: from })).toEqual([]);
    const wrong = await post(app, "/variable", { payload: { search: "nope" } });
    expect(wrong.status).toBe(400);
    expect(((await wrong.json()) as { message: string }).message).toContain('"search" must be device');
  });
});

describe("editors", () => {
  test("every metric names its payload fields, and every select field has options", async () => {
    const metrics = (await json("/metrics", {})) as { value: string; payloads: { name: string; type: string }[] }[];
    expect(metrics.map(({ value }) => value)).toContain("frames");
    const payload = { device: "B0551001", db: "buslens-drive" };
    for (const { value, payloads } of metrics) {
      for (const { name, type } of payloads) {
        const options = (await json("/metric-payload-options", { metric: value, name, payload, range })) as { value: string }[];
        // These logs are of buses: groups and channels are of measurement files.
        const isThere = type.includes("select") && name !== "group" && name !== "channel";
        if (isThere) expect(options.length, `${value}.${name}`).toBeGreaterThan(0);
        else expect(options).toEqual([]);
      }
    }
  });

  test("tag keys and their values", async () => {
    const keys = (await json("/tag-keys", {})) as { text: string }[];
    expect(keys.map(({ text }) => text)).toEqual(["device", "itf", "chn", "db", "message", "signal", "sa", "group", "channel"]);
    expect(await json("/tag-values", { key: "device" })).toContainEqual({ text: "B0551001" });
    expect(((await json("/tag-values", { key: "signal" })) as unknown[]).length).toBeGreaterThan(5);
    for (const key of ["nope", "__proto__", 7]) expect(await json("/tag-values", { key })).toEqual([]);
  });
});

test("a pattern is matched in linear time, whatever it looks like", () => {
  expect(matchesPattern("EngineSpeed", "eng*sp??d")).toBe(true);
  expect(matchesPattern("EngineSpeed", "*speed*x")).toBe(false);
  expect(["", "a"].map((name) => matchesPattern(name, "**"))).toEqual([true, true]);
  expect(matchesPattern("a".repeat(5000), `${"*a".repeat(200)}*b`)).toBe(false);
});
