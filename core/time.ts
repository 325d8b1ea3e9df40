/** The two clocks and the one border between them (design, decision 10). */

declare const unit: unique symbol;
export type EpochMs = number & { readonly [unit]: "ms since 1970 UTC" };
/** Plain bigint of ns since 1970 UTC; once per file or range, never once per row. */
export type EpochNs = bigint;

export const NS_PER_MS = 1_000_000;

/** MDF counts ns (`hd_start_time_ns`), Grafana whole ms: cross here and nowhere else. Rounds down, also before 1970. */
export const toEpochMs = (timeNs: EpochNs): EpochMs => Number(floorDiv(timeNs, 1_000_000n)) as EpochMs;

/** Quotient rounded towards minus infinity. `divisor` > 0. */
export const floorDiv = (value: bigint, divisor: bigint): bigint => value / divisor - (value % divisor < 0n ? 1n : 0n);
