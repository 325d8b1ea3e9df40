/** The page's thread is never held: large trees and indexes are made in tasks of bounded work, counted here instead of timed. */
import { describe, expect, test } from "vitest";
import type { HeardId } from "../../../core/query/engine.ts";
import { emptyLedger } from "../../../core/query/ledger.ts";
import { atOnce, type Growth, inSlices } from "../../../web/slices.ts";
import { createPieces } from "../../../web/source/pieces.ts";
import { buildTree, growTree } from "../../../web/tree/build.ts";
import { ROWS_PER_TASK } from "../../../web/tree/leaves.ts";
import { flatten, growIndex, indexTree } from "../../../web/tree/search.ts";
import type { DeviceHeard, HeardPiece, Reply } from "../../../worker/api.ts";
import { inPieces, piecesOf } from "../../../worker/pieces.ts";

const [MESSAGES, SIGNALS] = [2500, 20];

const ids = Array.from(
  { length: MESSAGES },
  (_, k): HeardId => ({
    bus: "CAN",
    channel: 1,
    id: k,
    extended: true,
    frames: 10,
    rateHz: 10,
    firstNs: 0n,
    lastNs: 10n,
    minLengthBytes: 8,
    maxLengthBytes: 8,
    matches: [
      {
        db: "db",
        message: `M${k}`,
        rule: "exact",
        sourceAddress: null,
        binding: "only",
        signals: Array.from({ length: SIGNALS }, (_, i) => ({ name: `Signal${k}_${i}`, unit: "V", selectedBy: null })),
      },
    ],
  }),
);
const heard: DeviceHeard = {
  ...{
    device: "D",
    ids,
    firstNs: 0n,
    lastNs: 1n,
    share: 1,
    isWhole: true,
    ledger: emptyLedger,
    notices: [],
    logs: [],
    channels: [],
    facts: {},
  },
};

/** Runs a growth task by task; what each task did, in rows. */
async function tasksOf<T>(growth: Growth<T>): Promise<{ readonly value: T; readonly tasks: readonly number[] }> {
  const tasks = [0];
  function* counted(): Growth<T> {
    for (;;) {
      const step = growth.next();
      if (step.done === true) return step.value;
      tasks[tasks.length - 1] = (tasks.at(-1) ?? 0) + step.value;
      yield step.value;
    }
  }
  const value = await inSlices(counted(), ROWS_PER_TASK, (run) => {
    tasks.push(0);
    queueMicrotask(run);
  });
  return { value, tasks };
}

describe("50,000 signals", () => {
  test("become a tree in tasks of at most some 400 rows, and the same tree as at once", async () => {
    const { value, tasks } = await tasksOf(growTree([heard], new Map()));
    expect(Math.max(...tasks)).toBeLessThan(ROWS_PER_TASK + SIGNALS + 2);
    expect(tasks.reduce((sum, rows) => sum + rows, 0)).toBeGreaterThanOrEqual(MESSAGES * (SIGNALS + 1));
    const keys = (tree: typeof value): string =>
      flatten(tree, () => true)
        .map(({ key }) => key)
        .join();
    expect(keys(value)).toBe(keys(buildTree([heard], new Map())));
  });

  test("come to the page in pieces of at most 2,000 rows, each after the one before was taken, and are what was heard", async () => {
    const fact = { lengthBits: 8, isFloat: false, factor: 1, offset: 0, textCount: 0, mux: null, comment: null };
    const names = ids.flatMap(({ matches }) =>
      matches.flatMap(({ message, signals }) => signals.map((s) => `db/${message}/${s.name}`)),
    );
    const whole = { ...heard, facts: Object.fromEntries(names.map((name) => [name, fact])) };
    const [sender, page] = [[] as HeardPiece[], createPieces()];
    let underway = 0;
    const last: Reply<DeviceHeard> = await inPieces(7, { ok: true, value: whole }, async (work, piece) => {
      expect(++underway).toBe(1);
      sender.push(piece);
      await page.take(work, piece);
      underway--;
    });
    const rows = (piece: HeardPiece): number =>
      Object.keys(piece.facts).length + piece.ids.reduce((sum, id) => sum + (id.matches[0]?.signals.length ?? 0), 0);
    expect(Math.max(...sender.map(rows), last.ok ? rows(last.value) : 0)).toBeLessThanOrEqual(2000);
    expect(page.whole(7, last)).toEqual({ ok: true, value: whole });
    expect(page.whole(8, last), "pieces belong to one work").toBe(last);
    expect(piecesOf({ ids: ids.slice(0, 50), facts: {} }, 2000), "few come at once").toHaveLength(1);
  });

  test("are indexed for the search in such tasks", async () => {
    const tree = buildTree([heard], new Map());
    const { value, tasks } = await tasksOf(growIndex(tree));
    expect(Math.max(...tasks)).toBeLessThan(ROWS_PER_TASK + SIGNALS);
    expect(value).toHaveLength(MESSAGES * SIGNALS);
    expect(value.map(({ name }) => name)).toEqual(indexTree(tree).map(({ name }) => name));
  });
});

describe("work in slices", () => {
  test("little of it is done before the caller goes on", () => {
    let done = false;
    function* growth(): Growth<void> {
      yield 1;
      done = true;
    }
    void inSlices(growth(), 10, () => expect.unreachable());
    expect(done).toBe(true);
  });

  test("a fault in a later slice reaches who waits", async () => {
    function* growth(): Growth<void> {
      yield 5;
      throw new Error("broken");
    }
    await expect(inSlices(growth(), 5, (run) => queueMicrotask(run))).rejects.toThrow("broken");
    expect(() => atOnce(growth())).toThrow("broken");
  });
});
