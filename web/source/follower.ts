/** Follow (viewer.md §4): as long as it is on, the right edge of the plot is the newest sample, looked for once a second. */
import { recordingRange } from "../state/recording.ts";
import type { Store } from "../state/store.ts";
import { spanNs, type View } from "../state/view.ts";

export interface FollowHost {
  /** Looks, and reads on in what grew. False: it cannot go on. */
  readOn(): Promise<boolean>;
  now(): number;
  later(run: () => void, ms: number): number;
  stop(timer: number): void;
}

export interface Follower {
  start(): void;
  stop(): void;
  /** Call after every change of the state: a pan ends it, a zoom keeps the right edge. */
  pump(): void;
}

const POLL_MS = 1000;
/** Looking takes no more than this share of the time: a large folder is looked at less often. */
const PAUSES_PER_LOOK = 2;

export function createFollower(store: Store, host: FollowHost): Follower {
  /** As it was set here. */
  let own: View | null = null;
  let timer: number | null = null;

  function toNewest(): void {
    const { view, columns } = store.get();
    const all = recordingRange(store.get());
    if (view === null || all === null) return;
    own = { stepNs: view.stepNs, fromNs: all.toNs - spanNs(view, columns) };
    if (own.fromNs !== view.fromNs) store.dispatch({ type: "view", view: own });
  }

  async function turn(): Promise<void> {
    timer = null;
    const startedMs = host.now();
    const goesOn = await host.readOn();
    if (!store.get().following) return;
    if (!goesOn) return stop();
    toNewest();
    timer = host.later(() => void turn(), Math.max(POLL_MS, PAUSES_PER_LOOK * (host.now() - startedMs)));
  }

  function stop(): void {
    if (timer !== null) host.stop(timer);
    timer = null;
    own = null;
    store.dispatch({ type: "follow", on: false });
  }

  return {
    start() {
      if (store.get().following) return;
      store.dispatch({ type: "follow", on: true });
      toNewest();
      void turn();
    },
    stop,
    pump() {
      const { following, view } = store.get();
      if (!following) {
        // Something else was opened.
        if (timer !== null) stop();
      } else if (own !== null && view !== null && view.fromNs !== own.fromNs) {
        if (view.stepNs === own.stepNs) stop();
        else toNewest();
      }
    },
  };
}
