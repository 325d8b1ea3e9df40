/** GET /api/explain: what a query reads, with which rules, and why a series is empty. Same parameters as /api/series. */
import type { Handler } from "../context.ts";
import { JSON_TYPE } from "../fault-answer.ts";
import { streamText } from "../stream.ts";
import { toJson } from "./json.ts";
import { queryJson } from "./series.ts";
import { seriesQuery } from "./series-query.ts";

export const explain: Handler = async (asked) => {
  const { request, app } = asked;
  const query = await seriesQuery(asked);
  const options = { request, headers: { "Content-Type": JSON_TYPE }, padding: " ", report: app.report };
  return streamText(options, async function* ({ signal }) {
    yield toJson({ query: queryJson(query), ...(await app.engine.explain(query, signal)) });
  });
};
