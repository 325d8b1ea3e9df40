/** Raw frames as a table: the CANedge backend's columns, and ours. */
import { idText } from "../../../core/bus/id-text.ts";
import type { Notice } from "../../../core/fault.ts";
import type { Engine, OnWork } from "../../../core/query/engine.ts";
import { FRAME_SORTS, type FrameQuery, type FrameRow, type FrameSort, frameOrder } from "../../../core/query/frame-rows.ts";
import { TopRows } from "../../../core/query/top-rows.ts";
import { toEpochMs } from "../../../core/time.ts";
import type { Cell, Column, Table } from "./table.ts";

/** As the CANedge backend has them: all but TIME are said to be text, though some are numbers. */
export const SEED_FRAME_COLUMNS: readonly Column[] = ["TIME", "ITF", "CHN", "ID", "IDE", "NOB", "DATA"].map((text) => ({
  text,
  type: text === "TIME" ? "time" : "string",
}));

export const FRAME_COLUMNS: readonly Column[] = [
  { text: "time", type: "time" },
  { text: "timeNs", type: "string" },
  { text: "device", type: "string" },
  { text: "itf", type: "string" },
  { text: "chn", type: "string" },
  { text: "id", type: "number" },
  { text: "idHex", type: "string" },
  { text: "extended", type: "number" },
  { text: "direction", type: "string" },
  { text: "length", type: "number" },
  { text: "data", type: "string" },
  { text: "log", type: "string" },
];

/** Sorts of a request in the engine's words. */
export const sortOf = (name: string | null): FrameSort => FRAME_SORTS.find((sort) => sort === name) ?? "time";

interface DeviceRow {
  readonly device: string;
  readonly row: FrameRow;
}

interface DeviceRows {
  readonly rows: readonly DeviceRow[];
  readonly hasMore: boolean;
  readonly notices: readonly Notice[];
}

/** Frames of several devices in one order; of equal ones those of the device named first. No more is held than the pages up to this one. */
export async function framesOf(
  devices: readonly string[],
  query: Omit<FrameQuery, "device">,
  engine: Engine,
  signal: AbortSignal,
  onWork?: OnWork,
): Promise<DeviceRows> {
  const { offset, limit, sort, descending } = query;
  const isOne = devices.length === 1;
  const end = offset + limit;
  const compare = frameOrder(sort, descending);
  const top = new TopRows<DeviceRow>(isOne ? limit : end, (a, b) => compare(a.row, b.row));
  const notices: Notice[] = [];
  let [count, hasMore] = [0, false];
  for (const device of devices) {
    const page = await engine.frames({ ...query, device, ...(isOne ? {} : { offset: 0, limit: end }) }, signal, onWork);
    for (const row of page.rows) top.add({ device, row });
    count += page.rows.length;
    hasMore ||= page.hasMore;
    notices.push(...page.notices);
  }
  return { rows: isOne ? top.rows() : top.rows().slice(offset), hasMore: hasMore || (!isOne && count > end), notices };
}

/** The page as a table. */
export function frameTable({ rows, hasMore, notices }: DeviceRows, columns: readonly Column[]): Table {
  const rowOf = columns === SEED_FRAME_COLUMNS ? seedRow : ownRow;
  return { columns, rows: rows.map(({ device, row }) => rowOf(row, device)), notices, hasMore };
}

const seedRow = (row: FrameRow): readonly Cell[] => [
  toEpochMs(row.timeNs),
  row.bus,
  row.channel,
  row.id,
  row.extended ? 1 : 0,
  row.lengthBytes,
  hexOf(row.payload),
];

const ownRow = (row: FrameRow, device: string): readonly Cell[] => [
  toEpochMs(row.timeNs),
  row.timeNs.toString(),
  device,
  row.bus,
  `CH${row.channel}`,
  row.id,
  `0x${idText(row.id, row.extended)}`,
  row.extended ? 1 : 0,
  row.dir === null ? null : row.dir === 0 ? "rx" : "tx",
  row.lengthBytes,
  hexOf(row.payload),
  row.file,
];

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
