/** As few engine queries as possible for all targets of a request: one per method, grid and treatment of invalid values, read side by side in the order of the answer. */
import { assert, type Fault, FaultError } from "../../../core/fault.ts";
import type { Engine } from "../../../core/query/engine.ts";
import type { Query } from "../../../core/query/query.ts";
import type { SeriesAnswer, SeriesSelector } from "../../../core/series/series.ts";
import { faultOf, isBug } from "../fault-answer.ts";
import type { Writing } from "../stream.ts";
import type { PanelQuery } from "./query-body.ts";
import { engineMethod } from "./reduced.ts";
import type { SeriesAsk } from "./series-target.ts";

/** What came of one ask. `fault`: the work stopped before (or in) this series. */
export interface Outcome {
  readonly answers: readonly SeriesAnswer[];
  readonly fault: Fault | null;
}

/** All bundles of a request. */
export class Bundles {
  readonly #bundles = new Map<string, Bundle>();

  /** Faults while reading are kept per bundle; only `bug/*` and a cancelled request throw. */
  constructor(panel: PanelQuery, asks: readonly SeriesAsk[], engine: Engine, budgetBytes: number | null, writing: Writing) {
    const byKey = new Map<string, SeriesAsk[]>();
    for (const ask of asks) byKey.set(keyOf(ask), [...(byKey.get(keyOf(ask)) ?? []), ask]);
    // The budget is the request's: bundles read the same files, each gets its share.
    const share = budgetBytes === null ? null : Math.floor(budgetBytes / Math.max(1, byKey.size));
    for (const [key, members] of byKey) {
      const first = members[0];
      if (first !== undefined) this.#bundles.set(key, new Bundle(members, queryOf(panel, first, share), engine, writing));
    }
  }

  /** Starts the first bundle and waits for its first series, so that what fails at once fails before the first byte. */
  async begin(): Promise<void> {
    for (const bundle of this.#bundles.values()) return bundle.begin();
  }

  /** To be called in the order of the asks, once for each. */
  outcomeOf(ask: SeriesAsk): Promise<Outcome> {
    const bundle = this.#bundles.get(keyOf(ask));
    assert(bundle !== undefined, "every ask was put into a bundle");
    return bundle.outcomeOf(ask);
  }

  /** Ends all work that is still going on. */
  async close(): Promise<void> {
    for (const bundle of this.#bundles.values()) await bundle.close();
  }
}

const keyOf = (ask: SeriesAsk): string => `${ask.form} ${engineMethod(ask.method)} ${ask.edges} ${ask.keepInvalid}`;

function queryOf(
  panel: PanelQuery,
  ask: Pick<SeriesAsk, "form" | "method" | "edges" | "keepInvalid">,
  budgetBytes: number | null,
): Omit<Query, "selectors"> {
  const seed = ask.form === "seed";
  const method = engineMethod(ask.method);
  return {
    fromNs: panel.range.fromNs,
    // The seed's range holds both its ends.
    toNs: seed ? panel.range.toNs + 1n : panel.range.toNs,
    method,
    grid: seed ? { kind: "midnight-per-file", stepNs: panel.stepNs } : { kind: "fixed", originNs: 0n, stepNs: panel.ownStepNs },
    wholeBuckets: !seed && method !== "raw" && ask.edges === "whole",
    neighbours: false,
    keepInvalid: ask.keepInvalid,
    ...(seed ? { firstFrameTimes: true } : {}),
    budgetBytes,
    budgetPoints: null,
  };
}

class Bundle {
  readonly #single: boolean;
  readonly #indexOf = new Map<string, number>();
  /** Asks that still wait for each selector: the same series may be asked for more than once. */
  readonly #waiting: number[] = [];
  readonly #held = new Map<number, SeriesAnswer[]>();
  readonly #series: AsyncIterator<SeriesAnswer>;
  #read = -1;
  #ended = false;
  #fault: Fault | null = null;

  constructor(asks: readonly SeriesAsk[], query: Omit<Query, "selectors">, engine: Engine, writing: Writing) {
    const selectors: SeriesSelector[] = [];
    for (const { selector } of asks) {
      const key = JSON.stringify(selector);
      const index = this.#indexOf.get(key) ?? selectors.push(selector) - 1;
      this.#indexOf.set(key, index);
      this.#waiting[index] = (this.#waiting[index] ?? 0) + 1;
    }
    // A merged selector has exactly one answer: no need to wait for the next one to know that it is complete.
    this.#single = asks.every((ask) => ask.selector.kind !== "channel" && ask.selector.merge === true);
    this.#series = engine.query({ ...query, selectors }, writing.signal, writing.onWork).series[Symbol.asyncIterator]();
  }

  async begin(): Promise<void> {
    await this.#advance();
    if (this.#fault !== null) throw new FaultError(this.#fault);
  }

  async outcomeOf(ask: SeriesAsk): Promise<Outcome> {
    const index = this.#indexOf.get(JSON.stringify(ask.selector)) ?? 0;
    while (!this.#isComplete(index)) await this.#advance();
    const answers = this.#held.get(index) ?? [];
    this.#waiting[index] = (this.#waiting[index] ?? 1) - 1;
    if (this.#waiting[index] === 0) this.#held.delete(index);
    const missing = this.#single ? this.#read < index : this.#read <= index;
    return { answers, fault: missing ? this.#fault : null };
  }

  async close(): Promise<void> {
    if (!this.#ended) await this.#series.return?.();
    this.#ended = true;
  }

  #isComplete(index: number): boolean {
    return this.#ended || this.#read > index || (this.#single && this.#read === index);
  }

  async #advance(): Promise<void> {
    try {
      const { done, value } = await this.#series.next();
      if (done === true) {
        this.#ended = true;
        this.#read = Number.POSITIVE_INFINITY;
        return;
      }
      this.#read = value.selector;
      this.#held.set(value.selector, [...(this.#held.get(value.selector) ?? []), value]);
    } catch (error) {
      this.#ended = true;
      const fault = faultOf(error);
      if (isBug(fault) || fault.code === "request/cancelled") throw error;
      this.#fault = fault;
    }
  }
}
