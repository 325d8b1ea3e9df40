import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Extent } from "../../../core/bus/layout.ts";
import { Codecs } from "../../../core/kernel/codecs.ts";
import { streamExtents } from "../../../core/mdf/data-stream.ts";
import { runsOf } from "../../../core/mdf/near-blocks.ts";
import { memorySource } from "../../../core/store/memory.ts";
import type { ByteSource } from "../../../core/store/source.ts";
import { testModule } from "../../support/kernel.ts";

const codecs = new Codecs(testModule());
const signal = AbortSignal.timeout(60_000);

interface Asked {
  readonly source: ByteSource;
  /** Ranges that were streamed. */
  readonly ranges: [number, number][];
}

function asked(bytes: Uint8Array, windowBytes: number): Asked {
  const inner = memorySource("x.mf4", bytes, windowBytes);
  const ranges: [number, number][] = [];
  const stream: ByteSource["stream"] = (atByte, lengthBytes, stop) => {
    ranges.push([atByte, lengthBytes]);
    return inner.stream(atByte, lengthBytes, stop);
  };
  return { source: Object.assign(Object.create(inner) as ByteSource, { stream }), ranges };
}

interface Block {
  readonly bytes: Uint8Array;
  readonly isPacked: boolean;
  readonly gapBytes: number;
}

/** Blocks with gaps in front of them, as a file, and what they hold together. */
function fileOf(blocks: readonly Block[]) {
  const extents: Extent[] = [];
  const file: number[] = [];
  const held: number[] = [];
  for (const { bytes, isPacked, gapBytes } of blocks) {
    for (let i = 0; i < gapBytes; i++) file.push(0xee);
    const stored = isPacked ? deflateSync(bytes) : bytes;
    const atByte = file.length;
    file.push(...stored);
    held.push(...bytes);
    const packed = { method: "deflate" as const, columns: 0, atByte, lengthBytes: stored.length, originalBytes: bytes.length };
    extents.push({ atByte, lengthBytes: bytes.length, ...(isPacked ? { packed } : {}) });
  }
  return { file: Uint8Array.from(file), extents, held: Uint8Array.from(held) };
}

async function bytesOf(windows: AsyncIterable<Uint8Array>): Promise<number[]> {
  const bytes: number[] = [];
  for await (const window of windows) bytes.push(...window);
  return bytes;
}

const anyBlock = fc.record({
  bytes: fc.uint8Array({ minLength: 1, maxLength: 300 }),
  isPacked: fc.boolean(),
  gapBytes: fc.constantFrom(0, 24, 48, 20_000),
});

test("near blocks, packed or not, give the bytes of any range, whatever the windows", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyBlock, { minLength: 1, maxLength: 12 }),
      fc.integer({ min: 1, max: 700 }),
      fc.nat(2000),
      fc.nat(2000),
      async (blocks, windowBytes, a, b) => {
        const { file, extents, held } = fileOf(blocks);
        const { source } = asked(file, windowBytes);
        const [fromByte, toByte] = [Math.min(a, b) % (held.length + 1), Math.max(a, b)];
        expect(await bytesOf(streamExtents(source, extents, codecs, signal, { fromByte, toByte }))).toEqual([
          ...held.subarray(fromByte, toByte),
        ]);
      },
    ),
    { numRuns: 60 },
  );
});

test("a thousand small blocks one behind the other are one request", async () => {
  const blocks = Array.from({ length: 1000 }, (_, i) => ({
    bytes: Uint8Array.from([i & 255, i >> 8]),
    isPacked: i % 2 === 0,
    gapBytes: 48,
  }));
  const { file, extents, held } = fileOf(blocks);
  const { source, ranges } = asked(file, 4096);
  expect(await bytesOf(streamExtents(source, extents, codecs, signal))).toEqual([...held]);
  expect(ranges).toEqual([[48, file.length - 48]]);
});

test("blocks far from each other, or in another order, are requests of their own", async () => {
  const one = { bytes: Uint8Array.of(1, 2, 3), isPacked: false };
  const { file, extents } = fileOf([
    { ...one, gapBytes: 0 },
    { ...one, gapBytes: 16 * 1024 + 1 },
  ]);
  const far = asked(file, 100);
  await bytesOf(streamExtents(far.source, extents, codecs, signal));
  expect(far.ranges).toHaveLength(2);
  const near = fileOf([
    { ...one, gapBytes: 0 },
    { ...one, gapBytes: 16 * 1024 },
  ]);
  const back = asked(near.file, 100);
  await bytesOf(streamExtents(back.source, near.extents, codecs, signal));
  expect(back.ranges).toHaveLength(1);
  await bytesOf(streamExtents(back.source, near.extents.toReversed(), codecs, signal));
  expect(back.ranges).toHaveLength(3);
});

test("a run ends at 8 MiB, and a larger block is one by itself", () => {
  const size = 3 * 1024 * 1024;
  const parts = [0, 1, 2, 3].map((i) => ({ atByte: i * size, lengthBytes: size }));
  expect([...runsOf(parts, (part) => part)].map((run) => run.parts.length)).toEqual([2, 2]);
  const large = [
    { atByte: 0, lengthBytes: 3 * size },
    { atByte: 3 * size, lengthBytes: 1 },
  ];
  expect([...runsOf(large, (part) => part)].map((run) => [run.atByte, run.lengthBytes])).toEqual([
    [0, 3 * size],
    [3 * size, 1],
  ]);
});

test("who leaves early ends the request", async () => {
  const { file, extents } = fileOf(
    Array.from({ length: 4 }, () => ({ bytes: new Uint8Array(50), isPacked: false, gapBytes: 24 })),
  );
  let isEnded = false;
  const inner = memorySource("x.mf4", file, 10);
  const stream = async function* (...args: Parameters<ByteSource["stream"]>) {
    try {
      yield* inner.stream(...args);
    } finally {
      isEnded = true;
    }
  };
  const source = { key: "x.mf4", sizeBytes: file.length, stream } as unknown as ByteSource;
  for await (const window of streamExtents(source, extents, codecs, signal)) if (window.length > 0) break;
  expect(isEnded).toBe(true);
});
