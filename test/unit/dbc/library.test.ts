import { expect, test } from "vitest";
import { libraryOf, loadLibrary } from "../../../core/dbc/library.ts";
import { MemoryStore } from "../../../core/store/memory.ts";
import { database } from "../../support/dbc-model.ts";

const signal = new AbortController().signal;
const bytes = (text: string) => new TextEncoder().encode(text);
const storeOf = (files: Readonly<Record<string, string>>) =>
  new MemoryStore(Object.entries(files).map(([key, text]) => [key, bytes(text)] as const));

test("every *.dbc at the root is loaded, whatever its case; folders and other files are not", async () => {
  const store = storeOf({ "b.dbc": "BS_:", "A.DBC": "BS_:", "sub/c.dbc": "BS_:", "d.txt": "x", dbc: "x" });
  const library = await loadLibrary(store, { signal });
  expect(library.dbcs.map((dbc) => dbc.name)).toEqual(["A", "b"]);
  expect(library.notices).toEqual([]);
});

test("a broken database is a notice with its fault, the others load", async () => {
  const store = storeOf({ "a.dbc": "BS_:", "empty.dbc": "", "lfs.dbc": "version https://git-lfs.github.com/spec/v1\n" });
  const library = await loadLibrary(store, { keys: ["empty.dbc", "a.dbc", "lfs.dbc", "missing.dbc"], signal });
  expect(library.dbcs.map((dbc) => dbc.name)).toEqual(["a"]);
  expect(library.notices.map((notice) => [notice.severity, notice.fault?.code, notice.fault?.object])).toEqual([
    ["error", "input/bad-dbc", "empty.dbc"],
    ["error", "input/bad-dbc", "lfs.dbc"],
    ["error", "storage/missing", "missing.dbc"],
  ]);
});

test("the notice of a broken database says where, unless it is all of it", async () => {
  const { notices } = await loadLibrary(storeOf({ "empty.dbc": "", "letter.dbc": "\n Dear reader" }), { signal });
  expect(notices.map(({ text }) => text)).toEqual([
    "empty.dbc is not used: The file is empty; copy the DBC again.",
    expect.stringMatching(/^letter\.dbc is not used: .*"Dear" .* \(line 2, column 2\)$/),
  ]);
});

test("names that differ in case only stay apart: the same case wins, any other case means the first", async () => {
  const library = await loadLibrary(storeOf({ "CAN.dbc": "BS_:", "can.dbc": "BS_:" }), { signal });
  expect(["CAN", "can", "Can", "CAN.dbc", "can.dbc"].map((name) => library.find(name)?.file)).toEqual([
    "CAN.dbc",
    "can.dbc",
    "CAN.dbc",
    "CAN.dbc",
    "can.dbc",
  ]);
  expect(library.notices).toMatchObject([{ severity: "warning", text: expect.stringContaining("differ in case only") }]);
  expect(library.find("none")).toBeNull();
});

test("one name twice: the name means the first, the file name each", () => {
  const [first, second] = [database("a", []), { ...database("a", []), file: "a.DBC" }];
  const library = libraryOf([first, second]);
  expect([library.find("a"), library.find("a.dbc"), library.find("a.DBC")]).toEqual([first, first, second]);
  expect(library.notices).toHaveLength(1);
});

test("cancelling is no broken database", async () => {
  const stop = new AbortController();
  stop.abort();
  await expect(loadLibrary(storeOf({ "a.dbc": "BS_:" }), { keys: ["a.dbc"], signal: stop.signal })).rejects.toMatchObject({
    fault: { code: "request/cancelled" },
  });
});
