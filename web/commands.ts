/** What each command of the key table does. */
import type { Command } from "./keys.ts";
import type { DataStore } from "./plot/data.ts";
import { nameOf, stripeAxes } from "./plot/draw-stripe.ts";
import { marksOf } from "./plot/marks.ts";
import { placeOf, placesOf, placeText } from "./plot/places.ts";
import type { Plot } from "./plot/plot.ts";
import { fittedAxis, freedAxis, ofStripe, zoomedAxis } from "./plot/values.ts";
import type { Limits, SeriesId, State, Style } from "./state/model.ts";
import { recordingRange } from "./state/recording.ts";
import type { Store } from "./state/store.ts";
import { spanNs, timeAt } from "./state/view.ts";

export interface CommandHost {
  readonly store: Store;
  readonly data: DataStore;
  readonly plot: Plot;
  openFiles(): void;
  openDatabases(): void;
  openFolder(): void;
  findSignal(): void;
  palette(text: string): void;
  copyLink(): void;
  follow(): void;
  forget(): void;
  table(): void;
  cancel(): void;
  say(text: string): void;
  /** Focus the next (1) or previous (−1) region. */
  move(step: 1 | -1): void;
}

export type Run = (command: Command, digit?: number) => void;

export function createCommands(host: CommandHost): Run {
  const { store, plot } = host;
  const selected = (act: (id: SeriesId) => void): void => {
    const id = store.get().selected;
    if (id !== null && store.get().plotted[id] !== undefined) act(id);
  };
  const middle = (): number => store.get().columns / 2;
  const panBy = (share: number): void => store.dispatch({ type: "pan", byColumns: share * store.get().columns });
  const toggle = (panel: keyof State["panels"]): void =>
    store.dispatch({ type: "panel", panel, open: !store.get().panels[panel] });
  const other = (): "a" | "b" => (store.get().cursor === "a" ? "b" : "a");
  const stripeAt = (digit: number): number | undefined => store.get().stripes[digit - 1]?.id;

  const commands: Readonly<Record<Command, (digit: number) => void>> = {
    palette: () => host.palette(""),
    "go-to": () => host.palette(":"),
    "find-signal": host.findSignal,
    "copy-link": host.copyLink,
    follow: host.follow,
    forget: host.forget,
    help: () => toggle("help"),
    table: host.table,
    "open-files": host.openFiles,
    "open-folder": host.openFolder,
    databases: host.openDatabases,
    undo: () => store.undo(),
    redo: () => store.redo(),
    fit: () => fitEverything(host),
    "fit-time": () => plot.fitAll(),
    "fit-values": () => fitValues(host),
    "auto-values": () => autoValues(host),
    "zoom-in": () => store.dispatch({ type: "zoom", factor: 0.8, atColumn: middle() }),
    "zoom-out": () => store.dispatch({ type: "zoom", factor: 1.25, atColumn: middle() }),
    "values-in": () => zoomValues(host, 0.8),
    "values-out": () => zoomValues(host, 1.25),
    "pan-left": () => panBy(-0.1),
    "pan-right": () => panBy(0.1),
    "page-left": () => panBy(-1),
    "page-right": () => panBy(1),
    "to-start": () => toEnd(store, "start"),
    "to-end": () => toEnd(store, "end"),
    cursors: () => cycleCursors(store),
    "cursor-a": () => putCursor(store, "a", 0.4),
    "cursor-b": () => putCursor(store, "b", 0.6),
    "step-right": () => plot.cursors.step(1, false),
    "step-left": () => plot.cursors.step(-1, false),
    "leap-right": () => plot.cursors.step(20, false),
    "leap-left": () => plot.cursors.step(-20, false),
    "other-right": () => plot.cursors.step(1, false, other()),
    "other-left": () => plot.cursors.step(-1, false, other()),
    "change-right": () => plot.cursors.step(1, true),
    "change-left": () => plot.cursors.step(-1, true),
    "zoom-cursors": () => zoomToCursors(store),
    bookmark: () => bookmark(store),
    "next-mark": () => goToMark(store, 1),
    "previous-mark": () => goToMark(store, -1),
    "toggle-stats": () => toggle("stats"),
    "toggle-right": () => toggle("stats"),
    "new-stripe": () => store.dispatch({ type: "new-stripe" }),
    stack: () => store.dispatch({ type: "stack" }),
    merge: () => store.dispatch({ type: "merge" }),
    move: () => selected((id) => startMoving(host, id)),
    "own-stripe": () => selected((id) => store.dispatch({ type: "own-stripe", id })),
    "split-axis": () => selected((id) => store.dispatch({ type: "split-axis", id })),
    remove: () => selected((id) => store.dispatch({ type: "remove", id })),
    hide: () => selected((id) => store.dispatch({ type: "hide", id })),
    lane: () => selected((id) => store.dispatch({ type: "lane", id })),
    form: () => selected((id) => nextForm(store, id)),
    "select-next": () => selectBy(store, 1),
    "select-previous": () => selectBy(store, -1),
    "toggle-signals": () => toggle("signals"),
    "toggle-file": () => toggle("file"),
    "next-region": () => host.move(1),
    "previous-region": () => host.move(-1),
    escape() {
      if (store.get().moving !== null) {
        store.dispatch({ type: "moving", moving: null });
        return;
      }
      host.cancel();
      plot.focus();
    },
    activate(digit) {
      const stripe = stripeAt(digit);
      if (stripe !== undefined) store.dispatch({ type: "activate", stripe });
    },
    fold(digit) {
      const stripe = stripeAt(digit);
      if (stripe !== undefined) store.dispatch({ type: "fold", stripe });
    },
  };
  return (command, digit = 0) => commands[command](digit);
}

/** Keys while a signal is on its way: arrows choose, Enter puts it down, Escape leaves it. True: the key was for us. */
export function moveByKey({ store, plot, say }: CommandHost, key: string): boolean {
  const { moving } = store.get();
  if (moving === null) return false;
  const places = placesOf(plot.boxes());
  const step = key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0;
  if (step !== 0) {
    const target = Math.min(places.length - 1, Math.max(0, moving.target + step));
    store.dispatch({ type: "moving", moving: { ...moving, target } });
    sayPlace(store, plot, say, target);
  } else if (key === "Enter") {
    const target = places[moving.target];
    store.dispatch({ type: "moving", moving: null });
    if (target !== undefined) store.dispatch({ type: "move", id: moving.id, target });
  } else if (key === "Escape") store.dispatch({ type: "moving", moving: null });
  else return false;
  return true;
}

function startMoving({ store, plot, say }: CommandHost, id: SeriesId): void {
  const target = placeOf(plot.boxes(), id);
  store.dispatch({ type: "moving", moving: { id, target } });
  sayPlace(store, plot, say, target);
}

function sayPlace(store: Store, plot: Plot, say: (text: string) => void, target: number): void {
  const place = placesOf(plot.boxes())[target];
  if (place !== undefined) say(placeText(place, plot.boxes(), (box) => nameOf(box, store.get())));
}

/** Time of all recordings, values as they were at first. */
function fitEverything({ store, plot }: CommandHost): void {
  plot.fitAll();
  const { plotted } = store.get();
  const fixed = Object.keys(plotted).filter((id) => plotted[id]?.limits !== null);
  if (fixed.length > 0) store.dispatch({ type: "limits", limits: Object.fromEntries(fixed.map((id) => [id, null])) });
}

/** Limits of all curves to what is in view; a second time, back to the whole recording's. */
function fitValues({ store, data, plot }: CommandHost): void {
  const state = store.get();
  const isFitted = Object.values(state.plotted).some((p) => p.limits !== null);
  const limits: Record<SeriesId, Limits | null> = {};
  for (const box of plot.boxes()) {
    for (const axis of stripeAxes(box, state)) Object.assign(limits, isFitted ? freedAxis(axis) : fittedAxis(axis, data));
  }
  store.dispatch({ type: "limits", limits });
}

function autoValues(host: CommandHost): void {
  const on = !host.store.get().autoValues;
  host.store.dispatch({ type: "auto-values", on });
  host.say(on ? "Values follow the view" : "Values stay as they are");
  if (on) followValues(host);
}

/** What "auto" does after each answer. */
export function followValues({ store, data, plot }: Pick<CommandHost, "store" | "data" | "plot">): void {
  const state = store.get();
  const limits: Record<SeriesId, Limits | null> = {};
  for (const box of plot.boxes()) for (const axis of stripeAxes(box, state)) Object.assign(limits, fittedAxis(axis, data));
  if (Object.keys(limits).length > 0) store.dispatch({ type: "limits", limits });
}

/** Around the middle of each axis of the active stripe. */
function zoomValues({ store, plot }: CommandHost, factor: number): void {
  const state = store.get();
  const box = plot.boxes().find((b) => b.stripe.id === state.active);
  if (box === undefined) return;
  const middle = box.top + box.height / 2;
  store.dispatch({ type: "limits", limits: ofStripe(box, state, (axis) => zoomedAxis(axis, box, factor, middle)) });
}

function toEnd(store: Store, end: "start" | "end"): void {
  const state = store.get();
  const all = recordingRange(state);
  if (all === null || state.view === null) return;
  const span = spanNs(state.view, state.columns);
  const fromNs = end === "start" ? all.fromNs : all.toNs - span;
  store.dispatch({ type: "view", view: { fromNs, stepNs: state.view.stepNs } });
}

/** None → A → A and B → none. */
function cycleCursors(store: Store): void {
  const { a, b } = store.get().cursors;
  if (a === null) putCursor(store, "a", 0.4);
  else if (b === null) putCursor(store, "b", 0.6);
  else store.dispatch({ type: "cursors", cursors: { a: null, b: null }, steps: "a" });
}

/** At a share of the view; there it stays if it is in view already, and steps from now on. */
function putCursor(store: Store, which: "a" | "b", share: number): void {
  const { view, columns, cursors } = store.get();
  if (view === null) return;
  const now = cursors[which];
  const isInView = now !== null && now >= view.fromNs && now < view.fromNs + spanNs(view, columns);
  store.dispatch({ type: "cursors", cursors: { [which]: isInView ? now : timeAt(view, columns * share) }, steps: which });
}

function zoomToCursors(store: Store): void {
  const { a, b } = store.get().cursors;
  if (a === null || b === null || a === b) return;
  store.dispatch({ type: "show", range: { fromNs: a < b ? a : b, toNs: a < b ? b : a } });
}

/** At A, or in the middle; a second time it is taken away. */
function bookmark(store: Store): void {
  const { view, columns, cursors, bookmarks } = store.get();
  if (view === null) return;
  const timeNs = cursors.a ?? timeAt(view, columns / 2);
  const left = bookmarks.filter((mark) => mark.timeNs !== timeNs);
  const next = left.length < bookmarks.length ? left : [...bookmarks, { timeNs, text: `mark ${bookmarks.length + 1}` }];
  store.dispatch({ type: "bookmarks", bookmarks: next });
}

/** The next mark after (1) or before (−1) the middle of the view comes into its middle. */
function goToMark(store: Store, step: 1 | -1): void {
  const state = store.get();
  const { view, columns } = state;
  if (view === null) return;
  const half = spanNs(view, columns) / 2n;
  const now = view.fromNs + half;
  const times = marksOf(state).map((mark) => mark.timeNs);
  // Rounding of the middle must not find the same mark again.
  const next = step > 0 ? times.find((t) => t > now + view.stepNs) : times.findLast((t) => t < now - view.stepNs);
  if (next !== undefined) store.dispatch({ type: "view", view: { ...view, fromNs: next - half } });
}

const FORMS: readonly Style["form"][] = ["physical", "raw", "hex"];

function nextForm(store: Store, id: SeriesId): void {
  const form = store.get().plotted[id]?.style.form ?? "physical";
  store.dispatch({ type: "style", id, style: { form: FORMS[(FORMS.indexOf(form) + 1) % FORMS.length] ?? "physical" } });
}

function selectBy(store: Store, step: 1 | -1): void {
  const { stripes, selected } = store.get();
  const all = stripes.flatMap((stripe) => stripe.signals);
  if (all.length === 0) return;
  const at = selected === null ? -1 : all.indexOf(selected);
  const id = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length] ?? null;
  store.dispatch({ type: "select", id });
  const home = stripes.find((stripe) => id !== null && stripe.signals.includes(id));
  if (home !== undefined) store.dispatch({ type: "activate", stripe: home.id });
}
