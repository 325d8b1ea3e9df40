/** What is drawn while data is on its way (viewer.md §1, "Loading"): a dotted baseline for a signal, a faint hatch for columns. */
import type { StripeBox } from "../state/layout.ts";
import type { Plotted } from "../state/model.ts";
import { endNs, type View } from "../state/view.ts";
import type { DataStore, Held } from "./data.ts";
import { hatch, type Paint } from "./paint.ts";
import { colourOf } from "./palette.ts";

/** Columns, half open. */
export type Span = readonly [from: number, to: number];

const PENDING_ALPHA = 0.06;
const [DOT_PX, DOT_EVERY_PX] = [2, 6];

/** Columns of a view that an answer covers; null: none. */
export function spanOf(held: Held, view: View, width: number): Span | null {
  const from = Number(held.view.fromNs - view.fromNs) / Number(view.stepNs);
  const to = Number(endNs(held.view, held.columns) - view.fromNs) / Number(view.stepNs);
  const [start, end] = [Math.max(0, Math.round(from)), Math.min(width, Math.round(to))];
  return end > start ? [start, end] : null;
}

/** Left and right of a span. */
export function outside(covered: Span | null, width: number): Span[] {
  if (covered === null) return [[0, width]];
  const parts: Span[] = [
    [0, covered[0]],
    [covered[1], width],
  ];
  return parts.filter(([from, to]) => to > from);
}

/** From the first to the last column that some signal of a stripe has cells for. */
export function spanOfStripe(signals: readonly Plotted[], data: DataStore, view: View, width: number): Span | null {
  let all: Span | null = null;
  for (const { info } of signals) {
    const { window } = data.get(info.id);
    const own = window === null ? null : spanOf(window, view, width);
    if (own !== null) all = all === null ? own : [Math.min(all[0], own[0]), Math.max(all[1], own[1])];
  }
  return all;
}

/** Where the view has moved to and no cells have come yet. Device px. */
export function drawPending(
  paint: Paint,
  { stripe, top, height }: StripeBox,
  plotted: Readonly<Record<string, Plotted>>,
  data: DataStore,
  { view, gutter, width }: { readonly view: View; readonly gutter: number; readonly width: number },
): void {
  const asked = stripe.signals.flatMap((id) => plotted[id] ?? []).filter(({ hidden, info }) => !hidden && !info.absent);
  if (asked.length === 0) return;
  const { context, palette, ratio } = paint;
  context.globalAlpha = PENDING_ALPHA;
  for (const [from, to] of outside(spanOfStripe(asked, data, view, width), width))
    hatch(paint, palette.control, gutter + from, top * ratio, to - from, height * ratio);
  context.globalAlpha = 1;
}

/** A line of dots where the curve will be. Device px. */
export function drawBaseline(paint: Paint, signal: Plotted, left: number, width: number, y: number): void {
  const { context, palette, ratio } = paint;
  context.fillStyle = colourOf(palette, signal);
  for (let x = 0; x < width; x += DOT_EVERY_PX * ratio)
    context.fillRect(left + x, Math.round(y), DOT_PX * ratio, Math.max(1, Math.round(ratio)));
}
