/** HTTP sources for the contract: objects on the file server (file-server.ts), from any runtime that has fetch. */
import { inject } from "vitest";
import { HttpStore, openHttp } from "../../worker/sources/http.ts";
import type { SourceUnderTest } from "../contract/byte-source.ts";
import { type StoreUnderTest, shelfBytes } from "../contract/log-store.ts";

/** Address of the scratch objects of one suite. */
export const scratchUrl = (suite: string): string => `${inject("fileServer")}/scratch/${suite}/`;

/** Puts an object on the server. */
export async function putObject(base: string, key: string, bytes: Uint8Array): Promise<void> {
  await fetch(addressOf(base, key), { method: "PUT", body: bytes.slice() });
}

export async function httpSources(): Promise<SourceUnderTest> {
  const base = scratchUrl(`sources-${Math.random()}`);
  return {
    make: async (key, bytes) => {
      await putObject(base, key, bytes);
      return openHttp(addressOf(base, key), key, new AbortController().signal);
    },
    replace: (key, bytes) => putObject(base, key, bytes),
    remove: async (key) => void (await fetch(addressOf(base, key), { method: "DELETE" })),
  };
}

export async function httpShelf(keys: readonly string[]): Promise<StoreUnderTest> {
  const base = scratchUrl(`shelf-${Math.random()}`);
  for (const key of keys) await putObject(base, key, shelfBytes(key));
  return { store: new HttpStore(base, keys) };
}

const addressOf = (base: string, key: string): string => base + key.split("/").map(encodeURIComponent).join("/");
