/** Values at the cursors A and B: from what is on screen where that holds every sample, otherwise asked of the engine. And steps of a cursor. */
import type { AtQuery, Reply, Sample, StepQuery, WorkId } from "../../worker/api.ts";
import type { Cursors, Plotted, SeriesId, State } from "../state/model.ts";
import { recordingRange } from "../state/recording.ts";
import type { Store } from "../state/store.ts";
import { endNs } from "../state/view.ts";
import { type DataStore, isCurrent, sampleAt, stepIn } from "./data.ts";
import { gapOf } from "./rhythm.ts";

export type Samples = ReadonlyMap<SeriesId, Sample>;

export interface CursorAsking {
  at(work: WorkId, query: AtQuery): Promise<Reply<readonly (Sample | null)[]>>;
  step(work: WorkId, query: StepQuery): Promise<Reply<Sample | null>>;
  cancel(work: WorkId): void;
}

export interface CursorValues {
  /** Known values at a cursor; those still asked for are missing. */
  at(which: keyof Cursors): Samples;
  /** Call after every change of the state. */
  pump(state: State): void;
  /** Moves the stepping cursor by samples of the selected signal, or to its next change. */
  step(by: number, toChange: boolean, which?: keyof Cursors): void;
}

interface Held {
  readonly timeNs: bigint;
  readonly samples: Map<SeriesId, Sample>;
  /** Answered, also those without a sample. */
  readonly known: Set<SeriesId>;
}

const WHICH: readonly (keyof Cursors)[] = ["a", "b"];

export function createCursorValues(
  store: Store,
  data: DataStore,
  asking: CursorAsking,
  host: { nextWork(): WorkId; redraw(): void },
): CursorValues {
  const held: Record<keyof Cursors, Held | null> = { a: null, b: null };
  const running: Record<keyof Cursors, WorkId | null> = { a: null, b: null };
  let heard: State["heard"] | null = null;

  function pump(state: State): void {
    if (state.heard !== heard) {
      heard = state.heard;
      held.a = null;
      held.b = null;
    }
    for (const which of WHICH) pumpOne(state, which);
  }

  function pumpOne(state: State, which: keyof Cursors): void {
    const timeNs = state.cursors[which];
    if (timeNs === null) {
      held[which] = null;
      return;
    }
    const now = held[which]?.timeNs === timeNs ? held[which] : { timeNs, samples: new Map(), known: new Set<SeriesId>() };
    held[which] = now;
    const open = Object.values(state.plotted).filter((p) => !p.info.absent && !now.known.has(p.info.id));
    const asked = open.filter((p) => !takeLocal(state, p, now));
    if (asked.length > 0 && running[which] === null) void ask(which, now, asked);
  }

  /** What is drawn sample by sample is known here already. */
  function takeLocal({ view, columns }: State, signal: Plotted, now: Held): boolean {
    const { info } = signal;
    const window = data.get(info.id).window;
    if (view === null || window === null || !window.series.every || !isCurrent(window, view, columns)) return false;
    if (now.timeNs < view.fromNs || now.timeNs >= endNs(view, columns)) return false;
    const sample = sampleAt(window.series, now.timeNs);
    if (sample === null) return false;
    now.known.add(info.id);
    if (Number(now.timeNs - sample.timeNs) <= gapOf(signal)) now.samples.set(info.id, sample);
    return true;
  }

  async function ask(which: keyof Cursors, now: Held, signals: readonly Plotted[]): Promise<void> {
    const work = host.nextWork();
    running[which] = work;
    const series = signals.map((signal) => ({
      selector: signal.info.selector,
      reachNs: reachOf(signal, now.timeNs),
      codes: signal.style.codes,
    }));
    const reply = await asking.at(work, { series, timeNs: now.timeNs });
    running[which] = null;
    signals.forEach(({ info }, i) => {
      now.known.add(info.id);
      const sample = reply.ok ? (reply.value[i] ?? null) : null;
      if (sample !== null) now.samples.set(info.id, sample);
    });
    pump(store.get());
    host.redraw();
  }

  async function step(by: number, toChange: boolean, which = store.get().cursor): Promise<void> {
    const state = store.get();
    const signal = steppingSignal(state);
    const timeNs = state.cursors[which] ?? firstTime(state);
    const range = recordingRange(state);
    if (signal === null || timeNs === null || range === null) return;
    const { info } = signal;
    const window = data.get(info.id).window;
    const near = toChange || window === null ? null : stepIn(window, timeNs, by);
    if (near !== null) return go(which, near.timeNs);
    const value = toChange ? (held[which]?.samples.get(info.id)?.value ?? null) : null;
    const periodNs = BigInt(Math.max(1, Math.round(1e9 / (info.rateHz ?? 1))));
    const reply = await asking.step(host.nextWork(), { selector: info.selector, timeNs, by, toChange, value, periodNs, range });
    // A cursor that was moved meanwhile stays where it was put.
    if (reply.ok && reply.value !== null && (store.get().cursors[which] ?? timeNs) === timeNs) go(which, reply.value.timeNs);
  }

  /** The cursor that steps stays the one it was: with Shift the other one goes, again and again. */
  const go = (which: keyof Cursors, timeNs: bigint): void => store.dispatch({ type: "cursors", cursors: { [which]: timeNs } });

  const nothing: Samples = new Map();
  return { at: (which) => held[which]?.samples ?? nothing, pump, step: (...args) => void step(...args) };
}

/** The selected signal, else the first of the active stripe. */
function steppingSignal({ selected, active, stripes, plotted }: State): Plotted | null {
  const first = stripes.find((s) => s.id === active)?.signals[0] ?? stripes[0]?.signals[0];
  return plotted[selected ?? ""] ?? plotted[first ?? ""] ?? null;
}

const firstTime = ({ view, columns }: State): bigint | null =>
  view === null ? null : view.fromNs + (view.stepNs * BigInt(columns)) / 2n;

/** No older than the gap rule allows; as far as the signal goes back where no rate is known. */
function reachOf(signal: Plotted, timeNs: bigint): bigint {
  const { firstNs } = signal.info;
  const gapNs = gapOf(signal);
  if (Number.isFinite(gapNs)) return BigInt(Math.round(gapNs));
  return timeNs > firstNs ? timeNs - firstNs : 1n;
}
