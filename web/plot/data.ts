/** Decoded samples the page holds: for each plotted signal the whole recording once, and the newest window. */
import { exactText } from "../../core/series/value-text.ts";
import type { Sample, ViewSeries } from "../../worker/api.ts";
import type { Limits, Plotted, SeriesId } from "../state/model.ts";
import type { View } from "../state/view.ts";
import { tableText } from "../text/value.ts";

/** An answer and the window it was asked for. */
export interface Held {
  readonly series: ViewSeries;
  readonly view: View;
  readonly columns: number;
  /** The log has grown since: a picture until the answer of now is there. */
  readonly isOld?: boolean;
  /** Samples of some places only (worker/answers/coarse.ts): there are no gaps to tell. */
  readonly isCoarse?: boolean;
}

export interface SeriesData {
  readonly whole: Held | null;
  readonly window: Held | null;
  /** The window and what lies beside it (web/plot/beside.ts). */
  readonly beside?: Held | null;
}

const nothing: SeriesData = { whole: null, window: null };

export interface DataStore {
  get(id: SeriesId): SeriesData;
  put(id: SeriesId, kind: keyof SeriesData, held: Held): void;
  keepOnly(ids: ReadonlySet<SeriesId>): void;
  /** Its samples shall be asked for anew. */
  drop(id: SeriesId): void;
  /** All of it is asked for again, and drawn meanwhile. */
  outdate(): void;
  /** How often that happened: an answer from before is old when it comes. */
  age(): number;
}

export function createDataStore(): DataStore {
  const byId = new Map<SeriesId, SeriesData>();
  let age = 0;
  return {
    age: () => age,
    get: (id) => byId.get(id) ?? nothing,
    put(id, kind, held) {
      byId.set(id, { ...(byId.get(id) ?? nothing), [kind]: held });
    },
    keepOnly(ids) {
      for (const id of byId.keys()) if (!ids.has(id)) byId.delete(id);
    },
    drop: (id) => void byId.delete(id),
    outdate() {
      age++;
      const old = (held: Held | null): Held | null => (held === null ? null : { ...held, isOld: true });
      for (const [id, { whole, window }] of byId) byId.set(id, { whole: old(whole), window: old(window), beside: null });
    },
  };
}

export const isCurrent = (held: Held | null, view: View, columns: number): boolean =>
  held !== null &&
  held.isOld !== true &&
  held.view.fromNs === view.fromNs &&
  held.view.stepNs === view.stepNs &&
  held.columns === columns;

/** Smallest and largest finite value; null without any. */
export function extremesOf(series: ViewSeries): Limits | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { values } of series.segments) {
    for (const value of values) {
      if (value < low && value !== Number.NEGATIVE_INFINITY) low = value;
      if (value > high && value !== Number.POSITIVE_INFINITY) high = value;
    }
  }
  return low > high ? null : [low, high];
}

/** At least 90 % of the samples have a text (viewer.md §4, "Enum lane"). */
export function hasTexts({ valueTable, segments }: ViewSeries, { info }: Pick<Plotted, "info">): boolean {
  if (valueTable === null) return false;
  const isKnown = new Map<number, boolean>();
  let known = 0;
  let all = 0;
  for (const { values } of segments) {
    for (const value of values) {
      if (Number.isNaN(value)) continue; // not available
      const has = isKnown.get(value) ?? tableText({ valueTable, info }, value) !== null;
      isKnown.set(value, has);
      all++;
      if (has) known++;
    }
  }
  return all > 0 && known >= 0.9 * all;
}

/** Any number among them; what is not available is NaN. */
export const hasValues = ({ segments }: ViewSeries): boolean =>
  segments.some(({ values }) => values.some((value) => !Number.isNaN(value)));

export const pointCount = (series: ViewSeries): number => series.segments.reduce((sum, s) => sum + s.timesNs.length, 0);

/** The last sample given at or before a time; null before the first. Always a real sample, never interpolated. */
export function sampleAt(series: ViewSeries, timeNs: bigint): Sample | null {
  for (let i = series.segments.length - 1; i >= 0; i--) {
    const segment = series.segments[i];
    if (segment === undefined) continue;
    const row = lastRowAt(segment.timesNs, Number(timeNs - segment.baseNs));
    if (row < 0) continue;
    const value = segment.values[row] ?? Number.NaN;
    const rest = segment.rests?.[row] ?? Number.NaN;
    const exact = Number.isNaN(rest) ? {} : { exact: exactText(value, rest) };
    return { timeNs: segment.baseNs + BigInt(segment.timesNs[row] ?? 0), value, ...exact };
  }
  return null;
}

function lastRowAt(timesNs: Float64Array, timeNs: number): number {
  let low = 0;
  let high = timesNs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((timesNs[middle] ?? 0) <= timeNs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The `by`-th sample after or before a time, from an answer that holds all of its window; null where it does not reach. */
export function stepIn({ series, view, columns }: Held, timeNs: bigint, by: number): Sample | null {
  const end = view.fromNs + view.stepNs * BigInt(columns);
  if (!series.every || timeNs < view.fromNs || timeNs >= end) return null;
  const samples = series.segments.flatMap(({ baseNs, timesNs, values }) =>
    Array.from(timesNs, (ns, row) => ({ timeNs: baseNs + BigInt(ns), value: values[row] ?? Number.NaN })),
  );
  const data = samples.filter(({ value }) => !Number.isNaN(value));
  const ordered = by > 0 ? data.filter((s) => s.timeNs > timeNs) : data.filter((s) => s.timeNs < timeNs).reverse();
  const found = ordered[Math.abs(by) - 1];
  // The samples outside the window are its neighbours: there may be more between.
  return found !== undefined && found.timeNs >= view.fromNs && found.timeNs < end ? found : null;
}
