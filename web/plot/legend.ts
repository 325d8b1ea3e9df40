/** The legend of each stripe: swatch, name, unit, and the value under the pointer. Beside the stripe when wide, its first row otherwise. */
import { el, onChange, setAttribute, setText } from "../dom.ts";
import type { SeriesId, State } from "../state/model.ts";
import type { StripeBox } from "../state/stripes.ts";
import { valueText } from "../text/number.ts";
import type { Sample } from "./data.ts";
import { SLOT_COUNT } from "./palette.ts";

export interface LegendHost {
  select(id: SeriesId): void;
  light(id: SeriesId | null): void;
  activate(stripe: number): void;
  remove(id: SeriesId): void;
}

export interface Legend {
  readonly element: HTMLElement;
  render(boxes: readonly StripeBox[], state: State): void;
  /** Values under the pointer; null hides them. */
  values(samples: ReadonlyMap<SeriesId, Sample> | null, timeNs: bigint | null): void;
}

export function createLegend(host: LegendHost): Legend {
  const element = el("div", { class: "legends" });
  const cells = new Map<SeriesId, HTMLElement>();
  let state: State | null = null;

  const rebuild = onChange(
    (boxes: readonly StripeBox[], plotted: State["plotted"], selected: SeriesId | null, active: number | null) => {
      cells.clear();
      element.replaceChildren(...boxes.map((box, index) => stripeLegend(box, index, plotted, selected, active, cells, host)));
    },
  );

  return {
    element,
    render(boxes, next) {
      state = next;
      rebuild(boxes, next.plotted, next.selected, next.active);
    },
    values(samples, timeNs) {
      for (const [id, cell] of cells) {
        const sample = samples?.get(id);
        const plotted = state?.plotted[id];
        const text = sample === undefined || plotted === undefined ? "" : shown(sample, plotted.valueTable, plotted.decimals);
        setText(cell, text);
        setAttribute(cell, "title", sample === undefined || timeNs === null ? null : ageText(sample.timeNs - timeNs));
      }
    },
  };
}

const shown = (sample: Sample, table: Readonly<Record<string, string>> | null, decimals: number | null): string =>
  table?.[String(sample.value)] ?? valueText(sample.value, decimals);

const ageText = (ns: bigint): string =>
  ns === 0n ? "at the pointer" : `at ${ns < 0n ? "−" : "+"}${Math.abs(Number(ns) / 1e6).toFixed(3)} ms`;

function stripeLegend(
  box: StripeBox,
  index: number,
  plotted: State["plotted"],
  selected: SeriesId | null,
  active: number | null,
  cells: Map<SeriesId, HTMLElement>,
  host: LegendHost,
): HTMLElement {
  const rows = box.stripe.signals.map((id) => legendRow(id, plotted, selected, cells, host));
  const element = el(
    "div",
    {
      class: `legend of-${box.stripe.kind}${box.stripe.id === active ? " active" : ""}`,
      role: "group",
      "aria-label": `Stripe ${index + 1}`,
      onpointerdown: () => host.activate(box.stripe.id),
    },
    ...rows,
  );
  element.style.top = `${box.top}px`;
  element.style.height = `${box.height - 1}px`;
  return element;
}

function legendRow(
  id: SeriesId,
  plotted: State["plotted"],
  selected: SeriesId | null,
  cells: Map<SeriesId, HTMLElement>,
  host: LegendHost,
): HTMLElement {
  const signal = plotted[id];
  if (signal === undefined) return el("div");
  const value = el("span", { class: "value" });
  cells.set(id, value);
  const swatch = el("span", {
    class: `swatch slot${(signal.slot % SLOT_COUNT) + 1}${signal.slot >= SLOT_COUNT ? " dashed" : ""}`,
  });
  const select = el(
    "button",
    {
      class: "legend-name",
      type: "button",
      title: `${signal.info.name}\n${signal.info.source}${signal.info.comment === null ? "" : `\n${signal.info.comment}`}`,
      "aria-pressed": String(id === selected),
      onclick: () => host.select(id),
    },
    swatch,
    el("span", { class: "name" }, signal.info.name),
    el("span", { class: "unit" }, signal.info.unit),
  );
  return el(
    "div",
    {
      class: `legend-row${id === selected ? " selected" : ""}${signal.hidden ? " hidden" : ""}`,
      onpointerenter: () => host.light(id),
      onpointerleave: () => host.light(null),
    },
    select,
    el("span", { class: "source" }, signal.notice ?? signal.info.source),
    value,
    el(
      "button",
      { class: "remove", type: "button", "aria-label": `Remove ${signal.info.name}`, onclick: () => host.remove(id) },
      "×",
    ),
  );
}
