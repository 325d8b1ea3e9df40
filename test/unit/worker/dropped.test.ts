import { describe, expect, test } from "vitest";
import { withoutCopies } from "../../../worker/copies.ts";
import { tellApart } from "../../../worker/dropped.ts";

const file = (name: string, bytes: Uint8Array | string, lastModified = 0): File =>
  new File([typeof bytes === "string" ? bytes : new Uint8Array(bytes)], name, { lastModified });
const held = (key: string, bytes: Uint8Array | string, lastModified = 0) => ({ key, blob: file(key, bytes, lastModified) });
const log = new Uint8Array(600_000).map((_, i) => (i * 31) & 255);
const changed = (at: number): Uint8Array => log.with(at, (log[at] ?? 0) ^ 1);

describe("copies of a log", () => {
  test("are left out, whatever their names and times, also among themselves; others of the same size stay", async () => {
    const first = held("D/1/00000001.MF4", log, 1);
    const again = held("D/1/00000001.MF4", log, 1);
    const renamed = held("00000001 (1).MF4", log, 9);
    const twin = held("other.MF4", log.subarray(1), 5);
    const twinCopy = held("twin.MF4", log.subarray(1), 6);
    const others = [0, 300, 100_000, 599_999].map((at) => held(`changed${at}.MF4`, changed(at)));
    const { added, notices } = await withoutCopies([again, renamed, twin, twinCopy, ...others], [first]);
    expect(added).toEqual([twin, ...others]);
    expect(notices.map(({ text }) => text)).toEqual([
      "00000001 (1).MF4 is the same log as 00000001.MF4; twin.MF4 is the same log as other.MF4. Each is read once",
    ]);
  });

  test("empty files are no copies of each other: each is told", async () => {
    const empty = [held("a.MF4", ""), held("b.MF4", "")];
    expect((await withoutCopies(empty, [])).added).toEqual(empty);
  });

  test("a file that cannot be read any more is kept, for its reader to say so", async () => {
    const gone = held("gone.MF4", log);
    const slice = (): Blob =>
      Object.assign(new Blob(), { arrayBuffer: () => Promise.reject(new DOMException("gone", "NotFoundError")) });
    Object.assign(gone.blob, { slice });
    expect((await withoutCopies([gone], [held("a.MF4", log)])).added).toEqual([gone]);
  });
});

describe("files that are no logs", () => {
  test("each of a few has its own sentence, of a folder of them there is one", async () => {
    const few = ["a.txt", "b.txt"].map((path) => ({ path, file: file(path, "hello") }));
    expect((await tellApart(few)).notices.length).toBe(2);
    const many = Array.from({ length: 2000 }, (_, i) => ({ path: `notes/${i}.txt`, file: file(`${i}.txt`, "hello") }));
    const { notices, logs } = await tellApart([...many, { path: "notes/1.MF4", file: file("1.MF4", "MDF     4.10    ") }]);
    expect(logs.length).toBe(1);
    expect(notices.map(({ text }) => text)).toEqual([
      "2000 of 2001 files are no logs and no databases: 0.txt, 1.txt, 2.txt and 1997 more. buslens reads MF4, MFC, MFE, MFM and DBC",
    ]);
  });

  test("one that was removed meanwhile is named, and does not stop the others", async () => {
    const gone = file("gone.bin", "x");
    Object.assign(gone, { slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException("gone", "NotFoundError")) }) });
    const { notices, logs } = await tellApart([
      { path: "gone.bin", file: gone },
      { path: "1.MF4", file: file("1.MF4", "MDF     4.10    ") },
    ]);
    expect([logs.length, notices.map(({ text }) => text)]).toEqual([1, ["gone.bin cannot be read any more. Drop it again"]]);
  });
});
