/** Files that ask for far more than they are, small enough for every run; `node test/fuzz/hostile.ts` has the long ones. */
import { describe, expect, test } from "vitest";
import { createEngine } from "../../core/query/create.ts";
import { MemoryStore } from "../../core/store/memory.ts";
import { still } from "../support/engine.ts";
import { hostileFiles } from "../support/hostile-files.ts";
import { testModule } from "../support/kernel.ts";
import { appOf, get, panel, post } from "../unit/edge/app-of.ts";
import { checkLog } from "./mdf/check.ts";
import { smallFiles } from "./mdf/files.ts";

const files = new Map([...hostileFiles(false)].map(([name, make]) => [name, make()]));

describe("rows or a fault that says where, in bounded work", () => {
  test.each([...files.keys()])("%s", async (name) => {
    await checkLog(files.get(name) ?? new Uint8Array());
  });
});

const DBC = 'VERSION ""\nBO_ 291 Engine: 8 Ecu\n SG_ Speed : 0|16@1+ (0.5,0) [0|0] "km/h" Ecu\n';
const HEALTHY = "0B0E0002";
const deviceOf = (number: number): string => `BAD${String(number).padStart(5, "0")}`;

function serverOver(logs: ReadonlyMap<string, Uint8Array>) {
  const objects = [...logs].map(([device, bytes]) => [`${device}/00000001/00000001.MF4`, bytes] as const);
  const store = new MemoryStore([...objects, ["engine.dbc", new TextEncoder().encode(DBC)]]);
  return appOf(createEngine({ module: testModule(), moduleHash: "0", store, host: still, sharesWork: true }), { store });
}

test("a healthy device beside all of them gets the same bytes as alone, and each of them an answer", async () => {
  const [{ bytes: healthy }] = await smallFiles();
  const hostile = new Map([...files.values()].map((bytes, number) => [deviceOf(number), bytes]));
  const alone = serverOver(new Map([[HEALTHY, healthy]]));
  const beside = serverOver(new Map([...hostile, [HEALTHY, healthy]]));
  const curve = (device: string) =>
    panel([{ device, signal: "Speed" }], { range: { from: "2023-11-14T00:00:00Z", to: "2023-11-16T00:00:00Z" } });
  for (const device of hostile.keys()) {
    for (const path of ["logs", "signals", "series?signal=Speed&method=envelope"]) {
      const { status } = await get(beside, `/api/${path}${path.includes("?") ? "&" : "?"}device=${device}`);
      expect(status, `${path} of ${device}`).toBe(200);
    }
    expect((await post(beside, "/query", curve(device))).status).toBe(200);
  }
  const ask: readonly ((app: typeof alone) => Promise<Response>)[] = [
    (app) => get(app, `/api/logs?device=${HEALTHY}`),
    (app) => get(app, `/api/signals?device=${HEALTHY}`),
    (app) => get(app, `/api/series?device=${HEALTHY}&signal=Speed`),
    (app) => post(app, "/search", { target: HEALTHY }),
    (app) => post(app, "/query", curve(HEALTHY)),
  ];
  for (const one of ask) {
    const [expected, found] = [await one(alone), await one(beside)];
    expect(found.status).toBe(200);
    expect(await found.text()).toBe(await expected.text());
  }
  expect(await (await post(beside, "/query", curve(HEALTHY))).text()).toContain("[");
});
