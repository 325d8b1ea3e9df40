/** Raw frames as a table: the CANedge backend's columns, and ours. */
import type { Engine, OnWork } from "../../../core/query/engine.ts";
import { FRAME_SORTS, type FramePage, type FrameQuery, type FrameRow, type FrameSort } from "../../../core/query/frame-rows.ts";
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

/** Frames of several devices one after the other, each by itself in its order; the page goes over all of them. */
export async function framePages(
  devices: readonly string[],
  query: Omit<FrameQuery, "device">,
  engine: Engine,
  signal: AbortSignal,
  onWork?: OnWork,
): Promise<readonly { readonly device: string; readonly page: FramePage }[]> {
  const pages: { device: string; page: FramePage }[] = [];
  let { offset, limit } = query;
  for (const device of devices) {
    const page = await engine.frames({ ...query, device, offset, limit }, signal, onWork);
    pages.push({ device, page });
    limit -= page.rows.length;
    offset = Math.max(0, offset - page.account.matched);
    if (limit === 0 && page.hasMore) break;
  }
  return pages;
}

/** The pages as one table. */
export function frameTable(
  pages: readonly { readonly device: string; readonly page: FramePage }[],
  columns: readonly Column[],
): Table {
  const rowOf = columns === SEED_FRAME_COLUMNS ? seedRow : ownRow;
  return {
    columns,
    rows: pages.flatMap(({ device, page }) => page.rows.map((row) => rowOf(row, device))),
    notices: pages.flatMap(({ page }) => page.notices),
    hasMore: pages.at(-1)?.page.hasMore ?? false,
  };
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
  `0x${row.id
    .toString(16)
    .toUpperCase()
    .padStart(row.extended ? 8 : 3, "0")}`,
  row.extended ? 1 : 0,
  row.dir === null ? null : row.dir === 0 ? "rx" : "tx",
  row.lengthBytes,
  hexOf(row.payload),
  row.file,
];

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, "0")).join(" ");
