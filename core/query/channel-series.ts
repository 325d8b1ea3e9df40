/** One plain channel on its way to its answer: what the logs gave, folded or kept as the method wants. */
import { joinPieces, Pieces } from "../kernel/pieces.ts";
import type { ChannelLabels, Segment } from "../series/series.ts";
import { floorDiv } from "../time.ts";
import { CellFold } from "./cell-fold.ts";
import type { CellPart } from "./cell-part.ts";
import type { SampleBatch } from "./channel-log.ts";
import type { FoundSeries } from "./finish-series.ts";
import { DAY_NS, type QueryRange } from "./log-plan.ts";
import type { Around } from "./neighbours.ts";
import { bucketOf, cellKindOf } from "./points.ts";
import type { Query } from "./query.ts";

export interface Place {
  readonly file: string;
  readonly session: string;
  readonly baseNs: bigint;
}

export class ChannelSeries implements FoundSeries {
  readonly labels: ChannelLabels;
  unit = "";
  valueTable: Readonly<Record<string, string>> | null = null;
  readonly parts: CellPart[] = [];
  readonly segments: Segment[] = [];
  readonly arounds: Around[] = [];
  dropped = 0;
  /** Samples in the range; those that the file marks as not valid, or that have no time. */
  samples = 0;
  invalid = 0;
  readonly #query: Query;
  readonly #range: QueryRange;

  constructor(labels: ChannelLabels, query: Query, range: QueryRange) {
    this.labels = labels;
    this.#query = query;
    this.#range = range;
  }

  /** One log's samples, to be ended with `end`. `headerNs`: what the times in the file count from. */
  begin(place: Place, headerNs: bigint): LogSamples {
    return new LogSamples(this, this.#query, this.#range, place, headerNs);
  }
}

class LogSamples {
  readonly #series: ChannelSeries;
  readonly #query: Query;
  readonly #place: Place;
  /** Added to a time of the file it is relative to the place's base. */
  readonly #shift: number;
  readonly #from: number;
  readonly #to: number;
  readonly #pieces: Pieces;
  #fold: { readonly cells: CellFold; readonly originNs: bigint } | null = null;
  #before: { time: number; value: number } | null = null;
  #after: { time: number; value: number } | null = null;
  #isInside = false;

  constructor(series: ChannelSeries, query: Query, range: QueryRange, place: Place, headerNs: bigint) {
    this.#series = series;
    this.#query = query;
    this.#place = place;
    this.#shift = Number(headerNs - place.baseNs);
    this.#from = range.fromNs === null ? Number.NEGATIVE_INFINITY : Number(range.fromNs - place.baseNs);
    this.#to = range.toNs === null ? Number.POSITIVE_INFINITY : Number(range.toNs - place.baseNs);
    const { budgetPoints } = query;
    this.#pieces = new Pieces(budgetPoints === null ? Number.MAX_SAFE_INTEGER : Math.max(1, budgetPoints));
  }

  add({ count, times, values, invalid }: SampleBatch): void {
    const kept = { times: new Float64Array(count), values: new Float64Array(count) };
    let rows = 0;
    for (let row = 0; row < count; row++) {
      const time = (times[row] as number) + this.#shift;
      const value = values[row] as number;
      // A master of nonsense is no time; beyond 2^53 ns (104 days from the start) it would not be exact.
      if (invalid[row] !== 0 || !Number.isSafeInteger(time)) {
        if (!(time < this.#from || time >= this.#to)) this.#series.invalid++;
      } else if (time < this.#from) {
        if (this.#before === null || time >= this.#before.time) this.#before = { time, value };
      } else if (time >= this.#to) {
        if (this.#after === null || time < this.#after.time) this.#after = { time, value };
      } else {
        kept.times[rows] = time;
        kept.values[rows++] = value;
      }
    }
    if (rows > 0) this.#keep(kept.times.subarray(0, rows), kept.values.subarray(0, rows));
  }

  #keep(times: Float64Array, values: Float64Array): void {
    this.#isInside = true;
    this.#series.samples += times.length;
    const { method } = this.#query;
    if (method === "raw") {
      this.#pieces.add({ times, values });
      return;
    }
    const sorted = joinPieces([{ times, values }]);
    this.#fold ??= this.#folding(sorted.times[0] ?? 0, method);
    this.#fold.cells.add(sorted.times, sorted.values);
  }

  /** Bucket 0 is the first sample's, so that numbers of buckets are exact. */
  #folding(firstTime: number, method: Exclude<Query["method"], "raw">) {
    const { grid } = this.#query;
    const { baseNs } = this.#place;
    const firstNs = baseNs + BigInt(firstTime);
    const gridNs = grid.kind === "fixed" ? grid.originNs : floorDiv(firstNs, DAY_NS) * DAY_NS;
    const originNs = gridNs + bucketOf(firstNs, gridNs, grid.stepNs) * grid.stepNs;
    const cells = new CellFold(cellKindOf(method, false), Number(originNs - baseNs), Number(grid.stepNs));
    return { cells, originNs };
  }

  /** Adds what this log has to the series. */
  end(): void {
    const { method, neighbours } = this.#query;
    const { baseNs } = this.#place;
    if (this.#fold !== null && method !== "raw")
      this.#series.parts.push({
        ...this.#place,
        kind: cellKindOf(method, false),
        originNs: this.#fold.originNs,
        ...this.#fold.cells.taken(),
      });
    if (method === "raw" && this.#isInside) {
      const { times, values } = joinPieces(this.#pieces.pieces);
      this.#series.segments.push({ ...this.#place, timesNs: times, values });
      this.#series.dropped += this.#pieces.dropped;
    }
    if (!neighbours) return;
    const sample = (one: { time: number; value: number } | null) =>
      one === null ? null : { timeNs: baseNs + BigInt(one.time), value: one.value };
    const around = { before: sample(this.#before), after: sample(this.#after), isInside: this.#isInside };
    this.#series.arounds.push({ ...this.#place, ...around });
  }
}
