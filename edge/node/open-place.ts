/** What a user typed as the place of the logs, as a store. */
import { stat } from "node:fs/promises";
import { FaultError } from "../../core/fault.ts";
import type { LogStore } from "../../core/store/source.ts";
import { DiskStore } from "../stores/disk.ts";
import { folderPath } from "../stores/folder-path.ts";
import { UsageError } from "./arguments.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** Faults: `storage/*` if the folder is not there. Throws `UsageError` for an s3:// place without a bucket. */
export async function openPlace(place: string, endpoint: string | null, environment: Environment): Promise<LogStore> {
  return place.startsWith("s3://") ? openBucket(place, endpoint, environment) : openFolder(place);
}

/** The place without what a notice should not show. */
export const nameOfPlace = (place: string): string => (place.startsWith("s3://") ? place : folderPath(place));

async function openFolder(place: string): Promise<LogStore> {
  try {
    return await DiskStore.open(folderPath(place));
  } catch (error) {
    if (!(error instanceof FaultError) || error.fault.code !== "storage/missing") throw error;
    const isFile = (await stat(folderPath(place)).catch(() => null))?.isFile() ?? false;
    const message = isFile
      ? "this is a file, not a folder; buslens inspect FILE says what is in a log"
      : "there is no such folder";
    throw new FaultError({ code: "storage/missing", message });
  }
}

async function openBucket(place: string, endpoint: string | null, environment: Environment): Promise<LogStore> {
  const [, bucket = "", prefix = ""] = /^s3:\/\/([^/]+)\/?(.*)$/.exec(place) ?? [];
  if (bucket === "") throw new UsageError("an S3 place is s3://BUCKET or s3://BUCKET/PREFIX");
  // The SDK is large: it is loaded for buckets only.
  const { S3Store } = await import("../stores/s3.ts");
  const region = environment.AWS_REGION ?? environment.AWS_DEFAULT_REGION;
  const server = endpoint ?? environment.AWS_ENDPOINT_URL_S3 ?? environment.AWS_ENDPOINT_URL;
  return new S3Store({
    bucket,
    root: prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`,
    ...(server === undefined ? {} : { endpoint: server }),
    ...(region === undefined ? (server === undefined ? { region: "us-east-1" } : {}) : { region }),
  });
}
