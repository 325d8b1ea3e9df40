/** GET /api/explain: what a query reads, with which rules, and why a series is empty. Same parameters as /api/series. */
import type { Handler } from "../context.ts";
import { JSON_TYPE } from "../fault-answer.ts";
import { streamText } from "../stream.ts";
import { flatResponse } from "../tables/flat.ts";
import { explainTable } from "./explain-table.ts";
import { toJson } from "./json.ts";
import { wordOf } from "./parameters.ts";
import { queryJson } from "./series.ts";
import { seriesQuery } from "./series-query.ts";

/** `json` is the whole of it; `rows` and `csv` are a table of reads, rules and reasons. */
export const EXPLAIN_FORMATS = ["json", "rows", "csv"] as const;

export const explain: Handler = async (asked) => {
  const { request, url, app } = asked;
  const format = wordOf(url.searchParams, "format", EXPLAIN_FORMATS) ?? "json";
  const { query } = await seriesQuery(asked);
  if (format !== "json") {
    const explanation = await app.engine.explain(query, request.signal);
    return flatResponse(explainTable(explanation), format === "csv" ? "csv" : "json");
  }
  const options = { request, headers: { "Content-Type": JSON_TYPE }, padding: " ", report: app.report };
  return streamText(options, async function* ({ signal }) {
    yield toJson({ query: queryJson(query), ...(await app.engine.explain(query, signal)) });
  });
};
