/** What is under the pointer: the samples of each signal, the crosshair through all stripes, a ring on each curve. */
import type { SeriesId, State } from "../state/model.ts";
import type { StripeBox } from "../state/stripes.ts";
import { columnOf, endNs, timeAt, type View } from "../state/view.ts";
import { type DataStore, type Sample, sampleAt } from "./data.ts";
import { scaleOf, stripeAxes } from "./draw-stripe.ts";
import { yOf } from "./extents.ts";
import { gapNsOf } from "./gaps.ts";
import { type Paint, vertical } from "./paint.ts";
import { colourOf } from "./palette.ts";

/** Last real sample of each plotted signal up to the end of a column: what is drawn there counts as "here". In a gap there is none. */
export function samplesAt(state: State, data: DataStore, view: View, column: number): Map<SeriesId, Sample> {
  const samples = new Map<SeriesId, Sample>();
  const timeNs = timeAt(view, column) + view.stepNs - 1n;
  for (const [id, { info }] of Object.entries(state.plotted)) {
    const held = data.get(id).window ?? data.get(id).whole;
    const sample = held === null ? null : sampleAt(held.series, timeNs);
    if (sample !== null && Number(timeNs - sample.timeNs) <= gapNsOf(info.rateHz)) samples.set(id, sample);
  }
  return samples;
}

export interface Crosshair {
  readonly state: State;
  readonly view: View;
  readonly boxes: readonly StripeBox[];
  readonly samples: ReadonlyMap<SeriesId, Sample>;
  /** Device px. */
  readonly gutter: number;
  readonly column: number;
  readonly height: number;
}

export function drawCrosshair(paint: Paint, { state, view, boxes, samples, gutter, column, height }: Crosshair): void {
  const { context, palette, ratio } = paint;
  context.fillStyle = palette.control;
  vertical(paint, gutter + column, 0, height);
  const end = endNs(view, state.columns);
  for (const box of boxes) {
    for (const axis of stripeAxes(box, state)) {
      const scale = scaleOf(axis, box, ratio);
      for (const id of axis.signals) {
        const sample = samples.get(id);
        if (sample === undefined || sample.timeNs < view.fromNs || sample.timeNs >= end) continue;
        context.beginPath();
        context.arc(gutter + columnOf(view, sample.timeNs), yOf(scale, sample.value), 3.5 * ratio, 0, 7);
        context.fillStyle = palette.plot;
        context.fill();
        context.strokeStyle = colourOf(palette, state.plotted[id]?.slot ?? 0);
        context.lineWidth = 1.5 * ratio;
        context.stroke();
      }
    }
  }
}
