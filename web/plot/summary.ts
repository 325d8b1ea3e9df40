/** The plot in words, for those who do not see it (viewer.md §6, "Access"). */
import type { State } from "../state/model.ts";
import { logOffsetMinutes } from "../state/recording.ts";
import { endNs } from "../state/view.ts";
import { valueText } from "../text/number.ts";
import { clockText, offsetNsOf } from "../text/time.ts";
import { type DataStore, extremesOf } from "./data.ts";

/** "EngineSpeed, 764 to 2658 rpm in 10:41:08 to 10:54:08." for each plotted signal, stripes top down. */
export function summaryText(state: State, data: DataStore): string {
  if (state.view === null || state.stripes.length === 0) return "No signals plotted";
  const minutes = logOffsetMinutes(state);
  const clock = (timeNs: bigint): string => clockText(timeNs + offsetNsOf(state.zone, minutes, timeNs), 0);
  const range = `${clock(state.view.fromNs)} to ${clock(endNs(state.view, state.columns))}`;
  return state.stripes
    .flatMap((stripe) => stripe.signals)
    .map((id) => {
      const signal = state.plotted[id];
      const held = data.get(id).window;
      if (signal === undefined) return "";
      const extremes = held === null ? null : extremesOf(held.series);
      if (extremes === null) return `${signal.info.name}, no values.`;
      const [low, high] = extremes.map((value) => valueText(value, signal.decimals));
      return `${signal.info.name}, ${low} to ${high} ${signal.info.unit} in ${range}.`;
    })
    .join(" ");
}
