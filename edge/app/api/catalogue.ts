/** GET /api/catalogue: devices, their sessions, their splits, and when they begin and end. */
import type { DeviceEntry, LogEntry } from "../../../core/query/engine.ts";
import type { Handler } from "../context.ts";
import { JSON_TYPE } from "../fault-answer.ts";
import { streamText } from "../stream.ts";
import { toJson } from "./json.ts";
import { instantOf, onlyKnown, textOf } from "./parameters.ts";

export const catalogue: Handler = async ({ request, url, app }) => {
  onlyKnown(url.searchParams, ["device", "from", "to"]);
  const device = textOf(url.searchParams, "device");
  const fromNs = instantOf(url.searchParams, "from", app.now());
  const toNs = instantOf(url.searchParams, "to", app.now());
  const options = { request, headers: { "Content-Type": JSON_TYPE }, padding: " ", report: app.report };
  return streamText(options, async function* ({ signal }) {
    const devices = await app.engine.devices({ names: true }, signal);
    const logs = await app.engine.logs({ ...(device === null ? {} : { device }), fromNs, toNs }, signal);
    const shown = devices.filter((entry) => device === null || entry.device === device);
    yield toJson({ devices: shown.map((entry) => deviceJson(entry, logs)) });
  });
};

function deviceJson({ device, name }: DeviceEntry, logs: readonly LogEntry[]): object {
  const own = logs.filter((log) => log.device === device);
  const sessions = [...new Set(own.map(({ session }) => session))];
  const splitsOf = (session: string): object[] => own.filter((log) => log.session === session).map(splitJson);
  return { device, name, sessions: sessions.map((session) => ({ session, splits: splitsOf(session) })) };
}

function splitJson(log: LogEntry): object {
  const { key, split, sizeBytes, version, startNs, endNs, header, fault } = log;
  const facts =
    header === null
      ? {}
      : { mdfVersion: header.version, program: header.program, finalized: header.finalized, userComment: header.userComment };
  return { key, split, sizeBytes, version, startNs, endNs, ...facts, ...(fault === null ? {} : { fault }) };
}
