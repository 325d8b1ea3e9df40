/** Samples of an answer in long form, one per line, series by series: what `format=csv` and `buslens decode --csv` print. */
import { csvRows } from "../../../core/facts/csv.ts";
import type { SeriesAnswer, SeriesLabels } from "../../../core/series/series.ts";

export { CSV_HEADER } from "../../../core/facts/csv.ts";

/** Lines of one series, without the header. `timeNs` is ns since 1970 UTC; what is not finite is NaN, Infinity or -Infinity. */
export const csvText = ({ labels, unit, segments }: SeriesAnswer): Generator<string> =>
  csvRows(
    segments.map(({ baseNs, timesNs, values }) => ({
      ...csvNames(labels),
      unit,
      baseNs,
      timesNs,
      values,
    })),
  );

/** A channel of a measurement file has its group where the message stands, and no bus channel. */
const csvNames = (labels: SeriesLabels) =>
  labels.kind === "channel"
    ? { channel: "" as const, message: labels.group, signal: labels.channel }
    : { channel: labels.channel, message: labels.message, signal: labels.signal };
