/** The time axis below the stripes: ticks, labels that never overlap, date and zone at the left. */
import type { State } from "../state/model.ts";
import { logOffsetMinutes, recordingRange } from "../state/recording.ts";
import { columnOf, type View } from "../state/view.ts";
import { offsetNsOf, offsetText } from "../text/time.ts";
import { fitText, type Paint, setFont, textWidth, vertical } from "./paint.ts";
import { type TimeAxis, timeAxis } from "./time-axis.ts";

/** Widths of a label's character and gaps are CSS px here; the digit width is that of the 11 px system font, on the safe side. */
const CHARACTER_PX = 6.4;
const GAP_PX = 24;
const MINOR_PX = 12;

export function timeAxisOf(state: State, view: View): TimeAxis {
  const minutes = logOffsetMinutes(state);
  return timeAxis({
    view,
    columns: state.columns,
    characterPx: CHARACTER_PX * state.pixelRatio,
    gapPx: GAP_PX * state.pixelRatio,
    minorPx: MINOR_PX * state.pixelRatio,
    offsetAt: (timeNs) => offsetNsOf(state.zone, minutes, timeNs),
    zeroNs: state.zone === "relative" ? (state.zeroNs ?? recordingRange(state)?.fromNs ?? view.fromNs) : null,
  });
}

export function zoneText(state: State, view: View): string {
  if (state.zone === "relative") return state.zeroNs === null ? "from start" : "from zero";
  if (state.zone === "utc") return "UTC";
  return offsetText(Number(offsetNsOf(state.zone, logOffsetMinutes(state), view.fromNs) / 60_000_000_000n));
}

export interface TimeAxisFrame {
  readonly time: TimeAxis;
  readonly state: State;
  readonly view: View;
  /** Device px. */
  readonly gutter: number;
  readonly width: number;
  readonly height: number;
  /** Flags of the cursors: labels keep away from them. */
  readonly flags: readonly { readonly left: number; readonly width: number }[];
}

export function drawTimeAxis(paint: Paint, { time, state, view, gutter, width, height, flags }: TimeAxisFrame): void {
  const { context, palette, ratio } = paint;
  context.fillStyle = palette.plot;
  context.fillRect(0, 0, gutter + width, height);
  context.fillStyle = palette.control;
  for (const timeNs of time.minor) vertical(paint, gutter + columnOf(view, timeNs), 0, 3 * ratio);
  for (const { timeNs } of time.major) vertical(paint, gutter + columnOf(view, timeNs), 0, 6 * ratio);
  setFont(paint, 11);
  context.textBaseline = "middle";
  const y = 16 * ratio;
  drawZone(paint, zoneText(state, view), time.major[0]?.date ?? null, gutter, y);
  let free = gutter;
  context.textAlign = "center";
  time.major.forEach((tick, i) => {
    const text = tick.date !== null && i > 0 ? tick.date : tick.label;
    const half = textWidth(paint, text) / 2;
    const x = gutter + columnOf(view, tick.timeNs);
    // A label stays whole: at the edges, and beside the one before.
    if (x - half < free || x + half > gutter + width) return;
    if (flags.some((flag) => x + half + 4 * ratio > flag.left && x - half - 4 * ratio < flag.left + flag.width)) return;
    context.fillStyle = tick.date !== null && i > 0 ? palette.t1 : palette.t2;
    context.fillText(text, x, y);
    free = x + half + 8 * ratio;
  });
}

/** "2022-01-08 +02:00" in the gutter; the date goes when there is no room for both. */
function drawZone(paint: Paint, zone: string, date: string | null, gutter: number, y: number): void {
  const { context, palette, ratio } = paint;
  const room = gutter - 10 * ratio;
  context.textAlign = "left";
  context.fillStyle = palette.t3;
  if (date === null) {
    context.fillText(fitText(paint, zone, room), 6 * ratio, y);
    return;
  }
  setFont(paint, 10);
  context.fillStyle = palette.t2;
  // Without room for the year, month and day.
  const day = textWidth(paint, date) <= room ? date : date.slice(5);
  context.fillText(fitText(paint, day, room), 6 * ratio, y - 6 * ratio);
  context.fillStyle = palette.t3;
  context.fillText(fitText(paint, zone, room), 6 * ratio, y + 6 * ratio);
  setFont(paint, 11);
}
