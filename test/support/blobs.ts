/** Blob sources for the contract: one way for every runtime that has Blobs. */
import { blobSource, FileStore } from "../../worker/sources/blob.ts";
import type { SourceUnderTest } from "../contract/byte-source.ts";
import { type StoreUnderTest, shelfBytes } from "../contract/log-store.ts";

export const blobSources = async (): Promise<SourceUnderTest> => ({
  make: async (key, bytes) => blobSource(key, new Blob([bytes.slice()])),
});

export const blobShelf = async (keys: readonly string[]): Promise<StoreUnderTest> => ({
  store: new FileStore(keys.map((key) => ({ key, blob: new File([shelfBytes(key).slice()], "x") }))),
});
