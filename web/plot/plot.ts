/** The plot: overview, stripes with their legends, time axis. Two canvases lie over all stripes: the data, and pointer and cursors. */
import type { WorkId } from "../../worker/api.ts";
import { el, onChange, setAttribute } from "../dom.ts";
import { layoutStripes, type StripeBox } from "../state/layout.ts";
import type { SeriesId, State } from "../state/model.ts";
import type { Target } from "../state/moves.ts";
import { recordingRange } from "../state/recording.ts";
import type { Store } from "../state/store.ts";
import { timeAt } from "../state/view.ts";
import { createSurface } from "./canvas.ts";
import { carry } from "./carry.ts";
import { type CursorAsking, type CursorValues, createCursorValues, type Samples } from "./cursors.ts";
import { type DataStore, isCurrent } from "./data.ts";
import { deltaBottom, drawCursorLines, drawDelta, drawFlag, drawRings, flagsOf } from "./draw-cursors.ts";
import { AXIS_PX, drawStripe, stripeAxes } from "./draw-stripe.ts";
import { drawTimeAxis, timeAxisOf } from "./draw-time.ts";
import type { Box } from "./gestures.ts";
import { listenToHands } from "./hands.ts";
import { createLegend } from "./legend.ts";
import { drawLosses, drawMarks, lossesOf, marksOf, sentencesAt } from "./marks.ts";
import { createOverview } from "./overview.ts";
import { vertical } from "./paint.ts";
import type { Palette } from "./palette.ts";
import { markOf, placeAt, placesOf } from "./places.ts";
import { samplesAt } from "./pointer.ts";
import { createStripeGrips } from "./stripe-grips.ts";

const LEGEND_PX = 296;
const TIME_AXIS_PX = 30;

const wide = matchMedia("(min-width: 1440px)");
const phone = matchMedia("(max-width: 599px)");

/** Values under the pointer (null: none) and at the cursors. */
export interface Shown {
  readonly hover: Samples | null;
  readonly a: Samples;
  readonly b: Samples;
}

export interface PlotHost extends CursorAsking {
  nextWork(): WorkId;
  /** Menus and the style popover belong to the shell. */
  plotMenu(clientX: number, clientY: number): void;
  timeMenu(clientX: number, clientY: number): void;
  axisMenu(ids: readonly SeriesId[], clientX: number, clientY: number): void;
  signalMenu(id: SeriesId, clientX: number, clientY: number): void;
  stripeMenu(stripe: number, clientX: number, clientY: number): void;
  style(id: SeriesId, anchor: HTMLElement): void;
}

export interface Plot {
  readonly element: HTMLElement;
  readonly cursors: CursorValues;
  render(state: State, palette: Palette): void;
  /** New data has come, or another width of the legend. */
  refresh(): void;
  onValues(listener: (shown: Shown) => void): void;
  /** A signal dragged from elsewhere, such as the tree. */
  carry(ids: readonly SeriesId[], label: string, event: PointerEvent, drop: (target: Target) => void): void;
  boxes(): readonly StripeBox[];
  fitAll(): void;
  focus(): void;
}

interface Latest {
  readonly state: State;
  readonly palette: Palette;
  readonly boxes: readonly StripeBox[];
  /** Whole CSS px. */
  readonly gutter: number;
}

export function createPlot(store: Store, data: DataStore, host: PlotHost): Plot {
  const picture = createSurface("data", true);
  const pointer = createSurface("pointer");
  const axis = createSurface("time-axis", true);
  const area = el("div", { class: "plot-area", role: "group", "aria-label": "Stripes" });
  const values = el("div", { class: "value-axes" });
  const mark = el("div", { class: "drop-mark", hidden: true });
  const grips = createStripeGrips(store, data);
  let lit: SeriesId | null = null;
  let hover: { readonly x: number; readonly y: number } | null = null;
  let rubber: Box | null = null;
  let latest: Latest | null = null;
  let version = 0;
  const listeners: ((shown: Shown) => void)[] = [];

  const legend = createLegend({
    select: (id) => store.dispatch({ type: "select", id }),
    light(id) {
      lit = id;
      if (latest !== null) draw(latest);
    },
    activate: (stripe) => store.dispatch({ type: "activate", stripe }),
    rename: (stripe, name) => store.dispatch({ type: "rename", stripe, name }),
    hide: (id) => store.dispatch({ type: "hide", id }),
    remove: (id) => store.dispatch({ type: "remove", id }),
    style: host.style,
    signalMenu: host.signalMenu,
    stripeMenu: host.stripeMenu,
    carry: (id, event) => carrySignals([id], event, false),
  });
  const inner = el(
    "div",
    { class: "stripes-inner" },
    picture.element,
    pointer.element,
    values,
    area,
    legend.element,
    grips.dividers,
    mark,
  );
  area.append(grips.images);
  const stripes = el("div", { class: "stripes" }, inner);
  const overview = createOverview({ show: (range) => store.dispatch({ type: "show", range }), all: fitAll });
  const time = el("div", { class: "time-row" }, axis.element);
  const element = el(
    "main",
    { class: "plot", "aria-label": "Plot", id: "plot" },
    el("h1", { class: "quiet" }, "Plot"),
    overview.element,
    stripes,
    time,
  );
  const cursors = createCursorValues(store, data, host, {
    nextWork: host.nextWork,
    redraw: () => latest !== null && draw(latest),
  });

  listenToHands(
    store,
    data,
    { plot: area, values, time },
    {
      boxes: () => latest?.boxes ?? [],
      gutter: () => latest?.gutter ?? 0,
      hover(place) {
        hover = place;
        setAttribute(area, "title", place === null ? null : sentencesUnder(place.x, place.y) || null);
        requestAnimationFrame(drawPointer);
      },
      rubber(box) {
        rubber = box;
        requestAnimationFrame(drawPointer);
      },
      carry: (ids, event) => carrySignals(ids, event, true),
      menu(what, x, y) {
        if (what === "plot") host.plotMenu(x, y);
        else if (what === "time") host.timeMenu(x, y);
        else host.axisMenu(what.ids, x, y);
      },
      fitAll,
    },
  );

  function carrySignals(ids: readonly SeriesId[], event: PointerEvent, atOnce: boolean): void {
    const { plotted } = store.get();
    const label = ids.map((id) => plotted[id]?.info.name ?? "").join(", ");
    carryAny(ids, label, event, atOnce, (target) => {
      for (const id of ids) store.dispatch({ type: "move", id, target });
    });
  }

  function carryAny(
    ids: readonly SeriesId[],
    label: string,
    event: PointerEvent,
    atOnce: boolean,
    drop: (target: Target) => void,
  ): void {
    carry(ids, label, event, { placeAt: placeOfWindow, mark: showMark, drop: (_ids, target) => drop(target) }, atOnce);
  }

  /** On a legend row it means before that row; outside the plot, off it. */
  function placeOfWindow(clientX: number, clientY: number): Target {
    const box = stripes.getBoundingClientRect();
    if (
      latest === null ||
      clientX < box.left ||
      clientX > box.right ||
      clientY < box.top ||
      clientY > box.bottom + TIME_AXIS_PX
    ) {
      return { kind: "remove" };
    }
    const under = document.elementFromPoint(clientX, clientY)?.closest<HTMLElement>(".legend-row");
    const stripe = Number(under?.closest<HTMLElement>(".legend")?.dataset.stripe);
    if (under?.dataset.series !== undefined) return { kind: "before", stripe, id: under.dataset.series };
    return placeAt(latest.boxes, latest.state, latest.gutter, clientX - box.left, clientY - box.top + stripes.scrollTop);
  }

  function showMark(target: Target | null): void {
    const found = target === null || latest === null ? null : markOf(target, latest.boxes, latest.gutter, room.width);
    mark.hidden = found === null;
    if (found === null) return;
    mark.className = `drop-mark ${found.kind}`;
    for (const side of ["left", "top", "width", "height"] as const) mark.style[side] = `${found[side]}px`;
  }

  /** Measured by the browser after layout, so that no frame has to ask for it. CSS px. */
  let room = { width: 0, height: 0 };
  let shown: Palette | null = null;
  new ResizeObserver(([entry]) => {
    if (entry === undefined) return;
    room = { width: Math.floor(entry.contentRect.width), height: Math.floor(entry.contentRect.height) };
    if (shown !== null) render(store.get(), shown);
  }).observe(stripes);
  stripes.addEventListener("scroll", () => requestAnimationFrame(drawPointer));

  function fitAll(): void {
    const range = recordingRange(store.get());
    if (range !== null) store.dispatch({ type: "show", range });
  }

  /** Axes side by side: as many as the fullest stripe has, two at least so that adding one moves nothing; one on a phone. */
  function axesShown(boxes: readonly StripeBox[], state: State): number {
    if (phone.matches) return 1;
    return Math.min(3, Math.max(2, ...boxes.map((box) => stripeAxes(box, state).length)));
  }

  const legendPx = (): number => Number.parseFloat(document.documentElement.style.getPropertyValue("--legend")) || LEGEND_PX;

  function render(state: State, palette: Palette): void {
    const { width, height } = room;
    shown = palette;
    if (width === 0 || height === 0) return;
    const ratio = window.devicePixelRatio || 1;
    const beside = wide.matches;
    const boxes = keptBoxes(layoutStripes(state.stripes, height));
    const gutter = axesShown(boxes, state) * AXIS_PX + 4;
    const plotWidth = Math.max(50, width - gutter - (beside ? legendPx() : 0));
    const columns = Math.floor(plotWidth * ratio);
    latest = { state, palette, boxes, gutter };
    if (columns !== state.columns || ratio !== state.pixelRatio) {
      store.dispatch({ type: "resize", columns, pixelRatio: ratio });
      return;
    }
    place(latest, columns / ratio, beside);
    legend.render(boxes, state);
    grips.render(boxes, state, room.width);
    showMark(state.moving === null ? null : (placesOf(boxes)[state.moving.target] ?? null));
    cursors.pump(state);
    draw(latest);
  }

  /** Sizes and places of canvases and areas. */
  function place({ boxes, gutter }: Latest, plotWidth: number, beside: boolean): void {
    const content = Math.max(room.height, (boxes.at(-1)?.top ?? 0) + (boxes.at(-1)?.height ?? 0));
    const ratio = store.get().pixelRatio;
    inner.style.height = `${content}px`;
    for (const surface of [picture, pointer]) surface.size(gutter + plotWidth, content, ratio);
    axis.size(gutter + plotWidth, TIME_AXIS_PX, ratio);
    values.style.width = `${gutter}px`;
    area.style.left = `${gutter}px`;
    area.style.width = `${plotWidth}px`;
    legend.element.style.left = `${beside ? gutter + plotWidth : gutter}px`;
  }

  let boxesBefore: readonly StripeBox[] = [];
  /** The same array as long as no box changes, so that what hangs on it is not rebuilt. */
  function keptBoxes(boxes: readonly StripeBox[]): readonly StripeBox[] {
    const isSame = (b: StripeBox, i: number): boolean => {
      const old = boxesBefore[i];
      return b.stripe === old?.stripe && b.top === old.top && b.height === old.height;
    };
    if (boxes.length !== boxesBefore.length || !boxes.every(isSame)) boxesBefore = boxes;
    return boxesBefore;
  }

  function draw(now: Latest): void {
    const {
      view,
      stripes: order,
      plotted,
      columns,
      pixelRatio,
      active,
      selected,
      heard,
      zone,
      zeroNs,
      bookmarks,
      losses,
      cursors: c,
    } = now.state;
    if (view === null) return;
    const emphasis = lit ?? (order.length > 0 ? selected : null);
    const size = `${picture.element.width} ${picture.element.height}`;
    drawData(
      now,
      version,
      view,
      now.boxes,
      plotted,
      columns,
      pixelRatio,
      active,
      emphasis,
      heard,
      bookmarks,
      losses,
      now.palette,
      size,
    );
    drawTime(view, columns, heard, zone, zeroNs, c, now.palette, size);
    overview.draw(now.state, data, now.palette, { left: now.gutter, width: room.width });
    drawPointer();
  }

  let drawn: readonly unknown[] = [];
  /** The data canvas is painted only when something on it has changed: not for pointer and cursors. */
  function drawData(now: Latest, ...inputs: readonly unknown[]): void {
    if (inputs.length === drawn.length && inputs.every((input, i) => Object.is(input, drawn[i]))) return;
    drawn = inputs;
    const { state, palette, boxes } = now;
    const { view, pixelRatio: ratio, columns } = state;
    if (view === null) return;
    const gutter = Math.round(now.gutter * ratio);
    const paint = { context: picture.context, palette, ratio };
    paint.context.fillStyle = palette.plot;
    paint.context.fillRect(0, 0, picture.element.width, picture.element.height);
    const frame = {
      axesMax: axesShown(boxes, state),
      state,
      view,
      data,
      time: timeAxisOf(state, view),
      gutter,
      width: columns,
      lit: lit ?? (state.stripes.length > 0 ? state.selected : null),
    };
    for (const box of boxes) drawStripe(paint, box, frame);
    const devices = new Set(Object.values(state.plotted).map(({ info }) => info.selector.device));
    const height = picture.element.height;
    const marks = marksOf(state);
    const markFrame = { view, gutter, width: columns, height, named: wide.matches, devices };
    drawMarks(paint, marks, markFrame);
    for (const { stripe, top } of boxes) drawLosses(paint, lossesOf(marks, stripe, state), markFrame, top);
    legend.coarse(coarseSignals(state, data));
    grips.summarize();
  }

  /** Marks under a point of the plot, in words. CSS px. */
  function sentencesUnder(x: number, y: number): string {
    const view = latest?.state.view ?? null;
    if (latest === null || view === null) return "";
    const { state, boxes } = latest;
    const marks = marksOf(state);
    const box = boxes.find(({ top, height }) => y >= top && y < top + height);
    const own = box === undefined ? [] : lossesOf(marks, box.stripe, state);
    const shown = marks.filter(({ kind }) => kind !== "loss");
    return sentencesAt([...shown, ...own], view, x * state.pixelRatio, state.pixelRatio);
  }

  const drawTime = onChange((..._inputs: readonly unknown[]) => {
    if (latest === null || latest.state.view === null) return;
    const { state, palette } = latest;
    const view = latest.state.view;
    const gutter = Math.round(latest.gutter * state.pixelRatio);
    const paint = { context: axis.context, palette, ratio: state.pixelRatio };
    const height = axis.element.height;
    const flags = flagsOf(paint, { state, view, boxes: [], gutter, height });
    drawTimeAxis(paint, { time: timeAxisOf(state, view), state, view, gutter, width: state.columns, height, flags });
    for (const flag of flags) drawFlag(paint, flag);
  });

  function drawPointer(): void {
    pointer.context.clearRect(0, 0, pointer.element.width, pointer.element.height);
    const view = latest?.state.view ?? null;
    if (latest === null || view === null) return;
    const { state, palette, boxes } = latest;
    const ratio = state.pixelRatio;
    const gutter = Math.round(latest.gutter * ratio);
    const paint = { context: pointer.context, palette, ratio };
    const frame = { state, view, boxes, gutter, height: pointer.element.height };
    const [a, b] = [cursors.at("a"), cursors.at("b")];
    drawCursorLines(paint, frame);
    drawRings(paint, frame, a);
    drawRings(paint, frame, b);
    drawRubber(paint, gutter, frame.height);
    let samples: Samples | null = null;
    let timeNs: bigint | null = null;
    if (hover !== null) {
      const column = Math.min(state.columns - 1, Math.max(0, hover.x * ratio));
      samples = samplesAt(state, data, view, column);
      timeNs = timeAt(view, column);
      paint.context.fillStyle = palette.control;
      vertical(paint, gutter + Math.floor(column), 0, frame.height);
      drawRings(paint, frame, samples);
    }
    drawDelta(paint, frame, deltaBottom(boxes, Math.min(frame.height, (stripes.scrollTop + room.height) * ratio), ratio));
    legend.values(samples, timeNs, a, b);
    for (const listener of listeners) listener({ hover: samples, a, b });
  }

  function drawRubber(
    { context, palette, ratio }: { context: CanvasRenderingContext2D; palette: Palette; ratio: number },
    gutter: number,
    height: number,
  ): void {
    if (rubber === null) return;
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

  return {
    element,
    cursors,
    render,
    refresh() {
      version++;
      if (shown !== null) render(store.get(), shown);
    },
    onValues: (listener) => void listeners.push(listener),
    carry: (ids, label, event, drop) => carryAny(ids, label, event, false, drop),
    boxes: () => latest?.boxes ?? [],
    fitAll,
    focus: () => (area.querySelector<HTMLElement>("[role=img]") ?? element).focus(),
  };
}

/** Those whose window is not the exact one yet while a coarse picture is there. */
function coarseSignals({ plotted, view, columns }: State, data: DataStore): ReadonlySet<SeriesId> {
  const ids = new Set<SeriesId>();
  if (view === null) return ids;
  for (const id of Object.keys(plotted)) {
    const { window, whole } = data.get(id);
    if (!isCurrent(window, view, columns) && whole !== null) ids.add(id);
  }
  return ids;
}
