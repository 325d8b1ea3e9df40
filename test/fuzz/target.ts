/** What a fuzz run breaks, and how it sees that something is wrong. */
import { type Random, random } from "../../fixtures/random.ts";

export interface FuzzTarget {
  readonly name: string;
  /** One input. Depends on `random` alone. */
  readonly make: (random: Random) => Uint8Array | Promise<Uint8Array>;
  /** Throws when the program does what it must never do with it. */
  readonly check: (input: Uint8Array) => void | Promise<void>;
  /** Of a finding's file. */
  readonly extension: string;
}

export interface Finding {
  readonly seed: number;
  readonly input: Uint8Array;
  readonly why: string;
}

/** Seeds from `firstSeed` on, until `isOver`, or the first finding, made small. */
export async function runFuzz(target: FuzzTarget, firstSeed: number, isOver: (runs: number) => boolean) {
  let runs = 0;
  for (; !isOver(runs); runs++) {
    const seed = firstSeed + runs;
    const input = await target.make(random(seed));
    const why = await wrongWith(target, input);
    if (why !== null) return { runs: runs + 1, finding: { seed, ...(await smaller(target, input, why)) } satisfies Finding };
  }
  return { runs, finding: null };
}

async function wrongWith(target: FuzzTarget, input: Uint8Array): Promise<string | null> {
  try {
    await target.check(input);
    return null;
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

const TRIES_MAX = 2000;

/** Leaves out stretches, long ones first, as long as something stays wrong. */
async function smaller(target: FuzzTarget, input: Uint8Array, why: string): Promise<{ input: Uint8Array; why: string }> {
  let best = { input, why };
  let tries = 0;
  for (let length = input.length >> 1; length > 0; length >>= 1) {
    for (let from = 0; from < best.input.length && tries < TRIES_MAX; ) {
      const shorter = new Uint8Array([...best.input.subarray(0, from), ...best.input.subarray(from + length)]);
      tries++;
      const still = await wrongWith(target, shorter);
      if (still === null) from += length;
      else best = { input: shorter, why: still };
    }
  }
  return best;
}
