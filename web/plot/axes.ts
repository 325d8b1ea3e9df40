/** The value axes of a stripe: signals with equal unit and like ranges share one; at most three are shown. */
import type { Limits, Plotted, SeriesId, State, Stripe } from "../state/model.ts";
import { canShare, widen } from "./value-axis.ts";

export interface Axis {
  readonly signals: readonly SeriesId[];
  readonly unit: string;
  readonly limits: Limits;
  readonly integer: boolean;
  /** Of its first signal: the colour of the bar. */
  readonly slot: number;
}

/** Plotted in view order; axes innermost first, the selected signal's axis in front. Signals without values have none. */
export function axesOf(stripe: Stripe, state: Pick<State, "plotted" | "selected">, heightPx: number): Axis[] {
  const axes: Axis[] = [];
  for (const id of stripe.signals) {
    const signal = state.plotted[id];
    if (signal === undefined || signal.hidden || signal.extremes === null) continue;
    const raw = signal.limits ?? signal.extremes;
    const at = axes.findIndex((axis) => canShare(axis.unit, axis.limits, signal.info.unit, sized(raw)));
    const axis = axes[at];
    if (axis === undefined) axes.push(newAxis(signal, raw));
    else
      axes[at] = {
        ...axis,
        signals: [...axis.signals, id],
        limits: union(axis.limits, raw),
        integer: axis.integer && isInteger(signal),
      };
  }
  const fixed = new Set(Object.values(state.plotted).flatMap((p) => (p.limits === null ? [] : [p.info.id])));
  const widened = axes.map((axis) =>
    axis.signals.some((id) => fixed.has(id))
      ? { ...axis, limits: sized(axis.limits) }
      : { ...axis, limits: widen(axis.limits, heightPx, axis.integer) },
  );
  return widened.toSorted((a, b) => Number(holds(b, state.selected)) - Number(holds(a, state.selected)));
}

const holds = (axis: Axis, id: SeriesId | null): boolean => id !== null && axis.signals.includes(id);
const isInteger = (signal: Plotted): boolean => signal.decimals === 0;
const union = (a: Limits, b: Limits): Limits => [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
/** A constant has a range too, so that it can share and be drawn. */
const sized = (limits: Limits): Limits => (limits[1] > limits[0] ? limits : widen(limits, 100, false));

const newAxis = (signal: Plotted, limits: Limits): Axis => ({
  signals: [signal.info.id],
  unit: signal.info.unit,
  limits,
  integer: isInteger(signal),
  slot: signal.slot,
});
