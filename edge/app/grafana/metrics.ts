/** POST /metrics and /metric-payload-options: what the newer JSON plugin's builder offers (formats/grafana-api.md §3.2). */
import { isJsonObject, type JsonObject, readJson } from "../body.ts";
import type { Handler } from "../context.ts";
import { jsonResponse } from "../fault-answer.ts";
import { optionsOf, rangeOf } from "./search.ts";
import { METHOD_NAMES } from "./series-target.ts";
import { objectIn } from "./target-text.ts";

interface Payload {
  readonly name: string;
  readonly label: string;
  readonly type: "input" | "select" | "multi-select" | "textarea";
  readonly placeholder?: string;
  readonly reloadMetric?: boolean;
  readonly options?: readonly { readonly label: string; readonly value: string }[];
}

const select = (name: string, label: string): Payload => ({ name, label, type: "select", reloadMetric: true });
const many = (name: string, label: string): Payload => ({ name, label, type: "multi-select" });
const input = (name: string, label: string, placeholder: string): Payload => ({ name, label, type: "input", placeholder });

const DEVICE = select("device", "Device");
const WHERE = [select("itf", "Interface"), select("chn", "Channel"), select("db", "DBC"), select("message", "Message")];
/** Instead of `signal`, for measurement files. */
const MEASURED = [select("group", "Group (measurement files)"), many("channel", "Channel (measurement files)")];
const METHOD: Payload = {
  name: "method",
  label: "Method",
  type: "select",
  options: METHOD_NAMES.map((name) => ({ label: name.toLowerCase(), value: name.toLowerCase() })),
};

/** Kinds of targets; `value` becomes the `type` of the target that the payload describes. */
const METRICS: readonly { readonly value: string; readonly label: string; readonly payloads: readonly Payload[] }[] = [
  {
    value: "series",
    label: "Signals",
    payloads: [DEVICE, ...WHERE, many("signal", "Signal"), METHOD, input("unit", "Unit", "km/h"), ...MEASURED],
  },
  {
    value: "calc",
    label: "Calculated series",
    payloads: [DEVICE, ...WHERE, { name: "expr", label: "Expression", type: "textarea", placeholder: "{Speed} * 3.6" }, METHOD],
  },
  { value: "decoded", label: "Table of decoded values", payloads: [DEVICE, ...WHERE, many("signal", "Signal")] },
  { value: "states", label: "States (value tables as text)", payloads: [DEVICE, ...WHERE, many("signal", "Signal")] },
  { value: "track", label: "GPS track", payloads: [DEVICE, ...WHERE, many("signal", "Latitude, longitude, others")] },
  {
    value: "events",
    label: "Events (thresholds)",
    payloads: [DEVICE, ...WHERE, { name: "when", label: "When", type: "textarea", placeholder: "{Speed} > 30 for 2 s" }],
  },
  { value: "trips", label: "Trips", payloads: [DEVICE, ...WHERE, many("signal", "Signal"), input("gap", "Gap", "5m")] },
  {
    value: "frames",
    label: "Raw frames",
    payloads: [DEVICE, select("itf", "Interface"), select("chn", "Channel"), input("id", "Identifier", "0x7E8")],
  },
  {
    value: "bus",
    label: "Load, frames or errors of buses",
    payloads: [DEVICE, select("itf", "Interface"), select("chn", "Channel"), input("value", "Value", "load, frames, errors")],
  },
  { value: "devices", label: "Devices", payloads: [DEVICE] },
  { value: "files", label: "Log files", payloads: [DEVICE] },
  { value: "sessions", label: "Session marks", payloads: [DEVICE] },
  { value: "splits", label: "Split marks", payloads: [DEVICE] },
  { value: "marks", label: "Marks in the files", payloads: [DEVICE] },
  { value: "losses", label: "Lost messages of transport protocols", payloads: [DEVICE] },
];

/** The kinds, each with what can be filled in. Faults: `request/bad-json`. */
export const metrics: Handler = async (asked) => {
  await readJson(asked);
  return jsonResponse(METRICS);
};

/** Options of one payload field, narrowed by what is filled in already. Faults: `request/bad-json`, `storage/*`. An unknown field has none. */
export const payloadOptions: Handler = async (asked) => {
  const { request, app } = asked;
  const body = await readJson(asked);
  if (!isJsonObject(body)) return jsonResponse([]);
  const name = typeof body.name === "string" ? body.name : "";
  const given = METRICS.flatMap(({ payloads }) => payloads).find((payload) => payload.name === name);
  if (given?.options !== undefined) return jsonResponse(given.options);
  if (given === undefined || given.type === "input" || given.type === "textarea") return jsonResponse([]);
  const filled: JsonObject = objectIn(body.payload) ?? {};
  // Nothing chosen yet: the DBC does not narrow signals down.
  const db = name === "signal" && (filled.db === undefined || filled.db === "") ? "*" : filled.db;
  const search = { ...filled, db, search: name === "device" ? "device_name" : name };
  const found = await optionsOf(search, rangeOf(body, app), app, request.signal);
  return jsonResponse(found.map(({ text, value }) => ({ label: text, value })));
};
