/** One series as a curve: every sample as a path, or one filled bar per column (viewer.md §4, "Drawing rule"). */
import type { Plotted } from "../state/model.ts";
import { endNs, type View } from "../state/view.ts";
import { rowsInView, toColumns } from "./columns.ts";
import { type Held, isCurrent, type SeriesData } from "./data.ts";
import { type Scale, toExtents, yOf } from "./extents.ts";
import { gapNsOf } from "./gaps.ts";
import { clipped, type Paint } from "./paint.ts";
import { colourOf, dashOf } from "./palette.ts";

export interface CurveBox {
  /** Device px of the plot's left edge on the canvas. */
  readonly left: number;
  readonly width: number;
  readonly scale: Scale;
}

export interface CurveStyle {
  readonly selected: boolean;
  /** Another signal of the stripe is selected or hovered. */
  readonly faded: boolean;
}

const LINE_PX = 1.5;
const COARSE_ALPHA = 0.45;
const FADED_ALPHA = 0.4;
const MARKER_SPACING_PX = 8;

/** The exact window if it is there; meanwhile the window before, transformed, over the whole recording's cells. */
export function drawCurve(paint: Paint, data: SeriesData, view: View, box: CurveBox, signal: Plotted, style: CurveStyle): void {
  const { context } = paint;
  context.save();
  context.fillStyle = colourOf(paint.palette, signal.slot);
  context.strokeStyle = context.fillStyle;
  const alpha = style.faded ? FADED_ALPHA : 1;
  context.globalAlpha = alpha;
  const lineWidth = (LINE_PX + (style.selected ? 1 : 0)) * paint.ratio;
  const { window, whole } = data;
  if (window !== null && isCurrent(window, view, box.width)) drawHeld(paint, window, view, box, signal, lineWidth);
  else {
    const covered = window === null ? null : span(window, view, box);
    if (whole !== null) {
      context.globalAlpha = alpha * COARSE_ALPHA;
      for (const [from, to] of outside(covered, box.width)) {
        clipped(paint, box.left + from, box.scale.top - 3, to - from, box.scale.bottom - box.scale.top + 6, () =>
          drawHeld(paint, whole, view, box, signal, lineWidth),
        );
      }
    }
    if (window !== null && covered !== null) {
      context.globalAlpha = alpha;
      clipped(
        paint,
        box.left + covered[0],
        box.scale.top - 3,
        covered[1] - covered[0],
        box.scale.bottom - box.scale.top + 6,
        () => drawHeld(paint, window, view, box, signal, lineWidth),
      );
    }
  }
  context.restore();
}

/** Columns of this view that a held window covers. */
function span(held: Held, view: View, box: CurveBox): readonly [number, number] | null {
  const from = Number(held.view.fromNs - view.fromNs) / Number(view.stepNs);
  const to = Number(endNs(held.view, held.columns) - view.fromNs) / Number(view.stepNs);
  const [start, end] = [Math.max(0, Math.round(from)), Math.min(box.width, Math.round(to))];
  return end > start ? [start, end] : null;
}

const outside = (covered: readonly [number, number] | null, width: number): (readonly [number, number])[] =>
  covered === null
    ? [[0, width]]
    : (
        [
          [0, covered[0]],
          [covered[1], width],
        ] as const
      ).filter(([from, to]) => to > from);

function drawHeld(paint: Paint, held: Held, view: View, box: CurveBox, signal: Plotted, lineWidth: number): void {
  const dash = dashOf(signal.slot);
  if (held.series.every || dash.length > 0) drawPath(paint, held, view, box, signal, lineWidth, dash);
  else drawBars(paint, held, view, box, signal, lineWidth);
}

function drawBars({ context }: Paint, held: Held, view: View, box: CurveBox, signal: Plotted, lineWidth: number): void {
  const columns = toColumns(held.series.segments, view, box.width, gapNsOf(signal.info.rateHz));
  const held0 = signal.info.lane !== null;
  const { top, bottom } = toExtents(columns, box.scale, box.width, Number(view.stepNs), lineWidth, held0);
  for (let x = 0; x < box.width; x++) {
    const y = top[x] ?? Number.NaN;
    if (!Number.isNaN(y)) context.fillRect(box.left + x, y, 1, (bottom[x] ?? y) - y);
  }
}

function drawPath(
  { context, ratio }: Paint,
  held: Held,
  view: View,
  box: CurveBox,
  signal: Plotted,
  lineWidth: number,
  dash: readonly number[],
): void {
  const stepNs = Number(view.stepNs);
  const gapNs = gapNsOf(signal.info.rateHz);
  const isHeld = signal.info.lane !== null;
  const dots: number[] = [];
  context.beginPath();
  let before: { readonly timeNs: number; readonly y: number; readonly session: string } | null = null;
  for (const { baseNs, timesNs, values, session } of held.series.segments) {
    const aheadNs = Number(baseNs - view.fromNs);
    const { start, end } = rowsInView(timesNs, -aheadNs, stepNs * box.width - aheadNs);
    for (let row = start; row < end; row++) {
      const value = values[row] ?? Number.NaN;
      if (Number.isNaN(value)) {
        before = null;
        continue;
      }
      const timeNs = aheadNs + (timesNs[row] ?? 0);
      const x = box.left + timeNs / stepNs;
      const y = clampY(yOf(box.scale, value), box.scale);
      if (before === null || before.session !== session || timeNs - before.timeNs > gapNs) context.moveTo(x, y);
      else {
        if (isHeld) context.lineTo(x, before.y);
        context.lineTo(x, y);
      }
      if (x >= box.left && x <= box.left + box.width) dots.push(x, y);
      before = { timeNs, y, session };
    }
  }
  context.lineWidth = lineWidth;
  context.lineJoin = "round";
  context.setLineDash(dash.map((length) => length * ratio));
  context.stroke();
  if (held.series.every && spacing(dots) >= MARKER_SPACING_PX * ratio) drawDots(context, dots, 2 * ratio);
}

const clampY = (y: number, scale: Scale): number => Math.min(scale.bottom + 2, Math.max(scale.top - 2, y));

/** Mean distance of the drawn samples, device px. A lone one is always marked. */
function spacing(dots: readonly number[]): number {
  const count = dots.length / 2;
  if (count < 2) return Number.POSITIVE_INFINITY;
  return ((dots[dots.length - 2] ?? 0) - (dots[0] ?? 0)) / (count - 1);
}

function drawDots(context: CanvasRenderingContext2D, dots: readonly number[], radius: number): void {
  context.beginPath();
  for (let i = 0; i < dots.length; i += 2) {
    const [x, y] = [dots[i] ?? 0, dots[i + 1] ?? 0];
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
  context.fill();
}
