/** The sharing and counting decorators are stores and sources themselves. */
import { CountingStore } from "../../core/store/counting.ts";
import { MemoryStore } from "../../core/store/memory.ts";
import { SharedStore } from "../../core/store/shared.ts";
import { byteSourceContract } from "../contract/byte-source.ts";
import { logStoreContract, shelfBytes } from "../contract/log-store.ts";

for (const [name, options] of [
  ["", {}],
  [", streams kept", { streamedBytesMax: 64 * 1024 * 1024 }],
  [", one window kept", { streamedBytesMax: 1_100_000, keptBytesMax: 100 }],
  [", nobody waits", { streamedBytesMax: 16 * 1024 * 1024, sharesRequests: false }],
] as const)
  byteSourceContract(`shared, counting, memory${name}`, async () => {
    const memory = new MemoryStore();
    const store = new SharedStore(new CountingStore(memory), options);
    return {
      make: async (key, bytes) => {
        memory.put(key, bytes);
        return store.open(key, new AbortController().signal);
      },
    };
  });

logStoreContract("shared, counting, memory", async (keys) => ({
  store: new SharedStore(new CountingStore(new MemoryStore(keys.map((key) => [key, shelfBytes(key)])))),
}));
