/** Statistics over A–B, the view or all; and the raw values at A. */
import type { Reply, SeriesStatistics, StatisticsQuery, WorkId } from "../../worker/api.ts";
import { el, onChange } from "../dom.ts";
import { gapNsOf } from "../plot/gaps.ts";
import { swatch } from "../plot/legend.ts";
import type { Shown } from "../plot/pointer-layer.ts";
import type { Plotted, SeriesId, Span, State } from "../state/model.ts";
import { recordingRange, samplesExpected } from "../state/recording.ts";
import type { Store } from "../state/store.ts";
import { endNs, type TimeRange } from "../state/view.ts";
import { countText, middleEllipsis, rateText, shortText, valueText } from "../text/number.ts";
import { durationText } from "../text/time.ts";
import { rawOf, shownValue, tableText } from "../text/value.ts";
import { icon } from "./icons.ts";

export interface StatsAsking {
  statistics(work: WorkId, query: StatisticsQuery): Promise<Reply<readonly SeriesStatistics[]>>;
  cancel(work: WorkId): void;
}

export interface StatsPanel {
  readonly element: HTMLElement;
  render(state: State): void;
  values(shown: Shown): void;
}

const SETTLE_MS = 200;
const SPANS: readonly (readonly [Span, string])[] = [
  ["cursors", "A–B"],
  ["view", "View"],
  ["all", "All"],
];

export function createStatsPanel(
  store: Store,
  asking: StatsAsking,
  host: { nextWork(): WorkId; say(text: string): void },
): StatsPanel {
  const found = new Map<SeriesId, SeriesStatistics>();
  const title = el("span", { class: "detail" });
  const spans = el("span", { class: "zones", role: "group", "aria-label": "Range of the statistics" });
  const body = el("div", { class: "stats-body" });
  const element = el(
    "aside",
    { class: "stats-panel", "aria-label": "Statistics", hidden: true, id: "stats" },
    el(
      "div",
      { class: "panel-head" },
      "Statistics",
      title,
      spans,
      el("button", { type: "button", class: "link", title: "Copy as a table", onclick: copy }, "Copy"),
      el(
        "button",
        {
          type: "button",
          "aria-label": "Close the statistics",
          onclick: () => store.dispatch({ type: "panel", panel: "stats", open: false }),
        },
        icon("close"),
      ),
    ),
    body,
  );
  let running: WorkId | null = null;
  let timer = 0;
  let atA: Shown["a"] = new Map();

  const drawSpans = onChange((span: Span) => {
    spans.replaceChildren(
      ...SPANS.map(([value, text]) =>
        el(
          "button",
          {
            type: "button",
            "aria-pressed": String(value === span),
            onclick: () => store.dispatch({ type: "span", span: value }),
          },
          text,
        ),
      ),
    );
  });
  const outdate = onChange((_range: string, _signals: string, _heard: State["heard"]) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void ask(), SETTLE_MS);
  });
  const drawBody = onChange(
    (_plotted: State["plotted"], _stripes: State["stripes"], _selected: SeriesId | null, _turn: number) => {
      const state = store.get();
      const signals = signalsOf(state);
      const selected = signals.find(({ info }) => info.id === state.selected) ?? signals[0];
      body.replaceChildren(
        signals.length === 0 ? el("p", { class: "hint" }, "Plot a signal to see its statistics.") : statsTable(signals, found),
        ...(selected === undefined ? [] : [details(selected, found.get(selected.info.id))]),
        ...(atA.size === 0 ? [] : [rawTable(signals, atA)]),
      );
    },
  );
  let turn = 0;
  const redraw = (): void => {
    const { plotted, stripes, selected } = store.get();
    drawBody(plotted, stripes, selected, turn);
  };

  async function ask(): Promise<void> {
    const state = store.get();
    const range = rangeOf(state);
    const signals = signalsOf(state);
    if (running !== null) asking.cancel(running);
    if (range === null || signals.length === 0) return;
    const work = host.nextWork();
    running = work;
    const series = signals.map((signal) => ({
      selector: signal.info.selector,
      samplesExpected: samplesExpected(signal.info, range),
      gapNs: gapNsOf(signal.info.rateHz),
      shares: signal.valueTable !== null || signal.lane !== null,
    }));
    const reply = await asking.statistics(work, { series, ...range });
    if (running !== work) return; // a newer question is on its way
    running = null;
    found.clear();
    for (const [i, { info }] of signals.entries()) {
      const stats = reply.ok ? reply.value[i] : undefined;
      if (stats !== undefined) found.set(info.id, stats);
    }
    turn++;
    redraw();
  }

  function copy(): void {
    const text = statsTsv(signalsOf(store.get()), found);
    void navigator.clipboard?.writeText(text).then(() => host.say("Statistics copied"));
  }

  return {
    element,
    render(state) {
      element.hidden = !state.panels.stats || state.catalogue === null;
      if (element.hidden) return;
      const range = rangeOf(state);
      title.textContent = range === null ? "set A and B" : durationText(range.toNs - range.fromNs);
      drawSpans(state.span);
      outdate(
        range === null ? "" : `${range.fromNs} ${range.toNs}`,
        signalsOf(state)
          .map((s) => s.info.id)
          .join("\n"),
        state.heard,
      );
      redraw();
    },
    values({ a }) {
      const isSame = a.size === atA.size && [...a].every(([id, sample]) => atA.get(id)?.timeNs === sample.timeNs);
      if (isSame || element.hidden) return;
      atA = new Map(a);
      turn++;
      redraw();
    },
  };
}

/** Stripes top down, without hidden and absent ones. */
const signalsOf = ({ stripes, plotted }: State): Plotted[] =>
  stripes.flatMap((stripe) => stripe.signals.flatMap((id) => plotted[id] ?? [])).filter((s) => !s.hidden && !s.info.absent);

/** Half open; null while a cursor is missing. */
function rangeOf(state: State): TimeRange | null {
  const { span, cursors, view, columns } = state;
  if (span === "all") return recordingRange(state);
  if (span === "view") return view === null ? null : { fromNs: view.fromNs, toNs: endNs(view, columns) };
  const { a, b } = cursors;
  if (a === null || b === null || a === b) return null;
  return { fromNs: a < b ? a : b, toNs: a < b ? b : a };
}

/** Letters of a name: few beside the plot, many where the table lies under it. */
const under = matchMedia("(min-width: 960px) and (max-width: 1439px)");
const nameLetters = (): number => (under.matches ? 28 : 8);
/** Means lie between the steps of a signal. */
const meanText = (value: number, { decimals }: Plotted): string =>
  valueText(value, decimals === null ? null : Math.max(2, decimals));

function statsTable(signals: readonly Plotted[], found: ReadonlyMap<SeriesId, SeriesStatistics>): HTMLElement {
  const head = ["Signal", "min", "max", "mean", "rms", "n"].map((text, i) => el("th", { class: i === 0 ? "" : "number" }, text));
  const rows = signals.map((signal) => {
    const stats = found.get(signal.info.id);
    const name = el("td", { title: signal.info.name }, swatch(signal), ` ${middleEllipsis(signal.info.name, nameLetters())}`);
    return el("tr", { "data-series": signal.info.id }, name, ...cells(signal, stats));
  });
  return el(
    "div",
    { class: "table-room" },
    el("table", { class: "stats-table" }, el("thead", {}, el("tr", {}, ...head)), el("tbody", {}, ...rows)),
  );
}

function cells(signal: Plotted, stats: SeriesStatistics | undefined): HTMLElement[] {
  const cell = (text: string, span = 1): HTMLElement =>
    el("td", { class: "number", ...(span > 1 ? { colspan: String(span), title: text } : {}) }, text);
  if (stats === undefined) return [cell("…", 5)];
  if (!("min" in stats)) return [cell("no values", 4), cell("0")];
  if (stats.shares.length > 0) return [cell(sharesText(signal, stats.shares), 4), cell(countText(stats.count))];
  const number = (value: number, decimals: number | null): HTMLElement => {
    const element = cell(shortText(value, decimals));
    element.title = String(value);
    return element;
  };
  const { min, max, mean, rms, count } = stats;
  const fine = signal.decimals === null ? null : Math.max(2, signal.decimals);
  return [
    number(min, signal.decimals),
    number(max, signal.decimals),
    number(mean, fine),
    number(rms, fine),
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

function details(signal: Plotted, stats: SeriesStatistics | undefined): HTMLElement {
  if (stats === undefined || !("min" in stats)) return el("dl", { class: "stats-details" });
  const unit = signal.info.unit === "" ? "" : `\u202f${signal.info.unit}`;
  const rows: readonly (readonly [string, string])[] = [
    ["σ", `${meanText(stats.sigma, signal)}${unit}`],
    ["Time mean", `${meanText(stats.weightedMean, signal)}${unit}`],
    ["Rate", rateText(stats.rateHz)],
    ["Slowest 1 %", rateText(stats.slowRateHz)],
    ["Gaps", countText(stats.gaps)],
    ["First", shownValue(signal, stats.first.value) + unit],
    ["Last", shownValue(signal, stats.last.value) + unit],
  ];
  return el(
    "dl",
    { class: "stats-details", "aria-label": signal.info.name },
    ...rows.flatMap(([term, text]) => [el("dt", {}, term), el("dd", {}, text)]),
  );
}

function rawTable(signals: readonly Plotted[], atA: Shown["a"]): HTMLElement {
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
        el("td", { title: signal.info.name }, swatch(signal), ` ${middleEllipsis(signal.info.name, nameLetters())}`),
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
    el("table", {}, ...rows),
  );
}

/** Plain numbers, every digit. */
export function statsTsv(signals: readonly Plotted[], found: ReadonlyMap<SeriesId, SeriesStatistics>): string {
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
  ];
  const rows = signals.map((signal) => {
    const stats = found.get(signal.info.id);
    if (stats === undefined || !("min" in stats)) return [signal.info.name, signal.info.unit, "", "", "", "", "", "", 0];
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
    ];
    return [signal.info.name, signal.info.unit, ...known];
  });
  return [head, ...rows].map((row) => row.join("\t")).join("\n");
}
