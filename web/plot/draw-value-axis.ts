/** The value axes left of the stripes: bars in the series' colours, numbers, units. */
import type { StripeBox } from "../state/layout.ts";
import type { State } from "../state/model.ts";
import { compactText } from "../text/number.ts";
import type { Axis } from "./axes.ts";
import { AXIS_PX, PAD_BOTTOM, PAD_TOP, scaleOf, stripeAxes } from "./draw-stripe.ts";
import { yOf } from "./extents.ts";
import { fitText, type Paint, setFont, textWidth } from "./paint.ts";
import { colourOf } from "./palette.ts";
import { logTicks, type ValueTick, valueTicks } from "./value-axis.ts";

const known = new WeakMap<Axis, { readonly height: number; readonly ticks: readonly ValueTick[] }>();

/** Kept as long as axis and height are the same, which a moving view does not change. */
export function ticksOf(axis: Axis, box: StripeBox): readonly ValueTick[] {
  const height = box.height - PAD_TOP - PAD_BOTTOM;
  const before = known.get(axis);
  if (before?.height === height) return before.ticks;
  const ticks = axis.log ? logTicks(axis.limits, height) : valueTicks(axis.limits, height, axis.integer);
  known.set(axis, { height, ticks });
  return ticks;
}

interface Place {
  readonly axis: Axis;
  readonly box: StripeBox;
  /** Device px. */
  readonly right: number;
  readonly room: number;
}

/** All stripes' axes in one go, numbers before units: each change of the font costs as much as ten labels. */
export function drawValueAxes(
  paint: Paint,
  boxes: readonly StripeBox[],
  { state, gutter, axesMax }: { readonly state: State; readonly gutter: number; readonly axesMax: number },
): void {
  const places = boxes.flatMap((box) => {
    const shown = stripeAxes(box, state).slice(0, axesMax);
    return shown.map((axis, i): Place => {
      const right = gutter - i * AXIS_PX * paint.ratio;
      // Left of the outermost axis all is free: a stripe of few axes writes numbers of many digits.
      const room = (i === shown.length - 1 ? right : AXIS_PX * paint.ratio) - 8 * paint.ratio;
      return { axis, box, right, room };
    });
  });
  const { context, palette } = paint;
  context.textAlign = "right";
  context.textBaseline = "middle";
  setFont(paint, 11);
  for (const place of places) drawNumbers(paint, place);
  setFont(paint, 10);
  context.fillStyle = palette.t3;
  for (const place of places) drawUnit(paint, place, state.autoValues);
}

function drawNumbers(paint: Paint, { axis, box, right, room }: Place): void {
  const { context, palette, ratio } = paint;
  const scale = scaleOf(axis, box, ratio);
  context.fillStyle = colourOf(palette, axis.first);
  context.fillRect(right - 2 * ratio, scale.top, 2 * ratio, scale.bottom - scale.top);
  context.fillStyle = palette.t2;
  const ticks = ticksOf(axis, box);
  const isRoomy = ticks.every(({ label }) => textWidth(paint, label) <= room);
  for (const { value, label } of ticks) {
    // A number without its middle would be another number: all in the short form, and one that has no room then is left out.
    const text = isRoomy ? label : compactText(value);
    if (textWidth(paint, text) <= room) context.fillText(text, right - 7 * ratio, yOf(scale, value));
  }
}

function drawUnit(paint: Paint, { axis, box, right, room }: Place, isAuto: boolean): void {
  const unit = `${axis.unit.replace(/^deg/, "°")}${isAuto ? " auto" : ""}`;
  const top = scaleOf(axis, box, paint.ratio).top;
  if (unit !== "") paint.context.fillText(fitText(paint, unit, room), right - 7 * paint.ratio, top - 15 * paint.ratio);
}
