/** Statistics as a table, in full for one signal, and as text with every digit. */
import type { QuickStatistics, SeriesStatistics } from "../../worker/api.ts";
import { el } from "../dom.ts";
import { swatch } from "../plot/legend.ts";
import type { Shown } from "../plot/pointer-layer.ts";
import type { Plotted, SeriesId } from "../state/model.ts";
import { countText, isUneven, rateText, valueText } from "../text/number.ts";
import { rawOf, shownValue, tableText } from "../text/value.ts";
import { middleName } from "./middle-name.ts";
import { type NumberColumn, numberColumn } from "./number-columns.ts";

/** What the cells say at first, and what every sample says later. */
export type Known = QuickStatistics | SeriesStatistics;

const WAITS = "…";

/** Means lie between the steps of a signal. */
const meanText = (value: number, { decimals }: Plotted): string =>
  valueText(value, decimals === null ? null : Math.max(2, decimals));

const NUMBERS = ["min", "max", "mean", "rms"] as const;
/** Characters that fewer figures leave free, and what the name keeps, so that columns stand still and can be read. */
const [WIDTH_MIN, NAME_MIN_PX, CELL_PX, LAST_PX] = [5, 64, 6, 18];

export function statsTable(signals: readonly Plotted[], found: ReadonlyMap<SeriesId, Known>): HTMLElement {
  const known = signals.map((signal) => found.get(signal.info.id));
  const figures = signals.map((signal, row) => figuresOf(signal, known[row]));
  const columns = NUMBERS.map((_, i) => numberColumn(figures.map((own) => own?.[i])));
  const counts = known.map((stats) => (stats === undefined ? "" : "min" in stats ? countText(stats.count) : "0"));
  const widths = [
    ...columns.map(({ width }) => [Math.max(WIDTH_MIN, width), CELL_PX] as const),
    [Math.max(1, ...counts.map(({ length }) => length)), LAST_PX] as const,
  ];
  const head = ["Signal", ...NUMBERS, "n"].map((text, i) => {
    const element = el("th", { class: i === 0 ? "" : "number" }, text);
    const [characters, besidePx] = widths[i - 1] ?? [0, 0];
    if (i > 0) element.style.width = `calc(${characters}ch + ${besidePx}px)`;
    return element;
  });
  const rows = signals.map((signal, row) => {
    const own = cells(signal, known[row], counts[row] ?? "");
    const numbers = figures[row]?.map((figure, i) => numberCell(figure, columns[i], row)) ?? [];
    return el("tr", { "data-series": signal.info.id }, nameCell(signal), ...numbers, ...own);
  });
  const table = el("table", { class: "stats-table" }, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows));
  const all = widths.reduce((sum, [characters]) => sum + characters, 0);
  table.style.minWidth = `calc(${all}ch + ${NAME_MIN_PX + CELL_PX * NUMBERS.length + LAST_PX}px)`;
  return el("div", { class: "table-room", tabindex: "0" }, table);
}

const nameCell = (signal: Plotted): HTMLElement =>
  el("td", { title: signal.info.name }, el("span", { class: "named" }, swatch(signal), middleName(signal.info.name)));

interface Figure {
  readonly value: number;
  readonly decimals: number | null;
}

/** Smallest, largest, mean and rms as far as they are known; null where there are none. */
function figuresOf(signal: Plotted, stats: Known | undefined): readonly (Figure | undefined)[] | null {
  if (stats === undefined || !("min" in stats) || ("shares" in stats && stats.shares.length > 0)) return null;
  const { min, max, mean } = stats;
  const { decimals } = signal;
  const fine = decimals === null ? null : Math.max(2, decimals);
  const rms = "rms" in stats ? { value: stats.rms, decimals: fine } : undefined;
  return [{ value: min, decimals }, { value: max, decimals }, { value: mean, decimals: fine }, rms];
}

function numberCell(figure: Figure | undefined, column: NumberColumn | undefined, row: number): HTMLElement {
  const padding = column?.paddings[row] ?? "";
  return el(
    "td",
    {
      class: "number",
      title: figure === undefined ? null : String(figure.value),
      "data-pad": padding === "" ? null : padding,
    },
    figure === undefined ? WAITS : (column?.texts[row] ?? ""),
  );
}

/** All but the four numbers. */
function cells(signal: Plotted, stats: Known | undefined, count: string): HTMLElement[] {
  const cell = (text: string, span = 1): HTMLElement =>
    el("td", { class: "number", ...(span > 1 ? { colspan: String(span), title: text } : {}) }, text);
  if (stats === undefined) return [cell(WAITS, 5)];
  if (!("min" in stats)) return [cell("no values", 4), cell(count)];
  if ("shares" in stats && stats.shares.length > 0) return [cell(sharesText(signal, stats.shares), 4), cell(count)];
  return [cell(count)];
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
  ["Rate", rateText(stats.rateHz, isUneven(stats.rateHz, stats.slowRateHz))],
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
        el("td", { class: "number" }, signal.info.unit === "" ? physical : `${physical}\u202f${signal.info.unit}`),
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
