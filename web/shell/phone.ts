/** Phone only: tabs at the bottom and the values under the pointer in a sheet below the plot. */
import { el, onChange, setAttribute, setText } from "../dom.ts";
import { swatch } from "../plot/legend.ts";
import type { Shown } from "../plot/pointer-layer.ts";
import type { SeriesId, State } from "../state/model.ts";
import type { Store } from "../state/store.ts";
import { deltaText, shownValue } from "../text/value.ts";
import { type IconName, icon } from "./icons.ts";

export interface Phone {
  readonly values: HTMLElement;
  readonly tabs: HTMLElement;
  render(state: State): void;
  show(shown: Shown): void;
}

export function createPhone(store: Store): Phone {
  const rows = el("div");
  const hint = el("span", { class: "hint" }, "Touch the plot to read them.");
  const delta = el("span", { class: "delta" }, "Δ to B");
  const heads = el("span", { class: "heads" }, el("span", { class: "value" }, "A"), delta);
  const head = el(
    "button",
    { class: "values-head", type: "button", title: "More or less" },
    el("i", { class: "handle" }),
    "Values",
    hint,
    heads,
  );
  const values = el("section", { class: "values", "aria-label": "Values" }, head, rows);
  const cells = new Map<SeriesId, { readonly value: HTMLElement; readonly delta: HTMLElement }>();
  listenToSheet(values, head);
  const tabs = TABS.map(({ panel, text, symbol }) => ({
    panel,
    button: el("button", { type: "button", onclick: () => showOnly(store, panel) }, icon(symbol), text),
  }));
  const bar = el("nav", { class: "tabs", "aria-label": "Views" }, ...tabs.map(({ button }) => button));
  const draw = onChange((stripes: State["stripes"], plotted: State["plotted"]) => {
    cells.clear();
    rows.replaceChildren(
      ...stripes
        .flatMap((stripe) => stripe.signals)
        .flatMap((id) => {
          const signal = plotted[id];
          if (signal === undefined) return [];
          const cell = { value: el("span", { class: "value" }), delta: el("span", { class: "delta" }) };
          cells.set(id, cell);
          return [
            el(
              "div",
              { class: "value-row" },
              swatch(signal),
              el("span", { class: "name" }, signal.info.name),
              el("span", { class: "unit" }, signal.info.unit),
              cell.value,
              cell.delta,
            ),
          ];
        }),
    );
  });
  return {
    values,
    tabs: bar,
    render(state) {
      draw(state.stripes, state.plotted);
      const shown = COVERS.find((panel) => state.panels[panel]) ?? null;
      values.hidden = state.stripes.length === 0 || shown !== null;
      bar.hidden = state.catalogue === null;
      for (const { panel, button } of tabs) setAttribute(button, "aria-pressed", String(panel === shown));
    },
    show({ hover, a, b }) {
      const { plotted } = store.get();
      const main = hover ?? (a.size > 0 ? a : null);
      hint.hidden = main !== null;
      heads.hidden = a.size === 0;
      delta.hidden = b.size === 0; // as its column is
      for (const [id, cell] of cells) {
        const [sample, atA, atB] = [main?.get(id), a.get(id), b.get(id)];
        const signal = plotted[id];
        setText(cell.value, sample === undefined || signal === undefined ? "" : shownValue(signal, sample.value, sample.exact));
        const isDelta = atA !== undefined && atB !== undefined && signal !== undefined;
        setText(cell.delta, isDelta ? deltaText(signal, atA.value, atB.value) : "");
      }
    },
  };
}

type Cover = "signals" | "stats" | "file";
/** Panels that lie over the plot where there is room for one thing only. */
const COVERS: readonly Cover[] = ["signals", "stats", "file"];
const TABS: readonly { readonly panel: Cover | null; readonly text: string; readonly symbol: IconName }[] = [
  { panel: "signals", text: "Signals", symbol: "list" },
  { panel: null, text: "Plot", symbol: "drive" },
  { panel: "stats", text: "Statistics", symbol: "stats" },
  { panel: "file", text: "File", symbol: "folder" },
];

/** One of them, or the plot. */
function showOnly(store: Store, shown: Cover | null): void {
  for (const panel of COVERS) store.dispatch({ type: "panel", panel, open: panel === shown });
}

const STOPS = ["low", "middle", "high"] as const;

/** The sheet stops at its header, at five rows, at 70 % (viewer.md §1): dragged, or one stop further with each press. */
function listenToSheet(sheet: HTMLElement, head: HTMLElement): void {
  let stop = 1;
  let fromY: number | null = null;
  const show = (next: number): void => {
    stop = Math.min(STOPS.length - 1, Math.max(0, next));
    sheet.dataset.stop = STOPS[stop] ?? "middle";
    head.setAttribute("aria-expanded", String(stop > 0));
  };
  head.addEventListener("pointerdown", (event) => {
    fromY = event.clientY;
    head.setPointerCapture(event.pointerId);
  });
  head.addEventListener("pointerup", (event) => {
    const by = fromY === null ? 0 : fromY - event.clientY;
    fromY = null;
    if (Math.abs(by) < 8) show((stop + 1) % STOPS.length);
    else show(stop + Math.sign(by));
  });
  head.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") show((stop + 1) % STOPS.length);
  });
  show(stop);
}
