/** Equal questions at the same time are worked on once: the panels that many users look at. Not between requests of a Worker. */
import { Flights } from "../store/flights.ts";
import type { OnWork } from "./engine.ts";
import type { Query } from "./query.ts";
import type { SeriesSource, SourceAnswer } from "./series-source.ts";

interface Shared {
  readonly answer: SourceAnswer;
  /** What the question left of its budget. */
  readonly leftBytes: number | null;
}

/** The same source; those who ask what is being worked on wait for it, and it goes on as long as one of them is there. */
export function sharedAnswers(source: SeriesSource): SeriesSource {
  const flights = new Flights<Shared>();
  const listeners = new Map<string, Set<OnWork>>();
  return {
    async answer(device, numbers, query, budget, signal, onWork) {
      const id = identity(device, numbers, query, budget.leftBytes);
      const listening = listeners.get(id) ?? new Set();
      listeners.set(id, listening);
      const listener: OnWork = (done) => onWork?.(done);
      listening.add(listener);
      try {
        const { answer, leftBytes } = await flights.join(id, signal, async (stop) => {
          const own = { ...budget };
          const tellAll: OnWork = (done) => {
            for (const tell of listening) tell(done);
          };
          return { answer: await source.answer(device, numbers, query, own, stop, tellAll), leftBytes: own.leftBytes };
        });
        budget.leftBytes = leftBytes;
        return answer;
      } finally {
        listening.delete(listener);
        if (listening.size === 0) listeners.delete(id);
      }
    },
  };
}

/** All that an answer depends on besides the store. */
function identity(device: string, numbers: readonly number[], query: Query, leftBytes: number | null): string {
  const selectors = numbers.map((i) => query.selectors[i]);
  return JSON.stringify([device, numbers, { ...query, selectors }, leftBytes], (_, value: unknown) =>
    typeof value === "bigint" ? `${value}ns` : value,
  );
}
