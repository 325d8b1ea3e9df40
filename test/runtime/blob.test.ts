/** Blobs under the contract, in Node. */
import { byteSourceContract } from "../contract/byte-source.ts";
import { logStoreContract } from "../contract/log-store.ts";
import { blobShelf, blobSources } from "../support/blobs.ts";

byteSourceContract("Blob", blobSources);
logStoreContract("dropped files", blobShelf);
