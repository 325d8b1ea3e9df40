import { expect, test } from "vitest";
import { watchWorker } from "../../../web/watchdog.ts";

/** Rounds of ten seconds; the worker answers in those that `lives` says. */
async function goneAfter(rounds: number, lives: (round: number) => boolean): Promise<number[]> {
  const gone: number[] = [];
  let next: (() => void) | null = null;
  let round = 0;
  watchWorker({
    ping: () => (lives(round) ? Promise.resolve() : new Promise(() => undefined)),
    later: (run) => (next = run),
    gone: () => gone.push(round),
  });
  for (round = 1; round <= rounds; round++) {
    const due: (() => void) | null = next;
    next = null;
    (due as (() => void) | null)?.();
    await Promise.resolve();
    await Promise.resolve();
  }
  return gone;
}

test("a worker that answers, also now and then, is alive; one that never does again is told once", async () => {
  expect(await goneAfter(50, () => true)).toEqual([]);
  expect(await goneAfter(50, (round) => round % 3 === 0)).toEqual([]);
  expect(await goneAfter(50, (round) => round < 5)).toEqual([8]);
});
