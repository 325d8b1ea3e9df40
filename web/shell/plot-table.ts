/** "Plot as table": what the stripes show as rows, at most two hundred, for those who read rather than look (viewer.md §6, "Access"). */
import { el } from "../dom.ts";
import { type DataStore, sampleAt } from "../plot/data.ts";
import { timeText } from "../plot/draw-cursors.ts";
import { gapOf } from "../plot/rhythm.ts";
import type { Plotted, State } from "../state/model.ts";
import { timeAt, type View } from "../state/view.ts";
import { shownValue } from "../text/value.ts";

const ROWS_MAX = 200;

export interface PlotTable {
  readonly element: HTMLDialogElement;
  open(state: State, data: DataStore): void;
}

export function createPlotTable(): PlotTable {
  const body = el("div", { class: "table-room", tabindex: "0" });
  const close = el("button", { class: "framed", type: "button", onclick: () => element.close() }, "Close");
  const element = el(
    "dialog",
    { class: "plot-table", "aria-label": "Plot as table" },
    el("h1", {}, "Plot as table"),
    body,
    el("div", { class: "buttons" }, close),
  );
  return {
    element,
    open(state, data) {
      if (state.view === null) return;
      body.replaceChildren(tableOf(state, state.view, data));
      element.showModal();
    },
  };
}

/** Evenly spread moments; each value is the last real sample up to then. */
function tableOf(state: State, view: View, data: DataStore): HTMLElement {
  const signals = state.stripes.flatMap((stripe) => stripe.signals.flatMap((id) => state.plotted[id] ?? []));
  const count = Math.min(ROWS_MAX, state.columns);
  const rows = Array.from({ length: count }, (_, i) => {
    const timeNs = timeAt(view, (i * state.columns) / count);
    return el(
      "tr",
      {},
      el("th", { scope: "row" }, timeText(state, view, timeNs)),
      ...signals.map((signal) => el("td", { class: "number" }, cellText(signal, data, timeNs))),
    );
  });
  const head = ["Time", ...signals.map(({ info }) => `${info.name}${info.unit === "" ? "" : `, ${info.unit}`}`)];
  return el(
    "table",
    {},
    el("thead", {}, el("tr", {}, ...head.map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, ...rows),
  );
}

function cellText(signal: Plotted, data: DataStore, timeNs: bigint): string {
  const held = data.get(signal.info.id).window;
  const sample = held === null ? null : sampleAt(held.series, timeNs);
  if (sample === null || Number(timeNs - sample.timeNs) > gapOf(signal)) return "no data";
  return shownValue(signal, sample.value, sample.exact);
}
