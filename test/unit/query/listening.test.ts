/** Hearing in steps: what is said at once, what stands aside for what, and that the end is the same as of one walk. */
import { describe, expect, test } from "vitest";
import type { Engine, Heard } from "../../../core/query/engine.ts";
import type { Query } from "../../../core/query/query.ts";
import { type Frame, frame } from "../../../fixtures/frame.ts";
import { message, signal } from "../../../fixtures/message.ts";
import { createUrgency } from "../../../worker/urgency.ts";
import { DEVICE, engineOver, never, oneLog, START_NS, turns } from "../../support/engine.ts";
import { testModule } from "../../support/kernel.ts";

const COUNT = 600_000;
const LATE = 0x7aa;
/** Sixteen ids in turn; one more in the middle only. Some 13 MB. */
const frames: Frame[] = Array.from({ length: COUNT }, (_, i) =>
  frame({ timeNs: i * 100_000, id: i === COUNT / 2 ? LATE : 0x100 + (i % 16), payload: new Uint8Array(8).fill(i & 0xff) }),
);
const TURN = message(0x100, "Turn", 8, "Engine", [signal("Byte", "0|8@1+", "(1,0)")]);
const kernel = { module: testModule(), moduleHash: "" };
const store = oneLog("D", frames, []);
const fresh = (): Engine => engineOver(kernel, store, { host: turns, sharesWork: true });
const idsOf = ({ ids }: Pick<Heard, "ids">) => ids.map(({ id }) => id);

describe("a log of some size", () => {
  test("its ends are said at once: ids, and when it ends; nothing of it is in the ledger", async () => {
    const soFar = await fresh().heardSoFar(DEVICE, never());
    expect(idsOf(soFar)).toEqual(Array.from({ length: 16 }, (_, i) => 0x100 + i));
    expect([soFar.isWhole, soFar.ledger.bytes]).toEqual([false, 0]);
    expect(soFar.share).toBeLessThan(0.5);
    expect([soFar.firstNs, soFar.lastNs]).toEqual([START_NS, START_NS + BigInt((COUNT - 1) * 100_000)]);
    const frames = soFar.ids.reduce((sum, id) => sum + id.frames, 0);
    expect(frames).toBeGreaterThan(COUNT * 0.9);
    expect(frames).toBeLessThan(COUNT * 1.1);
  });

  test("after that all of it is the same as in one walk, with the late id, and is said at once from then on", async () => {
    const [stepwise, atOnce] = [fresh(), fresh()];
    await stepwise.heardSoFar(DEVICE, never());
    const aside = { pause: () => undefined, onMore: () => undefined };
    const heard = await stepwise.heard({ device: DEVICE, aside }, never());
    expect(heard).toEqual(await atOnce.heard({ device: DEVICE }, never()));
    expect(idsOf(heard)).toContain(LATE);
    const after = await stepwise.heardSoFar(DEVICE, never());
    expect([after.isWhole, after.share]).toEqual([true, 1]);
    expect(after.ids).toEqual(heard.ids);
  });

  test("cancelled, what was said before is still known", async () => {
    const engine = fresh();
    const before = await engine.heardSoFar(DEVICE, never());
    const stop = new AbortController();
    const heard = engine.heard({ device: DEVICE }, stop.signal, () => stop.abort());
    await expect(heard).rejects.toMatchObject({ fault: { code: "request/cancelled" } });
    expect(await engine.heardSoFar(DEVICE, never())).toEqual(before);
  });
});

describe("what stands aside", () => {
  /** A walk in the background that has begun, while something urgent runs until `end`. */
  async function background(engine: Engine) {
    const urgency = createUrgency();
    let end = () => {};
    const urgent = urgency.first(() => new Promise<void>((resolve) => (end = resolve)));
    let bytes = 0;
    const aside = { pause: urgency.pause, onMore: () => undefined };
    const heard = engine.heard({ device: DEVICE, aside }, never(), (done) => (bytes = done.bytes));
    for (let i = 0; i < 50; i++) await turns.yield();
    return { heard, end: () => end(), urgent, bytes: () => bytes };
  }
  const SLICE_BYTES = 4 * 1024 * 1024 + 256 * 1024;

  test("goes on when nothing urgent runs any more, and not before", async () => {
    const walk = await background(fresh());
    expect(walk.bytes()).toBeGreaterThan(0);
    expect(walk.bytes()).toBeLessThanOrEqual(SLICE_BYTES);
    walk.end();
    await walk.urgent;
    expect(idsOf(await walk.heard)).toContain(LATE);
  });

  test("goes on when somebody urgent waits for it", async () => {
    const engine = fresh();
    const walk = await background(engine);
    const needed = await engine.heard({ device: DEVICE }, never());
    expect(needed).toEqual(await walk.heard);
    walk.end();
  });
});

test("a view that names its channel does not wait for what is heard", async () => {
  const engine = engineOver(kernel, oneLog("D", frames, [TURN]), { host: turns, sharesWork: true });
  const soFar = await engine.heardSoFar(DEVICE, never());
  const toNs = START_NS + BigInt(COUNT * 100_000);
  const query: Query = {
    selectors: [{ device: DEVICE, bus: "CAN", channel: 1, db: "test", message: "Turn", signal: "Byte" }],
    ...{ fromNs: START_NS, toNs, method: "m4", wholeBuckets: false, neighbours: true, budgetBytes: null, budgetPoints: null },
    grid: { kind: "fixed", originNs: START_NS, stepNs: (toNs - START_NS) / 4000n },
  };
  const run = engine.query(query, never());
  let points = 0;
  for await (const { segments } of run.series) points += segments.reduce((sum, { values }) => sum + values.length, 0);
  expect(points).toBeGreaterThan(4000);
  expect(run.ledger().samples).toBe(COUNT / 16 - 1);
  // Not walked for its ids meanwhile.
  expect(await engine.heardSoFar(DEVICE, never())).toEqual(soFar);
});
