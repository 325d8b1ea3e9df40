/** The data canvas: stripes, curves, marks. Painted when something on it has changed, not for pointer and cursors. */
import type { SeriesId, State } from "../state/model.ts";
import { type Arrangement, axesShown, isWide } from "./arrange.ts";
import type { Surface } from "./canvas.ts";
import { type DataStore, isCurrent } from "./data.ts";
import { drawStripe } from "./draw-stripe.ts";
import { timeAxisOf } from "./draw-time.ts";
import { drawValueAxes } from "./draw-value-axis.ts";
import { drawLosses, drawMarks, lossesOf, marksOf } from "./marks.ts";

export interface DataLayer {
  /** True if it was painted. `lit`: hovered in legend or tree; `version` counts what has come from the engine. */
  draw(now: Arrangement, lit: SeriesId | null, version: number): boolean;
}

export function createDataLayer(surface: Surface, data: DataStore): DataLayer {
  let drawn: readonly unknown[] = [];

  function paint({ state, palette, boxes, gutter: gutterPx }: Arrangement, lit: SeriesId | null): void {
    const { view, pixelRatio: ratio, columns: width } = state;
    if (view === null) return;
    const gutter = Math.round(gutterPx * ratio);
    const { context, element } = surface;
    const paint = { context, palette, ratio };
    context.fillStyle = palette.plot;
    context.fillRect(0, 0, element.width, element.height);
    const frame = {
      axesMax: axesShown(boxes, state),
      state,
      view,
      data,
      time: timeAxisOf(state, view),
      gutter,
      width,
      lit,
    };
    for (const box of boxes) drawStripe(paint, box, frame);
    drawValueAxes(paint, boxes, frame);
    const devices = new Set(Object.values(state.plotted).map(({ info }) => info.selector.device));
    const marks = marksOf(state);
    const markFrame = { view, gutter, width, height: element.height, named: isWide.matches, devices };
    drawMarks(paint, marks, markFrame);
    for (const { stripe, top } of boxes) drawLosses(paint, lossesOf(marks, stripe, state), markFrame, top);
  }

  return {
    draw(now, hovered, version) {
      const { state, palette, boxes, gutter } = now;
      const { view, plotted, columns, pixelRatio, active, heard, zone, zeroNs, bookmarks, losses, autoValues } = state;
      const lit = hovered ?? (state.stripes.length > 0 ? state.selected : null);
      const { width, height } = surface.element;
      const seen = [version, view, boxes, gutter, plotted, columns, pixelRatio, active, lit, heard, zone, zeroNs];
      const inputs = [...seen, bookmarks, losses, autoValues, palette, width, height];
      if (view === null || (inputs.length === drawn.length && inputs.every((input, i) => Object.is(input, drawn[i]))))
        return false;
      drawn = inputs;
      paint(now, lit);
      return true;
    },
  };
}

/** Those whose window is not the exact one yet while a coarse picture is there. */
export function coarseSignals({ plotted, view, columns }: State, data: DataStore): ReadonlySet<SeriesId> {
  const ids = new Set<SeriesId>();
  if (view === null) return ids;
  for (const id of Object.keys(plotted)) {
    const { window, whole } = data.get(id);
    if (!isCurrent(window, view, columns) && whole !== null) ids.add(id);
  }
  return ids;
}
