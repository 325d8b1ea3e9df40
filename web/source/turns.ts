/** Whose catalogue the page waits for: openings go one after the other, since each stands on what the one before has opened. */

export interface Turns {
  /** Runs when the askings before it have come to an end, whatever that was. */
  ask<T>(run: () => PromiseLike<T>): Promise<T>;
  /** Until nothing is asked any more. */
  rest(): Promise<void>;
}

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve();
  return {
    ask(run) {
      const mine = last.then(run);
      last = mine.catch(() => undefined);
      return mine;
    },
    async rest() {
      for (let seen: unknown = null; seen !== last; ) {
        seen = last;
        await last;
      }
    },
  };
}
