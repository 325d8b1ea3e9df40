/** Series identity and what an answer is made of: no dialect, no file format. */
import type { Notice } from "../fault.ts";

/** Ordered set of labels (design §3): a signal of bus frames, or a channel of a measurement file. */
export type SeriesLabels = SignalLabels | ChannelLabels;

/** A signal of a database. `sourceAddress` null: not matched as a parameter group, or merged over all. */
export interface SignalLabels {
  readonly kind?: "signal";
  readonly device: string;
  readonly bus: "CAN" | "LIN";
  /** 1-based number of the logger's channel. */
  readonly channel: number;
  readonly db: string;
  readonly message: string;
  readonly sourceAddress: number | null;
  readonly signal: string;
}

/** A channel of a channel group that holds measured values, not bus frames. */
export interface ChannelLabels {
  readonly kind: "channel";
  readonly device: string;
  /** Acquisition name of the group, else the name of its source, else `group N`; ` #2` and so on behind it where a file has the name twice. */
  readonly group: string;
  /** As the file names it; ` #2` and so on behind it where the group has the name twice. */
  readonly channel: string;
}

/** What a dialect asks for. Absent = any. Names compare exactly, except `db`, which compares case-insensitively. */
export type SeriesSelector = SignalSelector | ChannelSelector;

export interface SignalSelector {
  readonly kind?: "signal";
  readonly device: string;
  readonly bus?: "CAN" | "LIN";
  readonly channel?: number;
  readonly db?: string;
  readonly message?: string;
  readonly sourceAddress?: number;
  readonly signal: string;
  /** One series over all messages and source addresses that match, as the seed's short form. */
  readonly merge?: boolean;
}

export interface ChannelSelector {
  readonly kind: "channel";
  readonly device: string;
  readonly group?: string;
  readonly channel: string;
}

/** What a person calls the series: its signal or channel. */
export const nameOfSeries = (labels: SeriesLabels): string => (labels.kind === "channel" ? labels.channel : labels.signal);

/**
 * A run of points without a gap of recording: one per file (split). Times are integer ns relative to `baseNs`, exact in a double,
 * ascending. Equal length.
 */
export interface Segment {
  readonly file: string;
  readonly session: string;
  readonly baseNs: bigint;
  readonly timesNs: Float64Array;
  readonly values: Float64Array;
  /** Only of raw samples of integers that doubles may not hold: value + rest is the exact integer (series/value-text.ts); NaN = not known. */
  readonly rests?: Float64Array;
}

/** One row per bucket that has samples; ascending. Times relative to `baseNs`. */
export interface StatsSegment {
  readonly file: string;
  readonly session: string;
  readonly baseNs: bigint;
  /** Start of the bucket. */
  readonly startsNs: Float64Array;
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  /** Σ value². */
  readonly sumsOfSquares: Float64Array;
  readonly mins: Float64Array;
  readonly maxs: Float64Array;
  readonly firsts: Float64Array;
  readonly lasts: Float64Array;
}

export interface SeriesAnswer {
  /** Index of the selector in the query that this series answers. */
  readonly selector: number;
  /** For a merged or unanswered selector: what was asked, with "" or null where nothing was said. */
  readonly labels: SeriesLabels;
  readonly unit: string;
  /** Decimal places of factor and offset; null for floats. */
  readonly decimals: number | null;
  /** Raw value as text → text. */
  readonly valueTable: Readonly<Record<string, string>> | null;
  /** The same by physical value; absent = there is none. */
  readonly texts?: ReadonlyMap<number, string>;
  readonly segments: readonly Segment[];
  /** Only for method `stats`. */
  readonly stats: readonly StatsSegment[] | null;
  readonly notices: readonly Notice[];
}
