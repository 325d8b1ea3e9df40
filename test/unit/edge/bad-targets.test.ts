/** Requests that are wrong or mean no good, to an engine over real logs: a sentence that names the field, never a failure, never slow. */
import { beforeAll, describe, expect, test } from "vitest";
import { generateDrive } from "../../../fixtures/drive.ts";
import { driveStore, engineOver } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";
import { type App, appOf, get, post } from "./app-of.ts";

const drive = generateDrive({ splitSeconds: 2 });
const DEVICE = "B0551001";
const range = { from: "2000-01-01T00:00:00Z", to: "2035-01-01T00:00:00Z" };
const GOOD = { refId: "G", target: JSON.stringify({ device: DEVICE, signal: "EngineSpeed" }) };
let app: App;

beforeAll(() => {
  const store = driveStore(drive);
  app = appOf(engineOver(nodeKernel(), store), { store });
});

interface Item {
  readonly refId: string;
  readonly datapoints?: readonly unknown[];
  readonly rows?: readonly unknown[];
  readonly meta?: { readonly notices: readonly { readonly text: string }[] };
}
const query = (targets: readonly unknown[], more: object = {}): Promise<Response> =>
  post(app, "/query", { range, intervalMs: 60_000, targets, ...more });

/** Targets with a wrong field: 400 alone, a notice beside a good one. */
const WRONG: readonly (readonly [object, RegExp])[] = [
  [{ type: "frames", device: {} }, /"device"/],
  [{ type: "frames", device: DEVICE, sort: "data" }, /"sort" must be one of time/],
  [{ type: "frames", device: DEVICE, order: "up" }, /"order"/],
  [{ type: "frames", device: DEVICE, limit: -1 }, /"limit"/],
  [{ type: "frames", device: DEVICE, offset: 1e9 }, /paged up to row/],
  [{ type: "frames", device: DEVICE, id: "0xZZ" }, /"id" must be/],
  [{ type: "frames", device: DEVICE, chn: "CH999" }, /"chn"/],
  [{ type: "files" }, /no "device"/],
  [{ type: "calc", device: DEVICE }, /"expr"/],
  [{ expr: "constructor.constructor('return 1')()", device: DEVICE }, /is wrong at character/],
  [{ expr: "EngineSpeed", device: DEVICE, method: "median" }, /"method" must be/],
  [{ type: "events", device: DEVICE, when: "EngineSpeed >" }, /missing at the end/],
  [{ type: "trips", device: DEVICE, gap: "soon" }, /"gap" must be/],
  [{ type: "track", device: DEVICE }, /"signal"/],
  [{ device: DEVICE, signal: { a: 1 } }, /"signal" in the target/],
  [{ device: DEVICE, signal: "EngineSpeed", scale: "big" }, /"scale"/],
  [{ device: DEVICE, signal: "EngineSpeed", edges: "soft" }, /"edges"/],
];

describe("a wrong field in a target", () => {
  test.each(WRONG)("%j is 400 and named; beside a good target it is a notice", async (target, message) => {
    const alone = await query([{ target }]);
    expect(alone.status).toBe(400);
    const body = (await alone.json()) as { message: string; error: { code: string; message: string } };
    expect(body.message).toMatch(message);
    expect(body.error).toMatchObject({ code: "request/bad-parameter", message: expect.any(String) });
    const beside = await query([{ refId: "W", target }, GOOD]);
    expect(beside.status).toBe(200);
    const [wrong, good] = (await beside.json()) as Item[];
    expect([wrong?.refId, wrong?.meta?.notices[0]?.text]).toEqual(["W", expect.stringMatching(message)]);
    expect(good?.datapoints?.length).toBeGreaterThan(0);
  });
});

describe("names there are none of", () => {
  test.each([
    { device: "NOPE", type: "frames" },
    { device: "NOPE", type: "files" },
    { device: "NOPE", type: "decoded", signal: "EngineSpeed" },
    { device: "NOPE", type: "states", signal: "EngineSpeed" },
    { device: "NOPE", type: "track", signal: "(Latitude|Longitude)" },
    { device: "NOPE", type: "events", when: "EngineSpeed > 1" },
    { device: "NOPE", expr: "EngineSpeed" },
    { device: "NOPE*", expr: "EngineSpeed" },
    { device: DEVICE, expr: "{__proto__} + {constructor}" },
    { device: DEVICE, type: "decoded", signal: "Nope" },
    { device: DEVICE, type: "decoded", db: "nope", signal: "EngineSpeed" },
    { device: DEVICE, signal: "Nope", method: "mean" },
    { device: DEVICE, signal: "__proto__" },
    { device: "__proto__", signal: "EngineSpeed" },
    { device: "../B0551001", type: "frames" },
  ])("%j: 200, nothing in it, and a notice", async (target) => {
    const answer = await query([{ target }]);
    expect(answer.status).toBe(200);
    const items = (await answer.json()) as Item[];
    expect(items.length).toBeGreaterThan(0);
    for (const item of items) {
      expect([...(item.datapoints ?? []), ...(item.rows ?? [])]).toEqual([]);
      expect(item.meta?.notices[0]?.text.length).toBeGreaterThan(5);
    }
  });
});

test("prototype keys, odd types and huge numbers do no harm", async () => {
  const odd =
    '{"range":{"from":0,"to":"now"},"intervalMs":"x","maxDataPoints":-5,"__proto__":{"targets":[]},"filters":[null,7,{"key":"__proto__","value":{}}],"targets":[{"target":{"device":"B0551001","signal":"EngineSpeed","__proto__":{"a":1},"constructor":"x"}}]}';
  const answer = await post(app, "/query", odd);
  expect([200, 400]).toContain(answer.status);
  expect(Object.hasOwn(Object.prototype, "a")).toBe(false);
  for (const more of [
    { maxDataPoints: 1e300 },
    { maxDataPoints: "NaN" },
    { intervalMs: 1e300 },
    { intervalMs: 1e-9 },
    { maxDataPoints: null },
  ])
    expect((await query([GOOD], more)).status).toBe(200);
  for (const broken of [null, 7, "x", [], { from: [], to: {} }, { from: "yesterday", to: "now" }]) {
    const wrong = await post(app, "/query", { range: broken, targets: [GOOD] });
    expect([wrong.status, ((await wrong.json()) as { message: string }).message]).toEqual([
      400,
      expect.stringContaining("range"),
    ]);
  }
});

test("what is made to be slow is answered soon", async () => {
  const begin = performance.now();
  const nested = `${'{"with":'.repeat(2000)}1${"}".repeat(2000)}`;
  for (const target of [
    { device: DEVICE, expr: `${"(".repeat(3000)}1` },
    { device: DEVICE, expr: "a".repeat(1_000_000) },
    { device: `${"*a".repeat(20_000)}*`, signal: "EngineSpeed" },
    { device: DEVICE, signal: `(${"a|".repeat(100_000)}b)` },
    { device: DEVICE, signal: `(${"\\".repeat(100_000)})` },
    { device: DEVICE, type: "frames", id: Array.from({ length: 100_000 }, (_, i) => i) },
    nested,
  ])
    expect((await query([{ target }])).status).toBeLessThan(500);
  const flat = [
    `/api/frames?device=${DEVICE}&id=${"1,".repeat(1000)}`,
    `/api/events?device=${DEVICE}&when=${"-".repeat(5000)}1`,
    "/api/events?device=x&with=%7B",
  ];
  for (const path of flat) expect((await get(app, path)).status).toBe(400);
  expect(performance.now() - begin).toBeLessThan(10_000);
});
