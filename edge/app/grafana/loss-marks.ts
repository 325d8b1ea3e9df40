/** Messages of transport protocols that were lost, as a table that is annotations too: one row per stream and second, so that a broken cable is no million of marks. */
import type { Notice } from "../../../core/fault.ts";
import type { Engine } from "../../../core/query/engine.ts";
import { LOSS_WORDS } from "../../../core/query/transport-losses.ts";
import { toEpochMs } from "../../../core/time.ts";
import type { JsonObject } from "../body.ts";
import type { Column, Table } from "../tables/table.ts";
import { type Maker, tableItem } from "./made.ts";
import { devicesOf } from "./reading.ts";

const COLUMNS: readonly Column[] = [
  { text: "time", type: "time" },
  { text: "timeEnd", type: "time" },
  ...["title", "text", "tags", "id"].map((text): Column => ({ text, type: "string" })),
];

interface Mark {
  readonly device: string;
  readonly time: number;
  timeEnd: number;
  readonly title: string;
  readonly causes: Map<string, number>;
}

const TOGETHER_MS = 1000;

/** Ascending in time. `range` may be open; both its ends are in it. Faults: `storage/*`. */
export async function lossTable(
  devices: readonly string[],
  { fromNs, toNs }: { readonly fromNs: bigint | null; readonly toNs: bigint | null },
  engine: Engine,
  signal: AbortSignal,
): Promise<Table> {
  const marks: Mark[] = [];
  const notices: Notice[] = [];
  for (const device of devices) {
    const open = new Map<string, Mark>();
    const found = await engine.losses({ device, fromNs, toNs: toNs === null ? null : toNs + 1n }, signal);
    notices.push(...found.notices);
    for (const { timeNs, stream, cause } of found.losses) {
      const time = toEpochMs(timeNs);
      let mark = open.get(stream);
      if (!mark || time > mark.timeEnd + TOGETHER_MS) {
        mark = { device, time, timeEnd: time, title: `${device}, ${stream}`, causes: new Map() };
        open.set(stream, mark);
        marks.push(mark);
      }
      mark.timeEnd = time;
      mark.causes.set(LOSS_WORDS[cause], (mark.causes.get(LOSS_WORDS[cause]) ?? 0) + 1);
    }
  }
  const rows = marks
    .sort((a, b) => a.time - b.time)
    .map(({ device, time, timeEnd, title, causes }) => {
      const text = [...causes].map(([words, count]) => `${count} ${words}`).join(", ");
      return [time, timeEnd > time ? timeEnd : null, title, text, `loss,${device}`, `${title}:${time}`];
    });
  return { columns: COLUMNS, rows, notices, hasMore: false };
}

/** `losses` of a panel. */
export function lossesMaker(object: JsonObject): Maker {
  return async (making) => {
    const { app, panel, writing } = making;
    const devices = await devicesOf(object, making);
    return [tableItem(await lossTable(devices, panel.range, app.engine, writing.signal))];
  };
}
