/** S3 sources for the contract, over the local endpoint (local-s3.ts), from any runtime that can load the SDK. */
import { DeleteObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { inject } from "vitest";
import { type S3Options, S3Store } from "../../edge/stores/s3.ts";
import type { SourceUnderTest } from "../contract/byte-source.ts";
import { type StoreUnderTest, shelfBytes } from "../contract/log-store.ts";
import type { LocalS3 } from "./local-s3.ts";

/** Options for a store on the endpoint, which starts with the first call. */
export async function localS3(): Promise<S3Options & { readonly endpoint: string }> {
  const answer = await fetch(`${inject("fileServer")}/s3`, { method: "POST" });
  const { endpoint, bucket, accessKeyId, secretAccessKey } = (await answer.json()) as LocalS3;
  return { endpoint, bucket, region: "auto", credentials: { accessKeyId, secretAccessKey } };
}

export async function s3Sources(): Promise<SourceUnderTest> {
  const options = { ...(await localS3()), root: `sources-${Math.random()}/` };
  const store = new S3Store(options);
  const { put, remove } = writerOf(options);
  return {
    make: async (key, bytes) => {
      await put(key, bytes);
      return store.open(key, new AbortController().signal);
    },
    replace: put,
    remove,
  };
}

export const s3Shelf =
  (pageKeys: number) =>
  async (keys: readonly string[]): Promise<StoreUnderTest> => {
    const options = { ...(await localS3()), root: `shelf-${Math.random()}/`, pageKeys };
    const { put } = writerOf(options);
    for (const key of keys) await put(key, shelfBytes(key));
    return { store: new S3Store(options) };
  };

function writerOf({ bucket: Bucket, root = "", endpoint, credentials }: S3Options & { readonly endpoint: string }) {
  const client = new S3Client({
    endpoint,
    region: "auto",
    forcePathStyle: true,
    requestChecksumCalculation: "WHEN_REQUIRED",
    ...(credentials && { credentials }),
  });
  return {
    put: async (key: string, bytes: Uint8Array) =>
      void (await client.send(new PutObjectCommand({ Bucket, Key: root + key, Body: bytes }))),
    remove: async (key: string) => void (await client.send(new DeleteObjectCommand({ Bucket, Key: root + key }))),
  };
}
