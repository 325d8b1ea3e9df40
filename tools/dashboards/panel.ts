/** Panels and dashboards in Grafana's classic JSON (schema 42, as Grafana 13 exports it). */
import { type Ask, type Choice, type Json, type MarkKind, type Plugin, SOURCE } from "./plugin.ts";

export const SCHEMA_VERSION = 42;
/** Columns of Grafana's grid. */
const GRID_WIDTH = 24;

export interface PanelPlan {
  readonly title: string;
  readonly description?: string;
  readonly view: "lines" | "bars" | "table" | "map";
  readonly ask: Ask;
  readonly unit?: string;
  /** Name of a series, in Grafana's words, where the plugin gives labels only. */
  readonly seriesName?: string;
  /** Of the grid's 24 columns, and rows of 30 px. */
  readonly width: number;
  readonly height: number;
}

export interface DashboardPlan {
  /** Part of the uid and of the file's name. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly from: string;
  readonly choices: readonly Choice[];
  readonly marks: readonly MarkKind[];
  readonly panels: readonly PanelPlan[];
}

const sourceOf = (plugin: Plugin): Json => ({ type: plugin.type, uid: SOURCE.reference });

/** The JSON of one dashboard. Its uid has at most 40 characters, as Grafana asks. */
export function dashboard(plan: DashboardPlan, plugin: Plugin): Json {
  return {
    annotations: { list: plan.marks.map((kind) => marks(plugin, kind)) },
    description: plan.description,
    editable: true,
    fiscalYearStartMonth: 0,
    graphTooltip: 1,
    id: null,
    links: plan.choices.some(({ name, multi }) => name === "device" && multi !== true) ? [viewerLink] : [],
    panels: placed(plan.panels).map(({ plan, place }, at) => panel(plan, plugin, at + 1, place)),
    refresh: "",
    schemaVersion: SCHEMA_VERSION,
    tags: ["buslens"],
    templating: { list: [sourceChoice(plugin), ...plan.choices.map((choice) => variable(choice, plugin)), viewerAddress] },
    time: { from: plan.from, to: "now" },
    timepicker: {},
    timezone: "browser",
    title: `${plan.title} (${plugin.title})`,
    uid: `buslens-${plugin.id}-${plan.name}`,
    version: 0,
    weekStart: "",
  };
}

/** Left to right, row after row. */
function placed(panels: readonly PanelPlan[]) {
  let [x, y, rowHeight] = [0, 0, 0];
  return panels.map((plan) => {
    if (x + plan.width > GRID_WIDTH) [x, y, rowHeight] = [0, y + rowHeight, 0];
    const place = { h: plan.height, w: plan.width, x, y };
    x += plan.width;
    rowHeight = Math.max(rowHeight, plan.height);
    return { plan, place };
  });
}

function panel(plan: PanelPlan, plugin: Plugin, id: number, gridPos: object): Json {
  const { view, ask, title, description = "", unit, seriesName } = plan;
  const datasource = sourceOf(plugin);
  const isNamed = plugin.id === "infinity" && seriesName !== undefined;
  const defaults = {
    ...(unit === undefined ? {} : { unit }),
    ...(isNamed ? { displayName: seriesName } : {}),
    ...(ask.kind === "signals" ? { links: [signalLink] } : {}),
    ...(view === "table" || view === "map" ? {} : { custom: lineStyle(view) }),
  };
  return {
    id,
    type: view === "table" ? "table" : view === "map" ? "geomap" : "timeseries",
    title,
    description,
    datasource,
    gridPos,
    fieldConfig: { defaults, overrides: view === "table" ? TABLE_UNITS : [] },
    options: optionsOf(view),
    targets: [{ datasource, ...plugin.target(ask) }],
    transformations: plugin.transformations(ask),
  };
}

const lineStyle = (view: "lines" | "bars"): Json => ({
  drawStyle: view === "bars" ? "bars" : "line",
  lineWidth: 1,
  fillOpacity: view === "bars" ? 60 : 5,
  showPoints: "never",
  spanNulls: false,
});

const overrideUnit = (field: string, unit: string): Json => ({
  matcher: { id: "byName", options: field },
  properties: [{ id: "unit", value: unit }],
});
const TABLE_UNITS: readonly Json[] = [
  overrideUnit("sizeBytes", "bytes"),
  overrideUnit("duration", "s"),
  ...["time", "timeEnd", "firstTime", "lastLogTime"].map((field) => overrideUnit(field, "dateTimeAsIso")),
];

function optionsOf(view: PanelPlan["view"]): Json {
  if (view === "table") return { showHeader: true, cellHeight: "sm" };
  if (view === "map") {
    const route = {
      type: "route",
      name: "Track",
      location: { mode: "auto" },
      config: { style: { lineWidth: 3, color: { fixed: "blue" } } },
    };
    return {
      basemap: { type: "default", name: "Map" },
      layers: [route],
      view: { id: "fit", allLayers: true, padding: 5, zoom: 15, lat: 0, lon: 0 },
      controls: { showZoom: true, mouseWheelZoom: true, showAttribution: true },
      tooltip: { mode: "details" },
    };
  }
  return {
    legend: { displayMode: "list", placement: "bottom", showLegend: true, calcs: [] },
    tooltip: { mode: "multi", sort: "none" },
  };
}

const MARKS: Readonly<Record<MarkKind, { readonly name: string; readonly color: string }>> = {
  session: { name: "Sessions", color: "orange" },
  split: { name: "Splits", color: "yellow" },
  loss: { name: "Lost messages", color: "red" },
};

const marks = (plugin: Plugin, kind: MarkKind): Json => ({
  name: MARKS[kind].name,
  enable: kind !== "split",
  hide: false,
  iconColor: MARKS[kind].color,
  datasource: sourceOf(plugin),
  target: plugin.marks(kind),
});

const sourceChoice = (plugin: Plugin): Json => ({
  name: SOURCE.name,
  label: "Data source",
  type: "datasource",
  query: plugin.type,
  current: {},
  options: [],
  regex: "",
  refresh: 1,
  hide: 0,
  multi: false,
  includeAll: false,
});

/** Asked again whenever the range changes: only what occurs in it can be chosen. */
const ON_TIME_RANGE = 2;

function variable(choice: Choice, plugin: Plugin): Json {
  const { name, label, multi = false, all = false, regex = "" } = choice;
  return {
    name,
    label,
    type: "query",
    datasource: sourceOf(plugin),
    ...plugin.variable(choice),
    current: {},
    options: [],
    regex,
    refresh: ON_TIME_RANGE,
    sort: 0,
    hide: 0,
    multi,
    includeAll: all,
  };
}

/** Where a browser finds the viewer; a text that the reader may change, since only people know that address. */
const VIEWER = "viewer";
const viewerAddress: Json = {
  name: VIEWER,
  label: "Viewer",
  type: "textbox",
  query: "http://localhost:5000",
  current: { text: "http://localhost:5000", value: "http://localhost:5000" },
  options: [],
  hide: 2,
};
const viewerLink: Json = {
  title: "Open in the viewer",
  type: "link",
  icon: "external link",
  url: "${viewer}/view/?dev=${device}&from=${__from}&to=${__to}",
  targetBlank: true,
  asDropdown: false,
  includeVars: false,
  keepTime: false,
  tags: [],
  tooltip: "The same device and range",
};
/** From a point of a line to the same moment of the same signal. */
const signalLink: Json = {
  title: "Open in the viewer",
  url: "${viewer}/view/?dev=${device}&sig=${__field.labels.signal}&from=${__from}&to=${__to}&at=${__value.time}",
  targetBlank: true,
};
