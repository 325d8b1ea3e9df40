/** S3 under the contract, in workerd, over the same endpoint. */
import { byteSourceContract } from "../contract/byte-source.ts";
import { logStoreContract } from "../contract/log-store.ts";
import { s3Shelf, s3Sources } from "../support/s3.ts";

byteSourceContract("S3", s3Sources);
for (const pageKeys of [1000, 3]) logStoreContract(`S3 in pages of ${pageKeys}`, s3Shelf(pageKeys));
