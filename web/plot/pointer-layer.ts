/** The canvas above the curves: crosshair, cursors, rings, what is being drawn with the pointer. Painted alone when only these move. */
import { timeAt } from "../state/view.ts";
import type { Arrangement } from "./arrange.ts";
import type { Surface } from "./canvas.ts";
import type { CursorValues, Samples } from "./cursors.ts";
import type { DataStore } from "./data.ts";
import { deltaBottom, drawCursorLines, drawDelta, drawRings } from "./draw-cursors.ts";
import type { Box } from "./gestures.ts";
import { type Paint, vertical } from "./paint.ts";
import { samplesAt } from "./pointer.ts";

/** What the pointer does. CSS px from the plot's top left corner. */
export interface Pointing {
  readonly hover: { readonly x: number; readonly y: number } | null;
  /** A rectangle or range that is being drawn. */
  readonly rubber: Box | null;
  /** Down to where the stripes are in sight. */
  readonly visiblePx: number;
}

/** Values under the pointer (null: none) and at the cursors. */
export interface Shown {
  readonly hover: Samples | null;
  /** Time under the pointer. */
  readonly timeNs: bigint | null;
  readonly a: Samples;
  readonly b: Samples;
}

export interface PointerLayer {
  /** What the layer shows; painted only when something on it has changed. `version` counts what has come from the engine. */
  draw(now: Arrangement, pointing: Pointing, version: number): Shown;
}

export function createPointerLayer(surface: Surface, data: DataStore, cursors: CursorValues): PointerLayer {
  let drawn: readonly unknown[] = [];
  let shown: Shown = { hover: null, timeNs: null, a: cursors.at("a"), b: cursors.at("b") };
  return {
    draw(now, pointing, version) {
      const { state, palette, boxes, gutter } = now;
      const { view, plotted, columns, pixelRatio, selected, heard, zone, zeroNs } = state;
      const [a, b] = [cursors.at("a"), cursors.at("b")];
      const { hover, rubber, visiblePx } = pointing;
      // Samples at a cursor are added to as they come.
      const samples = [state.cursors, a, a.size, b, b.size];
      const seen = [
        version,
        view,
        boxes,
        gutter,
        plotted,
        columns,
        pixelRatio,
        selected,
        heard,
        zone,
        zeroNs,
        palette,
        ...samples,
      ];
      const inputs = [...seen, hover?.x, hover?.y, rubber, visiblePx, surface.element.width, surface.element.height];
      if (inputs.length === drawn.length && inputs.every((input, i) => Object.is(input, drawn[i]))) return shown;
      drawn = inputs;
      shown = paintPointer(surface, now, data, cursors, pointing);
      return shown;
    },
  };
}

function paintPointer(
  surface: Surface,
  { state, palette, boxes, gutter: gutterPx }: Arrangement,
  data: DataStore,
  cursors: CursorValues,
  { hover, rubber, visiblePx }: Pointing,
): Shown {
  const { context, element } = surface;
  const { view, pixelRatio: ratio, columns } = state;
  const [a, b] = [cursors.at("a"), cursors.at("b")];
  context.clearRect(0, 0, element.width, element.height);
  if (view === null) return { hover: null, timeNs: null, a, b };
  const gutter = Math.round(gutterPx * ratio);
  const paint = { context, palette, ratio };
  const frame = { state, view, boxes, gutter, height: element.height };
  drawCursorLines(paint, frame);
  drawRings(paint, frame, a);
  drawRings(paint, frame, b);
  if (rubber !== null) drawRubber(paint, rubber, gutter, frame.height);
  let shown: Shown = { hover: null, timeNs: null, a, b };
  if (hover !== null) {
    const column = Math.min(columns - 1, Math.max(0, hover.x * ratio));
    const samples = samplesAt(state, data, view, column);
    context.fillStyle = palette.control;
    vertical(paint, gutter + Math.floor(column), 0, frame.height);
    drawRings(paint, frame, samples);
    shown = { hover: samples, timeNs: timeAt(view, column), a, b };
  }
  drawDelta(paint, frame, deltaBottom(boxes, Math.min(frame.height, visiblePx * ratio), ratio));
  return shown;
}

function drawRubber({ context, palette, ratio }: Paint, rubber: Box, gutter: number, height: number): void {
  const [x, y] = [gutter + rubber.fromX * ratio, rubber.fromY * ratio];
  const [w, h] = [(rubber.toX - rubber.fromX) * ratio, Math.min(height, rubber.toY * ratio) - y];
  context.fillStyle = palette.accent;
  context.globalAlpha = 0.12;
  context.fillRect(x, y, w, h);
  context.globalAlpha = 1;
  context.strokeStyle = palette.accent;
  context.lineWidth = Math.max(1, Math.round(ratio));
  context.strokeRect(Math.round(x) + 0.5, Math.round(y) + 0.5, Math.round(w) - 1, Math.round(h) - 1);
}
