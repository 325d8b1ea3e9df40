/** The plot: overview, stripes with their legends, time axis. Two canvases lie over all stripes: the data, and pointer and cursors. */
import type { WorkId } from "../../worker/api.ts";
import { el, setAttribute } from "../dom.ts";
import { oncePerFrame } from "../frame.ts";
import type { StripeBox } from "../state/layout.ts";
import type { SeriesId, State } from "../state/model.ts";
import type { Target } from "../state/moves.ts";
import { recordingRange } from "../state/recording.ts";
import type { Store } from "../state/store.ts";
import { kept, WHEEL } from "../storage.ts";
import { type Arrangement, axesShown, createStripeLayout, isWide } from "./arrange.ts";
import { createSurface } from "./canvas.ts";
import { createCarrying } from "./carrying.ts";
import { type CursorAsking, type CursorValues, createCursorValues } from "./cursors.ts";
import type { DataStore } from "./data.ts";
import { coarseSignals, createDataLayer } from "./data-layer.ts";
import { AXIS_PX } from "./draw-stripe.ts";
import type { HandsHost } from "./hands.ts";
import { createLegend } from "./legend.ts";
import { marksUnder } from "./marks.ts";
import { curveAt } from "./near.ts";
import { createOverview } from "./overview.ts";
import type { Palette } from "./palette.ts";
import { placesOf } from "./places.ts";
import { createPointerLayer, type Pointing, type Shown } from "./pointer-layer.ts";
import { createStripeGrips } from "./stripe-grips.ts";
import { createTimeRow } from "./time-row.ts";

const LEGEND_PX = 296;

export interface PlotHost extends CursorAsking {
  nextWork(): WorkId;
  /** Menus and the style popover belong to the shell. */
  plotMenu(clientX: number, clientY: number): void;
  timeMenu(clientX: number, clientY: number): void;
  axisMenu(ids: readonly SeriesId[], clientX: number, clientY: number): void;
  signalMenu(id: SeriesId, clientX: number, clientY: number): void;
  stripeMenu(stripe: number, clientX: number, clientY: number): void;
  style(id: SeriesId, anchor: HTMLElement): void;
  /** Asks again for what was stopped. */
  goOn(): void;
}

export interface Plot {
  readonly element: HTMLElement;
  readonly cursors: CursorValues;
  render(state: State, palette: Palette): void;
  /** New data has come, or another width of the legend. */
  refresh(): void;
  onValues(listener: (shown: Shown) => void): void;
  /** A signal is pointed at elsewhere, such as in the tree; null: none. */
  light(id: SeriesId | null): void;
  /** A signal dragged from elsewhere, such as the tree. */
  carry(ids: readonly SeriesId[], label: string, event: PointerEvent, drop: (target: Target) => void): void;
  boxes(): readonly StripeBox[];
  fitAll(): void;
  focus(): void;
}

export function createPlot(store: Store, data: DataStore, host: PlotHost): Plot {
  const picture = createSurface("data", true);
  const pointer = createSurface("pointer");
  const area = el("div", { class: "plot-area", role: "group", "aria-label": "Stripes" });
  const values = el("div", { class: "value-axes" });
  const grips = createStripeGrips(store, data, () => cursors.at("a"));
  const layer = createDataLayer(picture, data);
  const layout = createStripeLayout();
  /** Of a row that is pointed at, here or in the tree; of the curve under the pointer. */
  let lit: SeriesId | null = null;
  let under: SeriesId | null = null;
  let pointing: Pick<Pointing, "hover" | "rubber"> = { hover: null, rubber: null };
  let latest: Arrangement | null = null;
  let version = 0;
  /** Where A stood when the stripes were put into words. */
  let spokenA: bigint | null = null;
  const listeners: ((shown: Shown) => void)[] = [];

  const legend = createLegend({
    select: (id) => store.dispatch({ type: "select", id }),
    light,
    activate: (stripe) => store.dispatch({ type: "activate", stripe }),
    rename: (stripe, name) => store.dispatch({ type: "rename", stripe, name }),
    hide: (id) => store.dispatch({ type: "hide", id }),
    remove: (id) => store.dispatch({ type: "remove", id }),
    drawCodes: (id) => store.dispatch({ type: "style", id, style: { codes: "draw" } }),
    goOn: host.goOn,
    style: host.style,
    signalMenu: host.signalMenu,
    stripeMenu: host.stripeMenu,
    carry: (id, event) => carryPlotted([id], event, false),
  });
  const inner = el("div", { class: "stripes-inner" }, picture.element, pointer.element, values, area, legend.element);
  area.append(grips.images);
  const stripes = el("div", { class: "stripes" }, inner);
  const carrying = createCarrying(
    stripes,
    () => latest,
    () => room.width,
  );
  inner.append(grips.dividers, carrying.mark);
  const overview = createOverview({ show: (range) => store.dispatch({ type: "show", range }), all: fitAll });
  const time = createTimeRow();
  const element = el(
    "main",
    { class: "plot", "aria-label": "Plot", id: "plot" },
    el("h1", { class: "quiet" }, "Plot"),
    overview.element,
    stripes,
    time.element,
  );
  /** In this frame's turn, or the next one's where the state has changed meanwhile. */
  const redraw = oncePerFrame(() => latest !== null && draw(latest));
  const renderAgain = oncePerFrame(() => shown !== null && render(store.get(), shown));
  const redrawPointer = oncePerFrame(() => latest !== null && point(latest));
  const cursors = createCursorValues(store, data, host, { nextWork: host.nextWork, redraw });
  const pointerLayer = createPointerLayer(pointer, data, cursors);

  function light(id: SeriesId | null): void {
    if (id === lit) return;
    lit = id;
    redraw();
  }

  const hands: HandsHost = {
    boxes: () => latest?.boxes ?? [],
    gutter: () => latest?.gutter ?? 0,
    hover(hover) {
      pointing = { ...pointing, hover };
      redrawPointer();
    },
    rubber(rubber) {
      pointing = { ...pointing, rubber };
      redrawPointer();
    },
    carry: (ids, event) => carryPlotted(ids, event, true),
    menu(what, x, y) {
      if (what === "plot") host.plotMenu(x, y);
      else if (what === "time") host.timeMenu(x, y);
      else if ("id" in what) host.signalMenu(what.id, x, y);
      else host.axisMenu(what.ids, x, y);
    },
    fitAll,
    scroll: (byY) => stripes.scrollBy(0, byY),
    wheelScrolls: () => kept.get(WHEEL) === "scroll",
  };
  // There is nothing to lay hands on in the first picture.
  void import("./hands.ts").then(({ listenToHands }) =>
    listenToHands(store, data, { plot: area, values, time: time.element }, hands),
  );

  function carryPlotted(ids: readonly SeriesId[], event: PointerEvent, atOnce: boolean): void {
    const { plotted } = store.get();
    const label = ids.map((id) => plotted[id]?.info.name ?? "").join(", ");
    carrying.start(ids, label, event, atOnce, (target) => {
      for (const id of ids) store.dispatch({ type: "move", id, target });
    });
  }

  /** Measured by the browser after layout, so that no frame has to ask for it. CSS px. */
  let room = { width: 0, height: 0 };
  let scrolledPx = 0;
  let shown: Palette | null = null;
  new ResizeObserver(([entry]) => {
    if (entry === undefined) return;
    room = { width: Math.floor(entry.contentRect.width), height: Math.floor(entry.contentRect.height) };
    if (shown !== null) render(store.get(), shown);
  }).observe(stripes);
  stripes.addEventListener("scroll", () => {
    scrolledPx = stripes.scrollTop;
    redrawPointer();
  });

  function fitAll(): void {
    const range = recordingRange(store.get());
    if (range !== null) store.dispatch({ type: "show", range });
  }

  const legendPx = (): number => Number.parseFloat(document.documentElement.style.getPropertyValue("--legend")) || LEGEND_PX;

  function render(state: State, palette: Palette): void {
    const { width, height } = room;
    shown = palette;
    if (width === 0 || height === 0) return;
    const ratio = window.devicePixelRatio || 1;
    const boxes = layout(state.stripes, height);
    const gutter = axesShown(boxes, state) * AXIS_PX + 4;
    const plotWidth = Math.max(50, width - gutter - (isWide.matches ? legendPx() : 0));
    const columns = Math.floor(plotWidth * ratio);
    latest = { state, palette, boxes, gutter };
    if (columns !== state.columns || ratio !== state.pixelRatio) {
      store.dispatch({ type: "resize", columns, pixelRatio: ratio });
      return;
    }
    place(latest, columns / ratio);
    legend.render(boxes, state);
    grips.render(boxes, state, room.width);
    carrying.show(state.moving === null ? null : (placesOf(boxes)[state.moving.target] ?? null));
    cursors.pump(state);
    draw(latest);
  }

  /** Sizes and places of canvases and areas. */
  function place({ boxes, gutter, state }: Arrangement, plotWidth: number): void {
    const content = Math.max(room.height, (boxes.at(-1)?.top ?? 0) + (boxes.at(-1)?.height ?? 0));
    const ratio = state.pixelRatio;
    inner.style.height = `${content}px`;
    for (const surface of [picture, pointer]) surface.size(gutter + plotWidth, content, ratio);
    time.size(gutter + plotWidth, ratio);
    values.style.width = `${gutter}px`;
    area.style.left = `${gutter}px`;
    area.style.width = `${plotWidth}px`;
    legend.element.style.left = `${isWide.matches ? gutter + plotWidth : gutter}px`;
  }

  function draw(now: Arrangement): void {
    if (now.state.view === null) {
      // Unpainted it would be black, whatever the theme.
      picture.context.fillStyle = now.palette.plot;
      picture.context.fillRect(0, 0, picture.element.width, picture.element.height);
      return;
    }
    if (layer.draw(now, lit ?? under, version)) {
      legend.coarse(coarseSignals(now.state, data));
      grips.summarize();
    }
    time.draw(now);
    overview.draw(now.state, data, now.palette, { left: now.gutter, width: room.width });
    point(now);
  }

  function point(now: Arrangement): void {
    const { hover } = pointing;
    if (now.state.cursors.a !== spokenA) grips.summarize();
    spokenA = now.state.cursors.a;
    const values = pointerLayer.draw(now, { ...pointing, visiblePx: scrolledPx + room.height }, version);
    const curve = hover === null ? null : curveAt(now.state, data, now.boxes, hover.x, hover.y);
    if (curve !== under) {
      under = curve;
      redraw();
    }
    setAttribute(area, "title", hover === null ? null : marksUnder(now.state, now.boxes, hover.x, hover.y) || null);
    legend.values(values);
    for (const listener of listeners) listener(values);
  }

  return {
    element,
    cursors,
    render,
    refresh() {
      version++;
      renderAgain();
    },
    onValues: (listener) => void listeners.push(listener),
    light,
    carry: (ids, label, event, drop) => carrying.start(ids, label, event, false, drop),
    boxes: () => latest?.boxes ?? [],
    fitAll,
    focus: () => (area.querySelector<HTMLElement>("[aria-current]") ?? area.querySelector<HTMLElement>("[role=img]"))?.focus(),
  };
}
