/** One series of /api/series as JSON text, in pieces of bounded size. The form is docs/api.md's. */
import type { Segment, SeriesAnswer } from "../../../core/series/series.ts";
import { exactText } from "../../../core/series/value-text.ts";
import { numbersText, toJson } from "./json.ts";

const NUMBERS_PER_PIECE = 10_000;

/** `withText`: beside the values their texts from the value table. */
export function* seriesJson(answer: SeriesAnswer, withText: boolean): Generator<string> {
  const { labels, unit, decimals, valueTable, segments, stats, notices } = answer;
  const texts = withText ? (answer.texts ?? new Map<number, string>()) : null;
  yield `${toJson({ ...labels, unit, decimals, valueTable }).slice(0, -1)},"segments":[`;
  for (const [at, segment] of segments.entries()) yield* segmentJson(segment, texts, at === 0 ? "" : ",\n");
  const statistics = stats === null ? "" : `,"stats":${toJson(stats)}`;
  yield `]${statistics},"notices":${toJson(notices)}}`;
}

type Texts = ReadonlyMap<number, string>;

function* segmentJson(
  { file, session, baseNs, timesNs, ...columns }: Segment,
  texts: Texts | null,
  before: string,
): Generator<string> {
  const { values, rests } = columns;
  yield `${before}${toJson({ file, session, baseNs }).slice(0, -1)},"timesNs":[`;
  yield* rows(timesNs);
  yield `],"values":[`;
  yield* rows(values);
  if (rests) {
    yield `],"integers":[`;
    yield* textRows(values, (value, row) => (Number.isNaN(rests[row]) ? null : exactText(value, rests[row])));
  }
  if (texts) {
    yield `],"texts":[`;
    yield* textRows(values, (value) => texts.get(value) ?? null);
  }
  yield "]}";
}

function* textRows(values: Float64Array, textOf: (value: number, row: number) => string | null): Generator<string> {
  for (let start = 0; start < values.length; start += NUMBERS_PER_PIECE) {
    const some = Array.from(values.subarray(start, start + NUMBERS_PER_PIECE), (value, i) => textOf(value, start + i));
    yield (start === 0 ? "" : ",") + JSON.stringify(some).slice(1, -1);
  }
}

function* rows(values: Float64Array): Generator<string> {
  for (let start = 0; start < values.length; start += NUMBERS_PER_PIECE) {
    const end = Math.min(start + NUMBERS_PER_PIECE, values.length);
    yield (start === 0 ? "" : ",") + numbersText(values, start, end);
  }
}
