/** Answers as flat columns: one row per sample, the labels repeated. What Arrow, Parquet and the row forms of JSON print. */
import type { SeriesAnswer, SeriesLabels } from "../../../../core/series/series.ts";

/** Names and types of the columns, in their order; `null` may stand where a label does not apply. */
export const FLAT_COLUMNS = [
  ["time", "timestamp"],
  ["device", "text"],
  ["bus", "text"],
  ["channel", "integer"],
  ["db", "text"],
  ["message", "text"],
  ["sourceAddress", "integer"],
  ["signal", "text"],
  ["unit", "text"],
  ["value", "double"],
  ["text", "text"],
  ["partial", "integer"],
] as const;

/** Instead of `value` and `text` for `method=stats`; `time` is the start of the bucket then. */
export const STATS_COLUMNS = ["count", "sum", "sumOfSquares", "min", "max", "first", "last"] as const;

/** What every row of one series repeats. A channel of a measurement file has its group as the message, and no bus. */
export interface FlatLabels {
  readonly device: string;
  readonly bus: string | null;
  readonly channel: number | null;
  readonly db: string | null;
  readonly message: string | null;
  readonly sourceAddress: number | null;
  readonly signal: string;
  readonly unit: string;
}

/** Rows of one segment: equal lengths, ascending in time. `columns` is `{value}` or those of STATS_COLUMNS. */
export interface FlatPart {
  readonly labels: FlatLabels;
  readonly baseNs: bigint;
  /** ns since `baseNs`, integers. */
  readonly timesNs: Float64Array;
  readonly columns: Readonly<Record<string, Float64Array>>;
  /** The texts of the values by the value table; null = the signal has none. */
  readonly textOf: ((value: number) => string | null) | null;
  /** Something is missing from this series that the range should have: its notices say what. */
  readonly partial: boolean;
}

/** The parts of one answer, in time order. */
export function flatParts(answer: SeriesAnswer): readonly FlatPart[] {
  const common = {
    labels: labelsOf(answer.labels, answer.unit),
    textOf: textOf(answer),
    partial: isPartial(answer),
  };
  if (answer.stats === null)
    return answer.segments.map(({ baseNs, timesNs, values }) => ({ ...common, baseNs, timesNs, columns: { value: values } }));
  return answer.stats.map((part) => ({
    ...common,
    baseNs: part.baseNs,
    timesNs: part.startsNs,
    columns: {
      count: part.counts,
      sum: part.sums,
      sumOfSquares: part.sumsOfSquares,
      min: part.mins,
      max: part.maxs,
      first: part.firsts,
      last: part.lasts,
    },
  }));
}

/** A notice that is more than information says that rows are missing or doubtful. */
export const isPartial = ({ notices }: SeriesAnswer): boolean => notices.some(({ severity }) => severity !== "info");

export const rowCountOf = (parts: readonly FlatPart[]): number => parts.reduce((sum, { timesNs }) => sum + timesNs.length, 0);

function labelsOf(labels: SeriesLabels, unit: string): FlatLabels {
  if (labels.kind === "channel") {
    const none = { bus: null, channel: null, db: null, sourceAddress: null };
    return { device: labels.device, ...none, message: labels.group, signal: labels.channel, unit };
  }
  const { device, bus, channel, db, message, sourceAddress, signal } = labels;
  return { device, bus, channel, db, message, sourceAddress, signal, unit };
}

function textOf({ valueTable, texts }: SeriesAnswer): FlatPart["textOf"] {
  if (valueTable === null) return null;
  // Without texts by physical value those of raw ones, which are the same where factor and offset are 1 and 0.
  const known = texts ?? new Map(Object.entries(valueTable).map(([raw, text]) => [Number(raw), text]));
  return (value) => known.get(value) ?? null;
}
