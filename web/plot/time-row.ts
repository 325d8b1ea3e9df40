/** The canvas of the time axis and the cursors' flags; painted when view, cursors or zone change. */
import { el, onChange } from "../dom.ts";
import type { Arrangement } from "./arrange.ts";
import { createSurface } from "./canvas.ts";
import { drawFlag, flagsOf } from "./draw-cursors.ts";
import { drawTimeAxis, timeAxisOf } from "./draw-time.ts";

export const TIME_AXIS_PX = 30;

export interface TimeRow {
  readonly element: HTMLElement;
  size(cssWidth: number, ratio: number): void;
  draw(now: Arrangement): void;
}

export function createTimeRow(): TimeRow {
  const surface = createSurface("time-axis", true);
  const element = el("div", { class: "time-row" }, surface.element);

  let latest: Arrangement | null = null;
  const redraw = onChange((..._inputs: readonly unknown[]) => {
    const view = latest?.state.view ?? null;
    // What was never painted is black.
    surface.element.hidden = view === null;
    if (latest === null || view === null) return;
    const { state, palette } = latest;
    const gutter = Math.round(latest.gutter * state.pixelRatio);
    const paint = { context: surface.context, palette, ratio: state.pixelRatio };
    const { height } = surface.element;
    const flags = flagsOf(paint, { state, view, boxes: [], gutter, height });
    drawTimeAxis(paint, { time: timeAxisOf(state, view), state, view, gutter, width: state.columns, height, flags });
    for (const flag of flags) drawFlag(paint, flag);
  });

  return {
    element,
    size: (cssWidth, ratio) => surface.size(cssWidth, TIME_AXIS_PX, ratio),
    draw(now) {
      latest = now;
      const { view, columns, heard, zone, zeroNs, cursors } = now.state;
      redraw(view, columns, heard, zone, zeroNs, cursors, now.palette, now.gutter, surface.element.width, surface.element.height);
    },
  };
}
