/** Every path with its parameters and answers. A test compares the names with the routes and with what the handlers take. */

import { EXPLAIN_FORMATS } from "../api/explain.ts";
import { SERIES_METHODS } from "../api/series-query.ts";

interface Parameter {
  readonly name: string;
  readonly in: "query" | "path";
  readonly required?: boolean;
  readonly description: string;
  readonly schema: object;
}

const query = (name: string, description: string, schema: object = { type: "string" }): Parameter => ({
  name,
  in: "query",
  description,
  schema,
});
const needed = (parameter: Parameter): Parameter => ({ ...parameter, required: true });
const list = (items: object = { type: "string" }) => ({ type: "array", items });

const RANGE = [
  query("from", "epoch ms, ISO 8601 with up to nine fraction digits, `…ns`, `now`, `now-6h`; in the range"),
  query("to", "as `from`; not in the range"),
];
const DEVICE = query("device", "id of a device, from /api/devices");
const KEY = query("key", "one log, from /api/logs");
const PAGE = [
  query("sort", "name of a column, with `-` in front for the other way"),
  query("order", "asc or desc", { enum: ["asc", "desc"] }),
  query("limit", "rows at most", { type: "integer", minimum: 0 }),
  query("offset", "rows to skip", { type: "integer", minimum: 0 }),
  query("page", "instead of `offset`, counted from 1", { type: "integer", minimum: 1 }),
];
const TABLE_FORMAT = query("format", "json by default", { enum: ["json", "csv"] });

const json = (schema: object) => ({ "application/json": { schema } });
const ref = (name: string) => ({ $ref: `#/components/schemas/${name}` });
const binary = { schema: { type: "string", contentMediaType: "application/octet-stream" } };

/** An operation with its answer and, for everything that can go wrong, the one shape of faults. */
const operation = (operationId: string, summary: string, parameters: readonly Parameter[], content: object) => ({
  operationId,
  summary,
  parameters,
  responses: { "200": { description: summary, content }, default: { $ref: "#/components/responses/Fault" } },
});

const get = (id: string, summary: string, parameters: readonly Parameter[], content: object) => ({
  get: operation(id, summary, parameters, content),
});

/** What Grafana's plugins post; docs/grafana.md has the bodies. */
const post = (id: string, summary: string) => ({
  post: {
    ...operation(id, summary, [], json({})),
    requestBody: { content: json({ type: "object" }) },
  },
});

const TABLE = { ...json(ref("TableRows")), "text/csv": { schema: { type: "string" } } };

const SERIES: readonly Parameter[] = [
  needed(DEVICE),
  query("signal", "name of a signal, a list `{A,B}` or a pattern `*Speed`; may be repeated", list()),
  query("bus", "can or lin", { enum: ["can", "lin"] }),
  query("channel", "number of the logger's channel, 1 or CH1; without `signal` the name of a channel of a measurement file"),
  query("db", "name of the DBC; lists, patterns"),
  query("message", "name of a message; lists, patterns; may be repeated", list()),
  query("sa", "J1939 source address, 71 or 0x47"),
  query("group", "channel group of a measurement file, for channels that hold values"),
  query("merge", "1: one series over all messages and source addresses that fit", { enum: ["0", "1"] }),
  query("method", "envelope by default", { enum: [...SERIES_METHODS] }),
  ...RANGE,
  query("points", "buckets in the range, 1000 by default", { type: "integer", minimum: 1 }),
  query("step", "ns; instead of points"),
  query("origin", "ns; start of a bucket"),
  query("edges", "whole: every bucket that touches the range; cut: nothing outside counts", { enum: ["whole", "cut"] }),
  query("invalid", "keep: J1939 codes for error and not available as values; gap by default", { enum: ["gap", "keep"] }),
  query("text", "1: also the texts of value tables", { enum: ["0", "1"] }),
  query("neighbours", "1: also the last sample before and the first after the range", { enum: ["0", "1"] }),
];
const SERIES_FORMAT = [
  query("format", "segments by default", { enum: ["segments", "json", "ndjson", "csv", "arrow", "parquet"] }),
  query("shape", "wide: one row per time, a column per series (json, ndjson)", { enum: ["long", "wide"] }),
];

export const paths: Readonly<Record<string, object>> = {
  "/": get("front", "OK, or a page that says how to connect when a browser asks", [], { "text/plain": {}, "text/html": {} }),
  "/openapi.json": get("openapi", "This document", [], json({ type: "object" })),
  "/api/catalogue": get("catalogue", "Devices, sessions and splits", [DEVICE, ...RANGE], json({ type: "object" })),
  "/api/devices": get("devices", "Devices, one row each", [...RANGE, TABLE_FORMAT], TABLE),
  "/api/logs": get("logs", "Log files, one row each", [DEVICE, ...RANGE, ...PAGE, TABLE_FORMAT], TABLE),
  "/api/logs/{key}": get(
    "logBytes",
    "The bytes of a log; one range",
    [{ name: "key", in: "path", required: true, description: "as /api/logs has it", schema: { type: "string" } }],
    { "application/octet-stream": binary },
  ),
  "/api/signals": get(
    "signals",
    "Identifiers that occur and what the databases make of them",
    [DEVICE, KEY, ...RANGE],
    json({ type: "object" }),
  ),
  "/api/dbcs": get("dbcs", "Databases", [], json({ type: "object" })),
  "/api/dbcs/{name}": get(
    "dbcText",
    "The bytes of a DBC",
    [{ name: "name", in: "path", required: true, description: "in any case, with or without .dbc", schema: { type: "string" } }],
    { "text/plain": { schema: { type: "string" } } },
  ),
  "/api/frames": get(
    "frames",
    "Raw frames, one row each",
    [
      needed(DEVICE),
      ...RANGE,
      query("itf", "CAN or LIN", { enum: ["CAN", "LIN"] }),
      query("chn", "CH1, CH2 …; lists in any of Grafana's forms"),
      query("id", "2024 or 0x7E8; lists"),
      query("extended", "1: 29-bit identifiers only", { enum: ["0", "1", "true", "false"] }),
      ...PAGE,
      TABLE_FORMAT,
    ],
    TABLE,
  ),
  "/api/bus": get(
    "bus",
    "Frames by kind and load of buses, one row per bucket and channel",
    [
      needed(DEVICE),
      ...RANGE,
      query("step", "ns; buckets are aligned to 1970"),
      query("points", "instead of step: buckets in the range, 1000 by default", { type: "integer", minimum: 1 }),
      query("itf", "CAN or LIN", { enum: ["CAN", "LIN"] }),
      query("chn", "CH1, CH2 …; lists in any of Grafana's forms"),
      TABLE_FORMAT,
    ],
    TABLE,
  ),
  "/api/events": get(
    "events",
    "When a condition held, trips, marks in the files, or where sessions and splits begin, one row each",
    [
      needed(DEVICE),
      ...RANGE,
      query("type", "event by default", { enum: ["event", "trip", "session", "split", "mark", "loss"] }),
      query("when", "a condition: rpm > 3000 while speed < 5 for 2 s"),
      query("while", "which moments count as travel: Speed > 1"),
      query("with", 'other series behind the names, as JSON: {"speed": {"signal": "WheelSpeed", "db": "truck"}}'),
      query("name", "title of the events"),
      query("gap", "trips are this far apart, 5m by default"),
      query("least", "shorter trips are left out"),
      query("signal", "signals to aggregate over a trip; may be repeated", list()),
      query("itf", "CAN or LIN", { enum: ["CAN", "LIN"] }),
      query("chn", "CH1, CH2 …"),
      query("db", "name of the DBC"),
      query("message", "name of the message"),
      query("sa", "J1939 source address"),
      query("group", "channel group, for channels of a measurement file"),
      TABLE_FORMAT,
    ],
    TABLE,
  ),
  "/api/series": get("series", "Samples or reduced samples of signals", [...SERIES, ...SERIES_FORMAT], {
    "application/json": {
      schema: {
        oneOf: [
          { type: "array", items: ref("Row") },
          { type: "object", properties: { series: { type: "array", items: ref("Series") } } },
        ],
      },
    },
    "application/x-ndjson": { schema: ref("Row") },
    "text/csv": { schema: { type: "string" } },
    "application/vnd.apache.arrow.stream": binary,
    "application/vnd.apache.parquet": binary,
  }),
  "/api/explain": get(
    "explain",
    "What a query reads, by which rules, and why a series is empty",
    [...SERIES, query("format", "json by default; rows and csv are a table", { enum: [...EXPLAIN_FORMATS] })],
    json({ type: "object" }),
  ),
  "/search": post("search", "Metrics and variables (SimpleJson)"),
  "/query": post("query", "Panels (SimpleJson, simPod JSON, Infinity)"),
  "/annotations": {
    ...get(
      "annotationsByGet",
      "Annotations for clients that can only GET",
      [
        query("annotation", "what to mark", { enum: ["session", "split", "mark", "event", "trip", "loss"] }),
        needed(DEVICE),
        ...RANGE.map(needed),
        query("when", "a condition, for events"),
      ],
      json({ type: "array" }),
    ),
    ...post("annotations", "Annotations (SimpleJson)"),
  },
  "/metrics": post("metrics", "Metrics of the editor (simPod 0.6 and newer)"),
  "/metric-payload-options": post("metricPayloadOptions", "Choices of the editor (simPod 0.6 and newer)"),
  "/variable": post("variable", "Variables (simPod 0.4 and newer)"),
  "/tag-keys": post("tagKeys", "Ad hoc filters: keys"),
  "/tag-values": post("tagValues", "Ad hoc filters: values"),
  "/view/": get("view", "The viewer", [], { "text/html": {} }),
};
