/** Answers that are no plain series: each kind is made by its own file from the parsed target, and printed here. */
import type { Notice } from "../../../core/fault.ts";
import type { AppOptions } from "../context.ts";
import type { Writing } from "../stream.ts";
import { type Page, ROWS_DEFAULT } from "../tables/page.ts";
import { type Table, withMoreNotice } from "../tables/table.ts";
import type { PanelQuery } from "./query-body.ts";

/** What a maker works with. */
export interface Making {
  readonly app: AppOptions;
  readonly panel: PanelQuery;
  readonly writing: Writing;
}

/** Items of the answer without their refId, in order. Faults: those of the engine, which become a notice of this target alone. */
export type Maker = (making: Making) => Promise<readonly object[]>;

/** Grafana's notices: severity and text. */
export const metaOf = (notices: readonly Notice[]): object =>
  notices.length === 0 ? {} : { meta: { notices: notices.map(({ severity, text }) => ({ severity, text })) } };

/** A table in the form both JSON plugins read. */
export const tableItem = (table: Table, offset = 0): object => ({
  type: "table",
  columns: table.columns,
  rows: table.rows,
  ...metaOf(withMoreNotice(table, offset)),
});

/** Rows a panel's table has: as many as it asks for, else as many as the panel has points. */
export const limitOf = (page: Page, panel: PanelQuery): number => page.limit ?? Math.max(1, panel.maxDataPoints ?? ROWS_DEFAULT);
