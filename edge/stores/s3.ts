/** A bucket that speaks S3 (AWS, R2, MinIO, …), through the AWS SDK. Import this file lazily: the SDK is large. */
import {
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  S3Client,
} from "@aws-sdk/client-s3";
import { FaultError } from "../../core/fault.ts";
import {
  cancelledFault,
  changedFault,
  checkRange,
  missingFault,
  noRangesFault,
  refusedFault,
  throwIfCancelled,
  unreachableFault,
} from "../../core/store/ask.ts";
import { checkKey, checkPrefix, isKey } from "../../core/store/check-key.ts";
import { checkContentRange, plainEtag, rangeHeader } from "../../core/store/http-range.ts";
import { inKeyOrder, isAfter } from "../../core/store/listing.ts";
import type { ByteSource, Entry, ListOptions, LogStore } from "../../core/store/source.ts";
import { type Body, bytesOf, reasonOf, windowsOf } from "../../core/store/windows.ts";

export interface S3Options {
  readonly bucket: string;
  /** Keys are relative to it; "" or ends in "/". */
  readonly root?: string;
  /** Missing: Amazon's own. With one, buckets are addressed by path, as most other servers want. */
  readonly endpoint?: string;
  readonly region?: string;
  /** Missing: the SDK's own search (environment, profile), which Node has and workerd has not. */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
  readonly pathStyle?: boolean;
  /** Most keys of one list request; S3 gives up to 1,000. */
  readonly pageKeys?: number;
}

interface Place {
  readonly client: S3Client;
  readonly bucket: string;
  readonly root: string;
}

export class S3Store implements LogStore {
  readonly #place: Place;
  readonly #pageKeys: number;

  constructor(options: S3Options) {
    const client = new S3Client({
      region: options.region ?? "auto",
      forcePathStyle: options.pathStyle ?? options.endpoint !== undefined,
      // Since 3.729 the SDK adds checksums that other servers refuse.
      requestChecksumCalculation: "WHEN_REQUIRED",
      responseChecksumValidation: "WHEN_REQUIRED",
      ...(options.endpoint !== undefined && { endpoint: options.endpoint }),
      ...(options.credentials && { credentials: options.credentials }),
    });
    this.#place = { client, bucket: options.bucket, root: options.root ?? "" };
    this.#pageKeys = options.pageKeys ?? 1000;
  }

  async *list(prefix: string, options: ListOptions): AsyncGenerator<Entry> {
    const { client, bucket, root } = this.#place;
    const input: ListObjectsV2CommandInput = { Bucket: bucket, Prefix: root + checkPrefix(prefix), MaxKeys: this.#pageKeys };
    if (options.delimiter) input.Delimiter = options.delimiter;
    if (options.after !== undefined) input.StartAfter = root + options.after;
    for (;;) {
      const command = new ListObjectsV2Command(input);
      const page = await answerOf(prefix, options.signal, () => client.send(command, { abortSignal: options.signal }));
      const entries: Entry[] = [];
      for (const { Prefix } of page.CommonPrefixes ?? [])
        if (Prefix !== undefined) entries.push({ kind: "prefix", key: Prefix.slice(root.length) });
      for (const object of page.Contents ?? []) {
        const key = object.Key?.slice(root.length) ?? "";
        if (!isKey(key)) continue; // also the empty "folder/" objects that consoles make
        const modifiedMs = object.LastModified?.getTime() ?? null;
        entries.push({ kind: "object", key, sizeBytes: object.Size ?? 0, version: plainEtag(object.ETag), modifiedMs });
      }
      for (const entry of inKeyOrder(entries)) if (isAfter(entry.key, options.after)) yield entry;
      if (!page.IsTruncated || page.NextContinuationToken === undefined) return;
      input.ContinuationToken = page.NextContinuationToken;
    }
  }

  async open(key: string, signal: AbortSignal): Promise<ByteSource> {
    const { client, bucket, root } = this.#place;
    const command = new HeadObjectCommand({ Bucket: bucket, Key: root + checkKey(key) });
    const head = await answerOf(key, signal, () => client.send(command, { abortSignal: signal }));
    if (head.ETag === undefined || head.ContentLength === undefined)
      throw unreachableFault(key, "an object without etag or length");
    return new S3Source(this.#place, key, head.ETag, head.ContentLength);
  }
}

class S3Source implements ByteSource {
  readonly key: string;
  readonly version: string;
  readonly sizeBytes: number;
  readonly #place: Place;
  readonly #etag: string;

  constructor(place: Place, key: string, etag: string, sizeBytes: number) {
    this.key = key;
    this.version = plainEtag(etag);
    this.sizeBytes = sizeBytes;
    this.#place = place;
    this.#etag = etag;
  }

  async read(atByte: number, lengthBytes: number, signal: AbortSignal): Promise<Uint8Array> {
    checkRange(this, atByte, lengthBytes);
    throwIfCancelled(signal);
    if (lengthBytes === 0) return new Uint8Array(0);
    return bytesOf(await this.#body(atByte, lengthBytes, signal), { key: this.key, atByte, lengthBytes }, signal);
  }

  async *stream(atByte: number, lengthBytes: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    checkRange(this, atByte, lengthBytes);
    throwIfCancelled(signal);
    if (lengthBytes === 0) return;
    yield* windowsOf(await this.#body(atByte, lengthBytes, signal), { key: this.key, atByte, lengthBytes }, signal);
  }

  async #body(atByte: number, lengthBytes: number, signal: AbortSignal): Promise<Body> {
    const { client, bucket, root } = this.#place;
    const command = new GetObjectCommand({
      Bucket: bucket,
      Key: root + this.key,
      Range: rangeHeader(atByte, lengthBytes),
      IfMatch: this.#etag,
    });
    const answer = await answerOf(this.key, signal, () => client.send(command, { abortSignal: signal }));
    const body = answer.Body as Body | undefined; // Node: a Readable; elsewhere: a ReadableStream
    if (!body) throw unreachableFault(this.key, "an answer without a body");
    try {
      const asked = { key: this.key, sizeBytes: this.sizeBytes, atByte, lengthBytes };
      if (answer.$metadata.httpStatusCode === 200) throw noRangesFault(this.key);
      if (answer.ETag !== undefined && plainEtag(answer.ETag) !== this.version) throw changedFault(this.key);
      checkContentRange(asked, answer.ContentRange, answer.ContentLength ?? null);
    } catch (fault) {
      await release(body);
      throw fault;
    }
    return body;
  }
}

async function release(body: Body & { destroy?: () => unknown }): Promise<void> {
  if (body instanceof ReadableStream) await body.cancel();
  else body.destroy?.();
}

async function answerOf<T>(key: string, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  throwIfCancelled(signal);
  try {
    return await ask();
  } catch (error) {
    throw signal.aborted ? cancelledFault(signal) : s3Fault(key, error);
  }
}

/** By status, as names differ between servers, and a HEAD has no body to name anything. */
function s3Fault(key: string, error: unknown): FaultError {
  if (error instanceof FaultError) return error;
  const metadata = error instanceof Error && "$metadata" in error ? (error.$metadata as { httpStatusCode?: number }) : {};
  switch (metadata.httpStatusCode) {
    case 401:
    case 403:
      return refusedFault(key);
    case 404:
      return missingFault(key);
    case 412:
    case 416: // it ends before what it had
      return changedFault(key);
    default:
      return unreachableFault(key, reasonOf(error));
  }
}
