/** What a click means: the sample near it, the axis under it. */

import type { Sample } from "../../worker/api.ts";
import type { StripeBox } from "../state/layout.ts";
import { laneRowPx } from "../state/layout.ts";
import type { SeriesId, State } from "../state/model.ts";
import { columnOf, timeAt, type View } from "../state/view.ts";
import type { Axis } from "./axes.ts";
import { lowerBound } from "./columns.ts";
import { type DataStore, isCurrent } from "./data.ts";
import { AXIS_PX, scaleOf, stripeAxes } from "./draw-stripe.ts";
import { type Scale, yOf } from "./extents.ts";

const SNAP_PX = 6;

export interface Near {
  readonly id: SeriesId;
  readonly sample: Sample;
}

/** The drawn sample within 6 px of a point of the plot, CSS px; null: none. In a lane only the distance in time counts. */
export function sampleNear(state: State, data: DataStore, view: View, box: StripeBox, x: number, y: number): Near | null {
  const ratio = state.pixelRatio;
  if (box.stripe.folded) return null;
  if (box.stripe.kind === "lanes") {
    const id = laneAt(box, y);
    return id === undefined ? null : nearestOf(state, data, view, id, x * ratio, null);
  }
  let best: { readonly near: Near; readonly px: number } | null = null;
  for (const axis of stripeAxes(box, state)) {
    const scale = scaleOf(axis, box, ratio);
    for (const id of axis.signals) {
      const near = nearestOf(state, data, view, id, x * ratio, { scale, y: y * ratio });
      if (near === null) continue;
      const px = distance(view, near.sample, scale, x * ratio, y * ratio);
      if (best === null || px < best.px) best = { near, px };
    }
  }
  return best?.near ?? null;
}

/** The signal under a point: the lane there, or the curve within 6 px. */
export function signalAt(state: State, data: DataStore, box: StripeBox, x: number, y: number): SeriesId | null {
  if (state.view === null || box.stripe.folded) return null;
  if (box.stripe.kind === "lanes") return laneAt(box, y) ?? null;
  return sampleNear(state, data, state.view, box, x, y)?.id ?? null;
}

/** The curve within 6 px of a point; lanes have their places to themselves. */
export function curveAt(state: State, data: DataStore, boxes: readonly StripeBox[], x: number, y: number): SeriesId | null {
  const box = boxAt(boxes, y);
  return box === undefined || box.stripe.kind === "lanes" ? null : signalAt(state, data, box, x, y);
}

const laneAt = ({ stripe, top }: StripeBox, y: number): SeriesId | undefined =>
  stripe.signals[Math.floor((y - top - 6) / laneRowPx())];

const distance = (view: View, sample: Sample, scale: Scale, x: number, y: number): number =>
  Math.hypot(columnOf(view, sample.timeNs) - x, yOf(scale, sample.value) - y);

function nearestOf(
  state: State,
  data: DataStore,
  view: View,
  id: SeriesId,
  x: number,
  curve: { readonly scale: Scale; readonly y: number } | null,
): Near | null {
  const { window: held } = data.get(id);
  if (held === null || !isCurrent(held, view, state.columns) || state.plotted[id]?.hidden !== false) return null;
  const reach = SNAP_PX * state.pixelRatio;
  let best: { readonly sample: Sample; readonly px: number } | null = null;
  for (const { baseNs, timesNs, values } of held.series.segments) {
    const from = lowerBound(timesNs, Number(timeAt(view, x - reach) - baseNs));
    const to = lowerBound(timesNs, Number(timeAt(view, x + reach + 1) - baseNs));
    for (let row = from; row < to; row++) {
      const sample = { timeNs: baseNs + BigInt(timesNs[row] ?? 0), value: values[row] ?? Number.NaN };
      const px = curve === null ? Math.abs(columnOf(view, sample.timeNs) - x) : distance(view, sample, curve.scale, x, curve.y);
      if (px <= reach && (best === null || px < best.px)) best = { sample, px };
    }
  }
  return best === null ? null : { id, sample: best.sample };
}

export const boxAt = (boxes: readonly StripeBox[], y: number): StripeBox | undefined =>
  boxes.find((box) => y >= box.top && y < box.top + box.height);

/** The value axis under a point left of the plot; `x` from the left edge of the gutter. */
export function axisAt(
  boxes: readonly StripeBox[],
  state: State,
  gutter: number,
  x: number,
  y: number,
): { axis: Axis; box: StripeBox } | null {
  const box = boxAt(boxes, y);
  if (box === undefined) return null;
  const axis = stripeAxes(box, state)[Math.floor((gutter - x) / AXIS_PX)] ?? stripeAxes(box, state)[0];
  return axis === undefined ? null : { axis, box };
}
