/** The R2 binding under the contract, in workerd, over the local simulator. */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { R2Store } from "../../edge/stores/r2.ts";
import { byteSourceContract } from "../contract/byte-source.ts";
import { logStoreContract, SHELF, shelfBytes } from "../contract/log-store.ts";

const still = () => new AbortController().signal;

byteSourceContract("R2", async () => {
  const store = new R2Store(env.LOGS);
  return {
    make: async (key, bytes) => {
      await env.LOGS.put(key, bytes);
      return store.open(key, still());
    },
    replace: async (key, bytes) => void (await env.LOGS.put(key, bytes)),
    remove: (key) => env.LOGS.delete(key),
  };
});

for (const pageKeys of [1000, 3])
  logStoreContract(`R2 in pages of ${pageKeys}, below a root`, async (keys) => {
    for (const key of keys) await env.LOGS.put(`tenant/${key}`, shelfBytes(key));
    return { store: new R2Store(env.LOGS, { root: "tenant/", pageKeys }) };
  });

test("a folder object that a console made is not listed", async () => {
  await env.LOGS.put("marked/", new Uint8Array(0));
  await env.LOGS.put(`marked/${SHELF[0]}`, new Uint8Array(1));
  const keys: string[] = [];
  for await (const { key } of new R2Store(env.LOGS).list("marked/", { signal: still() })) keys.push(key);
  expect(keys).toEqual([`marked/${SHELF[0]}`]);
});
