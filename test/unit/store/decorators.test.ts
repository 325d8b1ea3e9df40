import { expect, test } from "vitest";
import { CountingStore } from "../../../core/store/counting.ts";
import { MemoryStore } from "../../../core/store/memory.ts";
import { collect, faultOf, patterned } from "../../contract/byte-source.ts";
import { type Failure, FaultyStore } from "../../support/faulty.ts";

const still = () => new AbortController().signal;
const memory = () => new MemoryStore([["log.MF4", patterned(100_000)]], { windowBytes: 10_000 });

test("a counting store counts requests, bytes and the most at once", async () => {
  const store = new CountingStore(memory());
  for await (const _ of store.list("", { signal: still() }));
  const source = await store.open("log.MF4", still());
  const streams = [source.stream(0, 50_000, still()), source.stream(0, 20_000, still())];
  await Promise.all([source.read(0, 100, still()), ...streams.map(collect)]);
  expect(store.counts).toEqual({
    lists: 1,
    entries: 1,
    opens: 1,
    reads: 1,
    streams: 2,
    bytes: 70_100,
    inFlight: 0,
    inFlightPeak: 3,
  });
  store.reset();
  expect(store.counts).toMatchObject({ opens: 0, bytes: 0, inFlightPeak: 0 });
});

test("a stream that is left early is no longer in flight", async () => {
  const store = new CountingStore(memory());
  const source = await store.open("log.MF4", still());
  for await (const _ of source.stream(0, 50_000, still())) break;
  expect(store.counts).toMatchObject({ bytes: 10_000, inFlight: 0 });
});

test.each([
  ["short", "storage/short"],
  ["changed", "storage/changed"],
  ["missing", "storage/missing"],
  ["refused", "storage/refused"],
  ["broken", "storage/unreachable"],
] as const)("a faulty store fails as told: %s is %s, in reads and in the middle of a stream", async (failure: Failure, code) => {
  const store = new FaultyStore(memory(), [{ failure, key: "log", afterRequests: 1, afterBytes: 15_000 }]);
  const source = await store.open("log.MF4", still());
  expect(await source.read(0, 10, still())).toHaveLength(10);
  let bytes = 0;
  const streaming = (async () => {
    for await (const window of source.stream(0, 50_000, still())) bytes += window.length;
  })();
  expect(await faultOf(streaming)).toBe(code);
  expect(bytes).toBe(15_000);
  expect(await faultOf(source.read(0, 10, still()))).toBe(code);
});
