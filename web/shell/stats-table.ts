/** Statistics as a table, in full for one signal, and as text with every digit. */
import type { QuickStatistics, SeriesStatistics } from "../../worker/api.ts";
import { el } from "../dom.ts";
import { swatch } from "../plot/legend.ts";
import type { Shown } from "../plot/pointer-layer.ts";
import type { Plotted, SeriesId } from "../state/model.ts";
import { countText, rateText, shortText, valueText } from "../text/number.ts";
import { rawOf, shownValue, tableText } from "../text/value.ts";
import { middleName } from "./middle-name.ts";

/** What the cells say at first, and what every sample says later. */
export type Known = QuickStatistics | SeriesStatistics;

const WAITS = "…";

/** Means lie between the steps of a signal. */
const meanText = (value: number, { decimals }: Plotted): string =>
  valueText(value, decimals === null ? null : Math.max(2, decimals));

export function statsTable(signals: readonly Plotted[], found: ReadonlyMap<SeriesId, Known>): HTMLElement {
  const head = ["Signal", "min", "max", "mean", "rms", "n"].map((text, i) => el("th", { class: i === 0 ? "" : "number" }, text));
  const rows = signals.map((signal) => {
    const stats = found.get(signal.info.id);
    const name = nameCell(signal);
    return el("tr", { "data-series": signal.info.id }, name, ...cells(signal, stats));
  });
  return el(
    "div",
    { class: "table-room", tabindex: "0" },
    el("table", { class: "stats-table" }, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows)),
  );
}

const nameCell = (signal: Plotted): HTMLElement =>
  el("td", { title: signal.info.name }, el("span", { class: "named" }, swatch(signal), middleName(signal.info.name)));

function cells(signal: Plotted, stats: Known | undefined): HTMLElement[] {
  const cell = (text: string, span = 1): HTMLElement =>
    el("td", { class: "number", ...(span > 1 ? { colspan: String(span), title: text } : {}) }, text);
  if (stats === undefined) return [cell(WAITS, 5)];
  if (!("min" in stats)) return [cell("no values", 4), cell("0")];
  if ("shares" in stats && stats.shares.length > 0)
    return [cell(sharesText(signal, stats.shares), 4), cell(countText(stats.count))];
  const number = (value: number, decimals: number | null): HTMLElement => {
    const element = cell(shortText(value, decimals));
    element.title = String(value);
    return element;
  };
  const { min, max, mean, count } = stats;
  const fine = signal.decimals === null ? null : Math.max(2, signal.decimals);
  return [
    number(min, signal.decimals),
    number(max, signal.decimals),
    number(mean, fine),
    "rms" in stats ? number(stats.rms, fine) : cell(WAITS),
    cell(countText(count)),
  ];
}

const SHARES_SHOWN = 3;

/** "6: 43 % · 4: 34 %" */
const sharesText = (signal: Plotted, shares: readonly { readonly value: number; readonly share: number }[]): string =>
  shares
    .slice(0, SHARES_SHOWN)
    .map(
      ({ value, share }) => `${tableText(signal, value) ?? valueText(value, signal.decimals)}: ${Math.round(share * 100)}\u202f%`,
    )
    .join(" · ");

export function statsDetails(signal: Plotted, stats: Known | undefined): HTMLElement {
  if (stats === undefined || !("min" in stats)) return el("dl", { class: "stats-details" });
  const unit = signal.info.unit === "" ? "" : `\u202f${signal.info.unit}`;
  const rows = "rms" in stats ? detailRows(signal, stats, unit) : quickRows(signal, stats, unit);
  return el(
    "dl",
    { class: "stats-details", "aria-label": signal.info.name },
    ...rows.flatMap(([term, text]) => [el("dt", {}, term), el("dd", { title: text }, text)]),
  );
}

type Rows = readonly (readonly [term: string, text: string])[];

const detailRows = (signal: Plotted, stats: Extract<SeriesStatistics, { rms: number }>, unit: string): Rows => [
  ["σ", `${meanText(stats.sigma, signal)}${unit}`],
  ["Time mean", `${meanText(stats.weightedMean, signal)}${unit}`],
  ["Rate", rateText(stats.rateHz)],
  ["Slowest 1 %", rateText(stats.slowRateHz)],
  ["Gaps", countText(stats.gaps)],
  ["First", shownValue(signal, stats.first.value) + unit],
  ["Last", shownValue(signal, stats.last.value) + unit],
];

/** The same places, so that nothing moves when the rest has come. */
const quickRows = (signal: Plotted, { first, last }: Extract<QuickStatistics, { min: number }>, unit: string): Rows => [
  ...["σ", "Time mean", "Rate", "Slowest 1 %", "Gaps"].map((term) => [term, WAITS] as const),
  ["First", shownValue(signal, first) + unit],
  ["Last", shownValue(signal, last) + unit],
];

export function rawTable(signals: readonly Plotted[], atA: Shown["a"]): HTMLElement {
  const rows = signals.flatMap((signal) => {
    const sample = atA.get(signal.info.id);
    if (sample === undefined) return [];
    const raw = rawOf(signal.info.scaling, sample.value);
    const hex = shownValue({ ...signal, style: { ...signal.style, form: "hex" } }, sample.value);
    const physical = shownValue({ ...signal, style: { ...signal.style, form: "physical" } }, sample.value);
    return [
      el(
        "tr",
        {},
        nameCell(signal),
        el("td", { class: "number code" }, raw === null ? "" : hex),
        el("td", { class: "number" }, raw === null ? "" : String(raw).replace("-", "−")),
        el("td", { class: "number" }, `${physical} ${signal.info.unit}`.trim()),
      ),
    ];
  });
  return el(
    "div",
    {},
    el("div", { class: "panel-head" }, "Values at A", el("span", { class: "detail" }, "raw")),
    el("table", { class: "values-table" }, ...rows),
  );
}

/** Plain numbers, every digit. */
export function statsTsv(signals: readonly Plotted[], found: ReadonlyMap<SeriesId, Known>): string {
  const head = [
    "signal",
    "unit",
    "min",
    "max",
    "mean",
    "rms",
    "sigma",
    "mean over time",
    "count",
    "rate Hz",
    "rate slowest 1 % Hz",
    "gaps",
    "first",
    "last",
    "share of time",
  ];
  const rows = signals.map((signal) => {
    const stats = found.get(signal.info.id);
    if (stats === undefined || !("rms" in stats)) return [signal.info.name, signal.info.unit, "", "", "", "", "", "", 0];
    const { min, max, mean, rms, sigma, weightedMean, count, rateHz, slowRateHz, gaps, first, last } = stats;
    const known = [
      min,
      max,
      mean,
      rms,
      sigma,
      weightedMean,
      count,
      rateHz ?? "",
      slowRateHz ?? "",
      gaps,
      first.value,
      last.value,
      stats.shares.map(({ value, share }) => `${tableText(signal, value) ?? value}=${share}`).join("; "),
    ];
    return [signal.info.name, signal.info.unit, ...known];
  });
  return [head, ...rows].map((row) => row.join("\t")).join("\n");
}
