/** A target that is no JSON is the name of a series (formats/grafana-api.md §6): what legends show, or a signal alone. */
import type { JsonObject } from "../body.ts";
import { METHOD_NAMES } from "./series-target.ts";

/** Of what stands between device and signal. */
const BETWEEN_MAX = 5;

/**
 * `EngineSpeed` of any device, `EngineFast.EngineSpeed` of one message, or a name as answers have it: `device[:itf][:chn][:db[:message[:sa]]]:signal[:method]`.
 * Keys in the order of the name. Null if it is none of these, such as JSON that is broken.
 */
export function seriesNamed(text: string): JsonObject | null {
  const name = text.trim();
  if (name === "" || name.includes('"')) return null;
  const parts = name.split(":");
  if (parts.length === 1) return { device: "*", ...signalNamed(name) };
  if (parts.some((part) => part === "")) return null;
  const [device, ...between] = parts;
  const method = between.length > 1 && METHOD_NAMES.includes(between.at(-1) ?? "") ? between.pop() : undefined;
  const signal = between.pop();
  if (between.length > BETWEEN_MAX) return null;
  const itf = /^(CAN|LIN)$/i.test(between[0] ?? "") ? between.shift() : undefined;
  const chn = /^CH\d{1,3}$/i.test(between[0] ?? "") ? between.shift() : undefined;
  const sa = /^0x[0-9a-f]{1,2}$/i.test(between[2] ?? "") ? between.pop() : undefined;
  const [db, message, ...more] = between;
  if (more.length > 0) return null;
  const all = { device, itf, chn, db, message, sa, signal, method };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

/** No name in a DBC has a dot: before it stands the message. */
function signalNamed(name: string): JsonObject {
  const [, message, signal] = /^([A-Za-z_]\w*)\\?\.([A-Za-z_]\w*)$/.exec(name) ?? [];
  return message === undefined ? { signal: name } : { message, signal };
}
