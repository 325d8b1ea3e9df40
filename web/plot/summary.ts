/** A stripe in words, for those who do not see it (viewer.md §6, "Access"). */
import type { State, Stripe } from "../state/model.ts";
import { logOffsetMinutes } from "../state/recording.ts";
import { endNs } from "../state/view.ts";
import { valueText } from "../text/number.ts";
import { clockText, offsetNsOf } from "../text/time.ts";
import { type DataStore, extremesOf } from "./data.ts";

/** "Engine. EngineSpeed, 764 to 2658 rpm in 10:41:08 to 10:54:08." */
export function summaryText(state: State, data: DataStore, stripe: Stripe): string {
  if (state.view === null || stripe.signals.length === 0) return "Empty stripe";
  const minutes = logOffsetMinutes(state);
  const clock = (timeNs: bigint): string => clockText(timeNs + offsetNsOf(state.zone, minutes, timeNs), 0);
  const range = `${clock(state.view.fromNs)} to ${clock(endNs(state.view, state.columns))}`;
  const signals = stripe.signals.map((id) => {
    const signal = state.plotted[id];
    const held = data.get(id).window;
    if (signal === undefined) return "";
    if (signal.hidden) return `${signal.info.name}, hidden.`;
    const extremes = held === null ? null : extremesOf(held.series);
    if (extremes === null) return `${signal.info.name}, no values.`;
    const [low, high] = extremes.map((value) => valueText(value, signal.decimals));
    return `${signal.info.name}, ${low} to ${high} ${signal.info.unit} in ${range}.`;
  });
  return [...(stripe.name === null ? [] : [`${stripe.name}.`]), ...signals].join(" ");
}
