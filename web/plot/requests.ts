/** What to ask the engine next, and the asking: one question at a time, the newest view wins, late answers of older views only fill in. */
import type { Fault } from "../../core/fault.ts";
import type { Reply, ViewAnswer, ViewQuery, WorkId } from "../../worker/api.ts";
import type { LastAnswer, Plotted, SeriesId, State } from "../state/model.ts";
import { recordingRange, samplesExpected } from "../state/recording.ts";
import type { Measured } from "../state/reduce.ts";
import type { Store } from "../state/store.ts";
import { endNs, fit, type TimeRange, type View } from "../state/view.ts";
import { besideOf, cutOut, holds } from "./beside.ts";
import { onlyCodesText } from "./codes.ts";
import { type DataStore, extremesOf, type Held, hasTexts, hasValues, isCurrent, pointCount, type SeriesData } from "./data.ts";
import { rhythmRange } from "./rhythm.ts";

export interface Job {
  readonly kind: "whole" | "window" | "coarse" | "beside";
  readonly ids: readonly SeriesId[];
  readonly view: View;
  readonly columns: number;
}

/** A log of this size takes longer than a person waits without a picture. */
const LARGE_BYTES = 32 * 1024 * 1024;

/**
 * Whatever has no picture at all gets a coarse one where that is much faster. Windows in view first, then the whole recording of what has none yet
 * (for axis limits, overview and backdrop), then what lies beside the view; null: all is there.
 */
export function nextJob(state: State, data: DataStore): Job | null {
  const { view, columns } = state;
  if (view === null || columns < 1) return null;
  const visible = Object.values(state.plotted).filter((p) => !p.hidden && !p.info.absent);
  const stale = visible.filter((p) => !isCurrent(data.get(p.info.id).window, view, columns));
  const range = recordingRange(state);
  const bare = stale.filter((p) => isBare(data.get(p.info.id)));
  if (bare.length > 0 && range !== null && isLarge(state))
    return { kind: "coarse", ids: bare.map((p) => p.info.id), view: fit(range, columns), columns };
  if (stale.length > 0) return { kind: "window", ids: stale.map((p) => p.info.id), view, columns };
  if (range === null) return null;
  const fresh = visible.filter(({ info }) => isWanted(data.get(info.id).whole, range));
  if (fresh.length > 0) return { kind: "whole", ids: fresh.map((p) => p.info.id), view: fit(range, columns), columns };
  // A log that nobody has gone through would be read whole for it; and where the view is all, nothing lies beside it.
  const isAll = view.fromNs <= range.fromNs && endNs(view, columns) >= range.toNs;
  if (isAll || state.listening.length > 0 || visible.length > BESIDE_MAX) return null;
  const alone = visible.filter(({ info }) => !holds(data.get(info.id).beside, view, columns));
  return alone.length === 0 ? null : { kind: "beside", ids: alone.map((p) => p.info.id), ...besideOf(view, columns) };
}

/** Curves for which something is held beside the view: some 400 kB each on a wide screen. */
const BESIDE_MAX = 32;
/** The view has rested so long before anything is asked that nobody waits for. */
const IDLE_MS = 300;

const isBare = ({ whole, window }: SeriesData): boolean => whole === null && window === null;
const isLarge = ({ heard }: State): boolean =>
  Object.values(heard).reduce((sum, { logs }) => logs.reduce((bytes, { sizeBytes }) => bytes + sizeBytes, sum), 0) > LARGE_BYTES;

/** A recording may also turn out to be longer than it seemed. */
const isWanted = (held: Held | null, range: TimeRange): boolean =>
  held === null || held.isOld === true || held.view.fromNs > range.fromNs || endNs(held.view, held.columns) < range.toNs;

/** What runs no longer than this shows no progress: nobody means it when they stop something (viewer.md §1, "Loading"). */
const UNSEEN_MS = 100;
const PATIENCE_MS = 80; // a question this young may end although the view moved on: its answer is still a good picture meanwhile

export interface Asking {
  view(work: WorkId, query: ViewQuery): Promise<Reply<ViewAnswer>>;
  cancel(work: WorkId): void;
}

export interface Requester {
  /** Call after every change of the state. */
  pump(): void;
  /** Stops what has run for as long as a person notices; it is not asked again until something else is to be asked. */
  cancel(): void;
  /** Asks again for what was stopped. */
  resume(): void;
}

export function createRequester(
  store: Store,
  data: DataStore,
  asking: Asking,
  host: { now(): number; nextWork(): WorkId; onFault(fault: Fault): void; redraw(): void },
): Requester {
  let running: { readonly work: WorkId; readonly job: Job; readonly sinceMs: number } | null = null;
  /** Not asked again until something else is. */
  let halted: string | null = null;

  let resting: { readonly view: View | null; readonly sinceMs: number } = { view: null, sinceMs: 0 };
  let waking: ReturnType<typeof setTimeout> | undefined;

  /** Whether the view has not moved for a while; asks again when it may be so. */
  function isIdle({ view }: State): boolean {
    if (resting.view !== view) resting = { view, sinceMs: host.now() };
    const leftMs = resting.sinceMs + IDLE_MS - host.now();
    if (leftMs <= 0) return true;
    clearTimeout(waking);
    waking = setTimeout(pump, leftMs);
    return false;
  }

  /** A window that is held already, as a part of what lies beside an older view. */
  function takeHeld({ plotted, view, columns }: State): void {
    if (view === null) return;
    const ids = Object.keys(plotted).filter((id) => {
      const { window, beside } = data.get(id);
      const cut = isCurrent(window, view, columns) ? null : cutOut(beside, view, columns);
      if (cut !== null) data.put(id, "window", cut);
      return cut !== null;
    });
    if (ids.length === 0) return;
    store.dispatch({ type: "measured", signals: ids.flatMap((id) => measure(store.get().plotted[id], data, false) ?? []) });
    store.dispatch({ type: "answered", last: { ...drawn(store.get(), data), elapsedMs: 0, bytesRead: 0 } });
    host.redraw();
  }

  function pump(): void {
    takeHeld(store.get());
    const state = store.get();
    data.keepOnly(new Set(Object.keys(state.plotted)));
    dropOthers(state);
    const job = nextJob(state, data);
    if (running !== null) {
      const patienceMs = running.job.kind === "beside" ? 0 : PATIENCE_MS;
      if (job !== null && isOutdated(running.job, job) && host.now() - running.sinceMs >= patienceMs) asking.cancel(running.work);
      return;
    }
    if (halted !== null && job !== null && halted === nameOf(job)) return;
    goOn();
    if (job === null) return;
    if (job.kind === "beside" && !isIdle(state)) return;
    void run(job, state);
  }

  function goOn(): void {
    halted = null;
    if (store.get().stopped.length > 0) store.dispatch({ type: "stopped", ids: [] });
  }

  let codes: Readonly<Record<SeriesId, Plotted["style"]["codes"]>> = {};
  /** What was asked with codes as gaps holds none to draw. */
  function dropOthers({ plotted }: State): void {
    const now = Object.fromEntries(Object.values(plotted).map(({ info, style }) => [info.id, style.codes]));
    for (const id of Object.keys(codes)) if (now[id] !== undefined && now[id] !== codes[id]) data.drop(id);
    codes = now;
  }

  async function run(job: Job, state: State): Promise<void> {
    const work = host.nextWork();
    running = { work, job, sinceMs: host.now() };
    const signals = job.ids.flatMap((id) => state.plotted[id] ?? []);
    const age = data.age();
    const reply = await asking.view(work, toQuery(job, signals));
    running = null;
    if (reply.ok) accept(...stillAsked(job, reply.value, signals, store.get()), age !== data.age());
    else if (reply.fault.code !== "request/cancelled") {
      halted = nameOf(job);
      host.onFault(reply.fault);
    }
    pump();
  }

  function accept(job: Job, answer: ViewAnswer, isOld: boolean): void {
    const all = wholeView(store.get());
    if (job.kind === "coarse") {
      takeCoarse(job, answer);
      return;
    }
    if (job.kind === "beside") {
      job.ids.forEach((id, i) => {
        const series = answer.series[i];
        if (series !== undefined) data.put(id, "beside", { series, view: job.view, columns: job.columns, isOld });
      });
      return;
    }
    const isWhole = job.kind === "whole" || (all !== null && all.fromNs === job.view.fromNs && all.stepNs === job.view.stepNs);
    job.ids.forEach((id, i) => {
      const series = answer.series[i];
      if (series === undefined) return;
      const held = { series, view: job.view, columns: job.columns, isOld };
      if (job.kind === "window") data.put(id, "window", held);
      if (isWhole) data.put(id, "whole", held);
    });
    store.dispatch({ type: "measured", signals: job.ids.flatMap((id) => measure(store.get().plotted[id], data, isWhole) ?? []) });
    const changed = answer.series.flatMap(({ notices }) => notices).find(({ fault }) => fault?.code === "storage/changed")?.fault;
    if (changed !== undefined) host.onFault(changed);
    if (job.kind === "window") store.dispatch({ type: "answered", last: { ...drawn(store.get(), data), ...costOf(answer) } });
    host.redraw();
  }

  /** Old from the start: it is drawn until the exact answer takes its place. */
  function takeCoarse(job: Job, answer: ViewAnswer): void {
    job.ids.forEach((id, i) => {
      const series = answer.series[i];
      if (series === undefined || !isBare(data.get(id))) return;
      data.put(id, "whole", { series, view: job.view, columns: job.columns, isOld: true, isCoarse: true });
    });
    const signals = job.ids.flatMap((id) => measure(store.get().plotted[id], data, false) ?? []);
    store.dispatch({ type: "measured", signals: signals.filter(({ notice }) => notice === null) });
    host.redraw();
  }

  return {
    pump,
    cancel() {
      if (running === null || host.now() - running.sinceMs < UNSEEN_MS) return;
      halted = nameOf(running.job);
      if (running.job.kind !== "beside") store.dispatch({ type: "stopped", ids: running.job.ids });
      asking.cancel(running.work);
    },
    resume() {
      goOn();
      pump();
    },
  };
}

function wholeView(state: State): View | null {
  const range = recordingRange(state);
  return range === null || state.columns < 1 ? null : fit(range, state.columns);
}

const nameOf = ({ kind, view, ids }: Job): string => `${kind} ${view.fromNs} ${view.stepNs} ${ids.join()}`;

/** Without the signals that are asked for in another way by now: with their codes, or without. */
function stillAsked(job: Job, answer: ViewAnswer, asked: readonly Plotted[], { plotted }: State): [Job, ViewAnswer] {
  const rows = asked.flatMap(({ info, style }, i) => (plotted[info.id]?.style.codes === style.codes ? i : []));
  const ids = rows.flatMap((row) => job.ids[row] ?? []);
  return [
    { ...job, ids },
    { ...answer, series: rows.flatMap((row) => answer.series[row] ?? []) },
  ];
}

const isOutdated = (running: Job, wanted: Job): boolean =>
  running.view.fromNs !== wanted.view.fromNs || running.view.stepNs !== wanted.view.stepNs || running.kind !== wanted.kind;

function toQuery({ kind, view, columns }: Job, signals: readonly Plotted[]): ViewQuery {
  const range = { fromNs: view.fromNs, toNs: endNs(view, columns) };
  return {
    series: signals.map(({ info, style, rhythm }) => {
      const rhythmIn = rhythm === null && kind !== "coarse" ? rhythmRange(info) : null;
      const asked = { selector: info.selector, samplesExpected: samplesExpected(info, range), codes: style.codes };
      return rhythmIn === null ? asked : { ...asked, rhythmIn };
    }),
    fromNs: view.fromNs,
    stepNs: view.stepNs,
    columns,
    ...(kind === "coarse" ? { coarse: true } : {}),
  };
}

/** What the state should know of a signal's samples. Until the whole recording is there, the window stands in. */
function measure(plotted: Plotted | undefined, data: DataStore, isWhole: boolean): Measured | null {
  if (plotted === undefined) return null;
  const { whole, window } = data.get(plotted.info.id);
  const held = whole ?? window;
  if (held === null) return null;
  const { series } = held;
  const rhythm = window?.series.rhythm ?? whole?.series.rhythm ?? null;
  const isEmpty = !hasValues(series);
  return {
    id: plotted.info.id,
    extremes: isWhole || plotted.extremes === null ? extremesOf(series) : null,
    decimals: series.decimals,
    valueTable: series.valueTable,
    lane: plotted.lane === "enum" && !isEmpty && !hasTexts(series, plotted) ? null : plotted.lane,
    notice: !isEmpty ? null : pointCount(series) > 0 ? onlyCodesText(plotted) : (series.notices[0]?.text ?? "No values."),
    rhythm,
  };
}

const costOf = ({ elapsedMs, ledger }: ViewAnswer) => ({ elapsedMs, bytesRead: ledger.bytesRead });

/** What all visible windows hold together. */
function drawn({ plotted, view, columns }: State, data: DataStore): Pick<LastAnswer, "samples" | "pointsDrawn" | "every"> {
  let [samples, pointsDrawn, every] = [0, 0, true];
  for (const { info, hidden } of Object.values(plotted)) {
    const held = data.get(info.id).window;
    if (hidden || held === null || view === null) continue;
    const points = pointCount(held.series);
    pointsDrawn += points;
    samples += held.series.every
      ? points
      : Math.max(points, samplesExpected(info, { fromNs: view.fromNs, toNs: endNs(view, columns) }));
    every &&= held.series.every;
  }
  return { samples, pointsDrawn, every };
}
