/** One series of /api/series as JSON text, in pieces of bounded size. The form is docs/api.md's. */
import type { Segment, SeriesAnswer } from "../../../core/series/series.ts";
import { numbersText, toJson } from "./json.ts";

const NUMBERS_PER_PIECE = 10_000;

export function* seriesJson(answer: SeriesAnswer): Generator<string> {
  const { labels, unit, decimals, valueTable, segments, stats, notices } = answer;
  yield `${toJson({ ...labels, unit, decimals, valueTable }).slice(0, -1)},"segments":[`;
  for (const [at, segment] of segments.entries()) yield* segmentJson(segment, at === 0 ? "" : ",\n");
  const statistics = stats === null ? "" : `,"stats":${toJson(stats)}`;
  yield `]${statistics},"notices":${toJson(notices)}}`;
}

function* segmentJson({ file, session, baseNs, timesNs, values }: Segment, before: string): Generator<string> {
  yield `${before}${toJson({ file, session, baseNs }).slice(0, -1)},"timesNs":[`;
  yield* rows(timesNs);
  yield `],"values":[`;
  yield* rows(values);
  yield "]}";
}

function* rows(values: Float64Array): Generator<string> {
  for (let start = 0; start < values.length; start += NUMBERS_PER_PIECE) {
    const end = Math.min(start + NUMBERS_PER_PIECE, values.length);
    yield (start === 0 ? "" : ",") + numbersText(values, start, end);
  }
}
