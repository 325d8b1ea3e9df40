/** Speaks the values at a cursor that steps: one polite live region, at most twice a second (viewer.md §6, "Access"). */
import { el } from "../dom.ts";
import { timeText } from "../plot/draw-cursors.ts";
import type { Shown } from "../plot/pointer-layer.ts";
import type { State } from "../state/model.ts";
import type { Store } from "../state/store.ts";
import { shownValue } from "../text/value.ts";

const PAUSE_MS = 500;

export interface Speaker {
  readonly element: HTMLElement;
  values(shown: Shown): void;
}

export function createSpeaker(store: Store): Speaker {
  const element = el("div", { class: "quiet", role: "status", "aria-live": "polite" });
  let said = "";
  let timer: number | null = null;
  let latest: Shown | null = null;
  let before: State["cursors"] = { a: null, b: null };

  function speak(): void {
    timer = null;
    const state = store.get();
    const { cursors, view, selected, plotted, stripes } = state;
    // The one that moved; with Shift it is not the one that steps.
    const moved = (["a", "b"] as const).filter((which) => cursors[which] !== before[which]);
    const cursor = moved.length === 1 ? (moved[0] ?? state.cursor) : state.cursor;
    before = cursors;
    const timeNs = cursors[cursor];
    const signal = plotted[selected ?? stripes[0]?.signals[0] ?? ""];
    const sample = signal === undefined ? undefined : latest?.[cursor].get(signal.info.id);
    if (timeNs === null || view === null || signal === undefined || sample === undefined) return;
    const value = `${shownValue(signal, sample.value, sample.exact)} ${signal.info.unit}`.trim();
    const text = `${cursor.toUpperCase()} ${timeText(state, view, timeNs)}, ${signal.info.name} ${value}`;
    if (text === said) return;
    said = text;
    element.textContent = text;
  }

  return {
    element,
    values(shown) {
      latest = shown;
      if (timer === null) timer = window.setTimeout(speak, PAUSE_MS);
    },
  };
}
