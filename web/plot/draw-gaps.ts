/** Where no signal of a stripe has values: hatched, with how long it lasts (viewer.md §4, "Gaps"). */
import type { StripeBox } from "../state/layout.ts";
import { durationText } from "../text/time.ts";
import type { PlotFrame } from "./draw-stripe.ts";
import { commonGaps, type Gap, gapsFrom } from "./gaps.ts";
import { hatch, type Paint, setFont, textWidth } from "./paint.ts";
import { gapIn } from "./rhythm.ts";

/** Hatched from 12 px on where every signal of the stripe is silent. */
export function drawGaps(paint: Paint, box: StripeBox, frame: PlotFrame, top: number, bottom: number): void {
  const { context, palette, ratio } = paint;
  const stepNs = Number(frame.view.stepNs);
  let common: readonly Gap[] | null = null;
  for (const id of box.stripe.signals) {
    const signal = frame.state.plotted[id];
    const held = frame.data.get(id).window ?? frame.data.get(id).whole;
    if (signal === undefined || signal.hidden || held === null) continue;
    const own = gapsFrom(held.series.segments, frame.view.fromNs, gapIn(held, signal));
    common = common === null ? own : commonGaps(common, own);
  }
  for (const gap of common ?? []) {
    const from = Math.max(0, gap.fromNs / stepNs);
    const to = Math.min(frame.width, gap.toNs / stepNs);
    if (to - from < 12 * ratio) continue;
    context.globalAlpha = 0.35;
    hatch(paint, palette.control, frame.gutter + from, top, to - from, bottom - top);
    context.globalAlpha = 1;
    nameGap(paint, gap, frame.gutter + (from + to) / 2, to - from, top, bottom);
  }
}

function nameGap(paint: Paint, gap: Gap, x: number, width: number, top: number, bottom: number): void {
  const { context, palette, ratio } = paint;
  const text = `no data ${durationText(BigInt(Math.round(gap.toNs - gap.fromNs)))}`;
  setFont(paint, 11);
  const length = textWidth(paint, text) + 8 * ratio;
  const upright = width < length + 8 * ratio;
  if (length > (upright ? bottom - top - 8 * ratio : width)) return;
  context.save();
  context.translate(x, (top + bottom) / 2);
  if (upright) context.rotate(-Math.PI / 2);
  context.fillStyle = palette.plot;
  context.fillRect(-length / 2, -7 * ratio, length, 14 * ratio);
  context.fillStyle = palette.t2;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(text, 0, 0);
  context.restore();
}
