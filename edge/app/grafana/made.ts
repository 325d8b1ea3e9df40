/** Answers that are no plain series: each kind is made by its own file from the parsed target, and printed by /query. */
import type { Notice } from "../../../core/fault.ts";
import type { Segment } from "../../../core/series/series.ts";
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

/** One item of the answer without its refId: ready, or a series whose points are printed piece by piece. */
export type MadeItem =
  | { readonly kind: "ready"; readonly body: object }
  | {
      readonly kind: "series";
      readonly names: { readonly target: string } & Readonly<Record<string, unknown>>;
      readonly segments: readonly Segment[];
      readonly notices: readonly Notice[];
    };

/** Items in order. Faults: those of the engine, which become a notice of this target alone. */
export type Maker = (making: Making) => Promise<readonly MadeItem[]>;

/** Grafana's notices: severity and text. */
export const metaOf = (notices: readonly Notice[]): object =>
  notices.length === 0 ? {} : { meta: { notices: notices.map(({ severity, text }) => ({ severity, text })) } };

/** A table in the form both JSON plugins read. */
export const tableItem = (table: Table, offset = 0): MadeItem => ({
  kind: "ready",
  body: { type: "table", columns: table.columns, rows: table.rows, ...metaOf(withMoreNotice(table, offset)) },
});

/** Rows a panel's table has: as many as it asks for, else as many as the panel has points. */
export const limitOf = (page: Page, panel: PanelQuery): number => page.limit ?? Math.max(1, panel.maxDataPoints ?? ROWS_DEFAULT);
