/** All parts of an answer as whole columns, for the two binary formats, which are written at once. */
import { FaultError } from "../../../../core/fault.ts";
import { FLAT_COLUMNS, type FlatLabels, type FlatPart, rowCountOf, STATS_COLUMNS } from "./columns.ts";

/** About 60 bytes a row while it is written: what an isolate of 128 MB has room for beside the rest. */
export const BINARY_ROWS_MAX = 500_000;

export type FlatColumn =
  | { readonly name: string; readonly type: "timestamp"; readonly values: BigInt64Array }
  | { readonly name: string; readonly type: "double"; readonly values: Float64Array }
  | { readonly name: string; readonly type: "integer"; readonly values: readonly (number | null)[] }
  | { readonly name: string; readonly type: "text"; readonly values: readonly (string | null)[] };

/** Faults: `limit/too-large` above BINARY_ROWS_MAX rows. */
export function flatTable(parts: readonly FlatPart[], isStats: boolean): readonly FlatColumn[] {
  const rowCount = rowCountOf(parts);
  if (rowCount > BINARY_ROWS_MAX) throw tooManyRows(rowCount);
  const columns: FlatColumn[] = [];
  for (const [name, type] of FLAT_COLUMNS) {
    if (isStats && name === "text") continue;
    if (name === "time") columns.push({ name, type, values: timesOf(parts, rowCount) });
    else if (name === "value")
      for (const column of isStats ? STATS_COLUMNS : [name])
        columns.push({ name: column, type: "double", values: doublesOf(parts, rowCount, column) });
    else if (name === "text") columns.push({ name, type, values: textsOf(parts) });
    else if (name === "partial") columns.push({ name, type, values: repeated(parts, ({ partial }) => (partial ? 1 : 0)) });
    else if (name === "channel" || name === "sourceAddress")
      columns.push({ name, type: "integer", values: repeated(parts, ({ labels }) => labels[name]) });
    else columns.push({ name, type: "text", values: repeated(parts, ({ labels }) => labels[name as keyof TextLabels]) });
  }
  return columns;
}

type TextLabels = Omit<FlatLabels, "channel" | "sourceAddress">;

export const tooManyRows = (found: number): FaultError =>
  new FaultError({
    code: "limit/too-large",
    message: `The answer has ${found} rows and more than ${BINARY_ROWS_MAX} are not written as Arrow or Parquet at once; ask for a shorter range, a method that reduces, or format=csv or ndjson`,
    found,
    allowed: BINARY_ROWS_MAX,
  });

function timesOf(parts: readonly FlatPart[], rowCount: number): BigInt64Array {
  const times = new BigInt64Array(rowCount);
  let row = 0;
  for (const { baseNs, timesNs } of parts) for (const time of timesNs) times[row++] = baseNs + BigInt(time);
  return times;
}

function doublesOf(parts: readonly FlatPart[], rowCount: number, name: string): Float64Array {
  const doubles = new Float64Array(rowCount);
  let row = 0;
  for (const { columns, timesNs } of parts) {
    doubles.set(columns[name] ?? new Float64Array(timesNs.length).fill(Number.NaN), row);
    row += timesNs.length;
  }
  return doubles;
}

const textsOf = (parts: readonly FlatPart[]): (string | null)[] =>
  parts.flatMap(({ textOf, timesNs, columns }) =>
    Array.from(timesNs, (_, row) => (textOf === null ? null : textOf(columns.value?.[row] ?? Number.NaN))),
  );

const repeated = <T>(parts: readonly FlatPart[], of: (part: FlatPart) => T): T[] =>
  parts.flatMap((part) => new Array<T>(part.timesNs.length).fill(of(part)));
