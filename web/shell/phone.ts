/** Phone only: tabs at the bottom and the values under the pointer in a sheet below the plot. */
import { el, onChange, setText } from "../dom.ts";
import type { Sample } from "../plot/data.ts";
import { SLOT_COUNT } from "../plot/palette.ts";
import type { SeriesId, State } from "../state/model.ts";
import type { Store } from "../state/store.ts";
import { valueText } from "../text/number.ts";
import { icon } from "./icons.ts";

export interface Phone {
  readonly values: HTMLElement;
  readonly tabs: HTMLElement;
  render(state: State): void;
  show(samples: ReadonlyMap<SeriesId, Sample> | null): void;
}

export function createPhone(store: Store): Phone {
  const rows = el("div");
  const hint = el("span", { class: "hint" }, "Touch the plot to read them.");
  const values = el("section", { class: "values", "aria-label": "Values" }, el("h2", {}, "Values", hint), rows);
  const cells = new Map<SeriesId, HTMLElement>();
  const tab = (name: State["tab"], text: string, symbol: "list" | "drive"): HTMLButtonElement =>
    el("button", { type: "button", onclick: () => store.dispatch({ type: "tab", tab: name }) }, icon(symbol), text);
  const signals = tab("signals", "Signals", "list");
  const plot = tab("plot", "Plot", "drive");
  const tabs = el("nav", { class: "tabs", "aria-label": "Views" }, signals, plot);
  const draw = onChange((stripes: State["stripes"], plotted: State["plotted"]) => {
    cells.clear();
    rows.replaceChildren(
      ...stripes
        .flatMap((stripe) => stripe.signals)
        .flatMap((id) => {
          const signal = plotted[id];
          if (signal === undefined) return [];
          const cell = el("span", { class: "value" });
          cells.set(id, cell);
          return [
            el(
              "div",
              { class: "value-row" },
              el("span", { class: `swatch slot${(signal.slot % SLOT_COUNT) + 1}` }),
              el("span", { class: "name" }, signal.info.name),
              el("span", { class: "unit" }, signal.info.unit),
              cell,
            ),
          ];
        }),
    );
  });
  return {
    values,
    tabs,
    render(state) {
      draw(state.stripes, state.plotted);
      values.hidden = state.stripes.length === 0 || state.tab !== "plot";
      tabs.hidden = state.catalogue === null;
      signals.setAttribute("aria-pressed", String(state.tab === "signals"));
      plot.setAttribute("aria-pressed", String(state.tab === "plot"));
    },
    show(samples) {
      hint.hidden = samples !== null;
      const { plotted } = store.get();
      for (const [id, cell] of cells) {
        const sample = samples?.get(id);
        const signal = plotted[id];
        const text =
          sample === undefined || signal === undefined
            ? ""
            : (signal.valueTable?.[String(sample.value)] ?? valueText(sample.value, signal.decimals));
        setText(cell, text);
      }
    },
  };
}
