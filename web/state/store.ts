/** Holds the state, folds dispatched actions into it and tells listeners once per animation frame. */
import { emptyHistory, type History, redo, type Step, sceneOf, settle, undo } from "./history.ts";
import type { State } from "./model.ts";
import { type Action, reduce } from "./reduce.ts";

const SETTLE_MS = 250; // viewer.md §4: a gesture settles 250 ms after its last event

/** Each is a step of its own, however soon it follows; everything else may be part of a gesture. */
const STEPS: ReadonlySet<Action["type"]> = new Set([
  "move",
  "remove",
  "own-stripe",
  "split-axis",
  "stack",
  "merge",
  "new-stripe",
  "restore",
]);

export interface Store {
  get(): State;
  dispatch(action: Action): void;
  /** Called at most once per frame, after any number of actions. */
  subscribe(listener: (state: State) => void): void;
  undo(): void;
  redo(): void;
  canUndo(): boolean;
  canRedo(): boolean;
  history(): History;
  /** Steps of before a reload, around what is shown now. */
  revive(past: readonly Step[], future: readonly Step[]): void;
}

export interface StoreHost {
  nextFrame(run: () => void): void;
  later(run: () => void, ms: number): number;
  stop(timer: number): void;
}

export function createStore(first: State, host: StoreHost): Store {
  let state = first;
  let history: History = emptyHistory;
  let timer: number | null = null;
  let waiting = false;
  const listeners: ((state: State) => void)[] = [];

  function changed(): void {
    if (waiting) return;
    waiting = true;
    host.nextFrame(() => {
      waiting = false;
      for (const listener of listeners) listener(state);
    });
  }

  function rest(): void {
    if (timer !== null) host.stop(timer);
    timer = null;
    if (state.view !== null) history = settle(history, state, state.following);
    changed();
  }

  function travel(step: { history: History; scene: Parameters<typeof sceneOf>[0] } | null): void {
    if (step === null) return;
    history = step.history;
    state = reduce(state, { type: "scene", scene: sceneOf(step.scene) });
    changed();
  }

  return {
    get: () => state,
    dispatch(action) {
      if (timer !== null && STEPS.has(action.type)) rest();
      const before = state;
      state = reduce(state, action);
      if (state === before) return;
      if (action.type === "opened") history = emptyHistory;
      if (timer !== null) host.stop(timer);
      timer = host.later(rest, SETTLE_MS);
      changed();
    },
    subscribe(listener) {
      listeners.push(listener);
    },
    undo() {
      rest();
      travel(undo(history));
    },
    redo() {
      rest();
      travel(redo(history));
    },
    canUndo: () => history.past.length > 0,
    canRedo: () => history.future.length > 0,
    history: () => history,
    revive(past, future) {
      history = { past, future, settled: sceneOf(state) };
      changed();
    },
  };
}
