/** The memory store under the contract. */
import { MemoryStore } from "../../core/store/memory.ts";
import { byteSourceContract } from "../contract/byte-source.ts";
import { logStoreContract, shelfBytes } from "../contract/log-store.ts";

byteSourceContract("memory", async () => {
  const store = new MemoryStore();
  return {
    make: async (key, bytes) => {
      store.put(key, bytes);
      return store.open(key, new AbortController().signal);
    },
    replace: async (key, bytes) => void store.put(key, bytes),
    remove: async (key) => store.delete(key),
  };
});

logStoreContract("memory", async (keys) => ({ store: new MemoryStore(keys.map((key) => [key, shelfBytes(key)])) }));
