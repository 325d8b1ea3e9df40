/** Limits of value axes: zoomed, moved, set, fitted to what is in view. CSS px. */

import type { StripeBox } from "../state/layout.ts";
import type { Limits, SeriesId, State } from "../state/model.ts";
import type { Axis } from "./axes.ts";
import { type DataStore, extremesOf } from "./data.ts";
import { scaleOf, stripeAxes } from "./draw-stripe.ts";
import { valueAt } from "./extents.ts";

type LimitsBy = Readonly<Record<SeriesId, Limits | null>>;

const forAll = (axis: Axis, limits: Limits | null): LimitsBy => Object.fromEntries(axis.signals.map((id) => [id, limits]));

/** The heights that shall become top and bottom of the axis. */
export function limitsBetween(axis: Axis, box: StripeBox, topY: number, bottomY: number): LimitsBy {
  const scale = scaleOf(axis, box, 1);
  const [low, high] = [valueAt(scale, bottomY), valueAt(scale, topY)];
  return high > low && Number.isFinite(high - low) ? forAll(axis, [low, high]) : {};
}

/** `factor` > 1 shows more values; the value under `y` stays. */
export function zoomedAxis(axis: Axis, box: StripeBox, factor: number, y: number): LimitsBy {
  const { top, bottom } = scaleOf(axis, box, 1);
  return limitsBetween(axis, box, y + (top - y) * factor, y + (bottom - y) * factor);
}

/** Positive moves the curves down. */
export function movedAxis(axis: Axis, box: StripeBox, byY: number): LimitsBy {
  const { top, bottom } = scaleOf(axis, box, 1);
  return limitsBetween(axis, box, top - byY, bottom - byY);
}

/** All axes of a stripe at once. */
export const ofStripe = (box: StripeBox, state: State, change: (axis: Axis) => LimitsBy): LimitsBy =>
  Object.assign({}, ...stripeAxes(box, state).map(change));

const PAD_SHARE = 0.05;

/** Limits of what is in view, a little wider; signals of one axis get the same. */
export function fittedAxis(axis: Axis, data: DataStore): LimitsBy {
  let limits: Limits | null = null;
  for (const id of axis.signals) {
    const held = data.get(id).window;
    const own = held === null ? null : extremesOf(held.series);
    if (own !== null) limits = limits === null ? own : [Math.min(limits[0], own[0]), Math.max(limits[1], own[1])];
  }
  if (limits === null) return {};
  const by = (limits[1] - limits[0]) * PAD_SHARE || Math.abs(limits[0]) * PAD_SHARE || 1;
  return forAll(axis, [limits[0] - by, limits[1] + by]);
}

export const freedAxis = (axis: Axis): LimitsBy => forAll(axis, null);
