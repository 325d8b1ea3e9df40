/** POST /search and /variable: the lists behind dashboard variables, as the CANedge backend gives them, and as the newer JSON plugin wants them. */
import { isCountedSession } from "../../../core/canedge/path.ts";
import { compareKeys } from "../../../core/store/check-key.ts";
import { isJsonObject, type JsonObject, readJson } from "../body.ts";
import type { AppOptions, Handler } from "../context.ts";
import { dbcBytes } from "../dbc-text.ts";
import { badParameter, jsonResponse, shorten } from "../fault-answer.ts";
import { isPattern } from "./pattern.ts";
import { readRange } from "./query-body.ts";
import { METHOD_NAMES } from "./series-target.ts";
import { objectIn } from "./target-text.ts";
import { type ClosedRange, LISTS, type List, listOf, rangeIn } from "./variables.ts";

/** Folders the logger makes; others under the root are no devices in this dialect. */
const DEVICE = /^[0-9A-F]{8}$/i;

interface Option {
  readonly text: string;
  readonly value: string;
}

/**
 * `["…"]`, or `[{text, value}]` for `device_name`. Faults: `request/bad-json`; `request/bad-parameter` for a search nobody knows. An empty or
 * plain target is an empty list: editors send it.
 */
export const search: Handler = async (asked) => {
  const { request, app } = asked;
  const body = await readJson(asked);
  const target = isJsonObject(body) ? objectIn(body.target) : null;
  if (target === null) return jsonResponse([]);
  const found = await optionsOf(target, rangeOf(body, app), app, request.signal);
  return jsonResponse(target.search === "device_name" ? found : found.map(({ value }) => value));
};

/** `[{__text, __value}]`: the only objects the newer plugin does not tear apart. `payload` is `{"target": …}`, or the search itself. */
export const variable: Handler = async (asked) => {
  const { request, app } = asked;
  const body = await readJson(asked);
  const payload = isJsonObject(body) ? (body.payload ?? body) : null;
  const inside = isJsonObject(payload) ? (payload.target ?? payload) : payload;
  const search = typeof inside === "string" && SEARCHES.has(inside.toLowerCase()) ? { search: inside } : objectIn(inside);
  if (search === null || (search.search === undefined && search.target === "")) return jsonResponse([]);
  const found = await optionsOf(search, rangeOf(body, app), app, request.signal);
  return jsonResponse(found.map(({ text, value }) => ({ __text: text, __value: value })));
};

const SEARCHES = new Set<string>(["device", "device_name", "method", ...LISTS]);

/** The range of the request, if it has one. Faults: `request/bad-parameter`. */
export const rangeOf = (body: unknown, app: AppOptions): ClosedRange | null =>
  isJsonObject(body) && body.range !== undefined && body.range !== null ? readRange(body, app.now()) : null;

/** Texts and values of a search. Faults: `request/bad-parameter`, `storage/*`. */
export async function optionsOf(
  query: JsonObject,
  asked: ClosedRange | null,
  app: AppOptions,
  signal: AbortSignal,
): Promise<readonly Option[]> {
  const what = typeof query.search === "string" ? query.search.toLowerCase() : query.search;
  const range = rangeIn(query, asked, app.now());
  if (what === "device_name") return deviceNames(range, app, signal);
  const values = await valuesOf(what, query, range, app, signal);
  return values.map((value) => ({ text: value, value }));
}

async function valuesOf(
  what: unknown,
  query: JsonObject,
  range: ClosedRange | null,
  app: AppOptions,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { engine, budgetBytes } = app;
  const isPlain = range === null && query.message === undefined;
  if (what === "device") return deviceIds(range, app, signal);
  // The CANedge backend's methods; a range tells a client that knows ours too.
  if (what === "method") return range === null ? ["NEAREST", "MAX", "MIN"] : METHOD_NAMES;
  if (what === "db" && isPlain)
    return [...new Set((await engine.dbcs(signal)).map(({ name }) => name.toLowerCase()))].sort(compareKeys);
  if (what === "signal" && isPlain) {
    const { db } = query;
    if (typeof db === "string" && db !== "" && !/^[({]/.test(db) && !isPattern(db)) return signalNames(db, app, signal);
    if (db === undefined || db === "") throw badParameter('a search for signals needs a "db", the name of a DBC file');
  }
  const list = LISTS.find((one) => one === what);
  if (list === undefined)
    throw badParameter(
      `"search" must be device, device_name, itf, chn, db, message, signal, sa, group, channel or method, not ${shorten(JSON.stringify(what) ?? "missing")}`,
    );
  return listOf(list satisfies List, query, { engine, budgetBytes, range, signal });
}

/** Devices, those with logs in the range if there is one. */
async function deviceIds(range: ClosedRange | null, app: AppOptions, signal: AbortSignal): Promise<readonly string[]> {
  const { engine } = app;
  const known = (await engine.devices({ names: false }, signal)).map(({ device }) => device);
  // As the CANedge backend lists them; measurement files of other tools have names of their own.
  if (range === null) return known.filter((name) => DEVICE.test(name));
  const logs = await engine.logs({ fromNs: range.fromNs, toNs: range.toNs + 1n }, signal);
  const inRange = new Set(logs.map(({ device }) => device));
  return known.filter((device) => inRange.has(device));
}

/** `<id> <comment of the newest log>`; a device with logs but no readable comment keeps the space, one without logs has none. */
async function deviceNames(range: ClosedRange | null, app: AppOptions, signal: AbortSignal): Promise<readonly Option[]> {
  const wanted = new Set(await deviceIds(range, app, signal));
  const devices = (await app.engine.devices({ names: true }, signal)).filter(({ device }) => wanted.has(device));
  return Promise.all(
    devices.map(async ({ device, name }) => {
      const hasLogs = name !== "" || (await app.engine.logs({ device }, signal)).some(({ session }) => isCountedSession(session));
      return { text: hasLogs ? `${device} ${name}` : device, value: device };
    }),
  );
}

/** Unique names in the order of the DBC's lines; the seed repeats a name that occurs in two messages. */
async function signalNames(db: string, app: AppOptions, signal: AbortSignal): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const dbc of await app.engine.dbcs(signal)) {
    if (dbc.name.toLowerCase() !== db.toLowerCase()) continue;
    const lines = dbc.messages.flatMap((message) => message.signals.map(({ name, line }) => ({ name, line })));
    const loose = looseSignals(await dbcBytes(dbc, app, signal));
    for (const { name } of [...lines, ...loose].sort((a, b) => a.line - b.line)) names.add(name);
  }
  return [...names];
}

/** Signals under VECTOR__INDEPENDENT_SIG_MSG belong to no message and never have data, but the seed lists them. */
function looseSignals(bytes: Uint8Array): readonly { readonly name: string; readonly line: number }[] {
  const lines = new TextDecoder("latin1").decode(bytes).split("\n");
  const start = lines.findIndex((line) => /^\s*BO_\s+\d+\s+VECTOR__INDEPENDENT_SIG_MSG\b/.test(line));
  const found: { name: string; line: number }[] = [];
  for (let at = start + 1; start >= 0 && at < lines.length; at++) {
    const name = /^\s*SG_\s+(\w+)/.exec(lines[at] ?? "")?.[1];
    if (name === undefined) break;
    found.push({ name, line: at + 1 });
  }
  return found;
}
