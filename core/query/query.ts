/** The one internal form that every dialect is parsed into (design §3, "Ask"). */
import type { TransportProtocol } from "../bus/transport.ts";
import type { SeriesSelector } from "../series/series.ts";

/**
 * raw: every sample. envelope: min and max of each bucket at their own times. m4: first, min, max, last. nearest: the sample nearest to
 * each grid point (formats: golden seed-http README, "sampling rule"). min, max: one extreme per bucket at its own time. stats: rows.
 */
export type Method = "raw" | "envelope" | "m4" | "nearest" | "min" | "max" | "stats";

/** Buckets [origin + k·step, origin + (k+1)·step). */
export type Grid =
  | { readonly kind: "fixed"; readonly originNs: bigint; readonly stepNs: bigint }
  /** The seed's: origin = midnight UTC of the first sample in the range, anew for every file and signal. */
  | { readonly kind: "midnight-per-file"; readonly stepNs: bigint };

export interface Query {
  readonly selectors: readonly SeriesSelector[];
  /** Half open [fromNs, toNs). The seed's closed range is toNs = to + 1. null = the data's own range. */
  readonly fromNs: bigint | null;
  readonly toNs: bigint | null;
  readonly method: Method;
  /** Ignored by `raw`. */
  readonly grid: Grid;
  /** Widen the range to every bucket it touches (design, decision 5); otherwise cut at the range. */
  readonly wholeBuckets: boolean;
  /**
   * Also the last sample before and the first after the range (design §6, "Pictures"): true: of the splits that the range touches, and of others near
   * it; session: of the whole session.
   */
  readonly neighbours: boolean | "session";
  /** A first picture: samples from evenly spread places of the logs, soon there and not all. The ledger has nothing but the bytes that were read. */
  readonly spread?: boolean;
  /** Also J1939 codes for "error" and "not available" as values; absent = they are gaps (core/dbc/codes.ts). */
  readonly keepInvalid?: boolean;
  /** Messages of transport protocols at the time of their first frame, as the seed has them; absent = of the last, when they were there. */
  readonly firstFrameTimes?: boolean;
  /** How messages that do not fit a frame travel; absent = what buslens.json says of the channel, else found out. */
  readonly transport?: TransportProtocol;
  /** Stop reading files at this many bytes, with a notice; null = no limit. */
  readonly budgetBytes: number | null;
  /** Stop adding points to a series at this many, with a notice; null = no limit. */
  readonly budgetPoints: number | null;
}
