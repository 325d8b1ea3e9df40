/** A table as an answer to a flat GET: an array of objects, which JSONata, jq and pandas take as it is, or CSV. */
import { JSON_TYPE } from "../fault-answer.ts";
import { NOTICES_HEADER, noticeText } from "../notice-header.ts";
import type { Cell, Table } from "./table.ts";

export const FLAT_FORMATS = ["json", "csv"] as const;
export type FlatFormat = (typeof FLAT_FORMATS)[number];

/**
 * One object per row, keyed by the columns; `partial` is 1 where something is missing from the answer (a log that cannot be read, a
 * limit), because Infinity shows no header and no notice. The notices are in `X-Buslens-Notices`, and so is whether more rows follow.
 */
export function flatResponse(table: Table, format: FlatFormat): Response {
  const isPartial = table.notices.some(({ severity }) => severity !== "info");
  const told = noticeText(table.notices);
  return new Response(format === "csv" ? csvOf(table, isPartial) : jsonOf(table, isPartial), {
    headers: {
      "Content-Type": format === "csv" ? "text/csv; charset=utf-8; header=present" : JSON_TYPE,
      "Cache-Control": "no-store",
      "X-Buslens-More": table.hasMore ? "1" : "0",
      ...(told === "" ? {} : { [NOTICES_HEADER]: told }),
    },
  });
}

function jsonOf(table: Table, isPartial: boolean): string {
  const names = table.columns.map(({ text }) => text);
  const rows = table.rows.map((row) => ({
    ...Object.fromEntries(names.map((name, at) => [name, row[at] ?? null])),
    partial: isPartial ? 1 : 0,
  }));
  return `${JSON.stringify(rows)}\n`;
}

function csvOf(table: Table, isPartial: boolean): string {
  const header = [...table.columns.map(({ text }) => text), "partial"];
  const lines = [header, ...table.rows.map((row) => [...row, isPartial ? 1 : 0])];
  return lines.map((row) => `${row.map(csvField).join(",")}\n`).join("");
}

/** RFC 4180. */
function csvField(cell: Cell): string {
  const text = cell === null ? "" : String(cell);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
