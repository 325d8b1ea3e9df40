/** Narrowing for tests that ask for signals of frames only. */
import type { SeriesLabels, SeriesSelector, SignalLabels, SignalSelector } from "../../core/series/series.ts";

export function signalLabels(labels: SeriesLabels): SignalLabels {
  if (labels.kind === "channel") throw new Error(`a signal was asked for, not the channel ${labels.channel}`);
  return labels;
}

export function signalSelector(selector: SeriesSelector): SignalSelector {
  if (selector.kind === "channel") throw new Error(`a signal is asked for, not the channel ${selector.channel}`);
  return selector;
}
