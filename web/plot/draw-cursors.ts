/** Cursors A and B: lines through all stripes, rings on the curves, the Δ chip, and their flags on the time axis. */

import type { StripeBox } from "../state/layout.ts";
import type { Cursors, SeriesId, State } from "../state/model.ts";
import { logOffsetMinutes, recordingRange } from "../state/recording.ts";
import { columnOf, endNs, type View } from "../state/view.ts";
import { valueText } from "../text/number.ts";
import { clockText, durationText, offsetNsOf } from "../text/time.ts";
import type { Samples } from "./cursors.ts";
import { scaleOf, stripeAxes } from "./draw-stripe.ts";
import { yOf } from "./extents.ts";
import { type Paint, setFont, textWidth, vertical } from "./paint.ts";
import { colourOf } from "./palette.ts";
import { relativeText } from "./time-axis.ts";

export interface CursorFrame {
  readonly state: State;
  readonly view: View;
  readonly boxes: readonly StripeBox[];
  /** Device px. */
  readonly gutter: number;
  readonly height: number;
}

const WHICH: readonly (keyof Cursors)[] = ["a", "b"];
const FAR_COLUMNS = 1e7;

const xOf = ({ state, view, gutter }: CursorFrame, which: keyof Cursors): number | null => {
  const timeNs = state.cursors[which];
  if (timeNs === null) return null;
  const column = Math.floor(columnOf(view, timeNs));
  return gutter + Math.max(-FAR_COLUMNS, Math.min(FAR_COLUMNS, column));
};

const isInside = ({ state, gutter }: CursorFrame, x: number): boolean => x >= gutter && x < gutter + state.columns;

/** The room between the cursors, a shade lighter; then the lines. */
export function drawCursorLines(paint: Paint, frame: CursorFrame): void {
  const { context, palette, ratio } = paint;
  const { gutter, height, state } = frame;
  const [a, b] = [xOf(frame, "a"), xOf(frame, "b")];
  if (a !== null && b !== null) {
    const from = Math.max(gutter, Math.min(a, b));
    const to = Math.min(gutter + state.columns, Math.max(a, b));
    context.fillStyle = palette.t1;
    context.globalAlpha = 0.05;
    if (to > from) context.fillRect(from, 0, to - from, height);
    context.globalAlpha = 1;
  }
  context.fillStyle = palette.t1;
  if (a !== null && isInside(frame, a)) vertical(paint, a, 0, height);
  if (b !== null && isInside(frame, b)) for (let y = 0; y < height; y += 7 * ratio) vertical(paint, b, y, y + 4 * ratio);
}

/** A ring on each curve at the samples that a legend shows. */
export function drawRings(paint: Paint, frame: CursorFrame, samples: Samples): void {
  const { state, view, boxes, gutter } = frame;
  const end = endNs(view, state.columns);
  for (const box of boxes) {
    for (const axis of stripeAxes(box, state)) {
      const scale = scaleOf(axis, box, paint.ratio);
      for (const id of axis.signals) {
        const sample = samples.get(id);
        if (sample === undefined || sample.timeNs < view.fromNs || sample.timeNs >= end) continue;
        const y = yOf(scale, sample.value);
        if (y >= scale.top - 2 && y <= scale.bottom + 2) ring(paint, gutter + columnOf(view, sample.timeNs), y, state, id);
      }
    }
  }
}

function ring({ context, palette, ratio }: Paint, x: number, y: number, { plotted }: State, id: SeriesId): void {
  const signal = plotted[id];
  if (signal === undefined) return;
  context.beginPath();
  context.arc(x, y, 3.5 * ratio, 0, 7);
  context.fillStyle = palette.plot;
  context.fill();
  context.strokeStyle = colourOf(palette, signal);
  context.lineWidth = 1.5 * ratio;
  context.stroke();
}

/** "Δ 96.320 s · 10.38 mHz"; null without both cursors. */
export function deltaOf({ a, b }: Cursors): string | null {
  if (a === null || b === null) return null;
  const ns = b > a ? b - a : a - b;
  const sign = b < a ? "−" : "";
  return `Δ ${sign}${durationText(ns)}${ns === 0n ? "" : ` · ${frequencyText(1e9 / Number(ns))}`}`;
}

function frequencyText(hz: number): string {
  for (const [size, unit] of [
    [1e6, "MHz"],
    [1e3, "kHz"],
    [1, "Hz"],
    [1e-3, "mHz"],
  ] as const) {
    if (hz >= size) return `${valueText(Number((hz / size).toPrecision(4)), null)}\u202f${unit}`;
  }
  return `${valueText(Number((hz * 1e6).toPrecision(4)), null)}\u202fµHz`;
}

/** Where the chip stands: at the foot of the last curves in view, since over lanes it would hide runs. Device px. */
export function deltaBottom(boxes: readonly StripeBox[], visibleBottom: number, ratio: number): number {
  const curves = boxes.filter(
    ({ stripe, top }) => stripe.kind === "plot" && !stripe.folded && (top + 40) * ratio < visibleBottom,
  );
  const last = curves.at(-1);
  return last === undefined ? visibleBottom : Math.min(visibleBottom, (last.top + last.height - 4) * ratio);
}

/** The chip between the cursors, inside the plot, above `bottom`. */
export function drawDelta(paint: Paint, frame: CursorFrame, bottom: number): void {
  const { context, palette, ratio } = paint;
  const text = deltaOf(frame.state.cursors);
  const [a, b] = [xOf(frame, "a"), xOf(frame, "b")];
  if (text === null || a === null || b === null) return;
  const { gutter, state } = frame;
  if (Math.max(a, b) < gutter || Math.min(a, b) > gutter + state.columns) return;
  setFont(paint, 11);
  const width = textWidth(paint, text) + 16 * ratio;
  const middle = (Math.max(gutter, Math.min(a, b)) + Math.min(gutter + state.columns, Math.max(a, b))) / 2;
  const left = Math.min(Math.max(gutter + 4 * ratio, middle - width / 2), gutter + state.columns - width - 4 * ratio);
  const top = bottom - 24 * ratio;
  context.fillStyle = palette.raised;
  context.beginPath();
  context.roundRect(left, top, width, 18 * ratio, 4 * ratio);
  context.fill();
  context.fillStyle = palette.t1;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, left + width / 2, top + 9.5 * ratio);
}

const NS_UNDER = 10_000_000n; // a view this short shows ns

/** Flags on the time axis: A filled, B outlined and dashed; outside the view an arrow at the edge. Left to right, none over another. */
export function flagsOf(paint: Paint, frame: CursorFrame): readonly Flag[] {
  const flags = WHICH.flatMap((which) => flagOf(paint, frame, which) ?? []).sort((a, b) => a.left - b.left);
  const [first, second] = flags;
  // Two flags beside each other never cover one another.
  const right = frame.gutter + frame.state.columns;
  if (first !== undefined && second !== undefined && first.left + first.width + 4 * paint.ratio > second.left) {
    second.left = Math.min(first.left + first.width + 4 * paint.ratio, right - second.width);
    first.left = Math.min(first.left, second.left - first.width - 4 * paint.ratio);
  }
  return flags;
}

/** Device px from the left edge of the canvas. */
export interface Flag {
  readonly which: keyof Cursors;
  readonly text: string;
  left: number;
  readonly width: number;
  /** −1 and 1: outside the view, to the left or right. */
  readonly side: -1 | 0 | 1;
}

function flagOf(paint: Paint, frame: CursorFrame, which: keyof Cursors): Flag | null {
  const x = xOf(frame, which);
  const timeNs = frame.state.cursors[which];
  if (x === null || timeNs === null) return null;
  const { gutter, state } = frame;
  const side = x < gutter ? -1 : x >= gutter + state.columns ? 1 : 0;
  const text = side === 0 ? timeText(state, frame.view, timeNs) : side < 0 ? "◂" : "▸";
  setFont(paint, 11);
  const width = textWidth(paint, text) + 30 * paint.ratio;
  const left = Math.min(Math.max(gutter, x - width / 2), gutter + state.columns - width);
  return { which, text, left, width, side };
}

export function timeText(state: State, view: View, timeNs: bigint): string {
  const decimals = endNs(view, state.columns) - view.fromNs < NS_UNDER ? 9 : 3;
  const zero = state.zeroNs ?? recordingRange(state)?.fromNs ?? view.fromNs;
  if (state.zone === "relative") return relativeText(timeNs - zero, decimals);
  return clockText(timeNs + offsetNsOf(state.zone, logOffsetMinutes(state), timeNs), decimals);
}

export function drawFlag(paint: Paint, { which, text, left, width }: Flag): void {
  const { context, palette, ratio } = paint;
  const [top, height] = [6 * ratio, 19 * ratio];
  const box = (x: number, w: number): void => {
    context.beginPath();
    context.roundRect(Math.round(x) + ratio / 2, top, Math.round(w) - ratio, height, 4 * ratio);
  };
  context.fillStyle = palette.raised;
  box(left, width);
  context.fill();
  context.strokeStyle = palette.t1;
  context.lineWidth = ratio;
  context.setLineDash(which === "b" ? [3 * ratio, 2 * ratio] : []);
  context.stroke();
  context.setLineDash([]);
  if (which === "a") {
    context.fillStyle = palette.t1;
    box(left, 17 * ratio);
    context.fill();
  }
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillStyle = which === "a" ? palette.plot : palette.t1;
  setFont(paint, 11, "600");
  context.fillText(which.toUpperCase(), left + 8.5 * ratio, top + height / 2 + ratio * 0.5);
  setFont(paint, 11);
  context.fillStyle = palette.t1;
  context.textAlign = "left";
  context.fillText(text, left + 23 * ratio, top + height / 2 + ratio * 0.5);
}
