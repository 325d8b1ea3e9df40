/** Statistics over A–B, the view or all; and the raw values at A. */
import type { QuickStatistics, Reply, SeriesStatistics, StatisticsQuery, WorkId } from "../../worker/api.ts";
import { el, onChange } from "../dom.ts";
import type { Shown } from "../plot/pointer-layer.ts";
import { gapOf } from "../plot/rhythm.ts";
import type { Plotted, SeriesId, Span, State } from "../state/model.ts";
import { recordingRange, samplesExpected } from "../state/recording.ts";
import type { Store } from "../state/store.ts";
import { endNs, type TimeRange } from "../state/view.ts";
import { durationText } from "../text/time.ts";
import { icon } from "./icons.ts";
import { type Known, rawTable, statsDetails, statsTable, statsTsv } from "./stats-table.ts";

export interface StatsAsking {
  quickStatistics(work: WorkId, query: StatisticsQuery): Promise<Reply<readonly QuickStatistics[]>>;
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
  const found = new Map<SeriesId, Known>();
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
        ...(selected === undefined ? [] : [statsDetails(selected, found.get(selected.info.id))]),
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
      gapNs: gapOf(signal),
      shares: signal.valueTable !== null || signal.lane !== null,
    }));
    const query = { series, ...range };
    // The whole answer is on its way meanwhile, unless it is here first.
    void asking.quickStatistics(work, query).then((quick) => running === work && put(signals, quick));
    const reply = await asking.statistics(work, query);
    if (running !== work) return; // a newer question is on its way
    running = null;
    put(signals, reply);
  }

  function put(signals: readonly Plotted[], reply: Reply<readonly (QuickStatistics | SeriesStatistics)[]>): void {
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
