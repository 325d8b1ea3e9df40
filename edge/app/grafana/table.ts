/** Table targets: log files and raw frames, in the CANedge backend's columns (`info`, `data`) or ours (`files`, `frames`). */
import { FRAME_SORTS } from "../../../core/query/frame-rows.ts";
import type { JsonObject } from "../body.ts";
import { deviceTable } from "../tables/device-table.ts";
import { FILE_COLUMNS, fileTable, SEED_FILE_COLUMNS } from "../tables/file-table.ts";
import { frameFilterOf } from "../tables/frame-filter.ts";
import { FRAME_COLUMNS, framesOf, frameTable, SEED_FRAME_COLUMNS, sortOf } from "../tables/frame-table.ts";
import { readPage } from "../tables/page.ts";
import { emptyTable } from "../tables/table.ts";
import { devicesNamed } from "./devices.ts";
import { limitOf, type Maker, tableItem } from "./made.ts";

/** `files`, `info`: logs that may hold records of the range. */
export function filesMaker(object: JsonObject, isSeed: boolean): Maker {
  const columns = isSeed ? SEED_FILE_COLUMNS : FILE_COLUMNS;
  const page = readPage(
    (name) => (isSeed ? undefined : object[name]),
    columns.map(({ text }) => text),
  );
  return async ({ app, panel, writing }) => {
    const devices = await devicesNamed(object.device, app.engine, writing.signal);
    if (devices.length === 0 && !isSeed) return [tableItem(emptyTable(columns, noDevice(object.device)))];
    const range = { fromNs: panel.range.fromNs, toNs: panel.range.toNs + 1n };
    const asked = { ...page, limit: limitOf(page, panel) };
    return [tableItem(await fileTable(devices, range, asked, columns, app.engine, writing.signal), page.offset)];
  };
}

/** `devices`: those the target names with logs in the range. */
export function devicesMaker(object: JsonObject): Maker {
  return async ({ app, panel, writing }) => {
    const { fromNs, toNs } = panel.range;
    const named = new Set(await devicesNamed(object.device, app.engine, writing.signal));
    const table = await deviceTable({ fromNs, toNs: toNs + 1n }, app.engine, writing.signal);
    return [tableItem({ ...table, rows: table.rows.filter(([device]) => named.has(String(device))) })];
  };
}

/** `frames`, `data`. The CANedge backend's form knows no filter, no order and no budget: it stops at its number of rows. */
export function framesMaker(object: JsonObject, isSeed: boolean): Maker {
  const columns = isSeed ? SEED_FRAME_COLUMNS : FRAME_COLUMNS;
  const valueAt = (name: string): unknown => (isSeed ? undefined : object[name]);
  const page = readPage(valueAt, FRAME_SORTS);
  const filter = frameFilterOf(valueAt);
  return async ({ app, panel, writing }) => {
    const devices = await devicesNamed(object.device, app.engine, writing.signal);
    if (devices.length === 0) return [tableItem(emptyTable(columns, noDevice(object.device)))];
    const query = {
      ...filter,
      fromNs: panel.range.fromNs,
      toNs: panel.range.toNs + 1n,
      sort: sortOf(page.sort),
      descending: page.descending,
      offset: page.offset,
      limit: limitOf(page, panel),
      budgetBytes: isSeed ? null : app.budgetBytes,
    };
    const found = await framesOf(devices, query, app.engine, writing.signal, writing.onWork);
    return [tableItem(frameTable(found, columns), page.offset)];
  };
}

const noDevice = (device: unknown): string =>
  `there is no device ${typeof device === "string" ? device : JSON.stringify(device)} here`;
