import { expect, test } from "vitest";
import { CountingStore } from "../../../core/store/counting.ts";
import { MemoryStore } from "../../../core/store/memory.ts";
import { SharedStore } from "../../../core/store/shared.ts";
import { faultOf, patterned } from "../../contract/byte-source.ts";
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
  const source = await new SharedStore(counting, { keptBytesMax: 250, readBytesMax: 150 }).open("log.MF4", still());
  const read = async (atByte: number, lengthBytes = 100) => {
    const before = counting.counts.reads;
    await source.read(atByte, lengthBytes, still());
    return counting.counts.reads > before ? "read" : "kept";
  };
  expect(await read(0)).toBe("read");
  expect(await read(100)).toBe("read");
  expect(await read(0)).toBe("kept");
  expect(await read(200)).toBe("read"); // pushes out 100
  expect(await read(0)).toBe("kept");
  expect(await read(100)).toBe("read");
  expect(await read(0, 151)).toBe("read");
  expect(await read(0, 151)).toBe("read");
});

test("a failed read is told to all who waited and not kept", async () => {
  const memory = new MemoryStore([["log.MF4", patterned(1000)]]);
  const store = new SharedStore(new FaultyStore(memory, [{ failure: "refused" }]));
  const source = await store.open("log.MF4", still());
  const asked = [source.read(0, 10, still()), source.read(0, 10, still())].map(faultOf);
  expect(await Promise.all(asked)).toEqual(["storage/refused", "storage/refused"]);
});
