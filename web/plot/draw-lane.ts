/** One signal as a lane: labelled runs for value tables, bars for booleans (viewer.md §4, "Enum lane"). */
import type { Plotted } from "../state/model.ts";
import type { View } from "../state/view.ts";
import { shownValue, tableText } from "../text/value.ts";
import { toColumns } from "./columns.ts";
import { isCurrent, type SeriesData } from "./data.ts";
import { drawTicks } from "./draw-ticks.ts";
import { drawBaseline } from "./draw-waiting.ts";
import { fitText, type Paint, setFont, textWidth } from "./paint.ts";
import { colourOf } from "./palette.ts";
import { gapIn } from "./rhythm.ts";
import { type Run, toRuns } from "./runs.ts";

export interface LaneBox {
  readonly left: number;
  readonly width: number;
  /** Device px of the row. */
  readonly top: number;
  readonly bottom: number;
}

export function drawLane(paint: Paint, data: SeriesData, view: View, box: LaneBox, signal: Plotted): void {
  const { context, palette } = paint;
  const colour = colourOf(palette, signal);
  drawName(paint, box, signal, colour);
  const held = isCurrent(data.window, view, box.width) ? data.window : (data.window ?? data.whole);
  if (held === null) {
    if (signal.notice === null) drawBaseline(paint, signal, box.left, box.width, box.bottom - 3 * paint.ratio);
    return;
  }
  const runs = toRuns(toColumns(held.series.segments, view, box.width, gapIn(held, signal)), box.width);
  context.save();
  if (signal.lane === "bool") {
    context.fillStyle = colour;
    for (const run of runs) drawBit(paint, box, run);
  } else {
    const rank = ranksOf(runs, signal);
    for (const run of runs) drawRun(paint, box, run, colour, rank);
    setFont(paint, 11);
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const run of runs) drawText(paint, box, run, signal);
  }
  context.fillStyle = colour;
  drawTicks(paint, held, view, { left: box.left, width: box.width, bottom: box.bottom - 2 * paint.ratio });
  context.restore();
}

function drawName(paint: Paint, box: LaneBox, signal: Plotted, colour: string): void {
  const { context, palette, ratio } = paint;
  setFont(paint, 11);
  context.textAlign = "right";
  context.textBaseline = "middle";
  context.fillStyle = palette.t2;
  const right = box.left - 8 * ratio;
  context.fillText(fitText(paint, signal.info.name, right - 4 * ratio), right, (box.top + box.bottom) / 2);
  context.fillStyle = colour;
  context.fillRect(box.left - 2 * ratio, box.top + 3 * ratio, 2 * ratio, box.bottom - box.top - 6 * ratio);
}

/** On: a 14 px bar. Off: a baseline. Both within one pixel: half a bar. */
function drawBit({ context, ratio }: Paint, box: LaneBox, run: Run): void {
  const height = run.value === null ? 7 * ratio : run.value === 0 ? Math.max(1, Math.round(ratio)) : 14 * ratio;
  const bottom = Math.round((box.top + box.bottom) / 2 + 7 * ratio);
  context.fillRect(box.left + run.from, bottom - height, run.to - run.from, height);
}

/** 0 … 1 for the fill's strength: by place in the value table, whatever is in view; without one by value among those drawn. */
function ranksOf(runs: readonly Run[], { valueTable, info }: Plotted): (value: number) => number {
  const { factor, offset } = info.scaling ?? { factor: 1, offset: 0 };
  const known = Object.keys(valueTable ?? {}).map((raw) => Number(raw) * factor + offset);
  const given = known.length > 1 ? known : runs.flatMap((run) => (run.value === null ? [] : [run.value]));
  const values = [...new Set(given)].sort((a, b) => a - b);
  // A value the table does not know stands with the one below it.
  return (value) => {
    const below = values.findLastIndex((each) => each <= value + Math.abs(factor) / 2);
    return values.length < 2 ? 0.5 : Math.max(0, below) / (values.length - 1);
  };
}

function drawRun({ context, ratio }: Paint, box: LaneBox, run: Run, colour: string, rank: (value: number) => number): void {
  const [x, y] = [box.left + run.from, Math.round(box.top + 2 * ratio)];
  const height = Math.round(box.bottom - 2 * ratio) - y;
  context.fillStyle = colour;
  context.globalAlpha = run.value === null ? 0.2 : 0.08 + 0.27 * rank(run.value);
  context.fillRect(x, y, run.to - run.from, height);
  context.globalAlpha = 1;
  if (run.value !== null) context.fillRect(x, y, 1, height);
  else for (let at = 0; at < run.to - run.from; at += 2) context.fillRect(x + at, y, 1, height / 2);
}

/** Centred where it fits, otherwise nothing; a value without a text is a number in italics. */
function drawText(paint: Paint, box: LaneBox, run: Run, signal: Plotted): void {
  if (run.value === null) return;
  const isKnown = tableText(signal, run.value) !== null;
  setFont(paint, 11, isKnown ? "" : "italic");
  const text = shownValue(signal, run.value);
  if (run.to - run.from < textWidth(paint, text) + 6 * paint.ratio) return;
  paint.context.fillStyle = paint.palette.t1;
  paint.context.fillText(text, box.left + (run.from + run.to) / 2, (box.top + box.bottom) / 2 + paint.ratio * 0.5);
}
