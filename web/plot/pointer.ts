/** What is under the pointer: the samples of each signal, and the crosshair through all stripes. */
import type { Sample } from "../../worker/api.ts";
import type { SeriesId, State } from "../state/model.ts";
import { timeAt, type View } from "../state/view.ts";
import { type DataStore, sampleAt } from "./data.ts";
import { gapOf } from "./rhythm.ts";

/** Last real sample of each plotted signal up to the end of a column: what is drawn there counts as "here". In a gap there is none. */
export function samplesAt(state: State, data: DataStore, view: View, column: number): Map<SeriesId, Sample> {
  const samples = new Map<SeriesId, Sample>();
  const timeNs = timeAt(view, column) + view.stepNs - 1n;
  for (const [id, signal] of Object.entries(state.plotted)) {
    const held = data.get(id).window ?? data.get(id).whole;
    const sample = held === null ? null : sampleAt(held.series, timeNs);
    if (sample !== null && Number(timeNs - sample.timeNs) <= gapOf(signal)) samples.set(id, sample);
  }
  return samples;
}
