/** GET /api/bus: how busy the buses were, one flat row per bucket and channel. */
import { BUCKETS_MAX } from "../../../core/query/bucket-grid.ts";
import type { Asked, Handler } from "../context.ts";
import { badParameter } from "../fault-answer.ts";
import { devicesNamed } from "../grafana/devices.ts";
import { busTable, type DeviceLoad } from "../tables/bus-table.ts";
import { FLAT_FORMATS, flatResponse } from "../tables/flat.ts";
import { frameFilterOf } from "../tables/frame-filter.ts";
import { rangeOfData } from "./data-range.ts";
import { instantOf, integerOf, nanosecondsOf, neededText, onlyKnown, textsOf, wordOf } from "./parameters.ts";

const KNOWN = ["device", "from", "to", "step", "points", "itf", "chn", "format"];
const POINTS_DEFAULT = 1000;

/** Faults: `request/bad-parameter`. An unknown device is an empty table with a notice. */
export const bus: Handler = async (asked) => {
  const params = asked.url.searchParams;
  onlyKnown(params, KNOWN);
  const named = neededText(params, "device", "the device's id, from /api/devices");
  const format = wordOf(params, "format", FLAT_FORMATS) ?? "json";
  const loadOf = reader(asked);
  const devices = await devicesNamed(named, asked.app.engine, asked.request.signal);
  const loads: DeviceLoad[] = [];
  for (const device of devices) loads.push({ device, load: await loadOf(device) });
  const table = busTable(loads);
  const unknown = { severity: "warning" as const, text: `there is no device ${named} here` };
  return flatResponse(devices.length === 0 ? { ...table, notices: [unknown] } : table, format);
};

/** What is wrong in the request is told before anything is read. */
function reader({ request, url, app }: Asked) {
  const params = url.searchParams;
  const fromNs = instantOf(params, "from", app.now());
  const toNs = instantOf(params, "to", app.now());
  const step = nanosecondsOf(params, "step");
  if (step !== null && step <= 0n) throw badParameter('"step" must be at least 1 ns');
  const points = BigInt(integerOf(params, "points", 1, BUCKETS_MAX - 1) ?? POINTS_DEFAULT);
  const { bus, channels } = frameFilterOf((name) => (name === "itf" || name === "chn" ? textsOf(params, name) : undefined));
  return async (device: string) => {
    const own =
      fromNs === null || toNs === null ? await rangeOfData(device, app.engine, request.signal) : { fromNs: 0n, toNs: 0n };
    const range = { fromNs: fromNs ?? own.fromNs, toNs: toNs ?? own.toNs };
    const least = (range.toNs - range.fromNs + points - 1n) / points;
    const stepNs = step ?? (least > 0n ? least : 1n);
    const filter = { ...(bus === undefined ? {} : { bus }), ...(channels === undefined ? {} : { channels }) };
    return app.engine.busLoad({ device, ...range, stepNs, ...filter, budgetBytes: app.budgetBytes }, request.signal);
  };
}
