/** S3 under the contract, in Node, over a real endpoint. */
import { expect, test } from "vitest";
import { S3Store } from "../../edge/stores/s3.ts";
import { byteSourceContract, faultOf } from "../contract/byte-source.ts";
import { logStoreContract } from "../contract/log-store.ts";
import { localS3, s3Shelf, s3Sources } from "../support/s3.ts";

byteSourceContract("S3", s3Sources);
for (const pageKeys of [1000, 3]) logStoreContract(`S3 in pages of ${pageKeys}`, s3Shelf(pageKeys));

test("wrong keys are storage/refused, no bucket storage/missing, no server storage/unreachable", async () => {
  const options = await localS3();
  const open = (changed: object) =>
    faultOf(new S3Store({ ...options, ...changed }).open("log.MF4", new AbortController().signal));
  expect(await open({ credentials: { accessKeyId: "nobody", secretAccessKey: "nothing" } })).toBe("storage/refused");
  expect(await open({ bucket: "no-such-bucket" })).toBe("storage/missing");
  expect(await open({ endpoint: "http://127.0.0.1:1" })).toBe("storage/unreachable");
});
