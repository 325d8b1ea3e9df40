/** A stripe in words, for those who do not see it (viewer.md §6, "Access"). */
import type { ViewSeries } from "../../worker/api.ts";
import type { Limits, Plotted, State, Stripe } from "../state/model.ts";
import { logOffsetMinutes } from "../state/recording.ts";
import { endNs, type View } from "../state/view.ts";
import { valueText } from "../text/number.ts";
import { clockText, offsetNsOf } from "../text/time.ts";
import { shownValue } from "../text/value.ts";
import type { Samples } from "./cursors.ts";
import { type DataStore, extremesOf } from "./data.ts";

/** "Engine. EngineSpeed, 764 to 2658 rpm in 10:41:08 to 10:54:08, mean 1593. At A 2396.250 rpm." */
export function summaryText(state: State, data: DataStore, stripe: Stripe, atA: Samples): string {
  const { view, columns } = state;
  if (view === null || stripe.signals.length === 0) return "Empty stripe";
  const minutes = logOffsetMinutes(state);
  const clock = (timeNs: bigint): string => clockText(timeNs + offsetNsOf(state.zone, minutes, timeNs), 0);
  const range = `${clock(view.fromNs)} to ${clock(endNs(view, columns))}`;
  const signals = stripe.signals.map((id) => {
    const signal = state.plotted[id];
    if (signal === undefined) return "";
    if (signal.hidden) return `${signal.info.name}, hidden.`;
    const held = data.get(id).window;
    const found = held === null ? null : inView(held.series, view, columns);
    const values = found === null ? "no values" : valuesText(signal, found, range);
    const sample = atA.get(id);
    const cursor = sample === undefined ? "" : ` At A ${withUnit(signal, shownValue(signal, sample.value, sample.exact))}.`;
    return `${signal.info.name}, ${values}.${cursor}`;
  });
  return [...(stripe.name === null ? [] : [`${stripe.name}.`]), ...signals].join(" ");
}

interface InView {
  readonly extremes: Limits;
  /** null: only an envelope is held, whose samples nobody counted. */
  readonly mean: number | null;
}

const withUnit = ({ info }: Plotted, text: string): string => (info.unit === "" ? text : `${text} ${info.unit}`);

function valuesText(signal: Plotted, { extremes, mean }: InView, range: string): string {
  const [low, high] = extremes.map((value) => valueText(value, signal.decimals));
  const middle = mean === null || signal.lane !== null ? "" : `, mean ${valueText(mean, signal.decimals)}`;
  return `${withUnit(signal, `${low} to ${high}`)} in ${range}${middle}`;
}

function inView(series: ViewSeries, view: View, columns: number): InView | null {
  if (!series.every) {
    const extremes = extremesOf(series);
    return extremes === null ? null : { extremes, mean: null };
  }
  let [low, high, sum, count] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const { baseNs, timesNs, values } of series.segments) {
    const [from, to] = [Number(view.fromNs - baseNs), Number(endNs(view, columns) - baseNs)];
    values.forEach((value, row) => {
      const timeNs = timesNs[row] ?? Number.NaN;
      if (!Number.isFinite(value) || timeNs < from || timeNs >= to) return;
      low = Math.min(low, value);
      high = Math.max(high, value);
      sum += value;
      count++;
    });
  }
  return count === 0 ? null : { extremes: [low, high], mean: sum / count };
}
