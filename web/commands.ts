/** What each command of the key table does. */
import type { Command } from "./keys.ts";
import { type DataStore, extremesOf } from "./plot/data.ts";
import type { Plot } from "./plot/plot.ts";
import type { Limits, SeriesId } from "./state/model.ts";
import { recordingRange } from "./state/recording.ts";
import type { Store } from "./state/store.ts";
import { spanNs } from "./state/view.ts";

export interface CommandHost {
  readonly store: Store;
  readonly data: DataStore;
  readonly plot: Plot;
  openFiles(): void;
  openFolder(): void;
  findSignal(): void;
  cancel(): void;
  /** Focus the next (1) or previous (−1) region. */
  move(step: 1 | -1): void;
}

export function createCommands(host: CommandHost): (command: Command, digit?: number) => void {
  const { store, data, plot } = host;
  const selected = (act: (id: SeriesId) => void): void => {
    const id = store.get().selected;
    if (id !== null) act(id);
  };
  const middle = (): number => store.get().columns / 2;
  const panBy = (share: number): void => store.dispatch({ type: "pan", byColumns: share * store.get().columns });
  const toggle = (panel: "signals" | "file" | "help"): void =>
    store.dispatch({ type: "panel", panel, open: !store.get().panels[panel] });

  const commands: Readonly<Record<Command, (digit: number) => void>> = {
    "find-signal": host.findSignal,
    help: () => toggle("help"),
    "open-files": host.openFiles,
    "open-folder": host.openFolder,
    undo: () => store.undo(),
    redo: () => store.redo(),
    fit: () => plot.fitAll(),
    "fit-values": () => fitValues(store, data),
    "zoom-in": () => store.dispatch({ type: "zoom", factor: 0.8, atColumn: middle() }),
    "zoom-out": () => store.dispatch({ type: "zoom", factor: 1.25, atColumn: middle() }),
    "values-in": () => zoomValues(store, 0.8),
    "values-out": () => zoomValues(store, 1.25),
    "pan-left": () => panBy(-0.1),
    "pan-right": () => panBy(0.1),
    "page-left": () => panBy(-1),
    "page-right": () => panBy(1),
    "to-start": () => toEnd(store, "start"),
    "to-end": () => toEnd(store, "end"),
    stack: () => store.dispatch({ type: "stack" }),
    merge: () => store.dispatch({ type: "merge" }),
    "own-stripe": () => selected((id) => store.dispatch({ type: "own-stripe", id })),
    remove: () => selected((id) => store.dispatch({ type: "remove", id })),
    hide: () => selected((id) => store.dispatch({ type: "hide", id })),
    lane: () => selected((id) => store.dispatch({ type: "lane", id })),
    "toggle-signals": () => toggle("signals"),
    "toggle-file": () => toggle("file"),
    "next-region": () => host.move(1),
    "previous-region": () => host.move(-1),
    escape: () => {
      host.cancel();
      plot.focus();
    },
    activate: (digit) => {
      const stripe = store.get().stripes[digit - 1];
      if (stripe !== undefined) store.dispatch({ type: "activate", stripe: stripe.id });
    },
  };
  return (command, digit = 0) => commands[command](digit);
}

/** Limits of all curves to what is in view; a second time, back to the whole recording's. */
function fitValues(store: Store, data: DataStore): void {
  const { plotted } = store.get();
  const ids = Object.keys(plotted);
  const isFitted = ids.some((id) => plotted[id]?.limits !== null);
  const limits: Record<SeriesId, Limits | null> = {};
  for (const id of ids) {
    const held = data.get(id).window;
    limits[id] = isFitted || held === null ? null : padded(extremesOf(held.series));
  }
  store.dispatch({ type: "limits", limits });
}

const padded = (limits: Limits | null): Limits | null => {
  if (limits === null) return null;
  const by = (limits[1] - limits[0]) * 0.05 || Math.abs(limits[0]) * 0.05 || 1;
  return [limits[0] - by, limits[1] + by];
};

/** Around the middle of each curve of the active stripe. */
function zoomValues(store: Store, factor: number): void {
  const { stripes, active, plotted } = store.get();
  const limits: Record<SeriesId, Limits | null> = {};
  for (const id of stripes.find((s) => s.id === active)?.signals ?? []) {
    const signal = plotted[id];
    const now = signal?.limits ?? signal?.extremes ?? null;
    if (now === null) continue;
    const centre = (now[0] + now[1]) / 2;
    const half = ((now[1] - now[0] || 1) / 2) * factor;
    limits[id] = [centre - half, centre + half];
  }
  store.dispatch({ type: "limits", limits });
}

function toEnd(store: Store, end: "start" | "end"): void {
  const state = store.get();
  const all = recordingRange(state);
  if (all === null || state.view === null) return;
  const span = spanNs(state.view, state.columns);
  const fromNs = end === "start" ? all.fromNs : all.toNs - span;
  store.dispatch({ type: "view", view: { fromNs, stepNs: state.view.stepNs } });
}
