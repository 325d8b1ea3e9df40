/** What every ByteSource owes its reader. Each runtime plugs its sources in with three lines. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FaultCode } from "../../core/fault.ts";
import { FaultError } from "../../core/fault.ts";
import type { ByteSource } from "../../core/store/source.ts";

/** A store's own way to make, replace and remove an object. What it cannot do is left out, and so are the tests of it. */
export interface SourceUnderTest {
  /** Puts `bytes` under `key` and opens it. */
  make(key: string, bytes: Uint8Array): Promise<ByteSource>;
  /** Puts other bytes under the key, as an upload would. */
  replace?(key: string, bytes: Uint8Array): Promise<void>;
  remove?(key: string): Promise<void>;
  close?(): Promise<void>;
}

/** Bytes that show where they come from: no two windows are equal. */
export function patterned(lengthBytes: number, seed = 1): Uint8Array {
  const bytes = new Uint8Array(lengthBytes);
  let state = seed >>> 0 || 1;
  for (let i = 0; i < lengthBytes; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    bytes[i] = state >>> 24;
  }
  return bytes;
}

/** The code of the fault that `work` ends with; "no fault" if it does not. */
export async function faultOf(work: Promise<unknown>): Promise<FaultCode | "no fault"> {
  try {
    await work;
    return "no fault";
  } catch (error) {
    if (error instanceof FaultError) return error.fault.code;
    throw error;
  }
}

/** All bytes of a stream, copied window by window, as each is only lent. */
export async function collect(windows: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const window of windows) parts.push(window.slice());
  return joined(parts);
}

const BIG_BYTES = 3 * 1024 * 1024 + 12_345; // several windows of any store, and an odd end
const MIDDLE_BYTES = 200_000; // more than the head a source may hold of what it opened
const still = () => new AbortController().signal;

export function byteSourceContract(name: string, start: () => Promise<SourceUnderTest>): void {
  describe(`ByteSource: ${name}`, () => {
    const bytes = patterned(BIG_BYTES);
    let under: SourceUnderTest;
    let source: ByteSource;
    beforeAll(async () => {
      under = await start();
      source = await under.make("dev/00000001/big.MF4", bytes);
    });
    afterAll(() => under?.close?.());

    test("key, size and version describe the object", () => {
      expect(source.key).toBe("dev/00000001/big.MF4");
      expect(source.sizeBytes).toBe(BIG_BYTES);
      expect(source.version).not.toBe("");
    });

    test.each([
      [0, 64],
      [0, 1],
      [12_345, 100_000],
      [BIG_BYTES - 1, 1],
      [BIG_BYTES, 0],
      [0, 0],
      [1024 * 1024 - 1, 2],
    ])("read(%i, %i) gives exactly these bytes", async (atByte, lengthBytes) => {
      expectSame(await source.read(atByte, lengthBytes, still()), bytes.subarray(atByte, atByte + lengthBytes));
    });

    test("what was read belongs to the caller", async () => {
      const mine = await source.read(100, 50, still());
      mine.fill(0);
      expectSame(await source.read(100, 50, still()), bytes.subarray(100, 150));
      expect(mine.buffer.byteLength).toBe(50);
    });

    test("a read past the end is storage/short and says what is there", async () => {
      const failing = source.read(BIG_BYTES - 10, 11, still());
      expect(await faultOf(failing)).toBe("storage/short");
      await expect(failing).rejects.toMatchObject({ fault: { found: 10, allowed: 11, atByte: BIG_BYTES - 10 } });
      expect(await faultOf(source.read(BIG_BYTES + 5, 1, still()))).toBe("storage/short");
    });

    test.each([
      [0, BIG_BYTES],
      [777, BIG_BYTES - 777],
      [5, 3],
      [1024 * 1024, 1024 * 1024],
      [BIG_BYTES, 0],
    ])("stream(%i, %i) gives exactly these bytes in order", async (atByte, lengthBytes) => {
      expectSame(await collect(source.stream(atByte, lengthBytes, still())), bytes.subarray(atByte, atByte + lengthBytes));
    });

    test("a stream has no empty window and none above 1 MiB", async () => {
      for await (const window of source.stream(0, BIG_BYTES, still())) {
        expect(window.length).toBeGreaterThan(0);
        expect(window.length).toBeLessThanOrEqual(1024 * 1024);
      }
    });

    test("a stream past the end is storage/short", async () => {
      expect(await faultOf(collect(source.stream(BIG_BYTES - 10, 11, still())))).toBe("storage/short");
    });

    test("a caller may work slowly on a window without the next one overwriting it", async () => {
      let atByte = 0;
      for await (const window of source.stream(0, BIG_BYTES, still())) {
        await new Promise((done) => setTimeout(done, 5));
        expectSame(window, bytes.subarray(atByte, atByte + window.length));
        atByte += window.length;
      }
    });

    test("a stream can be left early, and twenty streams run side by side", async () => {
      for await (const _ of source.stream(0, BIG_BYTES, still())) break;
      const starts = Array.from({ length: 20 }, (_, i) => i * 1000);
      const all = await Promise.all(starts.map((at) => collect(source.stream(at, 70_000, still()))));
      for (const [i, at] of starts.entries()) expectSame(all[i], bytes.subarray(at, at + 70_000));
    });

    test("an aborted signal is request/cancelled, before and in the middle", async () => {
      const stop = new AbortController();
      stop.abort();
      expect(await faultOf(source.read(0, 10, stop.signal))).toBe("request/cancelled");
      expect(await faultOf(collect(source.stream(0, 10, stop.signal)))).toBe("request/cancelled");
      const later = new AbortController();
      const leaving = (async () => {
        for await (const _ of source.stream(0, BIG_BYTES, later.signal)) later.abort();
      })();
      expect(await faultOf(leaving)).toBe("request/cancelled");
    });

    test("an empty object can be opened", async () => {
      const empty = await under.make("dev/00000001/empty.MF4", new Uint8Array(0));
      expect(empty.sizeBytes).toBe(0);
      expectSame(await empty.read(0, 0, still()), new Uint8Array(0));
      expectSame(await collect(empty.stream(0, 0, still())), new Uint8Array(0));
      expect(await faultOf(empty.read(0, 1, still()))).toBe("storage/short");
    });

    test("an object that was replaced is storage/changed", async ({ skip }) => {
      if (!under.replace) return skip("cannot be replaced");
      const old = await under.make("dev/00000001/changing.MF4", patterned(MIDDLE_BYTES, 2));
      await under.replace("dev/00000001/changing.MF4", patterned(MIDDLE_BYTES, 3));
      expect(await faultOf(old.read(100_000, 100, still()))).toBe("storage/changed");
      expect(await faultOf(collect(old.stream(0, MIDDLE_BYTES, still())))).toBe("storage/changed");
    });

    test("an object that shrank is storage/changed", async ({ skip }) => {
      if (!under.replace) return skip("cannot be replaced");
      const old = await under.make("dev/00000001/shrinking.MF4", patterned(MIDDLE_BYTES, 4));
      await under.replace("dev/00000001/shrinking.MF4", patterned(50, 4));
      expect(await faultOf(old.read(100_000, 100, still()))).toBe("storage/changed");
    });

    test("an object that was removed is storage/missing", async ({ skip }) => {
      if (!under.remove) return skip("cannot be removed");
      const old = await under.make("dev/00000001/gone.MF4", patterned(MIDDLE_BYTES, 5));
      await under.remove("dev/00000001/gone.MF4");
      expect(await faultOf(old.read(100_000, 100, still()))).toBe("storage/missing");
    });
  });
}

// toEqual walks megabytes element by element and prints them: compare first, complain with the place.
function expectSame(actual: Uint8Array | undefined, expected: Uint8Array): void {
  if (!actual) throw new Error("nothing came");
  expect(actual.length).toBe(expected.length);
  const differs = actual.findIndex((byte, i) => byte !== expected[i]);
  expect(differs, "first byte that differs").toBe(-1);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let atByte = 0;
  for (const part of parts) {
    all.set(part, atByte);
    atByte += part.length;
  }
  return all;
}
