/** GET /api/events: when a condition held, trips, marks in the files, lost messages, or where sessions and splits begin, one flat row each. */
import { parseCondition } from "../../../core/analysis/expression.ts";
import { eventTable } from "../analysis/event-table.ts";
import type { Reading } from "../analysis/operands.ts";
import { tripTable } from "../analysis/trip-table.ts";
import type { JsonObject } from "../body.ts";
import type { Asked, Handler } from "../context.ts";
import { badParameter } from "../fault-answer.ts";
import { devicesNamed } from "../grafana/devices.ts";
import { tripRule } from "../grafana/events.ts";
import { fileMarkTable } from "../grafana/file-marks.ts";
import { lossTable } from "../grafana/loss-marks.ts";
import { marksTable } from "../grafana/marks.ts";
import { objectIn } from "../grafana/target-text.ts";
import { FLAT_FORMATS, flatResponse } from "../tables/flat.ts";
import type { Table } from "../tables/table.ts";
import { instantOf, neededText, onlyKnown, textOf, textsOf, wordOf } from "./parameters.ts";

/** Names a request may have. */
export const EVENT_PARAMETERS = [
  ...["device", "from", "to", "type", "when", "while", "with", "name", "gap", "least", "signal"],
  ...["itf", "chn", "db", "message", "sa", "group", "format"],
];
/** Kinds of events. */
export const EVENT_TYPES = ["event", "trip", "session", "split", "mark", "loss"] as const;

/** Faults: `request/bad-parameter`. An unknown device has no events. */
export const events: Handler = async (asked) => {
  const params = asked.url.searchParams;
  onlyKnown(params, EVENT_PARAMETERS);
  const format = wordOf(params, "format", FLAT_FORMATS) ?? "json";
  const type = wordOf(params, "type", EVENT_TYPES) ?? "event";
  return flatResponse(await tableOf(type, asked), format);
};

async function tableOf(type: (typeof EVENT_TYPES)[number], { url, app, request }: Asked): Promise<Table> {
  const params = url.searchParams;
  const device = neededText(params, "device", "the device's id, from /api/devices");
  const range = { fromNs: instantOf(params, "from", app.now()), toNs: instantOf(params, "to", app.now()) };
  const object = objectOf(params);
  // What is wrong in the request is told before anything is read.
  const when = textOf(params, "when");
  if (type === "event" && when === null) throw badParameter('"when" is missing: a condition such as "rpm > 3000 for 2 s"');
  const condition = when === null ? null : parseCondition(when);
  const rule = tripRule(object);
  const reading: Reading = { engine: app.engine, budgetBytes: app.budgetBytes, ...range, signal: request.signal };
  const devices = await devicesNamed(device, app.engine, request.signal);
  if (type === "trip") return tripTable(object, rule, devices, reading);
  if (type === "event" && condition !== null) return eventTable(object, condition, devices, reading);
  if (type === "mark") return fileMarkTable(devices, range, app.engine, request.signal);
  if (type === "loss") return lossTable(devices, range, app.engine, request.signal);
  return marksTable(type === "split" ? "split" : "session", devices, range, app.engine, request.signal);
}

/** As a target has it: lists where a parameter is there more than once, `with` as an object. */
function objectOf(params: URLSearchParams): JsonObject {
  const entries = [...new Set(params.keys())].map((key) => {
    const values = textsOf(params, key);
    return [key, values.length > 1 ? values : values[0]] as const;
  });
  const others = objectIn(params.get("with") ?? undefined);
  if (params.has("with") && others === null)
    throw badParameter('"with" must be a JSON object such as {"speed": {"signal": "WheelSpeed"}}');
  return { ...Object.fromEntries(entries), ...(others === null ? {} : { with: others }) };
}
