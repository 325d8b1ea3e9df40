import { expect, test, vi } from "vitest";
import { FaultError } from "../../../core/fault.ts";
import { WINDOW_BYTES, windowsOf } from "../../../core/store/windows.ts";
import { collect, faultOf, patterned } from "../../contract/byte-source.ts";

const still = () => new AbortController().signal;
const LENGTH = 2_500_001;
const bytes = patterned(LENGTH);
const asked = { key: "log.MF4", atByte: 0, lengthBytes: LENGTH };

function* chunks(all: Uint8Array, sizes: readonly number[]): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0, i = 0; at < all.length; i++) {
    const size = sizes[i % sizes.length] ?? 1;
    yield all.slice(at, at + size);
    at += size;
  }
}

type Shape = "byte stream" | "plain stream" | "iterable";

/** A body of the given shape; `fails` ends it with an error instead of an end. */
function body(shape: Shape, all = bytes, options: { fails?: boolean; stopped?: () => void } = {}) {
  const source = chunks(all, [65_536, 1, 4096, 1_300_000]);
  if (shape === "iterable")
    return (async function* () {
      try {
        yield* source;
        if (options.fails) throw new Error("reset by peer");
      } finally {
        options.stopped?.();
      }
    })();
  const pull = (controller: ReadableByteStreamController | ReadableStreamDefaultController<Uint8Array>) => {
    const { done, value } = source.next();
    if (!done) controller.enqueue(value);
    else if (options.fails) controller.error(new Error("reset by peer"));
    else {
      controller.close();
      if ("byobRequest" in controller) controller.byobRequest?.respond(0);
    }
  };
  const cancel = () => options.stopped?.();
  return shape === "byte stream" ? new ReadableStream({ type: "bytes", pull, cancel }) : new ReadableStream({ pull, cancel });
}

test.each<Shape>(["byte stream", "plain stream", "iterable"])("a %s comes in full windows and an odd end", async (shape) => {
  const sizes: number[] = [];
  const collected = await collect(
    (async function* () {
      for await (const window of windowsOf(body(shape), asked, still())) {
        sizes.push(window.length);
        yield window;
      }
    })(),
  );
  expect(sizes).toEqual([WINDOW_BYTES, WINDOW_BYTES, LENGTH - 2 * WINDOW_BYTES]);
  expect(Buffer.compare(collected, bytes)).toBe(0);
});

test.each<Shape>(["byte stream", "plain stream", "iterable"])(
  "a %s that ends early is storage/short and says how much came",
  async (shape) => {
    const windows = collect(windowsOf(body(shape, bytes.subarray(0, 2_000_000)), asked, still()));
    await expect(windows).rejects.toMatchObject({ fault: { code: "storage/short", found: 2_000_000, allowed: LENGTH } });
  },
);

test.each<Shape>(["byte stream", "plain stream", "iterable"])(
  "a %s that breaks is storage/unreachable, or what the store makes of it",
  async (shape) => {
    const broken = () => body(shape, bytes.subarray(0, 2_000_000), { fails: true });
    expect(await faultOf(collect(windowsOf(broken(), asked, still())))).toBe("storage/unreachable");
    const refused = new FaultError({ code: "storage/refused", message: "no" });
    expect(await faultOf(collect(windowsOf(broken(), asked, still(), () => refused)))).toBe("storage/refused");
  },
);

test.each<Shape>(["byte stream", "plain stream", "iterable"])(
  "a %s is released when its reader leaves or is cancelled",
  async (shape) => {
    const left = vi.fn();
    for await (const _ of windowsOf(body(shape, bytes, { stopped: left }), asked, still())) break;
    expect(left).toHaveBeenCalled();

    const cancelled = vi.fn();
    const stop = new AbortController();
    const reading = (async () => {
      for await (const _ of windowsOf(body(shape, bytes, { stopped: cancelled }), asked, stop.signal)) stop.abort();
    })();
    expect(await faultOf(reading)).toBe("request/cancelled");
    expect(cancelled).toHaveBeenCalled();
  },
);

test("a longer body than asked gives what was asked", async () => {
  const windows = await collect(windowsOf(body("plain stream"), { ...asked, lengthBytes: 1000 }, still()));
  expect(Buffer.compare(windows, bytes.subarray(0, 1000))).toBe(0);
});
