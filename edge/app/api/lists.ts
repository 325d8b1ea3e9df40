/** GET /api/devices and /api/logs: what there is, one flat row each. */
import { toEpochMs } from "../../../core/time.ts";
import type { Handler } from "../context.ts";
import { devicesNamed } from "../grafana/devices.ts";
import { FILE_COLUMNS, fileTable } from "../tables/file-table.ts";
import { FLAT_FORMATS, flatResponse } from "../tables/flat.ts";
import { ROWS_DEFAULT, readPage } from "../tables/page.ts";
import type { Column } from "../tables/table.ts";
import { instantOf, onlyKnown, textOf, wordOf } from "./parameters.ts";

const DEVICE_COLUMNS: readonly Column[] = [
  { text: "device", type: "string" },
  { text: "name", type: "string" },
  { text: "logs", type: "number" },
  { text: "sizeBytes", type: "number", unit: "bytes" },
  { text: "firstTime", type: "time" },
  { text: "lastLogTime", type: "time" },
];

/** Devices with the number and size of their logs in the range (all without one). Faults: `request/bad-parameter`, `storage/*`. */
export const devices: Handler = async ({ request, url, app }) => {
  const params = url.searchParams;
  onlyKnown(params, ["from", "to", "format"]);
  const format = wordOf(params, "format", FLAT_FORMATS) ?? "json";
  const range = { fromNs: instantOf(params, "from", app.now()), toNs: instantOf(params, "to", app.now()) };
  const isWhole = range.fromNs === null && range.toNs === null;
  const known = await app.engine.devices({ names: true }, request.signal);
  const logs = await app.engine.logs(range, request.signal);
  const rows = known.flatMap(({ device, name }) => {
    const own = logs.filter((log) => log.device === device);
    if (own.length === 0 && !isWhole) return [];
    const starts = own.flatMap(({ startNs }) => (startNs === null ? [] : [toEpochMs(startNs)]));
    const sizeBytes = own.reduce((sum, log) => sum + log.sizeBytes, 0);
    // Spreading thousands of starts into Math.min may overflow the stack.
    const least = starts.reduce<number | null>((a, b) => (a === null || b < a ? b : a), null);
    const most = starts.reduce<number | null>((a, b) => (a === null || b > a ? b : a), null);
    return [[device, name, own.length, sizeBytes, least, most]];
  });
  return flatResponse({ columns: DEVICE_COLUMNS, rows, notices: [], hasMore: false }, format);
};

/** Log files that may hold records of the range. Faults: `request/bad-parameter`, `storage/*`. */
export const logList: Handler = async ({ request, url, app }) => {
  const params = url.searchParams;
  onlyKnown(params, ["device", "from", "to", "sort", "order", "limit", "offset", "page", "format"]);
  const format = wordOf(params, "format", FLAT_FORMATS) ?? "json";
  const page = readPage(
    (name) => params.get(name) ?? undefined,
    FILE_COLUMNS.map(({ text }) => text),
  );
  const device = textOf(params, "device");
  const named = device === null ? null : await devicesNamed(device, app.engine, request.signal);
  const range = { fromNs: instantOf(params, "from", app.now()), toNs: instantOf(params, "to", app.now()) };
  const asked = { ...page, limit: page.limit ?? ROWS_DEFAULT };
  return flatResponse(await fileTable(named, range, asked, FILE_COLUMNS, app.engine, request.signal), format);
};
