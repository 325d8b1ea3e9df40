/** POST /search: the lists behind dashboard variables, as the CANedge backend gives them. */
import { isCountedSession } from "../../../core/canedge/path.ts";
import { compareKeys } from "../../../core/store/check-key.ts";
import { isJsonObject, readJson } from "../body.ts";
import type { AppOptions, Handler } from "../context.ts";
import { dbcBytes } from "../dbc-text.ts";
import { badParameter, jsonResponse, shorten } from "../fault-answer.ts";
import { objectIn } from "./target-text.ts";

/** Folders the logger makes; others under the root are no devices in this dialect. */
const DEVICE = /^[0-9A-F]{8}$/i;

/** Faults: `request/bad-json`; `request/bad-parameter` for a search nobody knows. An empty or plain target is an empty list: editors send it. */
export const search: Handler = async ({ request, app }) => {
  const body = await readJson(request);
  const target = isJsonObject(body) ? objectIn(body.target) : null;
  if (target === null) return jsonResponse([]);
  return jsonResponse(await found(target.search, target.db, app, request.signal));
};

async function found(what: unknown, db: unknown, app: AppOptions, signal: AbortSignal): Promise<readonly unknown[]> {
  switch (typeof what === "string" ? what.toLowerCase() : what) {
    case "device":
      return (await deviceIds(app, signal)).map(({ device }) => device);
    case "device_name":
      return deviceNames(app, signal);
    case "itf":
      return ["CAN", "LIN"];
    case "chn":
      // CH9 is the logger's internal bus (GNSS and inertial sensors), which the seed cannot decode.
      return ["CH1", "CH2", "CH9"];
    case "db":
      return [...new Set((await app.engine.dbcs(signal)).map(({ name }) => name.toLowerCase()))].sort(compareKeys);
    case "method":
      return ["NEAREST", "MAX", "MIN"];
    case "signal":
      if (typeof db !== "string" || db === "") throw badParameter('a search for signals needs a "db", the name of a DBC file');
      return signalNames(db, app, signal);
    default:
      throw badParameter(
        `"search" must be device, device_name, itf, chn, db, signal or method, not ${shorten(JSON.stringify(what) ?? "missing")}`,
      );
  }
}

async function deviceIds(app: AppOptions, signal: AbortSignal, names = false): ReturnType<AppOptions["engine"]["devices"]> {
  return (await app.engine.devices({ names }, signal)).filter(({ device }) => DEVICE.test(device));
}

/** `<id> <comment of the newest log>`; a device with logs but no readable comment keeps the space, one without logs has none. */
async function deviceNames(app: AppOptions, signal: AbortSignal): Promise<readonly { text: string; value: string }[]> {
  const devices = await deviceIds(app, signal, true);
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
