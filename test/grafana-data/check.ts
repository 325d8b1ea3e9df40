/**
 * Grafana's own `toDataFrame` reads every shape that /query answers. Not part of the tests that run by themselves, because the package is large:
 * `npm run grafana-data` installs it in this folder and runs this.
 */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { generateGpsDemo } from "../../fixtures/gps-demo.ts";
import { driveStore, engineOver } from "../support/engine.ts";
import { nodeKernel } from "../support/kernel-node.ts";
import { appOf, post } from "../unit/edge/app-of.ts";

interface Field {
  readonly name: string;
  readonly type: string;
  readonly values: readonly unknown[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly config: { readonly unit?: string };
}
interface Frame {
  readonly refId?: string;
  readonly length: number;
  readonly fields: readonly Field[];
}

// By its file: the package as a whole draws, and wants a page to draw on.
const READER = "./node_modules/@grafana/data/dist/cjs/dataframe/processDataFrame.cjs";
const { toDataFrame } = createRequire(import.meta.url)(READER) as { readonly toDataFrame: (item: unknown) => Frame };

const store = driveStore(generateGpsDemo());
const app = appOf(engineOver(nodeKernel(), store), { store });
const device = "2F6913DB";
const own = { device, db: "canmod-gps", signal: "Speed" };

/** Frames of one target. */
async function framesOf(target: object, type = "timeserie"): Promise<readonly Frame[]> {
  const range = { from: "2022-01-08T10:33:00.000Z", to: "2022-01-08T10:52:00.000Z" };
  const targets = [{ refId: "B", type, target: JSON.stringify(target) }];
  const response = await post(app, "/query", { range, intervalMs: 5000, maxDataPoints: 400, targets });
  assert.equal(response.status, 200, JSON.stringify(target));
  return ((await response.json()) as readonly unknown[]).map(toDataFrame);
}

const SERIES: readonly object[] = [
  { device, itf: "CAN", chn: "CH2", db: "canmod-gps", signal: "Speed" },
  ...["envelope", "m4", "nearest", "min", "max", "last", "mean", "count", "raw"].map((method) => ({ ...own, method })),
  { device, db: "canmod-gps", expr: "{Speed} * 3.6", type: "calc", unit: "km/h" },
  ...["load", "loadMax", "frames", "errors", "remotes"].map((value) => ({ type: "bus", device, chn: "CH2", value })),
];
for (const target of SERIES) {
  const [frame] = await framesOf(target);
  const [time, value] = frame?.fields ?? [];
  assert.deepEqual([frame?.refId, time?.type, value?.type], ["B", "time", "number"], JSON.stringify(target));
  assert.ok((frame?.length ?? 0) > 10, JSON.stringify(target));
  const times = (time?.values ?? []) as readonly number[];
  assert.deepEqual(
    times,
    times.toSorted((a, b) => a - b),
  );
  assert.ok(times.every(Number.isInteger));
}

const TABLES: readonly object[] = [
  ...["devices", "info", "files", "data", "frames", "sessions", "splits", "trips"].map((type) => ({ type, device })),
  { ...own, type: "decoded" },
  { device, db: "canmod-gps", signal: "Fence1", type: "states" },
  { device, db: "canmod-gps", signal: ["Latitude", "Longitude"], type: "track" },
  { device, db: "canmod-gps", signal: ["Speed", "Heading"], type: "wide" },
  { device, db: "canmod-gps", type: "events", when: "Speed > 5 for 2 s" },
];
for (const target of TABLES) {
  const [frame] = await framesOf(target);
  assert.ok((frame?.length ?? 0) > 0, JSON.stringify(target));
  assert.equal(frame?.refId, "B", JSON.stringify(target));
  const types = new Set(["time", "string", "number", "boolean"]);
  for (const { name, type, values } of frame?.fields ?? []) {
    assert.ok(types.has(type), `${JSON.stringify(target)}: ${name} is ${type}`);
    const wrong = values.find((value) => value !== null && type !== "string" && typeof value !== "number");
    assert.equal(wrong, undefined, `${JSON.stringify(target)}: ${name} has ${String(wrong)} for a ${type}`);
  }
}
const [track] = await framesOf({ device, db: "canmod-gps", signal: ["Latitude", "Longitude"], type: "track" });
assert.deepEqual(
  track?.fields.slice(0, 3).map(({ name }) => name),
  ["time", "latitude", "longitude"],
);
const [labelled] = await framesOf({ ...own, method: "last" });
assert.equal(labelled?.fields[1]?.labels?.signal, "Speed");
assert.equal(labelled?.fields[1]?.config.unit, "m/s");

console.log(`${SERIES.length} series and ${TABLES.length} tables are data frames`);
