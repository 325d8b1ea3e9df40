/** Notices when the preview worker has died: a thread that a browser ends (for its memory, say) tells nobody, it only never answers again. */
import type { Notification } from "./state/model.ts";

export const WORKER_GONE: Notification = {
  severity: "error",
  text: "The part of this page that reads logs has stopped. Load the page again and open the logs once more; views and databases are kept",
  action: { label: "Load again", run: "reload" },
};

const EVERY_MS = 10_000;
/** Long enough for a machine that slept: its clocks go on before the worker does. */
const MISSES_MAX = 3;

export interface WatchHost {
  /** Answers as long as the worker lives. It gives way between slices of work, so a busy one answers as well. */
  ping(): PromiseLike<unknown>;
  later(run: () => void, ms: number): unknown;
  gone(): void;
}

/** Asks every ten seconds; three times without an answer is the end, told once. */
export function watchWorker({ ping, later, gone }: WatchHost): void {
  let misses = 0;
  function ask(): void {
    if (misses === MISSES_MAX) {
      gone();
      return;
    }
    misses++;
    void ping().then(() => {
      misses = 0;
    });
    later(ask, EVERY_MS);
  }
  later(ask, EVERY_MS);
}
