/** The flat forms of /api/series: rows as JSON or NDJSON while the work goes on, Arrow and Parquet at once. */
import type { Fault } from "../../../../core/fault.ts";
import type { SeriesAnswer } from "../../../../core/series/series.ts";
import type { Asked } from "../../context.ts";
import { faultOf, isBug, JSON_TYPE, sentenceOf } from "../../fault-answer.ts";
import { streamText, type Writing } from "../../stream.ts";
import { answersTo } from "../series-answers.ts";
import type { SeriesRequest } from "../series-query.ts";
import { arrowBytes } from "./arrow.ts";
import { type FlatPart, flatParts, rowCountOf } from "./columns.ts";
import { parquetBytes } from "./parquet.ts";
import { rowTexts } from "./rows-json.ts";
import { BINARY_ROWS_MAX, flatTable, tooManyRows } from "./table.ts";
import { wideRows } from "./wide.ts";

export const FLAT_FORMATS = ["json", "ndjson", "arrow", "parquet"] as const;
export type FlatFormat = (typeof FLAT_FORMATS)[number];
export type Shape = "long" | "wide";

/** Faults before the first byte have their status; one that comes later is the `notice` of a last row (JSON, NDJSON). */
export function flatAnswer({ request, app }: Asked, asking: SeriesRequest, format: FlatFormat, shape: Shape): Promise<Response> {
  const ask = (writing: Writing) => answersTo(asking, app.engine, writing).series;
  if (format === "arrow" || format === "parquet") {
    return binaryAnswer(asking.method === "stats", format, ask({ signal: request.signal, onWork: () => undefined }));
  }
  const isLines = format === "ndjson";
  const options = {
    request,
    headers: { "Content-Type": isLines ? "application/x-ndjson; charset=utf-8" : JSON_TYPE },
    padding: isLines ? "" : " ",
    report: app.report,
  };
  const rows = (writing: Writing) => (shape === "wide" ? wide(ask(writing)) : long(ask(writing)));
  return streamText(options, (writing) => asText(rows(writing), isLines, writing));
}

/** Rows, each in a piece of its own or some together, separated by "\n" within a piece. */
async function* long(series: AsyncIterable<SeriesAnswer>): AsyncGenerator<string> {
  for await (const answer of series) yield* rowTexts(flatParts(answer), "\n");
}

async function* wide(series: AsyncIterable<SeriesAnswer>): AsyncGenerator<string> {
  const answers: SeriesAnswer[] = [];
  for await (const answer of series) answers.push(answer);
  let text = "";
  for (const row of wideRows(answers)) {
    text += `\n${row}`;
    if (text.length < 65_536) continue;
    yield text;
    text = "";
  }
  if (text !== "") yield text;
}

/** Pieces of rows, each row led by "\n", as one JSON array or as lines. No text of JSON holds a bare line end, so they can be told apart. */
async function* asText(pieces: AsyncGenerator<string>, isLines: boolean, { signal }: Writing): AsyncGenerator<string> {
  let isFirst = true;
  const put = (piece: string): string => {
    const rows = isLines ? `${piece.slice(1)}\n` : piece.replaceAll("\n", ",\n");
    const text = isLines || !isFirst ? rows : `[${rows.slice(2)}`;
    isFirst = false;
    return text;
  };
  let fault: Fault | null = null;
  try {
    for await (const piece of pieces) yield put(piece);
  } catch (error) {
    fault = faultOf(error);
    if (isFirst || isBug(fault) || signal.aborted) throw error;
  }
  if (fault !== null) yield put(`\n${JSON.stringify({ time: null, partial: 1, notice: `stopped here: ${sentenceOf(fault)}` })}`);
  if (isLines) return;
  yield isFirst ? "[]\n" : "]\n";
}

const TYPES = { arrow: "application/vnd.apache.arrow.stream", parquet: "application/vnd.apache.parquet" } as const;

async function binaryAnswer(
  isStats: boolean,
  format: "arrow" | "parquet",
  series: AsyncIterable<SeriesAnswer>,
): Promise<Response> {
  const parts: FlatPart[] = [];
  for await (const answer of series) {
    parts.push(...flatParts(answer));
    const found = rowCountOf(parts);
    if (found > BINARY_ROWS_MAX) throw tooManyRows(found);
  }
  const columns = flatTable(parts, isStats);
  const bytes = await (format === "arrow" ? arrowBytes(columns) : parquetBytes(columns));
  return new Response(bytes as Uint8Array<ArrayBuffer>, {
    headers: {
      "Content-Type": TYPES[format],
      "Content-Disposition": `attachment; filename="series.${format}"`,
      "Cache-Control": "no-store",
    },
  });
}
