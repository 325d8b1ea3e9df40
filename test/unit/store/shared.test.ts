import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { CountingStore } from "../../../core/store/counting.ts";
import { MemoryStore } from "../../../core/store/memory.ts";
import { type SharedOptions, SharedStore } from "../../../core/store/shared.ts";
import { collect, faultOf, patterned } from "../../contract/byte-source.ts";
import { FaultyStore } from "../../support/faulty.ts";

const still = () => new AbortController().signal;

function slowStore(): { memory: MemoryStore; counting: CountingStore } {
  const memory = new MemoryStore([["log.MF4", patterned(100_000)]]);
  return { memory, counting: new CountingStore(new FaultyStore(memory, [{ failure: "slow", delayMs: 20 }])) };
}

test("ten requests that ask the same at once make one open and one read, and own their bytes", async () => {
  const { counting } = slowStore();
  const store = new SharedStore(counting);
  const asked = Array.from({ length: 10 }, async () => (await store.open("log.MF4", still())).read(10, 1000, still()));
  const [first, ...others] = await Promise.all(asked);
  first?.fill(0);
  for (const bytes of others) expect(bytes).toEqual(patterned(100_000).slice(10, 1010));
  expect([counting.counts.opens, counting.counts.reads]).toEqual([1, 1]);
});

test("one who leaves does not take the read from the others", async () => {
  const { counting } = slowStore();
  const source = await new SharedStore(counting).open("log.MF4", still());
  const leaver = new AbortController();
  const left = faultOf(source.read(0, 100, leaver.signal));
  const stayed = source.read(0, 100, still());
  leaver.abort();
  expect(await left).toBe("request/cancelled");
  expect(await stayed).toHaveLength(100);
  expect(counting.counts.reads).toBe(1);
});

test("the read is stopped when the last one has left, and the next request begins anew", async () => {
  const { counting } = slowStore();
  const source = await new SharedStore(counting).open("log.MF4", still());
  const leaver = new AbortController();
  const left = [source.read(0, 100, leaver.signal), source.read(0, 100, leaver.signal)].map(faultOf);
  leaver.abort();
  expect(await Promise.all(left)).toEqual(["request/cancelled", "request/cancelled"]);
  expect(await source.read(0, 100, still())).toHaveLength(100);
  expect(counting.counts.reads).toBe(2);
});

test("a small settled read is kept by version: a replaced object is read again", async () => {
  const { memory, counting } = slowStore();
  const store = new SharedStore(counting);
  for (let i = 0; i < 3; i++) await (await store.open("log.MF4", still())).read(0, 64, still());
  expect(counting.counts.reads).toBe(1);
  memory.put("log.MF4", patterned(100_000, 9));
  expect(await (await store.open("log.MF4", still())).read(0, 64, still())).toEqual(patterned(100_000, 9).slice(0, 64));
  expect(counting.counts.reads).toBe(2);
});

test("what is kept is bounded, the least recently used goes first, large reads are not kept", async () => {
  const { counting } = slowStore();
  const source = await new SharedStore(counting, { keptBytesMax: 25_000, readBytesMax: 15_000 }).open("log.MF4", still());
  const read = async (atByte: number, lengthBytes = 10_000) => {
    const before = counting.counts.reads;
    expect(await source.read(atByte, lengthBytes, still())).toEqual(patterned(100_000).slice(atByte, atByte + lengthBytes));
    return counting.counts.reads > before ? "read" : "kept";
  };
  expect(await read(0)).toBe("read");
  expect(await read(10_000)).toBe("read");
  expect(await read(0)).toBe("kept");
  expect(await read(20_000)).toBe("read"); // pushes out the second
  expect(await read(0)).toBe("kept");
  expect(await read(10_000)).toBe("read");
  expect(await read(40_000, 15_001)).toBe("read");
  expect(await read(40_000, 15_001)).toBe("read");
});

test("a failed read is told to all who waited and not kept", async () => {
  const memory = new MemoryStore([["log.MF4", patterned(1000)]]);
  const store = new SharedStore(new FaultyStore(memory, [{ failure: "refused" }]));
  const source = await store.open("log.MF4", still());
  const asked = [source.read(0, 10, still()), source.read(0, 10, still())].map(faultOf);
  expect(await Promise.all(asked)).toEqual(["storage/refused", "storage/refused"]);
});

describe("streams", () => {
  const BYTES = 3_500_000;
  const whole = patterned(BYTES, 5);
  const stored = (options: SharedOptions, delayMs = 0) => {
    const counting = new CountingStore(
      new FaultyStore(new MemoryStore([["log.MF4", whole]]), delayMs > 0 ? [{ failure: "slow", delayMs }] : []),
    );
    return { counting, store: new SharedStore(counting, options) };
  };
  const isSame = (bytes: Uint8Array, atByte: number) =>
    Buffer.compare(bytes, whole.subarray(atByte, atByte + bytes.length)) === 0;

  test("ten users and thirty panels at once read each byte once, reads and streams mixed", async () => {
    const { counting, store } = stored({ streamedBytesMax: 8_000_000 }, 3);
    const asked = Array.from({ length: 300 }, async (_, i) => {
      const source = await store.open("log.MF4", still());
      const head = await source.read(0, 192 * 1024, still());
      const atByte = (i % 7) * 11_111;
      const body = await collect(source.stream(atByte, BYTES - atByte - (i % 3) * 70_000, still()));
      return isSame(head, 0) && isSame(body, atByte);
    });
    expect((await Promise.all(asked)).every(Boolean)).toBe(true);
    expect(counting.counts.bytes).toBeLessThanOrEqual(BYTES);
    counting.reset();
    expect(isSame(await collect((await store.open("log.MF4", still())).stream(5, BYTES - 5, still())), 5)).toBe(true);
    expect(counting.counts.bytes).toBe(0);
  });

  test.each([
    ["with room", { streamedBytesMax: 8_000_000 }],
    ["with room for one window", { streamedBytesMax: 1_100_000, keptBytesMax: 1000 }],
    ["with room for nothing", { streamedBytesMax: 1, keptBytesMax: 0 }],
    ["in a Worker, where nobody waits for another", { streamedBytesMax: 2_500_000, sharesRequests: false }],
  ])("any mixture of reads, streams and callers who leave gives the bytes of the store (%s)", async (_, options) => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            atByte: fc.nat(BYTES - 1),
            lengthBytes: fc.nat(2_500_000),
            isRead: fc.boolean(),
            leavesAfter: fc.option(fc.nat(3)),
          }),
          { minLength: 2, maxLength: 12 },
        ),
        async (asks) => {
          const { counting, store } = stored(options);
          const done = asks.map(async ({ atByte, lengthBytes: wanted, isRead, leavesAfter }) => {
            const source = await store.open("log.MF4", still());
            const lengthBytes = Math.min(wanted, BYTES - atByte);
            if (isRead) {
              const bytes = await source.read(atByte, lengthBytes, still());
              return bytes.length === lengthBytes && isSame(bytes, atByte);
            }
            const stop = new AbortController();
            let at = atByte;
            let windows = 0;
            try {
              for await (const window of source.stream(atByte, lengthBytes, stop.signal)) {
                await new Promise((resolve) => setTimeout(resolve, 0));
                if (!isSame(window, at) || window.length > 1024 * 1024) return false;
                at += window.length;
                if (windows++ === leavesAfter) stop.abort();
              }
            } catch {
              return stop.signal.aborted;
            }
            return at === atByte + lengthBytes;
          });
          expect((await Promise.all(done)).every(Boolean)).toBe(true);
          await new Promise((resolve) => setTimeout(resolve, 0));
          expect(counting.counts.inFlight).toBe(0);
        },
      ),
      { numRuns: 25, seed: 6 },
    );
  });

  test("a stream that fails fails for those who wait, and the next caller asks again", async () => {
    const memory = new MemoryStore([["log.MF4", whole]]);
    const failing = new FaultyStore(memory, [{ failure: "broken", afterBytes: 2_000_000 }]);
    const source = await new SharedStore(failing, { streamedBytesMax: 8_000_000 }).open("log.MF4", still());
    const asked = [1, 2, 3].map(() => faultOf(collect(source.stream(0, BYTES, still()))));
    const faults = await Promise.all(asked);
    expect(new Set(faults).size).toBe(1);
    expect(faults[0]).toMatch(/^storage\//);
  });
});
