/** Undo and redo of scenes: every settled change is one step (viewer.md §4, "History"). */
import type { Scene } from "./model.ts";

const STEPS_MAX = 200;

/** A scene, or how to make it once it is wanted: those kept over a reload are bound to the signals that are here then. */
export type Step = Scene | (() => Scene);

export interface History {
  readonly past: readonly Step[];
  readonly future: readonly Step[];
  /** The scene as it was when it last settled. */
  readonly settled: Scene | null;
}

export const emptyHistory: History = { past: [], future: [], settled: null };

export const sceneOf = ({ columns, view, stripes, plotted }: Scene): Scene => ({ columns, view, stripes, plotted });

export const sceneAt = (step: Step): Scene => (typeof step === "function" ? step() : step);

/** What a person did, as opposed to what arrived: limits learnt from the data make no step. */
function differs(a: Scene, b: Scene): boolean {
  return (
    a.view?.fromNs !== b.view?.fromNs ||
    a.view?.stepNs !== b.view?.stepNs ||
    a.stripes !== b.stripes ||
    Object.keys(a.plotted).some((id) => a.plotted[id]?.limits !== b.plotted[id]?.limits)
  );
}

/** Called when a change has come to rest. `moves`: the view moves by itself (Follow), which is no step. */
export function settle(history: History, scene: Scene, moves = false): History {
  const now = sceneOf(scene);
  if (history.settled === null) return { ...history, settled: now };
  const before = moves ? { ...history.settled, view: now.view } : history.settled;
  if (!differs(before, now)) return { ...history, settled: now };
  return { past: [...history.past, before].slice(-STEPS_MAX), future: [], settled: now };
}

/** The scene before, and the history after going there; null at the end. */
export function undo(history: History): { history: History; scene: Scene } | null {
  const step = history.past.at(-1);
  if (step === undefined || history.settled === null) return null;
  const scene = sceneAt(step);
  return { scene, history: { past: history.past.slice(0, -1), future: [history.settled, ...history.future], settled: scene } };
}

export function redo(history: History): { history: History; scene: Scene } | null {
  const [step, ...future] = history.future;
  if (step === undefined || history.settled === null) return null;
  const scene = sceneAt(step);
  return { scene, history: { past: [...history.past, history.settled], future, settled: scene } };
}
