/** One stripe on the data canvas: grid, gaps, curves or lanes. */

import { laneRowPx, type StripeBox } from "../state/layout.ts";
import type { SeriesId, State } from "../state/model.ts";
import { columnOf, type View } from "../state/view.ts";
import { type Axis, axesOf } from "./axes.ts";
import type { DataStore } from "./data.ts";
import { drawCurve } from "./draw-curve.ts";
import { drawGaps } from "./draw-gaps.ts";
import { drawLane } from "./draw-lane.ts";
import { ticksOf } from "./draw-value-axis.ts";
import { drawBaseline, drawPending } from "./draw-waiting.ts";
import { type Scale, yOf } from "./extents.ts";
import { clipped, fitText, horizontal, type Paint, setFont, vertical } from "./paint.ts";
import type { TimeAxis } from "./time-axis.ts";

/** CSS px above and below the curve: unit or legend row above, half a label below. */
export const PAD_TOP = 26;
export const PAD_BOTTOM = 9;
export const AXIS_PX = 44;

export interface PlotFrame {
  readonly state: State;
  readonly view: View;
  readonly data: DataStore;
  readonly time: TimeAxis;
  /** Device px. */
  readonly gutter: number;
  readonly width: number;
  /** As many as the gutter holds. */
  readonly axesMax: number;
  /** Selected or hovered: drawn last, the others of its stripe pale. */
  readonly lit: SeriesId | null;
}

export const scaleOf = (axis: Axis, box: StripeBox, ratio: number): Scale => ({
  low: axis.limits[0],
  high: axis.limits[1],
  top: (box.top + PAD_TOP) * ratio,
  bottom: (box.top + box.height - PAD_BOTTOM) * ratio,
  log: axis.log,
});

export const stripeAxes = (box: StripeBox, state: Pick<State, "plotted" | "selected">): readonly Axis[] =>
  box.stripe.kind === "lanes" || box.stripe.folded ? [] : axesOf(box.stripe, state, box.height - PAD_TOP - PAD_BOTTOM);

/** On a ground that is painted already; value axes come after all stripes. */
export function drawStripe(paint: Paint, box: StripeBox, frame: PlotFrame): void {
  const { context, palette, ratio } = paint;
  const top = Math.round(box.top * ratio);
  const bottom = Math.round((box.top + box.height) * ratio);
  const { gutter, width } = frame;
  drawTimeGrid(paint, frame, top, bottom);
  const axes = stripeAxes(box, frame.state);
  const main = axes[0];
  if (main !== undefined) drawValueGrid(paint, main, box, frame);
  clipped(paint, gutter, top, width, bottom - top, () => {
    drawPending(paint, box, frame.state.plotted, frame.data, frame);
    drawGaps(paint, box, frame, top, bottom);
    if (box.stripe.kind === "plot" && !box.stripe.folded) drawComing(paint, axes, box, frame);
    if (axes.length > 0) drawCurves(paint, axes, box, frame);
  });
  if (box.stripe.folded) drawFolded(paint, box, frame);
  else if (box.stripe.kind === "lanes") drawLanes(paint, box, frame);
  context.fillStyle = palette.hair;
  horizontal(paint, bottom - 1, 0, gutter + width);
  vertical(paint, gutter - 1, top, bottom);
  if (frame.state.active === box.stripe.id && frame.state.stripes.length > 1) {
    context.fillStyle = palette.accent;
    context.fillRect(0, top, 2 * ratio, bottom - top - 1);
  }
}

/** The stripe's own name, otherwise its signals'. */
export const nameOf = ({ stripe }: StripeBox, { plotted }: Pick<State, "plotted">): string =>
  stripe.name ?? (stripe.signals.map((id) => plotted[id]?.info.name ?? "").join(", ") || "Empty stripe");

/** One line of text where the curves were. */
function drawFolded(paint: Paint, box: StripeBox, { state, gutter, width }: PlotFrame): void {
  const { context, palette, ratio } = paint;
  setFont(paint, 11);
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillStyle = palette.t2;
  context.fillText(
    fitText(paint, nameOf(box, state), width - 16 * ratio),
    gutter + 8 * ratio,
    (box.top + box.height / 2) * ratio,
  );
}

function drawTimeGrid(paint: Paint, { view, time, gutter }: PlotFrame, top: number, bottom: number): void {
  paint.context.fillStyle = paint.palette.minor;
  for (const timeNs of time.minor) vertical(paint, gutter + columnOf(view, timeNs), top, bottom);
  paint.context.fillStyle = paint.palette.major;
  for (const { timeNs } of time.major) vertical(paint, gutter + columnOf(view, timeNs), top, bottom);
}

function drawValueGrid(paint: Paint, axis: Axis, box: StripeBox, { gutter, width }: PlotFrame): void {
  const scale = scaleOf(axis, box, paint.ratio);
  paint.context.fillStyle = paint.palette.minor;
  for (const { value } of ticksOf(axis, box)) horizontal(paint, yOf(scale, value), gutter, gutter + width);
}

/** Signals whose values are not known yet have no axis to stand on: their line is the foot of the stripe. */
function drawComing(paint: Paint, axes: readonly Axis[], box: StripeBox, { state, gutter, width }: PlotFrame): void {
  const bottom = (box.top + box.height - PAD_BOTTOM) * paint.ratio;
  for (const id of box.stripe.signals) {
    const signal = state.plotted[id];
    const isComing = signal !== undefined && !signal.hidden && !signal.info.absent && signal.notice === null;
    if (!isComing || axes.some((axis) => axis.signals.includes(id))) continue;
    drawBaseline(paint, signal, gutter, width, bottom);
    if (axes.length > 0) continue;
    const barPx = 2 * paint.ratio;
    const top = (box.top + PAD_TOP) * paint.ratio;
    paint.context.fillRect(gutter - barPx, top, barPx, bottom - top);
  }
}

function drawCurves(paint: Paint, axes: readonly Axis[], box: StripeBox, frame: PlotFrame): void {
  const { lit } = frame;
  const emphasis = lit !== null && box.stripe.signals.includes(lit);
  const order = axes
    .flatMap((axis) => axis.signals.map((id) => ({ id, axis })))
    .sort((a, b) => Number(a.id === lit) - Number(b.id === lit));
  for (const { id, axis } of order) {
    const signal = frame.state.plotted[id];
    if (signal === undefined) continue;
    const curve = { left: frame.gutter, width: frame.width, scale: scaleOf(axis, box, paint.ratio) };
    const style = { selected: emphasis && id === lit && order.length > 1, faded: emphasis && id !== lit };
    drawCurve(paint, frame.data.get(id), frame.view, curve, signal, style);
  }
}

function drawLanes(paint: Paint, box: StripeBox, { state, view, data, gutter, width }: PlotFrame): void {
  const { ratio } = paint;
  const row = laneRowPx();
  box.stripe.signals.forEach((id, i) => {
    const signal = state.plotted[id];
    if (signal === undefined || signal.hidden) return;
    const top = (box.top + 6 + i * row) * ratio;
    drawLane(paint, data.get(id), view, { left: gutter, width, top, bottom: top + row * ratio }, signal);
  });
}
