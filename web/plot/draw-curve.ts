/** One series as a curve: every sample as a path, or one bar per column (viewer.md §4, "Drawing rule"). */
import type { Plotted } from "../state/model.ts";
import { samplesExpected } from "../state/recording.ts";
import { endNs, type View } from "../state/view.ts";
import { fillBars } from "./bars.ts";
import { rowsInView, toColumns } from "./columns.ts";
import { type Held, isCurrent, type SeriesData } from "./data.ts";
import { drawTicks } from "./draw-ticks.ts";
import { drawBaseline, outside, type Span, spanOf } from "./draw-waiting.ts";
import { type Scale, toExtents, yOf } from "./extents.ts";
import type { Paint } from "./paint.ts";
import { colourOf, dashOf } from "./palette.ts";
import { gapIn, isStep } from "./rhythm.ts";

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
const THIN_PX = 1;
/** From so many samples in view on, the line is thin. */
const THIN_FROM = 200_000;
const COARSE_ALPHA = 0.45;
const FADED_ALPHA = 0.4;
const MARKER_SPACING_PX = 8;

/** The exact window if it is there; meanwhile the window before, transformed, over the whole recording's cells. */
export function drawCurve(paint: Paint, data: SeriesData, view: View, box: CurveBox, signal: Plotted, style: CurveStyle): void {
  const { context } = paint;
  context.save();
  context.fillStyle = colourOf(paint.palette, signal);
  context.strokeStyle = context.fillStyle;
  const alpha = style.faded ? FADED_ALPHA : 1;
  context.globalAlpha = alpha;
  const line = { paint, view, box, from: 0, signal, lineWidth: lineWidthOf(signal, view, box.width, style) * paint.ratio };
  const { window, whole } = data;
  if (window !== null && isCurrent(window, view, box.width)) drawHeld(line, window);
  else {
    const covered = window === null ? null : spanOf(window, view, box.width);
    if (whole !== null) {
      context.globalAlpha = alpha * COARSE_ALPHA;
      for (const part of outside(covered, box.width)) within(line, part, whole);
    } else if (window === null) drawBaseline(paint, signal, box.left, box.width, box.scale.bottom);
    if (window !== null && covered !== null) {
      context.globalAlpha = alpha;
      within(line, covered, window);
    }
  }
  context.restore();
}

/** Depends on nothing but view and signal, so that every way to the same picture paints the same. */
function lineWidthOf({ style, info }: Plotted, view: View, width: number, { selected }: CurveStyle): number {
  const samples = samplesExpected(info, { fromNs: view.fromNs, toNs: endNs(view, width) });
  return (style.widthPx ?? (samples > THIN_FROM ? THIN_PX : LINE_PX)) + (selected ? 1 : 0);
}

interface Line {
  readonly paint: Paint;
  readonly view: View;
  readonly box: CurveBox;
  /** First column of the box in the plot: dashes hang on the plot's. */
  readonly from: number;
  readonly signal: Plotted;
  /** Device px. */
  readonly lineWidth: number;
}

/** Only these columns: nothing is worked out for the others. */
function within(line: Line, [from, to]: Span, held: Held): void {
  const { context } = line.paint;
  const view = { ...line.view, fromNs: line.view.fromNs + BigInt(from) * line.view.stepNs };
  const box = { ...line.box, left: line.box.left + from, width: to - from };
  const { top, bottom } = box.scale;
  context.save();
  context.beginPath();
  context.rect(box.left, Math.floor(top - 3), box.width, Math.ceil(bottom - top + 6));
  context.clip();
  drawHeld({ ...line, view, box, from }, held);
  context.restore();
}

function drawHeld(line: Line, held: Held): void {
  if (held.series.every) drawPath(line, held);
  else drawBars(line, held);
  const { left, width, scale } = line.box;
  drawTicks(line.paint, held, line.view, { left, width, bottom: scale.bottom });
}

function drawBars({ paint, view, box, from, signal, lineWidth }: Line, held: Held): void {
  const { context, ratio } = paint;
  const columns = toColumns(held.series.segments, view, box.width, gapIn(held, signal));
  const extents = toExtents(columns, box.scale, box.width, Number(view.stepNs), lineWidth, isStep(signal));
  const isOn = dashes(dashOf(paint.palette, signal.slot), ratio);
  fillBars(context, box.left, extents, from === 0 ? isOn : (x) => isOn(x + from));
}

/** Dashes of the dense drawing hang on the columns: the same whatever was drawn before. */
function dashes(dash: readonly number[], ratio: number): (x: number) => boolean {
  const period = dash.reduce((sum, length) => sum + length, 0) * ratio;
  if (period === 0) return () => true;
  return (x) => {
    let left = x % period;
    for (let i = 0; i < dash.length; i++) {
      left -= (dash[i] ?? 0) * ratio;
      if (left < 0) return i % 2 === 0;
    }
    return false;
  };
}

function drawPath({ paint: { context, palette, ratio }, view, box, signal, lineWidth }: Line, held: Held): void {
  const stepNs = Number(view.stepNs);
  const gapNs = gapIn(held, signal);
  const isHeld = isStep(signal);
  const dots: number[] = [];
  /** Samples between two gaps, which have no line to be seen by. */
  const alone: number[] = [];
  let [isAlone, lastX] = [false, 0];
  /** How far samples that a line connects lie apart, all together. */
  let [linked, links] = [0, 0];
  context.beginPath();
  let before: { readonly timeNs: number; readonly y: number; readonly session: string } | null = null;
  for (const { segment, start, end } of rowsInView(held.series.segments, view, box.width)) {
    const { baseNs, timesNs, values, session } = segment;
    const aheadNs = Number(baseNs - view.fromNs);
    for (let row = start; row < end; row++) {
      const value = values[row] ?? Number.NaN;
      if (Number.isNaN(value)) {
        if (isAlone && before !== null) alone.push(lastX, before.y);
        isAlone = false;
        before = null;
        continue;
      }
      const timeNs = aheadNs + (timesNs[row] ?? 0);
      const x = box.left + timeNs / stepNs;
      const y = clampY(yOf(box.scale, value), box.scale);
      if (before === null || before.session !== session || timeNs - before.timeNs > gapNs) {
        context.moveTo(x, y);
        if (isAlone && before !== null) alone.push(lastX, before.y);
        isAlone = true;
      } else {
        isAlone = false;
        linked += x - lastX;
        links++;
        if (isHeld) context.lineTo(x, before.y);
        context.lineTo(x, y);
      }
      if (x >= box.left && x <= box.left + box.width) dots.push(x, y);
      before = { timeNs, y, session };
      lastX = x;
    }
  }
  if (isAlone && before !== null) alone.push(lastX, before.y);
  context.lineWidth = lineWidth;
  context.lineJoin = "round";
  context.setLineDash(dashOf(palette, signal.slot).map((length) => length * ratio));
  context.stroke();
  const { markers } = signal.style;
  const isSparse = links === 0 || linked / links >= MARKER_SPACING_PX * ratio;
  const isRoomy = markers === "always" || (markers === "auto" && isSparse);
  if (isRoomy) drawDots(context, dots, 2 * ratio);
  else drawDots(context, alone, lineWidth / 2);
}

const clampY = (y: number, scale: Scale): number => Math.min(scale.bottom + 2, Math.max(scale.top - 2, y));

function drawDots(context: CanvasRenderingContext2D, dots: readonly number[], radius: number): void {
  context.beginPath();
  for (let i = 0; i < dots.length; i += 2) {
    const [x, y] = [dots[i] ?? 0, dots[i + 1] ?? 0];
    context.moveTo(x + radius, y);
    context.arc(x, y, radius, 0, 2 * Math.PI);
  }
  context.fill();
}
