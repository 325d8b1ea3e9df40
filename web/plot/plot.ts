/** The plot: overview, stripes with their legends, time axis. Two canvases lie over all stripes: data, and pointer. */
import { el, setAttribute } from "../dom.ts";
import type { SeriesId, State } from "../state/model.ts";
import { firstRange, recordingRange } from "../state/recording.ts";
import type { Store } from "../state/store.ts";
import { layoutStripes, type StripeBox } from "../state/stripes.ts";
import { timeAt } from "../state/view.ts";
import { createSurface } from "./canvas.ts";
import type { DataStore, Sample } from "./data.ts";
import { AXIS_PX, drawStripe, stripeAxes } from "./draw-stripe.ts";
import { drawTimeAxis, timeAxisOf } from "./draw-time.ts";
import { listenToGestures } from "./gestures.ts";
import { createLegend } from "./legend.ts";
import { drawMarks, marksOf } from "./marks.ts";
import { createOverview } from "./overview.ts";
import type { Palette } from "./palette.ts";
import { drawCrosshair, samplesAt } from "./pointer.ts";
import { summaryText } from "./summary.ts";

const STRIPE_PX_MIN = 72;
const LEGEND_PX = 296;
const TIME_AXIS_PX = 28;
const SETTLE_MS = 300;

const wide = matchMedia("(min-width: 1440px)");
const phone = matchMedia("(max-width: 599px)");

export interface Plot {
  readonly element: HTMLElement;
  render(state: State, palette: Palette): void;
  /** Samples under the pointer, for the phone's value sheet. */
  onHover(listener: (samples: ReadonlyMap<SeriesId, Sample> | null) => void): void;
  fitAll(): void;
  focus(): void;
}

export function createPlot(store: Store, data: DataStore): Plot {
  const picture = createSurface("data");
  const pointer = createSurface("pointer");
  const axis = createSurface("time-axis");
  const area = el("div", { class: "plot-area", role: "img", tabindex: "0", "aria-label": "No signals plotted" });
  let lit: SeriesId | null = null;
  let hover: { readonly x: number; readonly y: number } | null = null;
  let latest: {
    readonly state: State;
    readonly palette: Palette;
    readonly boxes: readonly StripeBox[];
    readonly gutter: number;
  } | null = null;
  const listeners: ((samples: ReadonlyMap<SeriesId, Sample> | null) => void)[] = [];

  const legend = createLegend({
    select: (id) => store.dispatch({ type: "select", id: store.get().selected === id ? null : id }),
    light(id) {
      lit = id;
      redraw();
    },
    activate: (stripe) => store.dispatch({ type: "activate", stripe }),
    remove: (id) => store.dispatch({ type: "remove", id }),
  });
  const inner = el("div", { class: "stripes-inner" }, picture.element, pointer.element, area, legend.element);
  const stripes = el("div", { class: "stripes" }, inner);
  const overview = createOverview({ show: (range) => store.dispatch({ type: "show", range }), all: fitAll });
  const element = el("main", { class: "plot", "aria-label": "Plot", id: "plot" }, overview.element, stripes, axis.element);

  listenToGestures(area, {
    zoom: (factor, x) => store.dispatch({ type: "zoom", factor, atColumn: x * store.get().pixelRatio }),
    drag: (byX) => store.dispatch({ type: "pan", byColumns: -byX * store.get().pixelRatio }),
    fit: (_x, y) => fitStripe(y),
    click: (_x, y) => store.dispatch({ type: "activate", stripe: boxAt(y)?.stripe.id ?? null }),
    hover(x, y) {
      hover = x === null ? null : { x, y };
      requestAnimationFrame(drawPointer);
    },
  });
  /** Measured by the browser after layout, so that no frame has to ask for it. CSS px. */
  let room = { width: 0, height: 0 };
  let shown: Palette | null = null;
  new ResizeObserver(([entry]) => {
    if (entry === undefined) return;
    room = { width: Math.floor(entry.contentRect.width), height: Math.floor(entry.contentRect.height) };
    if (shown !== null) render(store.get(), shown);
  }).observe(stripes);

  const boxAt = (y: number): StripeBox | undefined => latest?.boxes.find((box) => y >= box.top && y < box.top + box.height);

  function fitAll(): void {
    const range = recordingRange(store.get());
    if (range !== null) store.dispatch({ type: "show", range });
  }

  /** Time of the signals of the stripe under the pointer. */
  function fitStripe(y: number): void {
    const state = store.get();
    const infos = (boxAt(y)?.stripe.signals ?? []).flatMap((id) => state.plotted[id]?.info ?? []);
    const ranges = infos.map((info) => firstRange(state, info));
    const first = ranges[0];
    if (first === undefined) return;
    const fromNs = ranges.reduce((t, r) => (r.fromNs < t ? r.fromNs : t), first.fromNs);
    const toNs = ranges.reduce((t, r) => (r.toNs > t ? r.toNs : t), first.toNs);
    store.dispatch({ type: "show", range: { fromNs, toNs } });
  }

  /** Whole CSS px; grows with the axes of the fullest stripe. */
  function gutterOf(boxes: readonly StripeBox[], state: State): number {
    return axesShown(boxes, state) * AXIS_PX + 4;
  }

  /** Axes side by side: as many as the fullest stripe has, two at least so that adding one moves nothing; one on a phone. */
  function axesShown(boxes: readonly StripeBox[], state: State): number {
    if (phone.matches) return 1;
    return Math.min(3, Math.max(2, ...boxes.map((box) => stripeAxes(box, state).length)));
  }

  function render(state: State, palette: Palette): void {
    const { width, height } = room;
    shown = palette;
    if (width === 0 || height === 0) return;
    const ratio = window.devicePixelRatio || 1;
    const beside = wide.matches;
    const boxes = layoutStripes(state.stripes, height, STRIPE_PX_MIN);
    const gutter = gutterOf(boxes, state);
    const plotWidth = Math.max(50, width - gutter - (beside ? LEGEND_PX : 0));
    const columns = Math.floor(plotWidth * ratio);
    if (columns !== state.columns || ratio !== state.pixelRatio) {
      store.dispatch({ type: "resize", columns, pixelRatio: ratio });
      latest = { state, palette, boxes, gutter };
      return;
    }
    const contentHeight = Math.max(
      height,
      boxes.reduce((sum, box) => sum + box.height, 0),
    );
    inner.style.height = `${contentHeight}px`;
    for (const surface of [picture, pointer]) surface.size(gutter + columns / ratio, contentHeight, ratio);
    axis.size(gutter + columns / ratio, TIME_AXIS_PX, ratio);
    area.style.left = `${gutter}px`;
    area.style.width = `${columns / ratio}px`;
    legend.element.style.left = beside ? `${gutter + columns / ratio}px` : `${gutter}px`;
    latest = { state, palette, boxes, gutter };
    legend.render(sameBoxes(boxes), state);
    redraw();
  }

  let boxesBefore: readonly StripeBox[] = [];
  /** The legend is rebuilt only when a box really changed. */
  function sameBoxes(boxes: readonly StripeBox[]): readonly StripeBox[] {
    const same =
      boxes.length === boxesBefore.length &&
      boxes.every(
        (b, i) => b.stripe === boxesBefore[i]?.stripe && b.top === boxesBefore[i]?.top && b.height === boxesBefore[i]?.height,
      );
    if (!same) boxesBefore = boxes;
    return boxesBefore;
  }

  function redraw(): void {
    if (latest === null || latest.state.view === null) return;
    const { state, palette, boxes } = latest;
    const view = latest.state.view;
    const ratio = state.pixelRatio;
    const gutter = Math.round(latest.gutter * ratio);
    const paint = { context: picture.context, palette, ratio };
    paint.context.fillStyle = palette.plot;
    paint.context.fillRect(0, 0, picture.element.width, picture.element.height);
    const time = timeAxisOf(state, view);
    const frame = {
      axesMax: axesShown(boxes, state),
      state,
      view,
      data,
      time,
      gutter,
      width: state.columns,
      lit: lit ?? (state.stripes.length > 0 ? state.selected : null),
    };
    for (const box of boxes) drawStripe(paint, box, frame);
    const named = wide.matches;
    const devices = new Set(Object.values(state.plotted).map(({ info }) => info.selector.device));
    drawMarks(paint, marksOf(state), { view, gutter, width: state.columns, height: picture.element.height, named, devices });
    drawTimeAxis(
      { context: axis.context, palette, ratio },
      { time, state, view, gutter, width: state.columns, height: axis.element.height },
    );
    overview.draw(state, data, palette, { left: latest.gutter, width: room.width });
    summarize();
    drawPointer();
  }

  let settling = 0;
  /** In words, when the view has come to rest. */
  function summarize(): void {
    clearTimeout(settling);
    settling = window.setTimeout(() => setAttribute(area, "aria-label", summaryText(store.get(), data)), SETTLE_MS);
  }

  function drawPointer(): void {
    pointer.context.clearRect(0, 0, pointer.element.width, pointer.element.height);
    const view = latest?.state.view ?? null;
    if (latest === null || hover === null || view === null) {
      legend.values(null, null);
      for (const listener of listeners) listener(null);
      return;
    }
    const { state, palette, boxes } = latest;
    const column = Math.min(state.columns - 1, Math.max(0, hover.x * state.pixelRatio));
    const samples = samplesAt(state, data, view, column);
    const gutter = Math.round(latest.gutter * state.pixelRatio);
    const paint = { context: pointer.context, palette, ratio: state.pixelRatio };
    drawCrosshair(paint, { state, view, boxes, samples, gutter, column, height: pointer.element.height });
    legend.values(samples, timeAt(view, column));
    for (const listener of listeners) listener(samples);
  }

  return { element, render, onHover: (listener) => void listeners.push(listener), fitAll, focus: () => area.focus() };
}
