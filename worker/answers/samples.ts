/** Single samples: the one at a time, and the one so many steps or the next change away (cursors of the viewer). */
import type { Engine } from "../../core/query/engine.ts";
import type { Method, Query } from "../../core/query/query.ts";
import type { Segment, SeriesSelector } from "../../core/series/series.ts";
import type { AtQuery, Sample, StepQuery } from "../api.ts";
import { codesOf } from "./not-available.ts";

/** The last sample at or before the time, not older than `reachNs`; null where there is none. In the order of the selectors. */
export async function samplesAt(engine: Engine, query: AtQuery, signal: AbortSignal): Promise<(Sample | null)[]> {
  const found: (Sample | null)[] = query.series.map(() => null);
  const reachNs = query.series.reduce((reach, s) => (s.reachNs > reach ? s.reachNs : reach), 1n);
  const fromNs = query.timeNs - reachNs;
  // One bucket: its cell holds the last sample, whatever the count.
  const selectors = query.series.map((s) => s.selector);
  const asked = windowOf(selectors, fromNs, query.timeNs + 1n, "m4");
  const run = engine.query(asked, signal);
  const take = (selector: number, segments: readonly Segment[], shownOf: (value: number) => number | null): void => {
    const reach = query.series[selector]?.reachNs ?? 0n;
    for (const segment of segments) {
      const last = sampleOf(segment, segment.timesNs.length - 1);
      const value = last === null ? null : shownOf(last.value);
      if (last === null || value === null || query.timeNs - last.timeNs > reach) continue;
      const before = found[selector] ?? null;
      if (before === null || last.timeNs >= before.timeNs) found[selector] = { ...last, value };
    }
  };
  for await (const { selector, segments } of run.series) take(selector, segments, (value) => value);
  if (query.series.every(({ codes }) => codes === undefined) || run.ledger().notAvailable === 0) return found;
  // What came last may have been a code: NaN, as in the picture, unless codes are drawn.
  const dbcs = await engine.dbcs(signal);
  for await (const { selector, labels, segments } of engine.query({ ...asked, keepInvalid: true }, signal).series) {
    const codes = query.series[selector]?.codes;
    const isCode = codes === undefined ? null : codesOf(dbcs, labels);
    if (isCode !== null) take(selector, segments, (value) => (!isCode(value) ? null : codes === "draw" ? value : Number.NaN));
  }
  return found;
}

/** At first about so many samples are read; each time without a find, eight times as far. */
const FIRST_SAMPLES = 64;
const FARTHER = 8n;

/** The `by`-th sample after (> 0) or before (< 0) a time, or the next with another value; null at the end of the range. */
export async function stepFrom(engine: Engine, query: StepQuery, signal: AbortSignal): Promise<Sample | null> {
  const forward = query.by > 0;
  const { periodNs, timeNs, range } = query;
  const count = Math.abs(query.by);
  let reachNs = periodNs * BigInt(Math.max(FIRST_SAMPLES, 2 * count));
  for (;;) {
    const fromNs = forward ? timeNs + 1n : later(timeNs - reachNs, range.fromNs);
    const toNs = forward ? earlier(timeNs + 1n + reachNs, range.toNs) : timeNs;
    if (fromNs >= toNs) return null;
    const samples = await rawSamples(engine, query.selector, fromNs, toNs, signal);
    const ordered = forward ? samples : samples.reverse();
    const hit = query.toChange ? ordered.find((s) => s.value !== query.value) : ordered[count - 1];
    if (hit !== undefined) return hit;
    if (forward ? toNs === range.toNs : fromNs === range.fromNs) return query.toChange ? null : (ordered.at(-1) ?? null);
    reachNs *= FARTHER;
  }
}

const later = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const earlier = (a: bigint, b: bigint): bigint => (a < b ? a : b);

async function rawSamples(
  engine: Engine,
  selector: SeriesSelector,
  fromNs: bigint,
  toNs: bigint,
  signal: AbortSignal,
): Promise<Sample[]> {
  const samples: Sample[] = [];
  for await (const { segments } of engine.query(windowOf([selector], fromNs, toNs, "raw"), signal).series) {
    for (const segment of segments)
      for (let row = 0; row < segment.timesNs.length; row++) samples.push(sampleOf(segment, row) ?? { timeNs: 0n, value: 0 });
  }
  return samples.sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0));
}

function sampleOf({ baseNs, timesNs, values }: Segment, row: number): Sample | null {
  const timeNs = timesNs[row];
  return timeNs === undefined ? null : { timeNs: baseNs + BigInt(timeNs), value: values[row] ?? Number.NaN };
}

/** One bucket over the whole range, without budgets. */
export const windowOf = (selectors: readonly SeriesSelector[], fromNs: bigint, toNs: bigint, method: Method): Query => ({
  selectors,
  fromNs,
  toNs,
  method,
  grid: { kind: "fixed", originNs: fromNs, stepNs: toNs > fromNs ? toNs - fromNs : 1n },
  wholeBuckets: false,
  neighbours: false,
  budgetBytes: null,
  budgetPoints: null,
});
