/** What is kept of logs beyond an engine: the next one answers the same from it, reads no record, and believes nothing that is not right. */
import fc from "fast-check";
import { describe, expect, test, vi } from "vitest";
import { FaultError } from "../../../core/fault.ts";
import type { Engine } from "../../../core/query/engine.ts";
import { keptIndex, type TextShelf } from "../../../core/query/kept-index.ts";
import type { Query } from "../../../core/query/query.ts";
import { MemoryStore } from "../../../core/store/memory.ts";
import type { LogStore } from "../../../core/store/source.ts";
import { compressedLog } from "../../../fixtures/container.ts";
import { type Frame, frame } from "../../../fixtures/frame.ts";
import { message, signal } from "../../../fixtures/message.ts";
import { sealedLog } from "../../../fixtures/sealed.ts";
import { DEVICE, engineOver, never, oneLog, START_NS } from "../../support/engine.ts";
import { testModule } from "../../support/kernel.ts";

const COUNT = 300_000;
const TURN = message(0x100, "Turn", 8, "Engine", [signal("Byte", "0|8@1+", "(1,0)")]);
/** Some 8 MB, the last record cut. */
const frames: Frame[] = Array.from({ length: COUNT }, (_, i) =>
  frame({ timeNs: i * 100_000, id: 0x100 + (i % 16), payload: new Uint8Array(8).fill(i & 0xff) }),
);
const KEY = `${DEVICE}/00000001/00000001.MF4`;
const whole = oneLog("D", frames, [TURN]);
const bytes = await (await whole.open(KEY, never())).read(0, (await whole.open(KEY, never())).sizeBytes - 5, never());
const dbc = await (await whole.open("test.dbc", never())).read(0, (await whole.open("test.dbc", never())).sizeBytes, never());

/** A store that counts the bytes of records that are streamed. */
function counted(entries: readonly (readonly [string, Uint8Array])[]): { store: LogStore; streamed: () => number } {
  const inner = new MemoryStore(entries);
  let streamed = 0;
  const store: LogStore = {
    list: (prefix, options) => inner.list(prefix, options),
    async open(key, signal) {
      const source = await inner.open(key, signal);
      return {
        ...{ key: source.key, version: source.version, sizeBytes: source.sizeBytes },
        read: (at, length, stop) => source.read(at, length, stop),
        stream(at, length, stop) {
          streamed += length;
          return source.stream(at, length, stop);
        },
      };
    },
  };
  return { store, streamed: () => streamed };
}

function textShelf(): TextShelf & { readonly texts: Map<string, string> } {
  const texts = new Map<string, string>();
  return {
    texts,
    get: async (name) => texts.get(name) ?? null,
    put: async (name, text) => void texts.set(name, text),
  };
}

const kernel = { module: testModule(), moduleHash: "" };
const opened = (
  shelf: TextShelf,
  entries: readonly (readonly [string, Uint8Array])[] = [
    [KEY, bytes],
    ["test.dbc", dbc],
  ],
) => {
  const { store, streamed } = counted(entries);
  return { engine: engineOver(kernel, store, { index: keptIndex(shelf), sharesWork: true }), streamed };
};
const windowed: Query = {
  selectors: [{ device: DEVICE, bus: "CAN", channel: 1, db: "test", message: "Turn", signal: "Byte" }],
  ...{ fromNs: START_NS + 10_000_000_000n, toNs: START_NS + 10_100_000_000n, method: "raw", wholeBuckets: false },
  ...{ neighbours: false, budgetBytes: null, budgetPoints: null },
  grid: { kind: "fixed", originNs: START_NS, stepNs: 1_000_000n },
};
async function values(engine: Engine): Promise<readonly number[]> {
  const found: number[] = [];
  for await (const { segments } of engine.query(windowed, never()).series)
    for (const segment of segments) found.push(...segment.values);
  return found;
}

describe("a second engine", () => {
  test("says at once what the first one heard, and reads no record for it; a window is read from its part", async () => {
    const shelf = textShelf();
    const first = opened(shelf);
    const heard = await first.engine.heard({ device: DEVICE }, never());
    const shown = await values(first.engine);
    expect(first.streamed()).toBeGreaterThan(bytes.length * 0.9);
    const second = opened(shelf);
    const soFar = await second.engine.heardSoFar(DEVICE, never());
    expect(second.streamed()).toBe(0);
    expect([soFar.isWhole, soFar.ids, soFar.ledger, soFar.notices]).toEqual([true, heard.ids, heard.ledger, heard.notices]);
    // Where it was cut, with all frames before that: those that the ledger counts.
    const { frames } = heard.ledger;
    const cut = soFar.notices.find(({ fault }) => fault?.code === "input/truncated");
    expect(cut?.text).toContain(`All ${frames} complete frames are shown`);
    expect([cut?.fault?.read?.frames, frames > 1000]).toEqual([frames, true]);
    expect(await second.engine.heard({ device: DEVICE }, never())).toEqual(heard);
    expect(await second.engine.logs({ device: DEVICE }, never())).toEqual(await first.engine.logs({ device: DEVICE }, never()));
    expect(await values(second.engine)).toEqual(shown);
    expect(shown.length).toBeGreaterThan(60);
    expect(second.streamed()).toBeLessThan(bytes.length / 4);
  });

  test("does not believe what was kept of another file of the same name and size", async () => {
    const shelf = textShelf();
    await opened(shelf).engine.heard({ device: DEVICE }, never());
    const other = bytes.slice();
    other.set([0x20], 200); // within the first 4 KiB
    const second = opened(shelf, [
      [KEY, other],
      ["test.dbc", dbc],
    ]);
    await second.engine.heardSoFar(DEVICE, never()).catch(() => undefined);
    expect(second.streamed()).toBeGreaterThan(0);
  });

  test("whatever the shelf holds instead, the answers are those of the log", async () => {
    const shelf = textShelf();
    const heard = await opened(shelf).engine.heard({ device: DEVICE }, never());
    const [names, texts] = [[...shelf.texts.keys()], [...shelf.texts.values()]];
    const spoilt = (text: string, at: number, letter: string): string => {
      const place = Math.floor(at * text.length);
      return text.slice(0, place) + letter + text.slice(place + 1);
    };
    const other = fc.oneof(
      fc.constantFrom("", "null", "[]", "{}", '{"ids":[]}', '{"streams":[null,null,null]}', '{"streams":[{}]}'),
      fc.json(),
      fc.nat({ max: 1 }).map((part) => (texts[part] ?? "").slice(0, 300)),
      fc.nat({ max: 1 }).map((part) => spoilt(texts[part] ?? "", 0.01, "x")),
    );
    await fc.assert(
      fc.asyncProperty(other, async (text) => {
        for (const name of names) shelf.texts.set(name, text);
        const { engine } = opened(shelf);
        expect((await engine.heard({ device: DEVICE }, never())).ids).toEqual(heard.ids);
        names.forEach((name, i) => void shelf.texts.set(name, texts[i] ?? ""));
      }),
      { numRuns: 12 },
    );
  });
});

describe("a compressed log", () => {
  const PACKED = KEY.replace(".MF4", ".MFC");
  const plain = bytes.slice(0, 6_000_000);
  const packed = compressedLog(plain, DEVICE, "1.1");
  const entries = [
    [PACKED, packed],
    ["test.dbc", dbc],
  ] as const;

  const pointsName = async (shelf: ReturnType<typeof textShelf>): Promise<string> =>
    vi.waitFor(() => {
      const name = [...shelf.texts.keys()].find((one) => one.endsWith(" points"));
      if (name === undefined) throw new Error("not there yet");
      return name;
    });

  test("is not gone through again by a second engine: a window is unpacked from the place before it", async () => {
    const shelf = textShelf();
    const first = opened(shelf, entries);
    const heard = await first.engine.heard({ device: DEVICE }, never());
    const shown = await values(first.engine);
    expect(shown.length).toBeGreaterThan(50);
    expect((shelf.texts.get(await pointsName(shelf)) ?? "").length).toBeLessThan(600_000);
    const second = opened(shelf, entries);
    expect(await second.engine.heard({ device: DEVICE }, never())).toEqual(heard);
    // Its header, and nothing of its records.
    expect(second.streamed()).toBeLessThan(packed.length / 4);
    expect(await values(second.engine)).toEqual(shown);
    expect(second.streamed()).toBeLessThan(packed.length / 2);
    expect(first.streamed()).toBeGreaterThan(2 * packed.length);
  });

  test("is gone through where what is kept is not right, and where its bytes are others", async () => {
    const shelf = textShelf();
    const heard = await opened(shelf, entries).engine.heard({ device: DEVICE }, never());
    const name = await pointsName(shelf);
    const right = shelf.texts.get(name) ?? "";
    const at = right.indexOf('"histories":"') + 200;
    const spoilt = right.slice(0, at) + (right[at] === "A" ? "B" : "A") + right.slice(at + 1);
    for (const text of [spoilt, right.replace(/"sizeBytes":\d/, '"sizeBytes":9'), right.replace("[[", "[[1,1],["), "{}", ""]) {
      for (const other of [...shelf.texts.keys()]) shelf.texts.delete(other);
      shelf.texts.set(name, text);
      const { engine, streamed } = opened(shelf, entries);
      expect((await engine.heard({ device: DEVICE }, never())).ids).toEqual(heard.ids);
      expect(streamed()).toBeGreaterThan(packed.length);
      await vi.waitFor(() => expect(shelf.texts.get(name)).toBe(right));
    }
  });

  test("around an encrypted one leaves nothing", async () => {
    const shelf = textShelf();
    const sealed = await sealedLog(bytes.slice(0, 200_000), { device: DEVICE, password: "hush-hush" });
    const { store } = counted([[PACKED, compressedLog(sealed, DEVICE)]]);
    const passwords = () => new Map([["default", "hush-hush"]]);
    const engine = engineOver(kernel, store, { index: keptIndex(shelf), sharesWork: true, passwords });
    expect((await engine.heard({ device: DEVICE }, never())).ids.length).toBe(16);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(shelf.texts.size).toBe(0);
  });
});

test("of encrypted logs nothing is kept", async () => {
  const shelf = textShelf();
  const sealed = await sealedLog(bytes.slice(0, 400_000), { device: DEVICE, password: "hush-hush" });
  const { store } = counted([[KEY.replace(".MF4", ".MFE"), sealed]]);
  const passwords = () => new Map([["default", "hush-hush"]]);
  const engine = engineOver(kernel, store, { index: keptIndex(shelf), sharesWork: true, passwords });
  expect((await engine.heard({ device: DEVICE }, never())).ids.length).toBe(16);
  expect(shelf.texts.size).toBe(0);
});

test("what the store did not give is not kept", async () => {
  const shelf = textShelf();
  const { store } = counted([[KEY, bytes]]);
  const failing: LogStore = {
    list: (prefix, options) => store.list(prefix, options),
    async open(key, stop) {
      const source = await store.open(key, stop);
      return {
        ...source,
        async *stream(at, length, signal) {
          yield* source.stream(at, Math.min(length, 1_000_000), signal);
          if (length > 1_000_000) throw new FaultError({ code: "storage/unreachable", message: "it is gone", object: key });
        },
      };
    },
  };
  const engine = engineOver(kernel, failing, { index: keptIndex(shelf), sharesWork: true });
  expect((await engine.heard({ device: DEVICE }, never())).notices.map(({ fault }) => fault?.code)).toContain(
    "storage/unreachable",
  );
  expect([...shelf.texts.keys()].filter((name) => name.endsWith(" heard"))).toEqual([]);
});
