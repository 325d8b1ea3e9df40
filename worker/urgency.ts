/** What a person waits for goes first: work in the background rests while any of it runs. */
import type { Pause } from "../core/query/aside.ts";

export interface Urgency {
  /** Runs at once. */
  first<T>(work: () => Promise<T>): Promise<T>;
  /** For work in the background, between its slices. */
  readonly pause: Pause;
}

export function createUrgency(): Urgency {
  let running = 0;
  let resting: (() => void)[] = [];
  return {
    async first(work) {
      running++;
      try {
        return await work();
      } finally {
        running--;
        if (running === 0) {
          for (const wake of resting) wake();
          resting = [];
        }
      }
    },
    pause: () => (running === 0 ? undefined : new Promise((resolve) => resting.push(resolve))),
  };
}
