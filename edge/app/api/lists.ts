/** GET /api/devices and /api/logs: what there is, one flat row each. */
import type { Handler } from "../context.ts";
import { devicesNamed } from "../grafana/devices.ts";
import { deviceTable } from "../tables/device-table.ts";
import { FILE_COLUMNS, fileTable } from "../tables/file-table.ts";
import { FLAT_FORMATS, flatResponse } from "../tables/flat.ts";
import { ROWS_DEFAULT, readPage } from "../tables/page.ts";
import { instantOf, onlyKnown, textOf, wordOf } from "./parameters.ts";

/** Devices with the number and size of their logs in the range (all without one). Faults: `request/bad-parameter`, `storage/*`. */
export const devices: Handler = async ({ request, url, app }) => {
  const params = url.searchParams;
  onlyKnown(params, ["from", "to", "format"]);
  const format = wordOf(params, "format", FLAT_FORMATS) ?? "json";
  const range = { fromNs: instantOf(params, "from", app.now()), toNs: instantOf(params, "to", app.now()) };
  return flatResponse(await deviceTable(range, app.engine, request.signal), format);
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
