/** What tells the lanes of a question apart: rule, signal and sender. */
import type { DbcSignal } from "../dbc/model.ts";

const signalNumbers = new WeakMap<DbcSignal, number>();
let signalsSeen = 0;

/** The same for the same signal of the same database; never for another. */
export function numberOf(signal: DbcSignal): number {
  const number = signalNumbers.get(signal) ?? signalsSeen++;
  signalNumbers.set(signal, number);
  return number;
}

export interface LaneName {
  /** The number of its rule. */
  readonly rule: number;
  readonly signal: DbcSignal;
  /** null: not of a group. */
  readonly sourceAddress: number | null;
}

export const nameOf = ({ rule, signal, sourceAddress }: LaneName): string => `${rule} ${numberOf(signal)} ${sourceAddress}`;
