/** A folder under the contract. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { DiskStore } from "../../edge/stores/disk.ts";
import { byteSourceContract } from "../contract/byte-source.ts";
import { logStoreContract, shelfBytes } from "../contract/log-store.ts";
import { scratchFolder, writeObject } from "../support/folder.ts";

byteSourceContract("disk", async () => {
  const folder = await scratchFolder();
  const store = await DiskStore.open(folder.path);
  return {
    make: async (key, bytes) => {
      await writeObject(folder.path, key, bytes);
      return store.open(key, new AbortController().signal);
    },
    replace: (key, bytes) => writeObject(folder.path, key, bytes),
    remove: (key) => rm(join(folder.path, key)),
    close: folder.remove,
  };
});

logStoreContract("disk", async (keys) => {
  const folder = await scratchFolder();
  for (const key of keys) await writeObject(folder.path, key, shelfBytes(key));
  return { store: await DiskStore.open(folder.path), close: folder.remove };
});
