/** Flat GETs as Infinity and JSON API write them: lists of variables, patterns, seconds, one value for an alert. Over real logs. */
import { beforeAll, describe, expect, test } from "vitest";
import { generateDrive } from "../../../fixtures/drive.ts";
import { driveStore, engineOver } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";
import { type App, appOf, get } from "./app-of.ts";

const drive = generateDrive({ splitSeconds: 2 });
const [A, B] = ["B0551001", "B0551002"];
let app: App;

beforeAll(() => {
  const store = driveStore(drive);
  app = appOf(engineOver(nodeKernel(), store), { store });
});

interface Row {
  readonly time: number;
  readonly device: string;
  readonly signal: string;
  readonly message: string;
  readonly value: number;
}
async function rowsOf(query: Readonly<Record<string, string>>): Promise<readonly Row[]> {
  const answer = await get(app, `/api/series?${new URLSearchParams({ format: "json", ...query })}`);
  expect(answer.status).toBe(200);
  return (await answer.json()) as Row[];
}
const seriesOf = (rows: readonly Row[]): readonly string[] => [...new Set(rows.map((row) => `${row.device} ${row.signal}`))];

describe("lists and patterns", () => {
  test.each(["{EngineSpeed,VehicleSpeed}", "(EngineSpeed|VehicleSpeed)"])("%s is both signals, in this order", async (signal) => {
    expect(seriesOf(await rowsOf({ device: A, signal, points: "2" }))).toEqual([`${A} EngineSpeed`, `${A} VehicleSpeed`]);
  });

  test("devices may be a list or a pattern; each row says whose it is", async () => {
    for (const device of [`{${A},${B}}`, "B055*", "$__all"])
      expect(seriesOf(await rowsOf({ device, signal: "EngineSpeed", points: "2" }))).toEqual([
        `${A} EngineSpeed`,
        `${B} EngineSpeed`,
      ]);
  });

  test("a pattern is what the databases have, once each, and what has no data is left out of every form", async () => {
    const rows = await rowsOf({ device: A, signal: "Engine*", message: "EngineF*", points: "1" });
    expect(seriesOf(rows)).toEqual([`${A} EngineSpeed`, `${A} EngineTorque`]);
    const answer = await get(app, `/api/series?device=${A}&signal=*&from=0&to=1`);
    const { series } = (await answer.json()) as { series: { segments: unknown[]; notices: { text: string }[] }[] };
    expect(series.map(({ segments }) => segments)).toEqual([[]]);
    expect(series[0]?.notices[0]?.text).toMatch(/range/);
  });

  test("channels as targets write them, and several", async () => {
    const plain = await rowsOf({ device: A, signal: "EngineSpeed", channel: "1", points: "2" });
    expect(plain.length).toBeGreaterThan(0);
    expect(await rowsOf({ device: A, signal: "EngineSpeed", channel: "CH1", points: "2" })).toEqual(plain);
    expect(await rowsOf({ device: A, signal: "EngineSpeed", channel: "{CH1,CH2}", points: "2" })).toEqual(plain);
    expect((await get(app, `/api/series?device=${A}&signal=x&channel={CH1,CHX}`)).status).toBe(400);
  });

  test("more than 500 series are refused by their number", async () => {
    const signals = Array.from({ length: 501 }, (_, at) => `S${at}`).join(",");
    const answer = await get(app, `/api/series?device=${A}&signal={${signals}}`);
    expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining("501 series")]);
  });
});

describe("one value for an alert", () => {
  test.each(["last", "mean", "count"])("points=1 with method=%s is one row per series, of the whole range", async (method) => {
    const raw = await rowsOf({ device: A, signal: "EngineSpeed", method: "raw" });
    const own = raw.map(({ value }) => value);
    const expected = {
      last: [own.at(-1), raw.at(-1)?.time],
      mean: [expect.closeTo(own.reduce((a, b) => a + b, 0) / own.length, 9), raw[0]?.time],
      count: [own.length, raw[0]?.time],
    }[method];
    const from = String(raw[0]?.time);
    const rows = await rowsOf({ device: A, signal: "EngineSpeed", method, points: "1", from });
    expect(rows.map(({ value, time }) => [value, time])).toEqual([expected]);
    const wide = await rowsOf({ device: A, signal: "EngineSpeed", method, points: "1", from, shape: "wide" });
    expect(wide).toMatchObject([{ time: expected?.[1], EngineSpeed: expected?.[0] }]);
  });

  test("with more points every bucket has its last sample, as a panel's", async () => {
    const raw = await rowsOf({ device: A, signal: "EngineSpeed", method: "raw" });
    const rows = await rowsOf({ device: A, signal: "EngineSpeed", method: "last", step: "1000000000", origin: "300000000" });
    const buckets = Map.groupBy(raw, ({ time }) => Math.floor((time - 300) / 1000));
    expect(rows.map(({ time }) => time)).toEqual([...buckets.values()].map((own) => own.at(-1)?.time));
  });

  test("nothing there is [] and 200", async () => {
    expect(await rowsOf({ device: A, signal: "EngineSpeed", method: "last", points: "1", from: "0", to: "1" })).toEqual([]);
    expect(await rowsOf({ device: "FFFFFFFF", signal: "EngineSpeed", method: "last", points: "1" })).toEqual([]);
  });
});

test("seconds, ms, ISO and ns mean the same range", async () => {
  const [first] = await rowsOf({ device: A, signal: "EngineSpeed", method: "raw" });
  const seconds = Math.floor((first?.time ?? 0) / 1000);
  const ask = (from: string | number, to: string | number) =>
    rowsOf({ device: A, signal: "EngineSpeed", method: "raw", from: String(from), to: String(to) });
  const expected = await ask(seconds * 1000, seconds * 1000 + 1000);
  expect(expected.length).toBeGreaterThan(0);
  expect(await ask(seconds, seconds + 1)).toEqual(expected);
  expect(await ask(`${seconds}.0`, `${seconds + 1}000000000ns`)).toEqual(expected);
  expect(await ask(new Date(seconds * 1000).toISOString(), new Date(seconds * 1000 + 1000).toISOString())).toEqual(expected);
});
