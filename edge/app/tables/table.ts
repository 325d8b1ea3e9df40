/** A table on its way to a client: Grafana's columns and rows, objects for Infinity, CSV. */
import type { Notice } from "../../../core/fault.ts";

export interface Column {
  readonly text: string;
  /** Grafana's field types; `time` cells are ms since 1970. */
  readonly type: "time" | "string" | "number";
  readonly unit?: string;
  readonly decimals?: number;
}

export type Cell = string | number | null;

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  readonly notices: readonly Notice[];
  /** Whether more rows follow behind these. */
  readonly hasMore: boolean;
}

/** Without rows, for a reason. */
export const emptyTable = (columns: readonly Column[], text: string): Table => ({
  columns,
  rows: [],
  notices: [{ severity: "warning", text }],
  hasMore: false,
});

/** What stands behind the last row, when there is more. */
export function withMoreNotice(table: Table, offset: number): readonly Notice[] {
  if (!table.hasMore) return table.notices;
  const next = offset + table.rows.length;
  return [
    ...table.notices,
    { severity: "info", text: `rows ${offset + 1} to ${next} are shown; more follow with "offset": ${next}` },
  ];
}

/** Order of two cells of one column; what is not there comes last either way. */
export function compareCells(a: Cell, b: Cell, descending: boolean): number {
  if (a === b) return 0;
  if (a === null || b === null) return a === null ? 1 : -1;
  return a < b === descending ? 1 : -1;
}
