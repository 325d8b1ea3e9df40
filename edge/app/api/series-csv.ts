/** Samples of an answer in long form, one per line, series by series: what `format=csv` and `buslens decode --csv` print. */
import { CSV_HEADER, CSV_TEXT_HEADER, csvRows } from "../../../core/facts/csv.ts";
import type { SeriesAnswer, SeriesLabels } from "../../../core/series/series.ts";

const NO_TEXTS: ReadonlyMap<number, string> = new Map();

/** `withText`: a column more, the text of the value table. */
export const csvHeader = (withText: boolean): string => (withText ? CSV_TEXT_HEADER : CSV_HEADER);

/** Lines of one series, without the header. `timeNs` is ns since 1970 UTC; what is not finite is NaN, Infinity or -Infinity. */
export const csvText = ({ labels, unit, segments, texts }: SeriesAnswer, withText: boolean): Generator<string> =>
  csvRows(
    segments.map(({ baseNs, timesNs, values, rests }) => ({
      ...csvNames(labels),
      unit,
      baseNs,
      timesNs,
      values,
      ...(rests ? { rests } : {}),
      ...(withText ? { texts: texts ?? NO_TEXTS } : {}),
    })),
  );

/** A channel of a measurement file has its group where the message stands, and no bus channel. */
const csvNames = (labels: SeriesLabels) =>
  labels.kind === "channel"
    ? { channel: "" as const, message: labels.group, signal: labels.channel }
    : { channel: labels.channel, message: labels.message, signal: labels.signal };
