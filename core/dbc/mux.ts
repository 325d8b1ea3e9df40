/** Multiplexing: which selectors must have which raw values for a signal to be there (`M`, `m5`, `m5M`, SG_MUL_VAL_). */
import type { DbcMessage, DbcSignal, RawRange } from "./model.ts";

/** One condition: the unsigned raw value of `selector` lies in one of the ranges. */
export interface Selection {
  readonly selector: DbcSignal;
  readonly ranges: readonly RawRange[];
}

/** Conditions of a signal, root selector first; empty for a signal that is not multiplexed. */
export function selectorChain(message: DbcMessage, signal: DbcSignal): readonly Selection[] {
  const chain: Selection[] = [];
  let below = signal;
  // parseDbc gives no cycles; the bound keeps a hand-made message from looping.
  while (below.selectedBy !== null && chain.length < message.signals.length) {
    const selector = findSignal(message, below.selectedBy);
    if (!selector) break;
    chain.push({ selector, ranges: below.selectedWhen ?? [] });
    below = selector;
  }
  return chain.reverse();
}

/** By message, because chains are followed for every signal of it. */
const signalsByName = new WeakMap<DbcMessage, ReadonlyMap<string, DbcSignal>>();

/** The signal of that very name. */
export function findSignal(message: DbcMessage, name: string): DbcSignal | null {
  let byName = signalsByName.get(message);
  if (!byName) {
    byName = new Map(message.signals.map((signal) => [signal.name, signal]));
    signalsByName.set(message, byName);
  }
  return byName.get(name) ?? null;
}
