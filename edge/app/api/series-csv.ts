/** Samples of an answer in long form, one per line, series by series: what `format=csv` and `buslens decode --csv` print. */
import { csvRows } from "../../../core/facts/csv.ts";
import type { SeriesAnswer } from "../../../core/series/series.ts";

export { CSV_HEADER } from "../../../core/facts/csv.ts";

/** Lines of one series, without the header. `timeNs` is ns since 1970 UTC; what is not finite is NaN, Infinity or -Infinity. */
export const csvText = ({ labels, unit, segments }: SeriesAnswer): Generator<string> =>
  csvRows(
    segments.map(({ baseNs, timesNs, values }) => ({
      channel: labels.channel,
      message: labels.message,
      signal: labels.signal,
      unit,
      baseNs,
      timesNs,
      values,
    })),
  );
