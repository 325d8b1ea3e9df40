/** The overview strip: the whole recording of the first signal in grey, coverage, marks, and the window as a brush. */
import { el, onChange, setText } from "../dom.ts";
import type { State } from "../state/model.ts";
import { recordingRange, sessionsOf } from "../state/recording.ts";
import { columnOf, endNs, fit, type TimeRange, type View } from "../state/view.ts";
import { durationText } from "../text/time.ts";
import { createSurface } from "./canvas.ts";
import { toColumns } from "./columns.ts";
import { type DataStore, extremesOf, type Held } from "./data.ts";
import { onEscape } from "./escape.ts";
import { toExtents } from "./extents.ts";
import { type Paint, vertical } from "./paint.ts";
import type { Palette } from "./palette.ts";
import { gapIn } from "./rhythm.ts";

export interface Overview {
  readonly element: HTMLElement;
  /** CSS px of the strip, and where the band begins, so that it stands over the plot. */
  draw(state: State, data: DataStore, palette: Palette, place: { readonly left: number; readonly width: number }): void;
}

export interface OverviewHost {
  show(range: TimeRange): void;
  all(): void;
}

const HANDLE_PX = 6;
/** Of a signal whose rhythm nobody knows. */
const GAP_NS = 60e9;

export function createOverview(host: OverviewHost): Overview {
  const surface = createSurface("overview-canvas");
  const label = el("div", { class: "overview-label" });
  const brush = el("div", { class: "brush" }, el("i", { class: "grip start" }), el("i", { class: "grip end" }));
  const band = el("div", { class: "band", title: "Drag to move the window, double click for all" }, surface.element, brush);
  const element = el("div", { class: "overview", "aria-label": "Overview", role: "group" }, label, band);
  let shown: { readonly range: TimeRange; readonly view: View; readonly columns: number; readonly width: number } | null = null;

  const timeOf = (x: number): bigint =>
    shown === null
      ? 0n
      : shown.range.fromNs + ((shown.range.toNs - shown.range.fromNs) * BigInt(Math.round((x / shown.width) * 1e6))) / 1_000_000n;
  const place = (timeNs: bigint): number =>
    shown === null ? 0 : (Number(timeNs - shown.range.fromNs) / Number(shown.range.toNs - shown.range.fromNs)) * shown.width;

  let height = 1;
  new ResizeObserver(([entry]) => {
    height = Math.max(1, Math.floor(entry?.contentRect.height ?? 1));
  }).observe(element);

  listenToBrush(
    band,
    () => (shown === null ? null : { from: place(shown.view.fromNs), to: place(endNs(shown.view, shown.columns)) }),
    (from, to) => {
      const [a, b] = [timeOf(from), timeOf(to)];
      if (b > a) host.show({ fromNs: a, toNs: b });
    },
  );
  band.addEventListener("dblclick", () => host.all());

  /** The picture under the brush changes seldom, the brush in every frame. */
  type Losses = State["losses"];
  const paintBand = onChange(
    (
      whole: Held | null,
      gapNs: number,
      heard: State["heard"],
      losses: Losses,
      palette: Palette,
      width: number,
      _height: number,
    ) => {
      const { context, element: canvas } = surface;
      const range = recordingRange({ heard });
      if (range === null) return;
      const ratio = window.devicePixelRatio || 1;
      const view = fit(range, width);
      context.clearRect(0, 0, canvas.width, canvas.height);
      if (whole !== null) drawEnvelope(context, whole, gapNs, view, width, canvas.height - 4 * ratio, palette);
      drawCoverage({ context, palette, ratio }, heard, view, canvas.height);
      drawLosses({ context, palette, ratio }, losses, view, canvas.height);
    },
  );

  return {
    element,
    draw(state, data, palette, { left, width: all }) {
      const range = recordingRange(state);
      const width = Math.max(1, all - left);
      label.style.width = `${left}px`;
      surface.size(width, height, state.pixelRatio);
      brush.hidden = range === null || state.view === null;
      if (range === null || state.view === null) return;
      shown = { range, view: state.view, columns: state.columns, width };
      setText(label, durationText(range.toNs - range.fromNs));
      const first = state.stripes.find((stripe) => stripe.kind === "plot")?.signals[0];
      const signal = first === undefined ? undefined : state.plotted[first];
      const whole = first === undefined ? null : data.get(first).whole;
      const gapNs = signal === undefined || whole === null ? GAP_NS : Math.min(GAP_NS, gapIn(whole, signal));
      paintBand(whole, gapNs, state.heard, state.losses, palette, surface.element.width, height);
      const [from, to] = [place(state.view.fromNs), place(endNs(state.view, state.columns))];
      // Moved without a layout, and so without a shift of it.
      brush.style.transform = `translateX(${Math.max(0, from)}px)`;
      brush.style.width = `${Math.max(3, Math.min(width, to) - Math.max(0, from))}px`;
      brush.classList.toggle("all", from <= 0.5 && to >= width - 0.5);
    },
  };
}

function drawEnvelope(
  context: CanvasRenderingContext2D,
  whole: Held,
  gapNs: number,
  view: View,
  width: number,
  height: number,
  palette: Palette,
): void {
  const extremes = extremesOf(whole.series);
  if (extremes === null) return;
  const [low, high] = extremes;
  const scale = { low, high: high > low ? high : low + 1, top: 3, bottom: height, log: false };
  const { top } = toExtents(toColumns(whole.series.segments, view, width, gapNs), scale, width, Number(view.stepNs), 1, false);
  context.fillStyle = palette.control;
  context.globalAlpha = 0.35;
  for (let x = 0; x < width; x++) {
    const y = top[x] ?? Number.NaN;
    if (!Number.isNaN(y)) context.fillRect(x, y, 1, height - y);
  }
  context.globalAlpha = 1;
}

/** A 2 px bar where there are records; a line where a session starts. */
function drawCoverage(paint: Paint, heard: State["heard"], view: View, height: number): void {
  const { context, palette, ratio } = paint;
  sessionsOf({ heard }).forEach((session, i) => {
    const [from, to] = [columnOf(view, session.fromNs), columnOf(view, session.toNs)];
    context.fillStyle = palette.control;
    context.fillRect(from, height - 2 * ratio, Math.max(ratio, to - from), 2 * ratio);
    context.fillStyle = palette.accent;
    if (i > 0) vertical(paint, from, 0, height);
  });
}

/** Where messages of several frames were lost. */
function drawLosses(paint: Paint, losses: State["losses"], view: View, height: number): void {
  paint.context.fillStyle = paint.palette.warn;
  for (const { timeNs } of Object.values(losses).flat()) vertical(paint, columnOf(view, timeNs), 0, height - 2 * paint.ratio);
}

/** Drag inside moves, at an edge resizes, outside selects anew. CSS px of the band. */
function listenToBrush(
  band: HTMLElement,
  window: () => { readonly from: number; readonly to: number } | null,
  show: (from: number, to: number) => void,
): void {
  let drag: {
    readonly mode: "move" | "start" | "end" | "new";
    readonly x: number;
    readonly from: number;
    readonly to: number;
  } | null = null;
  const xOf = (event: PointerEvent): number => event.clientX - band.getBoundingClientRect().left;
  band.addEventListener("pointerdown", (event) => {
    const now = window();
    if (now === null || event.button !== 0) return;
    const x = xOf(event);
    const reach = event.pointerType === "touch" ? 22 : HANDLE_PX;
    const mode =
      Math.abs(x - now.from) <= reach
        ? "start"
        : Math.abs(x - now.to) <= reach
          ? "end"
          : x > now.from && x < now.to
            ? "move"
            : "new";
    drag = { mode, x, ...now };
    band.setPointerCapture(event.pointerId);
  });
  band.addEventListener("pointermove", (event) => {
    if (drag === null) return;
    const x = xOf(event);
    const by = x - drag.x;
    if (drag.mode === "move") show(drag.from + by, drag.to + by);
    else if (drag.mode === "start") show(Math.min(drag.from + by, drag.to - 1), drag.to);
    else if (drag.mode === "end") show(drag.from, Math.max(drag.to + by, drag.from + 1));
    else if (Math.abs(by) >= 4) show(Math.min(drag.x, x), Math.max(drag.x, x));
  });
  const end = (): void => {
    drag = null;
  };
  band.addEventListener("pointerup", end);
  band.addEventListener("pointercancel", end);
  onEscape(() => {
    if (drag === null) return false;
    show(drag.from, drag.to);
    end();
    return true;
  });
}
