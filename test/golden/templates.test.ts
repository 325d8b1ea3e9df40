/** The two dashboard templates of the CANedge Grafana backend, unchanged, on a log with the ids and the range of their demo data. */
import { describe, expect, test } from "vitest";
import { generateGpsDemo } from "../../fixtures/gps-demo.ts";
import { driveStore, engineOver } from "../support/engine.ts";
import { allPanels, type Dashboard, panelBody, rangeOf, replaced, type View } from "../support/grafana.ts";
import { nodeKernel } from "../support/kernel-node.ts";
import { hasShared, sharedJson } from "../support/shared.ts";
import { appOf, post } from "../unit/edge/app-of.ts";

const store = driveStore(generateGpsDemo());
const app = appOf(engineOver(nodeKernel(), store), { store });
const view = (): View => ({
  fromMs: Date.parse("2022-01-08T10:33:37.186Z"),
  toMs: Date.parse("2022-01-08T10:51:16.573Z"),
  variables: new Map<string, string | readonly string[]>([
    ["DEVICE", "2F6913DB"],
    ["DB", "canmod-gps"],
    ["CHN", "CH2"],
    ["ITF", "CAN"],
    ["SIGNAL", ["AccelerationX", "AccelerationY", "AccelerationZ"]],
  ]),
});
const POINTS = 400;

interface Item {
  readonly refId: string;
  readonly target: string;
  readonly datapoints: readonly (readonly [number | null, number])[];
  readonly meta?: unknown;
}

const ask = async <T>(path: string, body: object): Promise<T> => {
  const response = await post(app, path, body);
  expect(response.status).toBe(200);
  return (await response.json()) as T;
};

/** Sends the target of a panel and checks every series of it: in the order of its signals, points ascending in the range, in all three sessions. */
async function checkTarget(refId: string, target: string, signals: readonly string[]): Promise<void> {
  const opened = view();
  const text = replaced(target, opened, "regex");
  const items = await ask<readonly Item[]>("/query", panelBody([{ refId, type: "timeserie", target: text }], opened, POINTS));
  expect(items.map((item) => item.target)).toEqual(signals.map((name) => `2F6913DB:CAN:CH2:canmod-gps:${name}`));
  for (const item of items) {
    expect([item.refId, item.meta]).toEqual([refId, undefined]);
    const points = item.datapoints.filter(([value]) => value !== null);
    const times = item.datapoints.map(([, time]) => time);
    expect(points.length).toBeGreaterThan(100);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(times.every((time) => time >= opened.fromMs && time <= opened.toMs)).toBe(true);
    expect(item.datapoints.length - points.length).toBe(2); // a gap between three sessions
  }
}

const TARGETS: readonly (readonly [refId: string, signal: string, signals: readonly string[]])[] = [
  ["Variables", "$" + "{SIGNAL}", ["AccelerationX", "AccelerationY", "AccelerationZ"]],
  ["Position", "(Latitude|Longitude)", ["Latitude", "Longitude"]],
  ["Speed", "(Speed)", ["Speed"]],
  ["DistanceTrip", "(DistanceTrip|DistanceAccuracy)", ["DistanceTrip", "DistanceAccuracy"]],
  ["Attitude", "(Roll|Pitch|Heading)", ["Roll", "Pitch", "Heading"]],
  ["Satellites", "Satellites", ["Satellites"]],
  ["DistanceTotal", "DistanceTotal", ["DistanceTotal"]],
  ["GeoFences", "(Fence1|Fence2|Fence3|Fence4)", ["Fence1", "Fence2", "Fence3", "Fence4"]],
];

describe("targets as the templates have them", () => {
  test.each(TARGETS)("%s is answered with its series in order", async (refId, signal, signals) => {
    const where = '"device":"$' + '{DEVICE}","itf":"CAN","chn":"CH2","db":"canmod-gps"';
    await checkTarget(refId, `{${where},"signal":"${signal}"}`, signals);
  });

  test("variables list the device with its comment, the database and its signals", async () => {
    const search = (target: string) => ask<readonly unknown[]>("/search", { target: replaced(target, view(), "regex") });
    expect(await search('{"search":"device_name"}')).toEqual([{ text: "2F6913DB GNSS on CAN2", value: "2F6913DB" }]);
    expect(await search('{"search":"db"}')).toEqual(["canmod-gps"]);
    const signals = await search('{"search":"signal", "db": "$' + '{DB}"}');
    expect(signals).toEqual(expect.arrayContaining(TARGETS.flatMap(([, , names]) => names)));
  });

  test.each([
    ["session", 3],
    ["split", 5],
  ])("annotations mark each %s", async (annotation, count) => {
    const query = replaced(`{"annotation": "${annotation}", "device": "$` + '{DEVICE}"}', view(), "glob");
    const marks = await ask<readonly { readonly time: number; readonly text: string }[]>("/annotations", {
      range: rangeOf(view()),
      annotation: { name: annotation, query },
    });
    expect(marks.length).toBe(count);
    for (const { time, text } of marks) {
      expect(time >= view().fromMs && time <= view().toMs).toBe(true);
      expect(text.split("\n")).toHaveLength(4);
    }
  });
});

describe.skipIf(!hasShared).each(["simple", "sample-data"])("dashboard-template-%s.json", (name) => {
  const dashboard = hasShared
    ? sharedJson<Dashboard>(`samples/canedge-dashboards/dashboard-template-${name}.json`)
    : { panels: [], templating: { list: [] }, annotations: { list: [] } };
  const targets = allPanels(dashboard.panels).flatMap(({ targets = [] }) => targets);

  test("every variable has options", async () => {
    for (const { query } of dashboard.templating.list) {
      const target = replaced(String(query), view(), "regex");
      expect([query, (await ask<readonly unknown[]>("/search", { target })).length > 0]).toEqual([query, true]);
    }
  });

  test("every target is answered, all in one request too", async () => {
    const own = targets.filter(({ type }) => type === "timeserie");
    expect(own.length).toBe(name === "simple" ? 1 : 8);
    for (const { refId, target } of own) await checkTarget(String(refId), String(target), signalsOf(String(target)));
    const sent = own.map(({ refId, type, target }) => ({ refId, type, target: replaced(String(target), view(), "regex") }));
    const items = await ask<readonly Item[]>("/query", panelBody(sent, view(), POINTS));
    expect(items.map(({ refId }) => refId)).toEqual(
      own.flatMap(({ refId, target }) => signalsOf(String(target)).map(() => String(refId))),
    );
  });

  test("every annotation has marks", async () => {
    const own = dashboard.annotations.list.filter(({ builtIn }) => builtIn !== 1);
    expect(own.length).toBe(2);
    for (const { name, query = "" } of own) {
      const asked = { range: rangeOf(view()), annotation: { name, query: replaced(query, view(), "glob") } };
      expect((await ask<readonly unknown[]>("/annotations", asked)).length).toBeGreaterThanOrEqual(3);
    }
  });
});

/** What `signal` of a target names, after the variables. */
function signalsOf(target: string): readonly string[] {
  const { signal } = JSON.parse(replaced(target, view(), "regex")) as { readonly signal: string };
  return signal.replace(/[()]/g, "").split("|");
}
