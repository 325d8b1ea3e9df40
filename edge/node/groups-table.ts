/** Channel groups of a log for people: what `inspect --groups` prints without `--json`. */
import { type Cell, tableText } from "./table.ts";

/** What the table reads of buslens-groups/1. */
export interface GroupsFacts {
  readonly groups: readonly {
    readonly group: number;
    readonly name: string;
    readonly records: number;
    readonly columns: readonly {
      readonly name: string;
      readonly unit: string;
      readonly master: boolean;
      readonly invalid: number;
      readonly kind: string;
      readonly array?: readonly number[];
      readonly first?: number | string;
      readonly last?: number | string;
      readonly min?: number | string | null;
      readonly max?: number | string | null;
    }[];
  }[];
}

const HEADS = ["channel", "unit", "kind", "invalid", "first", "last", "least", "greatest"];
/** Of a text value. */
const CHARACTERS_MAX = 24;

/** A head line and a table for each group. */
export function groupsTable({ groups }: GroupsFacts): string {
  return groups
    .map(({ group, name, records, columns }) => {
      const rows = columns.map((column): Cell[] => [
        column.name + (column.master ? " (master)" : ""),
        column.unit,
        column.kind + (column.array === undefined ? "" : ` [${column.array.join(" × ")}]`),
        column.invalid === 0 ? null : column.invalid,
        shown(column.first),
        shown(column.last),
        shown(column.min),
        shown(column.max),
      ]);
      const title = `group ${group}${name === "" ? "" : ` ${JSON.stringify(name)}`}, ${records} records\n`;
      return title + (rows.length === 0 ? "" : tableText(HEADS, rows));
    })
    .join("\n");
}

const shown = (value: number | string | null | undefined): Cell => {
  if (value === null || value === undefined) return null;
  if (typeof value === "number") return value;
  return value.length > CHARACTERS_MAX ? `${value.slice(0, CHARACTERS_MAX)}…` : value;
};
