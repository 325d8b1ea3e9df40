/** Interleaved rounds: every side once in each, so that a busy machine disturbs all alike. */
import { cpuNs } from "./clock.ts";

export type Side = (() => number | Promise<number>) | null;

const WARM_UP = 3;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
}

export const geometricMean = (values: readonly number[]): number =>
  Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);

/** CPU ns of each side in each round. */
export type Rounds<Name extends string> = Readonly<Record<Name, readonly number[]>>;

/** A side that is null is left out of the result. */
export async function interleave<Name extends string>(rounds: number, sides: Record<Name, Side>): Promise<Rounds<Name>> {
  const names = Object.keys(sides) as Name[];
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const name of names) {
      const ns = await sides[name]?.();
      if (round >= 0 && ns !== undefined) times[name].push(ns);
    }
    // The optimizing compiler works in the background.
    if (round < 0) await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return times;
}

/** Null for a side that was left out. */
export const medianOf = (times: readonly number[]): number | null => (times.length === 0 ? null : median(times));

/** How much longer `slow` took than `fast`: median over the rounds, since what disturbs one side of a round disturbs the other too. */
export function ratioOf(slow: readonly number[], fast: readonly number[]): number | null {
  return slow.length === 0 ? null : median(slow.map((ns, i) => ns / (fast[i] ?? Number.NaN)));
}

/** The same of the fastest round each: for wall time, to which a busy machine only adds. */
export const ratioOfFastest = (slow: readonly number[], fast: readonly number[]): number => Math.min(...slow) / Math.min(...fast);

const TURNS = 9;

/** CPU times (ns) of two sides in turns, after three to warm up. */
export function inTurns(ours: () => void, plain: () => void): { readonly ours: number[]; readonly plain: number[] } {
  const times = { ours: [] as number[], plain: [] as number[] };
  for (let round = -3; round < TURNS; round++) {
    for (const [name, work] of [
      ["ours", ours],
      ["plain", plain],
    ] as const) {
      const start = cpuNs();
      work();
      if (round >= 0) times[name].push(cpuNs() - start);
    }
  }
  return times;
}
