/** GET /api/series: samples or reduced samples of some signals, in segments (docs/api.md), as flat rows, or in a format for other programs. */
import type { Fault } from "../../../core/fault.ts";
import { editionQueryOf } from "../../../core/query/edition.ts";
import type { Query } from "../../../core/query/query.ts";
import { conditional } from "../conditional.ts";
import type { AppOptions, Asked, Handler } from "../context.ts";
import { badParameter, faultOf, isBug, JSON_TYPE, sentenceOf } from "../fault-answer.ts";
import { streamText, type Writing } from "../stream.ts";
import { FLAT_FORMATS, flatAnswer } from "./flat/answer.ts";
import { toJson } from "./json.ts";
import { flagOf, wordOf } from "./parameters.ts";
import { answersTo } from "./series-answers.ts";
import { csvHeader, csvText } from "./series-csv.ts";
import { seriesJson } from "./series-json.ts";
import { type SeriesRequest, seriesQuery } from "./series-query.ts";

interface Form {
  readonly format: "segments" | "csv" | (typeof FLAT_FORMATS)[number];
  readonly shape: "long" | "wide";
  readonly withText: boolean;
}

/** Faults before the first byte have their status; later ones are in the answer's `notices` (segments), in a last row, or end the CSV. */
export const series: Handler = async (asked) => {
  const { url } = asked;
  const format = wordOf(url.searchParams, "format", ["segments", "csv", ...FLAT_FORMATS]) ?? "segments";
  const shape = wordOf(url.searchParams, "shape", ["long", "wide"]) ?? "long";
  const withText = flagOf(url.searchParams, "text");
  const asking = await seriesQuery(asked);
  if (shape === "wide" && (asking.method === "stats" || (format !== "json" && format !== "ndjson")))
    throw badParameter("shape=wide goes with format=json or ndjson, and not with statistics");
  if (format === "csv" && asking.method === "stats") throw badParameter("statistics have no CSV form; leave out format=csv");
  return conditional(asked, editionQueryOf(asking.query), () => answerOf(asked, asking, { format, shape, withText }));
};

async function answerOf(asked: Asked, asking: SeriesRequest, { format, shape, withText }: Form): Promise<Response> {
  const { request, app } = asked;
  if (format !== "segments" && format !== "csv") return flatAnswer(asked, asking, format, shape);
  if (format === "segments") {
    const options = { request, headers: { "Content-Type": JSON_TYPE }, padding: " ", report: app.report };
    return streamText(options, (writing) => jsonText(asking, withText, app, writing));
  }
  const options = {
    request,
    headers: { "Content-Type": "text/csv; charset=utf-8; header=present" },
    padding: "",
    report: app.report,
  };
  return streamText(options, (writing) => csv(asking, withText, app, writing));
}

/** What was asked, as it was understood. */
export function queryJson({ selectors, fromNs, toNs, method, grid, wholeBuckets, neighbours, keepInvalid }: Query): object {
  const buckets =
    method === "raw"
      ? {}
      : { stepNs: grid.stepNs, originNs: grid.kind === "fixed" ? grid.originNs : null, edges: wholeBuckets ? "whole" : "cut" };
  return { selectors, fromNs, toNs, method, ...buckets, neighbours, ...(keepInvalid ? { invalid: "keep" } : {}) };
}

async function* jsonText(asking: SeriesRequest, withText: boolean, app: AppOptions, writing: Writing): AsyncGenerator<string> {
  const run = answersTo(asking, app.engine, writing);
  let before = `{"query":${toJson({ ...queryJson(asking.query), method: asking.method })},"series":[`;
  let fault: Fault | null = null;
  try {
    for await (const answer of run.series) {
      for (const piece of seriesJson(answer, withText)) {
        yield before + piece;
        before = "";
      }
      before = ",\n";
    }
  } catch (error) {
    fault = faultOf(error);
    // Nothing was written yet: the fault gets a status of its own.
    if (before.startsWith("{") || isBug(fault) || writing.signal.aborted) throw error;
  }
  const notices = fault === null ? [] : [{ severity: "error", text: `stopped here: ${sentenceOf(fault)}`, fault }];
  yield `${before.startsWith("{") ? before : ""}],"ledger":${toJson(run.ledger())},"notices":${toJson(notices)}}\n`;
}

async function* csv(asking: SeriesRequest, withText: boolean, app: AppOptions, writing: Writing): AsyncGenerator<string> {
  let before = csvHeader(withText);
  for await (const answer of answersTo(asking, app.engine, writing).series) {
    for (const piece of csvText(answer, withText)) {
      yield before + piece;
      before = "";
    }
  }
  if (before !== "") yield before;
}
