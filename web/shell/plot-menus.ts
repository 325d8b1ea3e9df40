/** Menus of what is under the pointer: plot, time axis, value axis, signal, stripe. */
import type { Run } from "../commands.ts";
import { type Command, keysText } from "../keys.ts";
import type { SeriesId, Zone } from "../state/model.ts";
import type { Store } from "../state/store.ts";
import type { Menu, MenuItem } from "./menu.ts";

export interface PlotMenus {
  plot(x: number, y: number): void;
  time(x: number, y: number): void;
  axis(ids: readonly SeriesId[], x: number, y: number): void;
  signal(id: SeriesId, x: number, y: number): void;
  stripe(stripe: number, x: number, y: number): void;
}

export interface PlotMenuHost {
  readonly run: Run;
  style(id: SeriesId, x: number, y: number): void;
  limits(ids: readonly SeriesId[], x: number, y: number): void;
}

export function createPlotMenus(store: Store, menu: Menu, host: PlotMenuHost): PlotMenus {
  const command = (text: string, name: Command): MenuItem => ({ text, detail: keysText(name), run: () => host.run(name) });
  const zone = (value: Zone, text: string): MenuItem => ({
    text,
    detail: store.get().zone === value && store.get().zeroNs === null ? "shown" : "",
    run: () => {
      if (value === "relative") store.dispatch({ type: "zero", timeNs: null });
      else store.dispatch({ type: "zone", zone: value });
    },
  });
  return {
    plot: (x, y) =>
      menu.openAt(x, y, [
        command("Fit everything", "fit"),
        command("Fit values to the view", "fit-values"),
        command("Zoom to A–B", "zoom-cursors"),
        null,
        command("Cursors", "cursors"),
        command("Statistics", "toggle-stats"),
        command("Bookmark", "bookmark"),
        command("Plot as table", "table"),
        command("Copy link", "copy-link"),
      ]),
    time(x, y) {
      const { a } = store.get().cursors;
      menu.openAt(x, y, [
        zone("relative", "Seconds from the start"),
        ...(a === null ? [] : [{ text: "Set zero at A", detail: "", run: () => store.dispatch({ type: "zero", timeNs: a }) }]),
        zone("log", "Log time"),
        zone("utc", "UTC"),
        zone("local", "Local time"),
      ]);
    },
    axis(ids, x, y) {
      const isLog = ids.some((id) => store.get().plotted[id]?.log === true);
      const first = ids[0];
      menu.openAt(x, y, [
        { text: "Limits…", detail: "", run: () => host.limits(ids, x, y) },
        { text: "Limits of the whole recording", detail: "", run: () => free(ids) },
        command("Fit values to the view", "fit-values"),
        command("Values always follow the view", "auto-values"),
        null,
        { text: isLog ? "Linear" : "Logarithmic", detail: "", run: () => store.dispatch({ type: "log", ids, log: !isLog }) },
        ...(ids.length > 1 && first !== undefined
          ? [{ text: "Split", detail: keysText("split-axis"), run: () => store.dispatch({ type: "split-axis", id: first }) }]
          : []),
      ]);
    },
    signal(id, x, y) {
      store.dispatch({ type: "select", id });
      menu.openAt(x, y, [
        { text: "Style…", detail: "", run: () => host.style(id, x, y) },
        command("Hide or show", "hide"),
        command("Lane or curve", "lane"),
        command("Physical, raw, hex", "form"),
        null,
        command("Move…", "move"),
        command("To a new stripe", "own-stripe"),
        command("On an axis of its own", "split-axis"),
        command("Remove", "remove"),
      ]);
    },
    stripe(stripe, x, y) {
      store.dispatch({ type: "activate", stripe });
      const isFolded = store.get().stripes.find((s) => s.id === stripe)?.folded === true;
      menu.openAt(x, y, [
        { text: isFolded ? "Unfold" : "Fold", detail: keysText("fold"), run: () => store.dispatch({ type: "fold", stripe }) },
        command("Fit values to the view", "fit-values"),
        command("New stripe below", "new-stripe"),
        null,
        command("One stripe for each signal", "stack"),
        command("Merge stripes", "merge"),
        {
          text: "Remove the stripe",
          detail: "",
          run: () => {
            for (const id of store.get().stripes.find((s) => s.id === stripe)?.signals ?? [])
              store.dispatch({ type: "remove", id });
          },
        },
      ]);
    },
  };

  function free(ids: readonly SeriesId[]): void {
    store.dispatch({ type: "limits", limits: Object.fromEntries(ids.map((id) => [id, null])) });
  }
}
