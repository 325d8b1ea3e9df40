/** The value axes of a stripe: signals with equal unit and like ranges share one, or those a person put together; at most three are shown. */
import type { Limits, Plotted, SeriesId, State, Stripe } from "../state/model.ts";
import { canShare, widen } from "./value-axis.ts";

export interface Axis {
  readonly signals: readonly SeriesId[];
  readonly unit: string;
  readonly limits: Limits;
  readonly integer: boolean;
  readonly log: boolean;
  /** Its first signal: the bar has its colour. */
  readonly first: Plotted;
  /** The number by which signals were put together; null = by unit and range. */
  readonly group: number | null;
}

type Asked = Pick<State, "plotted" | "selected">;
const known = new WeakMap<Stripe, { readonly asked: Asked; readonly heightPx: number; readonly axes: readonly Axis[] }>();

/** Axes innermost first, the selected signal's in front. Signals without values have none. Kept until one of the inputs is another. */
export function axesOf(stripe: Stripe, { plotted, selected }: Asked, heightPx: number): readonly Axis[] {
  const before = known.get(stripe);
  if (before?.heightPx === heightPx && before.asked.plotted === plotted && before.asked.selected === selected) return before.axes;
  const axes = findAxes(stripe, { plotted, selected }, heightPx);
  known.set(stripe, { asked: { plotted, selected }, heightPx, axes });
  return axes;
}

function findAxes(stripe: Stripe, { plotted, selected }: Asked, heightPx: number): readonly Axis[] {
  const axes: Axis[] = [];
  for (const id of stripe.signals) {
    const signal = plotted[id];
    const own = signal === undefined ? null : (signal.limits ?? signal.extremes);
    if (signal === undefined || own === null || signal.hidden) continue;
    const at = axes.findIndex((axis) => belongs(axis, signal, own));
    const axis = axes[at];
    if (axis === undefined) axes.push(newAxis(signal, own));
    else axes[at] = { ...axis, ...joined(axis, signal, own) };
  }
  const isFixed = (axis: Axis): boolean => axis.signals.some((id) => plotted[id]?.limits !== null);
  const isSelected = (axis: Axis): number => Number(selected !== null && axis.signals.includes(selected));
  return axes
    .map((axis) => ({ ...axis, limits: shown(axis, isFixed(axis), heightPx) }))
    .toSorted((a, b) => isSelected(b) - isSelected(a));
}

const belongs = (axis: Axis, signal: Plotted, limits: Limits): boolean =>
  axis.group === signal.axis &&
  axis.log === signal.log &&
  (axis.group !== null || canShare(axis.unit, sized(axis.limits), signal.info.unit, sized(limits)));

const joined = (axis: Axis, signal: Plotted, [low, high]: Limits): Partial<Axis> => ({
  signals: [...axis.signals, signal.info.id],
  unit: axis.unit === signal.info.unit ? axis.unit : "",
  limits: [Math.min(axis.limits[0], low), Math.max(axis.limits[1], high)],
  integer: axis.integer && isInteger(signal),
});

/** Limits chosen by hand are kept as they are; those of the data are widened to the next step. */
function shown({ limits, log, integer }: Axis, isFixed: boolean, heightPx: number): Limits {
  if (log) return positive(limits);
  return isFixed ? sized(limits) : widen(limits, heightPx, integer);
}

/** A logarithm needs something above zero: six decades at most below the largest value. */
function positive([low, high]: Limits): Limits {
  const top = high > 0 ? high : 1;
  const bottom = low > 0 ? low : top / 1e6;
  return top > bottom ? [bottom, top] : [bottom / 2, top * 2];
}

const isInteger = (signal: Plotted): boolean => signal.decimals === 0;
/** A constant has a range too, so that it can share and be drawn. */
const sized = (limits: Limits): Limits => (limits[1] > limits[0] ? limits : widen(limits, 100, false));

const newAxis = (signal: Plotted, limits: Limits): Axis => ({
  signals: [signal.info.id],
  unit: signal.info.unit,
  limits,
  integer: isInteger(signal),
  log: signal.log,
  first: signal,
  group: signal.axis,
});
