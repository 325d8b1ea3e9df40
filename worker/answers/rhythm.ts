/** How a signal comes: its median period and whether it is regular, from the beginning of its recording, whatever is looked at. */
import type { Engine, OnWork } from "../../core/query/engine.ts";
import type { Segment, SeriesSelector } from "../../core/series/series.ts";
import type { Rhythm, ViewAnswer, ViewQuery } from "../api.ts";
import { windowOf } from "./samples.ts";

/** So many samples are looked at. */
const SAMPLES_MAX = 600;
/** Fewer intervals say nothing about regularity. */
const INTERVALS_MIN = 8;
/** Regular: nine of ten intervals are at most so many times the median. */
const STEADY = 3;

/** The answer with the rhythm of the series that want it; reads a little of the recording's beginning. */
export async function withRhythm(
  engine: Engine,
  query: ViewQuery,
  answer: ViewAnswer,
  signal: AbortSignal,
  onWork: OnWork,
): Promise<ViewAnswer> {
  const series = [...answer.series];
  for (const [name, { indexes, selectors }] of groupsOf(query)) {
    const [from = "0", to = "0"] = name.split(" ");
    const asked = { ...windowOf(selectors, BigInt(from), BigInt(to), "raw"), budgetPoints: SAMPLES_MAX };
    for await (const { selector, segments } of engine.query(asked, signal, onWork).series) {
      const index = indexes[selector] ?? -1;
      const before = series[index];
      if (before !== undefined) series[index] = { ...before, rhythm: rhythmOf(segments) };
    }
  }
  return { ...answer, series };
}

/** Signals of one message are read together. */
function groupsOf({ series }: ViewQuery): Map<string, { indexes: number[]; selectors: SeriesSelector[] }> {
  const groups = new Map<string, { indexes: number[]; selectors: SeriesSelector[] }>();
  series.forEach(({ selector, rhythmIn }, index) => {
    if (rhythmIn === undefined) return;
    const name = `${rhythmIn.fromNs} ${rhythmIn.toNs}`;
    const group = groups.get(name) ?? { indexes: [], selectors: [] };
    groups.set(name, group);
    group.indexes.push(index);
    group.selectors.push(selector);
  });
  return groups;
}

/** Intervals between logs do not count: recording stopped there. */
export function rhythmOf(segments: readonly Pick<Segment, "timesNs">[]): Rhythm {
  const intervals = Float64Array.from(
    segments.flatMap(({ timesNs }) => [...timesNs.subarray(1)].map((timeNs, i) => timeNs - (timesNs[i] ?? 0))),
  ).sort();
  const at = (share: number): number => intervals[Math.floor(share * intervals.length)] ?? 0;
  const medianNs = intervals.length === 0 || at(0.5) <= 0 ? null : at(0.5);
  const isSteady = intervals.length < INTERVALS_MIN || at(0.9) <= STEADY * at(0.5);
  return { medianNs, isSteady };
}
