/** The dashboards that come with buslens: what is committed is what the generator makes, and the server answers all they ask. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { generateGpsDemo } from "../../../fixtures/gps-demo.ts";
import { dashboardFiles } from "../../../tools/dashboards.ts";
import { driveStore, engineOver } from "../../support/engine.ts";
import { allPanels, type Dashboard, type PageRequest, type View } from "../../support/grafana.ts";
import { infinityPage, optionsOf, type PluginPage, simpodPage } from "../../support/grafana-plugins.ts";
import { nodeKernel } from "../../support/kernel-node.ts";
import { appOf, get, post } from "./app-of.ts";

const files = dashboardFiles();
const committed = (path: string): string => readFileSync(new URL(`../../../dashboards/${path}`, import.meta.url), "utf8");

test.each([...files.keys()])("dashboards/%s is what `npm run dashboards` writes", (path) => {
  expect(committed(path)).toBe(files.get(path));
});

const demo = generateGpsDemo();
const damaged = {
  key: "2F6913DB/00000021/00000003-61D96D00.MF4",
  bytes: new TextEncoder().encode("not a log at all".repeat(20)),
};
const store = driveStore({ files: [...demo.files, damaged], dbcs: demo.dbcs });
const app = appOf(engineOver(nodeKernel(), store), { store });

const PAGES: Readonly<Record<string, PluginPage>> = { simpod: simpodPage, infinity: infinityPage };
const dashboards = [...files.keys()].filter((path) => path.endsWith(".json"));
const parsed = (path: string) => JSON.parse(files.get(path) ?? "") as Dashboard;

async function asked({ method, path, body }: PageRequest): Promise<unknown> {
  const response = method === "GET" ? await get(app, path) : await post(app, path, body);
  const text = await response.text();
  expect([path, response.status, response.status === 200 ? "" : text]).toEqual([path, 200, ""]);
  return JSON.parse(text);
}

/** The dashboard as it opens: every variable asked in order, and chosen. */
async function opened(dashboard: Dashboard, page: PluginPage): Promise<View> {
  const view: View = {
    fromMs: Date.parse("2022-01-08T10:33:00.000Z"),
    toMs: Date.parse("2022-01-08T10:52:00.000Z"),
    variables: new Map(),
  };
  for (const variable of dashboard.templating.list) {
    if (variable.type === "textbox") view.variables.set(variable.name, String(variable.query));
    if (variable.type !== "query") continue;
    const { name, multi, regex = "" } = variable as typeof variable & { readonly regex?: string };
    const values = optionsOf(await asked(page.variable(variable, view)), regex).map(({ value }) => value);
    expect([name, values.length > 0]).toEqual([name, true]);
    const preferred = values.filter((value) => value === "Speed" || value === "Heading");
    const some = preferred.length > 0 ? preferred : values.slice(0, 2);
    view.variables.set(name, multi ? some : (some[0] ?? ""));
  }
  return view;
}

describe.each(dashboards)("%s", (path) => {
  const dashboard = parsed(path);
  const page = PAGES[path.split("/")[0] ?? ""];
  if (page === undefined) throw new Error(path);

  test("has a schema, a uid and a data source that current Grafana takes", () => {
    expect(dashboard.schemaVersion).toBe(42);
    expect(dashboard.uid).toMatch(/^[A-Za-z0-9_-]{1,40}$/);
    const panels = allPanels(dashboard.panels);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { datasource } of panels) expect(datasource?.uid).toBe("$" + "{source}");
  });

  test("every variable has options, every panel rows, every annotation marks", async () => {
    const view = await opened(dashboard, page);
    for (const panel of allPanels(dashboard.panels)) {
      for (const target of panel.targets ?? []) {
        const rows = await page.rows(await asked(page.target(target, view)), target, view);
        expect([panel.title, rows.length > 0]).toEqual([panel.title, true]);
        const isTimed = rows.some((row) => Object.hasOwn(row, "time"));
        if (isTimed) expect([panel.title, rows.every(inRange(view))]).toEqual([panel.title, true]);
        const values = rows.flatMap((row) => Object.entries(row).filter(([name]) => name !== "time" && name !== "target"));
        expect([panel.title, values.some(([, value]) => value !== null && value !== "")]).toEqual([panel.title, true]);
        if (panel.type === "geomap")
          expect(Object.keys(rows[0] ?? {})).toEqual(expect.arrayContaining(["latitude", "longitude"]));
        for (const { id, options } of panel.transformations ?? []) {
          const fields = id === "partitionByValues" ? (options.fields as readonly string[]) : [];
          for (const field of fields) expect(Object.keys(rows[0] ?? {})).toContain(field);
        }
      }
    }
    for (const annotation of dashboard.annotations.list) {
      const { target = {}, name } = annotation;
      const marks = await page.rows(await asked(page.annotation(annotation, view)), target, view);
      // Nothing in these logs travels by a transport protocol: an answer without rows.
      expect([name, marks.length]).toEqual([name, MARK_COUNTS[name]]);
      for (const mark of marks) expect([typeof mark.time, String(mark.text) !== ""]).toEqual(["number", true]);
    }
  });
});

const MARK_COUNTS: Readonly<Record<string, number>> = { Sessions: 3, Splits: 5, "Lost messages": 0 };

/** Buckets and logs may begin before the range they touch. */
const inRange = (view: View) => (row: Readonly<Record<string, unknown>>) =>
  row.time === null || (Number(row.time) >= view.fromMs - 60_000 && Number(row.time) <= view.toMs);
