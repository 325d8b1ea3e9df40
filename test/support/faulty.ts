/** A decorator that does to its reader what networks and people do: cut, change, refuse, delay, stop in the middle. */
import {
  changedFault,
  missingFault,
  refusedFault,
  shortFault,
  throwIfCancelled,
  unreachableFault,
} from "../../core/store/ask.ts";
import type { ByteSource, Entry, ListOptions, LogStore } from "../../core/store/source.ts";

export type Failure =
  /** Fewer bytes than asked come, which a store reports. */
  | "short"
  /** Another version lies there since. */
  | "changed"
  | "missing"
  | "refused"
  /** The connection breaks: a read gives nothing, a stream ends in the middle of its windows. */
  | "broken"
  /** Every request takes `delayMs`. */
  | "slow";

export interface FaultyRule {
  readonly failure: Failure;
  /** Only objects whose key contains this. */
  readonly key?: string;
  /** Let so many requests (reads and streams) of an object pass before; default 0. */
  readonly afterRequests?: number;
  /** In a stream: let so many bytes pass before; default 0. */
  readonly afterBytes?: number;
  readonly delayMs?: number;
}

/** Any store, with these rules upon it. The first rule that fits an object counts. */
export class FaultyStore implements LogStore {
  readonly #store: LogStore;
  readonly #rules: readonly FaultyRule[];

  constructor(store: LogStore, rules: readonly FaultyRule[]) {
    this.#store = store;
    this.#rules = rules;
  }

  list(prefix: string, options: ListOptions): AsyncIterable<Entry> {
    return this.#store.list(prefix, options);
  }

  async open(key: string, signal: AbortSignal): Promise<ByteSource> {
    const rule = this.#rules.find((one) => key.includes(one.key ?? ""));
    const source = await this.#store.open(key, signal);
    return rule ? faultySource(source, rule) : source;
  }
}

/** One source that fails by `rule`. */
export function faultySource(source: ByteSource, rule: FaultyRule): ByteSource {
  let passesLeft = rule.afterRequests ?? 0;
  const strikes = (): boolean => rule.failure !== "slow" && passesLeft-- <= 0;
  const { key, version, sizeBytes } = source;
  return {
    key,
    version,
    sizeBytes,
    async read(atByte, lengthBytes, signal) {
      await delay(rule, signal);
      if (strikes()) throw faultOf(rule, key, atByte, lengthBytes, 0);
      return source.read(atByte, lengthBytes, signal);
    },
    async *stream(atByte, lengthBytes, signal) {
      const failing = strikes();
      let leftBytes = rule.afterBytes ?? 0;
      for await (const window of source.stream(atByte, lengthBytes, signal)) {
        await delay(rule, signal);
        if (!failing || window.length <= leftBytes) yield window;
        else {
          if (leftBytes > 0) yield window.subarray(0, leftBytes);
          throw faultOf(rule, key, atByte, lengthBytes, rule.afterBytes ?? 0);
        }
        leftBytes -= window.length;
      }
    },
  };
}

function faultOf(rule: FaultyRule, key: string, atByte: number, lengthBytes: number, foundBytes: number): Error {
  switch (rule.failure) {
    case "short":
      return shortFault(key, atByte, lengthBytes, foundBytes);
    case "changed":
      return changedFault(key);
    case "missing":
      return missingFault(key);
    case "refused":
      return refusedFault(key);
    case "broken":
    case "slow":
      return unreachableFault(key, "the connection broke");
  }
}

async function delay(rule: FaultyRule, signal: AbortSignal): Promise<void> {
  if (rule.delayMs === undefined) return;
  await new Promise<void>((done) => {
    const timer = setTimeout(done, rule.delayMs);
    const wake = () => {
      clearTimeout(timer);
      done();
    };
    signal.addEventListener("abort", wake, { once: true });
  });
  throwIfCancelled(signal);
}
