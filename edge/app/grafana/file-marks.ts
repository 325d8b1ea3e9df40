/** Marks and triggers that the writer of a measurement file put into it, as a table that is annotations too. */
import type { Engine, EventEntry } from "../../../core/query/engine.ts";
import { toEpochMs } from "../../../core/time.ts";
import type { JsonObject } from "../body.ts";
import type { Cell, Table } from "../tables/table.ts";
import { type Maker, tableItem } from "./made.ts";
import { MARK_COLUMNS } from "./marks.ts";
import { devicesOf } from "./reading.ts";

/** By device and time. `range` may be open; both its ends are in it. Faults: `storage/*`. */
export async function fileMarkTable(
  devices: readonly string[],
  range: { readonly fromNs: bigint | null; readonly toNs: bigint | null },
  engine: Engine,
  signal: AbortSignal,
): Promise<Table> {
  const rows: (readonly Cell[])[] = [];
  const notices = [];
  for (const device of devices) {
    const toNs = range.toNs === null ? null : range.toNs + 1n;
    const found = await engine.events({ device, fromNs: range.fromNs, toNs }, signal);
    rows.push(...found.events.map(rowOf));
    notices.push(...found.notices);
  }
  return { columns: MARK_COLUMNS, rows, notices, hasMore: false };
}

function rowOf({ timeNs, name, comment, kind, range, device, key }: EventEntry): readonly Cell[] {
  const part = range === "point" ? "" : ` (${range})`;
  const title = `${name === "" ? kind : name}${part}`;
  return [toEpochMs(timeNs), title, comment === "" ? kind : comment, `mark,${kind},${device}`, `${key}:${timeNs}`];
}

/** `marks` of a panel. */
export function fileMarksMaker(object: JsonObject): Maker {
  return async (making) => {
    const { app, panel, writing } = making;
    const devices = await devicesOf(object, making);
    return [tableItem(await fileMarkTable(devices, panel.range, app.engine, writing.signal))];
  };
}
