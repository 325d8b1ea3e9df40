/** Places to begin in a heatshrink stream: any window read from the nearest one, and memory that does not grow with the log. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decompressedSource, measure } from "../../../core/canedge/compressed.ts";
import { type CompressedHeader, parseContainer } from "../../../core/canedge/container.ts";
import { SeekPoints } from "../../../core/canedge/seek-points.ts";
import { KernelPool } from "../../../core/kernel/kernel.ts";
import { countingSource, none } from "../../../core/store/counting.ts";
import { memorySource } from "../../../core/store/memory.ts";
import { compressedLog } from "../../../fixtures/container.ts";
import { heatshrinkDecode } from "../../support/heatshrink.ts";
import { testModule } from "../../support/kernel.ts";

const codecs = new KernelPool(testModule(), 1);
const signal = AbortSignal.timeout(60_000);

/** A container around any bits: each is a stream of some plain bytes. */
function container(stream: Uint8Array, windowBits: number, lookaheadBits: number): Uint8Array {
  const head = compressedLog(new Uint8Array(), "00000001");
  const bytes = new Uint8Array(28 + stream.length);
  bytes.set(head.subarray(0, 28));
  bytes.set(stream, 28);
  const view = new DataView(bytes.buffer);
  view.setUint32(20, lookaheadBits);
  view.setUint32(24, 1 << windowBits);
  return bytes;
}

async function opened(bytes: Uint8Array, windowBytes?: number) {
  const counts = none();
  const outer = countingSource(memorySource("a.MFC", bytes, windowBytes), counts);
  const layer = { outer, header: parseContainer(bytes, bytes.length, "a.MFC") as CompressedHeader, codecs };
  const unpacked = { decrypted: 0, decompressed: 0 };
  const measured = await measure(layer, unpacked, signal, () => undefined);
  return { source: decompressedSource(layer, measured, unpacked), measured, unpacked, counts };
}

/** Bits that look random, mostly references. */
function someBits(lengthBytes: number, seed: number): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: lengthBytes }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 16) & 0x77;
  });
}

test("any part of any stream is what decoding from the start gives, at the price of the points around it", async () => {
  const cases = fc.record({
    windowBits: fc.integer({ min: 4, max: 15 }),
    lookahead: fc.nat(20),
    windowBytes: fc.constantFrom(999, 65_536, 1_000_000),
    seed: fc.nat(1000),
    places: fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(90_000)), { minLength: 4, maxLength: 4 }),
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ windowBits, lookahead, windowBytes, seed, places }) => {
      const lookaheadBits = 3 + (lookahead % Math.min(windowBits - 3, 7));
      const stream = someBits(90_000, seed);
      const plain = heatshrinkDecode(stream, windowBits, lookaheadBits);
      const { source, measured, unpacked } = await opened(container(stream, windowBits, lookaheadBits), windowBytes);
      expect(source.sizeBytes).toBe(plain.length);
      for (const [place, length] of places) {
        const at = Math.floor(place * plain.length);
        const lengthBytes = Math.min(length, plain.length - at);
        unpacked.decompressed = 0;
        const part = await source.read(at, lengthBytes, signal);
        expect(Buffer.compare(part, plain.subarray(at, at + lengthBytes))).toBe(0);
        // A call of the kernel ends up to one reference behind where a point is wanted.
        const around = 2 * (measured.points.spacingBytes + (1 << lookaheadBits) + 16);
        expect(unpacked.decompressed).toBeLessThanOrEqual(lengthBytes + around);
      }
    }),
    { numRuns: 12, seed: 551 },
  );
});

test("a small part reads a small part of the file", async () => {
  const bytes = container(someBits(2_000_000, 7), 10, 4);
  const { source, counts } = await opened(bytes, 4096);
  counts.bytes = 0;
  await source.read(Math.floor(source.sizeBytes / 2), 1000, signal);
  expect(counts.bytes).toBeLessThan(bytes.length / 20);
});

describe("points", () => {
  const point = (atByte: number, windowBytes: number) => ({ atByte, atBit: atByte * 4, history: new Uint8Array(windowBytes) });

  test.each([16, 1024, 32_768])("of a log of 4 GB with a window of %i bytes stay below 2 MB, evenly spaced", (windowBytes) => {
    const points = new SeekPoints(windowBytes);
    for (let at = 0; at < 4e9; at += 65_536) if (points.wants(at)) points.add(point(at, windowBytes));
    expect(points.heldBytes).toBeLessThan(2 * 1024 * 1024);
    for (const at of [0, 1e6, 123_456_789, 3_999_999_999]) {
      const { atByte } = points.before(at);
      expect(at - atByte).toBeGreaterThanOrEqual(0);
      expect(at - atByte).toBeLessThan(2 * points.spacingBytes);
    }
  });

  test("where none lies before, the start does; where none lies behind, the end", () => {
    const points = new SeekPoints(1024);
    points.add(point(100_000, 1024));
    expect(points.before(99_999)).toMatchObject({ atByte: 0, atBit: 0 });
    expect(points.before(100_000)).toMatchObject({ atByte: 100_000, atBit: 400_000 });
    expect([points.bitBehind(100_000), points.bitBehind(100_001)]).toEqual([400_000, null]);
  });
});
