/** Dashboards in the words of Infinity: flat GETs, read by the parser that runs on Grafana's server. */
import type { Ask, Json, Plugin } from "./plugin.ts";

type ColumnType = "timestamp_epoch" | "string" | "number";
interface Column {
  readonly selector: string;
  readonly text: string;
  readonly type: ColumnType;
}

const TIMES = new Set(["time", "timeEnd", "firstTime", "lastLogTime"]);
const NUMBERS = new Set([
  "value",
  "logs",
  "sizeBytes",
  "split",
  "duration",
  "frames",
  "errorFrames",
  "loadPercent",
  "loadPercentMax",
]);
const typeOf = (name: string): ColumnType => (TIMES.has(name) ? "timestamp_epoch" : NUMBERS.has(name) ? "number" : "string");
const columns = (...names: readonly string[]): readonly Column[] =>
  names.map((name) => ({ selector: name, text: name, type: typeOf(name) }));

interface Asked {
  readonly path: string;
  readonly params: readonly (readonly [key: string, value: string])[];
  readonly columns: readonly Column[];
  readonly rootSelector?: string;
}

const RANGE = [
  ["from", "${__timeFrom}"],
  ["to", "${__timeTo}"],
] as const;
const DEVICE = ["device", "${device}"] as const;
const BUS_COLUMN = { load: "loadPercent", loadMax: "loadPercentMax", frames: "frames", errors: "errorFrames" } as const;

function askedOf(ask: Ask): Asked {
  switch (ask.kind) {
    case "signals": {
      const what = [DEVICE, ["db", "${db}"], ["signal", "${signal}"], ["format", "json"], ["points", "500"]] as const;
      return { path: "/api/series", params: [...what, ...RANGE], columns: columns("time", "message", "signal", "value") };
    }
    case "track": {
      const what = [DEVICE, ["db", "${db}"], ["signal", "${latitude}"], ["signal", "${longitude}"]] as const;
      const how = [
        ["method", "nearest"],
        ["points", "1000"],
        ["format", "json"],
        ["shape", "wide"],
      ] as const;
      // The columns of a wide answer are called as the signals are.
      const rootSelector = '$.{"time": time, "latitude": $lookup($, "${latitude}"), "longitude": $lookup($, "${longitude}")}';
      const places = ["latitude", "longitude"].map((name) => ({ selector: name, text: name, type: "number" as const }));
      return { path: "/api/series", params: [...what, ...how, ...RANGE], columns: [...columns("time"), ...places], rootSelector };
    }
    case "bus": {
      const value = BUS_COLUMN[ask.value];
      return {
        path: "/api/bus",
        params: [DEVICE, ["points", "300"], ...RANGE],
        columns: columns("time", "bus", "channel", value),
      };
    }
    case "devices":
      return {
        path: "/api/devices",
        params: RANGE,
        columns: columns("device", "name", "logs", "sizeBytes", "firstTime", "lastLogTime"),
      };
    case "files":
      return {
        path: "/api/logs",
        params: [DEVICE, ["sort", ask.sort], ["limit", String(ask.limit)], ...RANGE],
        columns: columns("time", ...ask.columns),
      };
    case "trips":
      return {
        path: "/api/events",
        params: [DEVICE, ["type", "trip"], ...RANGE],
        columns: columns("time", "timeEnd", "duration", "device"),
      };
    case "frames":
      return {
        path: "/api/frames",
        params: [DEVICE, ["limit", String(ask.limit)], ...RANGE],
        columns: columns("time", "itf", "chn", "idHex", "direction", "data"),
      };
  }
}

const request = (refId: string, { path, params, columns, rootSelector = "" }: Asked): Json => ({
  refId,
  type: "json",
  source: "url",
  parser: "backend",
  format: "table",
  url: path,
  url_options: { method: "GET", data: "", params: params.map(([key, value]) => ({ key, value })) },
  root_selector: rootSelector,
  columns,
  filters: [],
});

/** Rows of several series become one frame each, so that lines are drawn one by one. */
const partition = (...fields: readonly string[]): readonly Json[] => [
  { id: "partitionByValues", options: { fields, keepFields: false, naming: { asLabels: true } } },
];

export const infinity: Plugin = {
  id: "infinity",
  type: "yesoreyeram-infinity-datasource",
  title: "Infinity",
  variable({ search }) {
    const range = { from: "${__from}", to: "${__to}" };
    const infinityQuery = {
      refId: "variable",
      type: "json",
      source: "url",
      parser: "backend",
      format: "table",
      url: "/variable",
      url_options: {
        method: "POST",
        body_type: "raw",
        body_content_type: "application/json",
        data: JSON.stringify({ payload: { ...search, ...range } }),
      },
      root_selector: "",
      columns: columns("__text", "__value"),
      filters: [],
    };
    return { query: { queryType: "infinity", query: "", infinityQuery }, definition: JSON.stringify(search) };
  },
  target: (ask) => request("A", askedOf(ask)),
  transformations(ask) {
    if (ask.kind === "signals") return partition("message", "signal");
    if (ask.kind === "bus") return partition("bus", "channel");
    return ask.kind === "files" && ask.columns[0] === "sizeBytes" ? partition("device") : [];
  },
  marks(kind) {
    const params = [DEVICE, ["type", kind], ...RANGE] as const;
    return request("Anno", { path: "/api/events", params, columns: columns("time", "title", "text", "tags") });
  },
};
