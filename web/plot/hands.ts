/** What the gestures on plot and axes do to the state. */
import type { StripeBox } from "../state/layout.ts";
import type { Cursors, SeriesId, State } from "../state/model.ts";
import { firstRange, recordingRange } from "../state/recording.ts";
import type { Store } from "../state/store.ts";
import { columnOf, endNs, timeAt } from "../state/view.ts";
import { listenToTimeAxis, listenToValueAxes } from "./axis-gestures.ts";
import type { DataStore } from "./data.ts";
import { type Box, listenToGestures } from "./gestures.ts";
import { axisAt, boxAt, sampleNear, signalAt } from "./near.ts";
import { fittedAxis, limitsBetween, movedAxis, ofStripe, zoomedAxis } from "./values.ts";

export interface HandsHost {
  boxes(): readonly StripeBox[];
  /** CSS px. */
  gutter(): number;
  hover(place: { readonly x: number; readonly y: number } | null): void;
  /** A rectangle or range that is being drawn; null: gone. */
  rubber(box: Box | null): void;
  carry(ids: readonly SeriesId[], event: PointerEvent): void;
  /** Of what is under the pointer: the plot, a curve on it, an axis. */
  menu(
    what: "plot" | "time" | { readonly id: SeriesId } | { readonly ids: readonly SeriesId[] },
    clientX: number,
    clientY: number,
  ): void;
  scroll(byY: number): void;
  /** The wheel pans, and zooms with Shift. */
  wheelScrolls(): boolean;
  fitAll(): void;
}

export interface Areas {
  readonly plot: HTMLElement;
  readonly values: HTMLElement;
  readonly time: HTMLElement;
}

const CURSOR_PX = 5;
const TIME_ONLY_PX = 12; // a lower box zooms the time only
const DOUBLE_MS = 500;

export function listenToHands(store: Store, data: DataStore, areas: Areas, host: HandsHost): void {
  const column = (x: number): number => Math.round(x * store.get().pixelRatio);
  const zoom = (factor: number, x: number): void => store.dispatch({ type: "zoom", factor, atColumn: column(x) });
  const pan = (byX: number): void => store.dispatch({ type: "pan", byColumns: -byX * store.get().pixelRatio });
  const timeOf = (x: number): bigint => {
    const { view } = store.get();
    return view === null ? 0n : timeAt(view, column(x));
  };
  /** Before the first of two clicks, which a double click takes back. */
  let before: { readonly cursors: Cursors; readonly selected: SeriesId | null; readonly atMs: number } | null = null;

  function remember(): void {
    const { cursors, selected } = store.get();
    const nowMs = performance.now();
    if (before === null || nowMs - before.atMs > DOUBLE_MS) before = { cursors, selected, atMs: nowMs };
  }
  function takeBack(): void {
    if (before === null) return;
    store.dispatch({ type: "cursors", cursors: before.cursors });
    store.dispatch({ type: "select", id: before.selected });
  }

  /** As it was when a drag began. */
  let pressed: Pick<State, "view" | "cursors" | "plotted"> | null = null;
  const begin = (): void => {
    const { view, cursors, plotted } = store.get();
    pressed = { view, cursors, plotted };
  };
  function cancel(): void {
    if (pressed === null) return;
    const { view, cursors, plotted } = pressed;
    const now = store.get();
    if (view !== null && view !== now.view) store.dispatch({ type: "view", view });
    if (cursors !== now.cursors) store.dispatch({ type: "cursors", cursors });
    const moved = Object.values(plotted).filter(({ info, limits }) => now.plotted[info.id]?.limits !== limits);
    if (moved.length > 0)
      store.dispatch({ type: "limits", limits: Object.fromEntries(moved.map(({ info, limits }) => [info.id, limits])) });
  }

  function dragValues(byY: number, y: number): void {
    const box = boxAt(host.boxes(), y);
    if (box !== undefined)
      store.dispatch({ type: "limits", limits: ofStripe(box, store.get(), (axis) => movedAxis(axis, box, byY)) });
  }

  function click(x: number, y: number, withCtrl: boolean): void {
    const state = store.get();
    const box = boxAt(host.boxes(), y);
    remember();
    if (box === undefined || state.view === null) return;
    store.dispatch({ type: "activate", stripe: box.stripe.id });
    const near = sampleNear(state, data, state.view, box, x, y);
    if (near !== null) store.dispatch({ type: "select", id: near.id });
    const which = withCtrl ? "b" : "a";
    store.dispatch({ type: "cursors", cursors: { [which]: near?.sample.timeNs ?? timeOf(x) }, steps: which });
  }

  /** Time of the signals of the stripe under the pointer. */
  function fit(y: number): void {
    takeBack();
    const state = store.get();
    const range = rangeOfStripe(state, boxAt(host.boxes(), y));
    if (range !== null) store.dispatch({ type: "show", range });
  }

  function zoomTo({ fromX, toX, fromY, toY }: Box, pressY: number): void {
    const box = boxAt(host.boxes(), pressY);
    if (toX - fromX >= 2) store.dispatch({ type: "show", range: { fromNs: timeOf(fromX), toNs: timeOf(toX) } });
    if (toY - fromY < TIME_ONLY_PX || box === undefined) return;
    const [top, bottom] = [Math.max(fromY, box.top), Math.min(toY, box.top + box.height)];
    store.dispatch({ type: "limits", limits: ofStripe(box, store.get(), (axis) => limitsBetween(axis, box, top, bottom)) });
  }

  listenToGestures(areas.plot, {
    begin,
    cancel,
    zoom,
    drag(byX, byY, y, withValues) {
      pan(byX);
      if (withValues) dragValues(byY, y);
    },
    dragValues,
    box: host.rubber,
    zoomTo,
    scroll: host.scroll,
    wheelScrolls: host.wheelScrolls,
    measure: (fromX, toX) => store.dispatch({ type: "cursors", cursors: { a: timeOf(fromX), b: timeOf(toX) }, steps: "b" }),
    cursorAt(x) {
      const { view, cursors, pixelRatio } = store.get();
      if (view === null) return null;
      const far = (timeNs: bigint | null): number =>
        timeNs === null ? Number.POSITIVE_INFINITY : Math.abs(columnOf(view, timeNs) / pixelRatio - x);
      const [a, b] = [far(cursors.a), far(cursors.b)];
      if (Math.min(a, b) > CURSOR_PX) return null;
      return b < a ? "b" : "a";
    },
    moveCursor: (which, x) => store.dispatch({ type: "cursors", cursors: { [which]: timeOf(x) }, steps: which }),
    fit: (_x, y) => fit(y),
    click,
    hover: (x, y) => host.hover(x === null ? null : { x, y }),
    menu(x, y, clientX, clientY) {
      const box = boxAt(host.boxes(), y);
      const id = box === undefined ? null : signalAt(store.get(), data, box, x, y);
      host.menu(id === null ? "plot" : { id }, clientX, clientY);
    },
  });

  const axisOf = (x: number, y: number) => axisAt(host.boxes(), store.get(), host.gutter(), x, y);
  listenToValueAxes(areas.values, {
    begin,
    cancel,
    zoom(x, y, factor) {
      const at = axisOf(x, y);
      if (at !== null) store.dispatch({ type: "limits", limits: zoomedAxis(at.axis, at.box, factor, y) });
    },
    pan(x, y, byY) {
      const at = axisOf(x, y);
      if (at !== null) store.dispatch({ type: "limits", limits: movedAxis(at.axis, at.box, byY) });
    },
    scroll: host.scroll,
    range(x, fromY, toY) {
      const at = axisOf(x, fromY);
      if (at !== null) store.dispatch({ type: "limits", limits: limitsBetween(at.axis, at.box, fromY, toY) });
    },
    click(x, y) {
      const box = boxAt(host.boxes(), y);
      if (box !== undefined) store.dispatch({ type: "activate", stripe: box.stripe.id });
      const at = axisOf(x, y);
      if (at !== null) store.dispatch({ type: "select", id: at.axis.first.info.id });
    },
    fit(x, y) {
      const at = axisOf(x, y);
      if (at !== null) store.dispatch({ type: "limits", limits: fittedAxis(at.axis, data) });
    },
    menu(x, y, clientX, clientY) {
      const at = axisOf(x, y);
      if (at !== null) host.menu({ ids: at.axis.signals }, clientX, clientY);
    },
    carry(x, y, event) {
      const at = axisOf(x, y);
      if (at !== null) host.carry(at.axis.signals, event);
    },
  });

  listenToTimeAxis(areas.time, host.gutter, {
    zoom,
    drag: pan,
    select: (range) => host.rubber(range === null ? null : { ...range, fromY: 0, toY: Number.POSITIVE_INFINITY }),
    show: (fromX, toX) => store.dispatch({ type: "show", range: { fromNs: timeOf(fromX), toNs: timeOf(toX) } }),
    click(x) {
      remember();
      clickTime(store, x, timeOf);
    },
    wheelScrolls: host.wheelScrolls,
    fitAll() {
      takeBack();
      host.fitAll();
    },
    menu: (clientX, clientY) => host.menu("time", clientX, clientY),
  });
}

/** On an arrow at the edge: the cursor comes back into the view. Elsewhere: A. */
function clickTime(store: Store, x: number, timeOf: (x: number) => bigint): void {
  const { view, columns, cursors, pixelRatio } = store.get();
  if (view === null) return;
  const ARROW_PX = 40;
  const atStart = x < ARROW_PX;
  const atEnd = x > columns / pixelRatio - ARROW_PX;
  const away = (["a", "b"] as const).find((which) => {
    const timeNs = cursors[which];
    return timeNs !== null && ((atStart && timeNs < view.fromNs) || (atEnd && timeNs >= endNs(view, columns)));
  });
  const timeNs = away === undefined ? null : cursors[away];
  if (timeNs === null) store.dispatch({ type: "cursors", cursors: { a: timeOf(x) }, steps: "a" });
  else store.dispatch({ type: "view", view: { ...view, fromNs: timeNs - (view.stepNs * BigInt(columns)) / 2n } });
}

function rangeOfStripe(state: State, box: StripeBox | undefined) {
  const ranges = (box?.stripe.signals ?? []).flatMap((id) => {
    const info = state.plotted[id]?.info;
    return info === undefined || info.absent ? [] : [firstRange(state, info)];
  });
  const first = ranges[0];
  if (first === undefined) return recordingRange(state);
  return ranges.reduce(
    (all, r) => ({ fromNs: r.fromNs < all.fromNs ? r.fromNs : all.fromNs, toNs: r.toNs > all.toNs ? r.toNs : all.toNs }),
    { fromNs: first.fromNs, toNs: first.toNs },
  );
}
