/** Work that stands aside for other work, unless that waits for it. */
import type { Host } from "./pace.ts";

/** Resolves when nothing more urgent runs; undefined: nothing does. */
export type Pause = () => Promise<void> | undefined;

/** A host whose turns end only when the pause does. Nobody may wait for what runs on it. */
export const restingHost = (host: Host, pause: Pause): Host => ({
  yield: async () => {
    await host.yield();
    await pause();
  },
});

/** Of one engine: who waits for what is done aside makes it go on, or both would wait for ever. */
export class Asides {
  #waiting = 0;
  readonly #wake = new Set<() => void>();

  /** Waits for work that may stand aside: meanwhile it does not. */
  async need<T>(work: Promise<T>): Promise<T> {
    this.#waiting++;
    for (const wake of this.#wake) wake();
    this.#wake.clear();
    try {
      return await work;
    } finally {
      this.#waiting--;
    }
  }

  /** A host whose turns end only when the pause does, or somebody waits. */
  host(host: Host, pause: Pause): Host {
    return {
      yield: async () => {
        await host.yield();
        while (this.#waiting === 0) {
          const paused = pause();
          if (paused === undefined) return;
          let woken = () => {};
          const needed = new Promise<void>((resolve) => {
            woken = resolve;
            this.#wake.add(woken);
          });
          await Promise.race([paused, needed]);
          this.#wake.delete(woken);
        }
      },
    };
  }
}
