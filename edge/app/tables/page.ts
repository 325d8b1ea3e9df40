/** Which rows of a table, in which order: the same words in a Grafana target and in a query string. */
import { badParameter } from "../fault-answer.ts";

export interface Page {
  /** Name of a column, in the table's own words; null = by time. */
  readonly sort: string | null;
  readonly descending: boolean;
  readonly offset: number;
  /** null: the client did not say. */
  readonly limit: number | null;
}

/** A page further behind than this is found by a shorter range. */
export const ROWS_MAX = 100_000;
export const ROWS_DEFAULT = 1000;

/**
 * `sort` (`id`, `-time`), `order` (`asc`, `desc`), `limit`, `offset`, or `page` counted from 1. `valueAt` gives the text, number or
 * `undefined` of a name. Faults: `request/bad-parameter`.
 */
export function readPage(valueAt: (name: string) => unknown, sorts: readonly string[]): Page {
  const given = textOf(valueAt("sort"));
  const isMinus = given?.startsWith("-") === true;
  const wanted = isMinus ? given?.slice(1) : given;
  const sort = wanted === undefined ? null : sorts.find((one) => one.toLowerCase() === wanted.toLowerCase());
  if (sort === undefined)
    throw badParameter(`"sort" must be one of ${sorts.join(", ")}, with "-" in front for the other way`, given);
  const order = textOf(valueAt("order"))?.toLowerCase();
  if (order !== undefined && order !== "asc" && order !== "desc") throw badParameter('"order" must be asc or desc', order);
  const limit = countOf(valueAt("limit"), "limit");
  const page = countOf(valueAt("page"), "page");
  const offset = countOf(valueAt("offset"), "offset") ?? (page === null ? 0 : Math.max(0, page - 1) * (limit ?? ROWS_DEFAULT));
  if (offset > ROWS_MAX) throw badParameter(`the table is paged up to row ${ROWS_MAX}; ask for a shorter range`, String(offset));
  return { sort, descending: isMinus !== (order === "desc"), offset, limit: limit === null ? null : Math.min(limit, ROWS_MAX) };
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

function countOf(value: unknown, name: string): number | null {
  if (value === undefined || value === null || value === "") return null;
  const count = typeof value === "number" || typeof value === "string" ? Number(value) : Number.NaN;
  if (Number.isSafeInteger(count) && count >= 0) return count;
  throw badParameter(`"${name}" must be a whole number`, typeof value === "string" ? value : JSON.stringify(value));
}
