/** POST (and GET) /annotations: where sessions and splits begin, when a condition held, trips, messages that were lost. */
import { parseCondition } from "../../../core/analysis/expression.ts";
import { eventTable } from "../analysis/event-table.ts";
import type { Reading } from "../analysis/operands.ts";
import { tripTable } from "../analysis/trip-table.ts";
import { isJsonObject, type JsonObject, readJsonObject } from "../body.ts";
import type { Asked, Handler } from "../context.ts";
import { badParameter, jsonResponse, shorten } from "../fault-answer.ts";
import { readInstant } from "../instant.ts";
import type { Cell } from "../tables/table.ts";
import { devicesNamed } from "./devices.ts";
import { tripRule } from "./events.ts";
import { fileMarkTable } from "./file-marks.ts";
import { lossTable } from "./loss-marks.ts";
import { marksOf } from "./marks.ts";
import { readRange } from "./query-body.ts";
import { listIn, objectIn } from "./target-text.ts";
import type { ClosedRange } from "./variables.ts";

const KINDS = ["session", "split", "mark", "event", "trip", "loss"] as const;

/** Faults: `request/bad-json`, `request/bad-parameter`: the seed says `[]` to all of these. An empty query (a mark just made) is `[]` here too. */
export const annotations: Handler = async (asked) => {
  const body = await readJsonObject(asked);
  const annotation = isJsonObject(body.annotation) ? body.annotation : {};
  const query = objectIn(annotation.query ?? body.target);
  if (query === null) return jsonResponse([]);
  checkKind(query);
  return jsonResponse(await found(query, readRange(body, asked.app.now()), asked));
};

/** The same by query parameters, for clients that can only GET: `annotation`, `device`, `from`, `to`, `when` … */
export const annotationsByGet: Handler = async (asked) => {
  const { url, app } = asked;
  const query = Object.fromEntries(url.searchParams);
  checkKind(query);
  const range = { fromNs: readInstant(query.from, "from", app.now()), toNs: readInstant(query.to, "to", app.now()) };
  return jsonResponse(await found(query, range, asked));
};

function checkKind(query: JsonObject): void {
  if (KINDS.some((kind) => kind === kindOf(query))) return;
  const said = shorten(JSON.stringify(query.annotation) ?? "missing");
  throw badParameter(`"annotation" must be one of ${KINDS.join(", ")}, not ${said}`);
}

const kindOf = (query: JsonObject): string => (typeof query.annotation === "string" ? query.annotation.toLowerCase() : "");

async function found(query: JsonObject, range: ClosedRange, { app, request }: Asked): Promise<readonly object[]> {
  if (typeof query.device !== "string" || query.device === "") throw badParameter('an annotation query needs a "device"');
  const kind = kindOf(query);
  const { engine, budgetBytes } = app;
  if (kind === "session" || kind === "split") {
    const marks = [];
    // The device is a name, never a path; those there are none of have no marks.
    for (const device of await namedDevices(query.device, { app, request }))
      marks.push(...(await marksOf(kind, device, range, engine, request.signal)));
    return marks.map(({ time, text }) => ({ time, text }));
  }
  const reading: Reading = { engine, budgetBytes, fromNs: range.fromNs, toNs: range.toNs + 1n, signal: request.signal };
  const devices = await namedDevices(query.device, { app, request });
  if (kind === "trip") {
    const { rows } = await tripTable(query, tripRule(query), devices, reading);
    return rows.map(([time, timeEnd, duration, device]) => ({
      time,
      timeEnd,
      title: "trip",
      text: `${device}: ${duration} s`,
      tags: ["trip"],
    }));
  }
  if (kind === "mark") {
    const { rows } = await fileMarkTable(devices, range, engine, request.signal);
    return rows.map(([time, title, text, tags]) => ({ time, title, text, tags: String(tags).split(",") }));
  }
  if (kind === "loss") {
    const { rows } = await lossTable(devices, range, engine, request.signal);
    return rows.map(([time, timeEnd, title, text]) => ({
      time,
      ...(timeEnd === null ? {} : { timeEnd }),
      title,
      text,
      tags: ["loss"],
    }));
  }
  if (typeof query.when !== "string") throw badParameter('events need "when", such as "rpm > 3000 for 2 s"');
  const { rows } = await eventTable(query, parseCondition(query.when), devices, reading);
  return rows.map(eventMark);
}

const namedDevices = (device: string, { app, request }: Pick<Asked, "app" | "request">): Promise<readonly string[]> =>
  devicesNamed(listIn(device), app.engine, request.signal);

const eventMark = ([time, timeEnd, , , title, text]: readonly Cell[]): object => ({
  time,
  timeEnd,
  title,
  text,
  tags: ["event"],
});
