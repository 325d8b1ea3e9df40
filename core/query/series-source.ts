/** A kind of series behind one interface: where it comes from is no business of whoever asks (design: series identity). */

import type { SeriesAnswer } from "../series/series.ts";
import type { OnWork, PlannedFile } from "./engine.ts";
import type { Ledger } from "./ledger.ts";
import type { Query } from "./query.ts";
import type { AskedRule } from "./rules.ts";

/** CAN signals are the first kind; plain channels of a measurement file, columns of a table, fields of a line protocol can stand beside it. */
export interface SeriesSource {
  /**
   * Answers the selectors of one device: catalogue, plan, windows, cells. `numbers` are the selectors' numbers in the whole query; `budget` is
   * what the query may still read, and is drawn on. Faults of one log are notices; only `request/cancelled`, `bug/*` and a store that cannot be
   * listed end the answer.
   */
  answer(
    device: string,
    numbers: readonly number[],
    query: Query,
    budget: { leftBytes: number | null },
    signal: AbortSignal,
    onWork?: OnWork,
  ): Promise<SourceAnswer>;
}

export interface SourceAnswer {
  /** In the order of the selectors given. */
  readonly series: readonly SeriesAnswer[];
  readonly ledger: Ledger;
  readonly files: readonly PlannedFile[];
  readonly rules: readonly AskedRule[];
}
