/** Work that several callers want at the same time, done once. Not between requests of a Worker, where one may not await another's promise. */
import { cancelledFault, throwIfCancelled } from "./ask.ts";

interface Flight<T> {
  readonly result: Promise<T>;
  readonly stop: AbortController;
  waiting: number;
}

/** Work that runs now, by what it is for. It is stopped when the last of those who wait for it has gone. */
export class Flights<T> {
  readonly #running = new Map<string, Flight<T>>();

  async join(id: string, signal: AbortSignal, begin: (stop: AbortSignal) => Promise<T>): Promise<T> {
    throwIfCancelled(signal);
    const flight = this.#running.get(id) ?? this.#begin(id, begin);
    flight.waiting += 1;
    let leave = () => {};
    const gone = new Promise<never>((_, reject) => {
      leave = () => reject(cancelledFault(signal));
    });
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([flight.result, gone]);
    } finally {
      signal.removeEventListener("abort", leave);
      flight.waiting -= 1;
      if (flight.waiting === 0) this.#end(id, flight);
    }
  }

  #begin(id: string, begin: (stop: AbortSignal) => Promise<T>): Flight<T> {
    const stop = new AbortController();
    const flight = { result: begin(stop.signal), stop, waiting: 0 };
    flight.result.catch(() => undefined); // those who wait see it; nobody may be left
    this.#running.set(id, flight);
    return flight;
  }

  #end(id: string, flight: Flight<T>): void {
    if (this.#running.get(id) === flight) this.#running.delete(id);
    flight.stop.abort();
  }
}
