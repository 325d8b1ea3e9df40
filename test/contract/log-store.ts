/** What every LogStore owes its reader: keys in UTF-8 byte order, pages without state, and no way out of the store. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compareKeys } from "../../core/store/check-key.ts";
import type { Entry, ListOptions, LogStore } from "../../core/store/source.ts";
import { faultOf } from "./byte-source.ts";

export interface StoreUnderTest {
  readonly store: LogStore;
  close?(): Promise<void>;
}

/** Names that tell orders apart: "-" < "/" < "0", capitals, and U+FF5E below U+1F697 in bytes but not in UTF-16. */
export const SHELF: readonly string[] = [
  "AA-x/00000001/00000001.MF4",
  "AA/00000001/00000001.MF4",
  "AA/00000001/00000002.MF4",
  "AA/00000002/00000001.MF4",
  "AA/config-01.07.json",
  "AA0/00000001/00000001.MF4",
  "Zoë/00000001/00000001.MF4",
  "a b+c%20&#?/00000001/00000001.MF4",
  "aa.dbc",
  "ab.dbc",
  "zz/~/00000001.MF4",
  "zz/～/00000001.MF4",
  "zz/🚗/00000001.MF4",
];

/** Content of each object on the shelf: its own key. */
export const shelfBytes = (key: string): Uint8Array => new TextEncoder().encode(key);

const still = () => new AbortController().signal;

export function logStoreContract(name: string, start: (keys: readonly string[]) => Promise<StoreUnderTest>): void {
  describe(`LogStore: ${name}`, () => {
    let under: StoreUnderTest;
    let store: LogStore;
    beforeAll(async () => {
      under = await start(SHELF);
      store = under.store;
    });
    afterAll(() => under?.close?.());

    const keys = async (prefix: string, options: Omit<ListOptions, "signal"> = {}): Promise<string[]> => {
      const found: string[] = [];
      for await (const entry of store.list(prefix, { ...options, signal: still() })) found.push(entry.key);
      return found;
    };

    test("a listing holds every key once, in UTF-8 byte order", async () => {
      expect(await keys("")).toEqual([...SHELF].sort(compareKeys));
    });

    test("an entry has the size and version that open finds", async () => {
      const entries: Entry[] = [];
      for await (const entry of store.list("AA/", { signal: still() })) entries.push(entry);
      for (const entry of entries) {
        if (entry.kind !== "object") throw new Error("no prefix without a delimiter");
        const source = await store.open(entry.key, still());
        expect([source.key, source.sizeBytes, source.version]).toEqual([entry.key, entry.sizeBytes, entry.version]);
        expect(new TextDecoder().decode(await source.read(0, source.sizeBytes, still()))).toBe(entry.key);
        expect(entry.modifiedMs === null || entry.modifiedMs > 0).toBe(true);
      }
      expect(entries).toHaveLength(4);
    });

    test("with a delimiter the folders come as prefixes, in the same order", async () => {
      expect(await keys("", { delimiter: "/" })).toEqual([
        "AA-x/",
        "AA/",
        "AA0/",
        "Zoë/",
        "a b+c%20&#?/",
        "aa.dbc",
        "ab.dbc",
        "zz/",
      ]);
      expect(await keys("AA/", { delimiter: "/" })).toEqual(["AA/00000001/", "AA/00000002/", "AA/config-01.07.json"]);
      expect(await keys("zz/", { delimiter: "/" })).toEqual(["zz/~/", "zz/～/", "zz/🚗/"]);
    });

    test("a prefix may end inside a name", async () => {
      expect(await keys("AA")).toEqual(SHELF.filter((key) => key.startsWith("AA")));
      expect(await keys("AA", { delimiter: "/" })).toEqual(["AA-x/", "AA/", "AA0/"]);
      expect(await keys("AA/0000000", { delimiter: "/" })).toEqual(["AA/00000001/", "AA/00000002/"]);
      expect(await keys("AA/00000001/00000002.MF4")).toEqual(["AA/00000001/00000002.MF4"]);
      expect(await keys("nothing/here")).toEqual([]);
    });

    test("`after` goes on where a page ended, for objects and prefixes alike", async () => {
      for (const delimiter of [undefined, "/"] as const) {
        const options = delimiter === undefined ? {} : { delimiter };
        const all = await keys("", options);
        for (const [i, after] of all.entries()) expect(await keys("", { ...options, after })).toEqual(all.slice(i + 1));
      }
      expect(await keys("AA/", { after: "AA/00000001/5" })).toEqual(["AA/00000002/00000001.MF4", "AA/config-01.07.json"]);
      expect(await keys("AA/", { after: "AA/00000001/5", delimiter: "/" })).toEqual(["AA/00000002/", "AA/config-01.07.json"]);
      expect(await keys("AA/", { after: "B" })).toEqual([]);
      expect(await keys("AA/", { after: "A" })).toHaveLength(4);
    });

    test("a listing can be left early", async () => {
      for await (const entry of store.list("", { signal: still() })) {
        expect(entry.key).toBe(SHELF[0]);
        break;
      }
    });

    test("a cancelled listing is request/cancelled", async () => {
      const stop = new AbortController();
      stop.abort();
      const listing = (async () => {
        for await (const _ of store.list("", { signal: stop.signal })) break;
      })();
      expect(await faultOf(listing)).toBe("request/cancelled");
    });

    test("every key of the shelf opens, whatever its name holds", async () => {
      for (const key of SHELF) {
        const source = await store.open(key, still());
        expect(new TextDecoder().decode(await source.read(0, source.sizeBytes, still()))).toBe(key);
      }
    });

    test.each(["AA", "AA/00000001", "AA/00000009.MF4", "nobody", "AA/00000001/00000001.MF4/x", "aa.DBC"])(
      "opening %s, which is no object, is storage/missing",
      async (key) => {
        expect(await faultOf(store.open(key, still()))).toBe("storage/missing");
      },
    );

    test.each([
      "",
      "/",
      "/etc/passwd",
      "..",
      "../secret",
      "AA/../../secret",
      "AA/./00000001/00000001.MF4",
      "AA//00000001/00000001.MF4",
      "AA/",
      "AA\\00000001\\00000001.MF4",
      "..\\secret",
      "AA/\0",
      "\ud800",
      "x".repeat(1025),
    ])("the key %j is request/bad-parameter", async (key) => {
      expect(await faultOf(store.open(key, still()))).toBe("request/bad-parameter");
    });

    test.each(["../", "/", "AA/../", "AA//", "AA\\", "AA/\0"])("the prefix %j is request/bad-parameter", async (prefix) => {
      expect(await faultOf(keys(prefix))).toBe("request/bad-parameter");
    });
  });
}
