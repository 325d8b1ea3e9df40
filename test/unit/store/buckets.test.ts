import { expect, inject, test } from "vitest";
import { type R2BucketLike, R2Store } from "../../../edge/stores/r2.ts";
import { S3Store } from "../../../edge/stores/s3.ts";
import { collect, faultOf, patterned } from "../../contract/byte-source.ts";

const still = () => new AbortController().signal;

/** A bucket with one object of 100 bytes that answers a get with `body`. */
const bucketWith = (body: () => ReadableStream<Uint8Array>): R2BucketLike => {
  const object = { key: "log.MF4", size: 100, etag: "v1", uploaded: new Date(1) };
  return {
    head: async () => object,
    get: async () => ({ ...object, body: body() }),
    list: () => Promise.reject(new Error("10001: internal")),
  };
};

test("an R2 bucket that fails inside is storage/unreachable, a body that ends early storage/short", async () => {
  const cut = new R2Store(bucketWith(() => new Blob([patterned(60).slice()]).stream()));
  const source = await cut.open("log.MF4", still());
  expect(await faultOf(source.read(0, 100, still()))).toBe("storage/short");
  expect(await faultOf(collect(source.stream(0, 100, still())))).toBe("storage/short");
  const listing = (async () => {
    for await (const _ of cut.list("", { signal: still() }));
  })();
  expect(await faultOf(listing)).toBe("storage/unreachable");
});

test("a server that answers an S3 range with the whole object is storage/no-ranges", async () => {
  await fetch(`${inject("fileServer")}/whole/logs/log.MF4`, { method: "PUT", body: patterned(1000).slice() });
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const store = new S3Store({ endpoint: `${inject("fileServer")}/whole`, bucket: "logs", credentials });
  const source = await store.open("log.MF4", still());
  expect(source.sizeBytes).toBe(1000);
  expect(await faultOf(source.read(0, 100, still()))).toBe("storage/no-ranges");
});
