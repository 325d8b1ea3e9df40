/** GET /api/frames: raw frames of a device, filtered, sorted and paged, one flat row each. */
import { FRAME_SORTS } from "../../../core/query/frame-rows.ts";
import { conditional } from "../conditional.ts";
import type { Handler } from "../context.ts";
import { devicesNamed } from "../grafana/devices.ts";
import { FLAT_FORMATS, flatResponse } from "../tables/flat.ts";
import { frameFilterOf } from "../tables/frame-filter.ts";
import { FRAME_COLUMNS, framesOf, frameTable, sortOf } from "../tables/frame-table.ts";
import { ROWS_DEFAULT, readPage } from "../tables/page.ts";
import { emptyTable } from "../tables/table.ts";
import { instantOf, neededText, onlyKnown, textsOf, wordOf } from "./parameters.ts";

const KNOWN = ["device", "from", "to", "itf", "chn", "id", "extended", "sort", "order", "limit", "offset", "page", "format"];

/** Faults: `request/bad-parameter`. An unknown device is an empty table with a notice. */
export const frames: Handler = async (asked) => {
  const { request, url, app } = asked;
  const params = url.searchParams;
  onlyKnown(params, KNOWN);
  const device = neededText(params, "device", "the device's id, from /api/devices");
  const format = wordOf(params, "format", FLAT_FORMATS) ?? "json";
  const page = readPage((name) => params.get(name) ?? undefined, FRAME_SORTS);
  const filter = frameFilterOf((name) => textsOf(params, name));
  const devices = await devicesNamed(device, app.engine, request.signal);
  if (devices.length === 0) return flatResponse(emptyTable(FRAME_COLUMNS, `there is no device ${device} here`), format);
  const query = {
    ...filter,
    fromNs: instantOf(params, "from", app.now()),
    toNs: instantOf(params, "to", app.now()),
    sort: sortOf(page.sort),
    descending: page.descending,
    offset: page.offset,
    limit: page.limit ?? ROWS_DEFAULT,
    budgetBytes: app.budgetBytes,
  };
  const { fromNs, toNs } = query;
  return conditional(asked, fromNs === null || toNs === null ? null : { devices, fromNs, toNs }, async () => {
    const found = await framesOf(devices, query, app.engine, request.signal);
    return flatResponse(frameTable(found, FRAME_COLUMNS), format);
  });
};
