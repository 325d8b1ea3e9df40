/** Dropped files and HTTP ranges under the contract, in Chromium; files in the origin's own folder are real File snapshots. */
import { expect, inject, test } from "vitest";
import { blobSource, filesBelow, keyOfFile } from "../../worker/sources/blob.ts";
import { openHttp } from "../../worker/sources/http.ts";
import { byteSourceContract, faultOf, patterned } from "../contract/byte-source.ts";
import { logStoreContract } from "../contract/log-store.ts";
import { blobShelf, blobSources } from "../support/blobs.ts";
import { httpShelf, httpSources, putObject, scratchUrl } from "../support/http.ts";

byteSourceContract("Blob", blobSources);
logStoreContract("dropped files", blobShelf);
byteSourceContract("HTTP", httpSources);
logStoreContract("HTTP", httpShelf);

byteSourceContract("File of a folder handle", async () => {
  const folder = await navigator.storage.getDirectory();
  const flat = (key: string) => key.replaceAll("/", "_");
  const write = async (key: string, bytes: Uint8Array) => {
    const handle = await folder.getFileHandle(flat(key), { create: true });
    const writer = await handle.createWritable();
    await writer.write(bytes.slice());
    await writer.close();
    return handle;
  };
  return {
    make: async (key, bytes) => blobSource(key, await (await write(key, bytes)).getFile()),
    replace: async (key, bytes) => void (await write(key, bytes)),
    remove: (key) => folder.removeEntry(flat(key)),
  };
});

test("files below a folder handle come with their paths", async () => {
  const root = await navigator.storage.getDirectory();
  const log = await (await root.getDirectoryHandle("LOG", { create: true })).getDirectoryHandle("AA", { create: true });
  await log.getFileHandle("00000001.MF4", { create: true });
  const keys: string[] = [];
  for await (const { key } of filesBelow(await root.getDirectoryHandle("LOG"))) keys.push(key);
  expect(keys).toEqual(["AA/00000001.MF4"]);
});

test("a picked file's key is its path, and what no key can hold becomes _", () => {
  expect(keyOfFile(new File([], "a\\b.MF4"))).toBe("a_b.MF4");
  expect(keyOfFile(new File([], ".."))).toBe("unnamed");
});

test("a server that sends whole files is storage/no-ranges, no server at all storage/cors: a page cannot tell which", async () => {
  await putObject(scratchUrl("whole"), "log.MF4", patterned(1000));
  const open = (url: string) => faultOf(openHttp(url, "log.MF4", new AbortController().signal));
  expect(await open(`${inject("fileServer")}/whole/whole/log.MF4`)).toBe("storage/no-ranges");
  expect(await open("http://127.0.0.1:1/log.MF4")).toBe("storage/cors");
});
