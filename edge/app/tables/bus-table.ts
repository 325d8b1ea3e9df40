/** Load of the buses as a table: one row per bucket and channel. */
import type { BusLoad } from "../../../core/query/bus-load.ts";
import { toEpochMs } from "../../../core/time.ts";
import type { Cell, Column, Table } from "./table.ts";

const BUS_COLUMNS: readonly Column[] = [
  { text: "time", type: "time" },
  { text: "device", type: "string" },
  { text: "bus", type: "string" },
  { text: "channel", type: "number" },
  { text: "frames", type: "number" },
  { text: "errorFrames", type: "number" },
  { text: "remoteFrames", type: "number" },
  { text: "loadPercent", type: "number", unit: "percent" },
  { text: "loadPercentMax", type: "number", unit: "percent" },
];

export interface DeviceLoad {
  readonly device: string;
  readonly load: BusLoad;
}

/** In time order; `time` is the start of the bucket. */
export function busTable(loads: readonly DeviceLoad[]): Table {
  const rows = loads.flatMap(({ device, load }) =>
    load.rows.map((row): readonly Cell[] => [
      toEpochMs(row.startNs),
      device,
      row.bus,
      row.channel,
      row.frames,
      row.errorFrames,
      row.remoteFrames,
      percent(row.loadPercent),
      percent(row.loadPercentMax),
    ]),
  );
  // Stable: channels of one time stay in their order.
  rows.sort((a, b) => Number(a[0]) - Number(b[0]));
  return { columns: BUS_COLUMNS, rows, notices: loads.flatMap(({ load }) => load.notices), hasMore: false };
}

/** The estimate is not worth more places. */
const percent = (value: number | null): number | null => (value === null ? null : Math.round(value * 1000) / 1000);
