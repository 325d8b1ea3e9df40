import { appendFile, mkdir, symlink, truncate, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { DiskStore } from "../../../edge/stores/disk.ts";
import { folderPath } from "../../../edge/stores/folder-path.ts";
import { collect, faultOf, patterned } from "../../contract/byte-source.ts";
import { type ScratchFolder, scratchFolder, writeObject } from "../../support/folder.ts";

const still = () => new AbortController().signal;
let folder: ScratchFolder;
let store: DiskStore;

beforeEach(async () => {
  folder = await scratchFolder();
  await mkdir(join(folder.path, "LOG"));
  store = await DiskStore.open(join(folder.path, "LOG"));
});
afterEach(() => folder.remove());

const put = (key: string, bytes: Uint8Array) => writeObject(join(folder.path, "LOG"), key, bytes);
async function keys(delimiter?: "/"): Promise<string[]> {
  const found: string[] = [];
  for await (const { key } of store.list("", { signal: still(), ...(delimiter && { delimiter }) })) found.push(key);
  return found;
}

test("a file that grows is read to the size seen, by the stream that runs too", async () => {
  const bytes = patterned(3_000_000);
  await put("growing.MF4", bytes);
  const source = await store.open("growing.MF4", still());
  let count = 0;
  for await (const window of source.stream(0, source.sizeBytes, still())) {
    await appendFile(join(folder.path, "LOG", "growing.MF4"), patterned(10));
    count += window.length;
  }
  expect(count).toBe(3_000_000);
  expect(await source.read(2_999_990, 10, still())).toEqual(bytes.slice(-10));
  expect((await store.open("growing.MF4", still())).version).not.toBe(source.version);
});

test("a file that shrinks under a running stream is storage/changed", async () => {
  await put("shrinking.MF4", patterned(5_000_000));
  const source = await store.open("shrinking.MF4", still());
  const streaming = (async () => {
    for await (const _ of source.stream(0, source.sizeBytes, still()))
      await truncate(join(folder.path, "LOG", "shrinking.MF4"), 100);
  })();
  expect(await faultOf(streaming)).toBe("storage/changed");
});

test("a file that was only touched has another version", async () => {
  await put("touched.MF4", patterned(100));
  const source = await store.open("touched.MF4", still());
  await utimes(join(folder.path, "LOG", "touched.MF4"), 1, 1);
  expect(await faultOf(source.read(0, 10, still()))).toBe("storage/changed");
});

test("links inside the folder are followed, links out of it are not there", async () => {
  await put("AA/real.MF4", patterned(10));
  await writeFile(join(folder.path, "secret.MF4"), patterned(10));
  await mkdir(join(folder.path, "outside"));
  await writeFile(join(folder.path, "outside", "secret.MF4"), patterned(10));
  const link = (to: string, key: string) => symlink(to, join(folder.path, "LOG", key));
  await link("AA/real.MF4", "inside.MF4");
  await link("AA", "BB");
  await link(join(folder.path, "secret.MF4"), "file-out.MF4");
  await link(join(folder.path, "outside"), "folder-out");
  await link("..", "up");
  await link(".", "AA/../around");
  await link("nowhere", "dangling");
  expect(await keys()).toEqual(["AA/real.MF4", "BB/real.MF4", "inside.MF4"]);
  expect(await collect((await store.open("BB/real.MF4", still())).stream(0, 10, still()))).toEqual(patterned(10));
  for (const key of ["file-out.MF4", "folder-out/secret.MF4", "up/secret.MF4", "dangling"])
    expect(await faultOf(store.open(key, still()))).toBe("storage/missing");
});

test("an empty folder is a prefix that holds no key, and odd names are left out", async () => {
  await mkdir(join(folder.path, "LOG", "EMPTY", "DEEP"), { recursive: true });
  await writeFile(join(folder.path, "LOG", "back\\slash.MF4"), patterned(1));
  await put("AA/00000001/1.MF4", patterned(1));
  expect(await keys("/")).toEqual(["AA/", "EMPTY/"]);
  expect(await keys()).toEqual(["AA/00000001/1.MF4"]);
});

test("a folder that is not there is storage/missing, and its path is not told", async () => {
  const opening = DiskStore.open(join(folder.path, "nobody"));
  expect(await faultOf(opening)).toBe("storage/missing");
  await expect(opening).rejects.not.toThrow(folder.path);
});

test.each([
  ["/data/LOG", "linux", "/data/LOG"],
  ["file:///data/my%20logs/LOG", "linux", "/data/my logs/LOG"],
  ['"/data/my logs"', "linux", "/data/my logs"],
  ["C:\\Users\\me\\LOG", "linux", "/mnt/c/Users/me/LOG"],
  ["d:/LOG", "linux", "/mnt/d/LOG"],
])("%s on %s is the folder %s", (typed, platform, path) => {
  expect(folderPath(typed, platform)).toBe(path);
});
