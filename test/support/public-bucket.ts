/** A public bucket as S3 answers it over plain HTTP: listing by pages, objects by range, CORS as its owner set it. Counts what it is asked. */
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface BucketOptions {
  readonly objects: Readonly<Record<string, Uint8Array>>;
  readonly pageKeys?: number;
  /** all: reads and sees the headers it needs. no-headers: reads, but sees none. none: no other origin reads. */
  readonly cors?: "all" | "no-headers" | "none";
  readonly ranges?: boolean;
}

export interface PublicBucket {
  /** Ends in "/". */
  readonly url: string;
  readonly asked: { readonly path: string; readonly range: string | null; readonly bytes: number }[];
  close(): void;
}

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
const etagOf = (bytes: Uint8Array): string => `"${createHash("md5").update(bytes).digest("hex")}"`;

export async function startPublicBucket(name: string, options: BucketOptions): Promise<PublicBucket> {
  const { objects, pageKeys = 1000, cors = "all", ranges = true } = options;
  const asked: { path: string; range: string | null; bytes: number }[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://bucket");
    if (cors !== "none") response.setHeader("access-control-allow-origin", "*");
    if (cors === "all") response.setHeader("access-control-expose-headers", "ETag, Content-Range");
    if (request.method === "OPTIONS")
      return void response.writeHead(cors === "none" ? 403 : 204, { "access-control-allow-headers": "range" }).end();
    const range = request.headers.range ?? null;
    const send = (status: number, body: Uint8Array | string, headers: Record<string, string> = {}): void => {
      asked.push({ path: url.pathname + url.search, range, bytes: body.length });
      response.writeHead(status, headers).end(body);
    };
    const path = decodeURIComponent(url.pathname).slice(1);
    if ((path === name || path === `${name}/`) && url.searchParams.get("list-type") === "2")
      return send(200, listing(objects, url.searchParams, pageKeys), { "content-type": "application/xml" });
    const bytes = path.startsWith(`${name}/`) ? objects[path.slice(name.length + 1)] : undefined;
    if (bytes === undefined) return send(404, "<Error><Code>NoSuchKey</Code></Error>", { "content-type": "application/xml" });
    const [, from, to] = (ranges ? /^bytes=(\d+)-(\d+)$/.exec(range ?? "") : null) ?? [];
    if (from === undefined) return send(200, bytes, { etag: etagOf(bytes), "content-length": String(bytes.length) });
    const end = Math.min(Number(to) + 1, bytes.length);
    send(206, bytes.subarray(Number(from), end), {
      etag: etagOf(bytes),
      "content-range": `bytes ${from}-${end - 1}/${bytes.length}`,
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}/`,
    asked,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function listing(objects: BucketOptions["objects"], query: URLSearchParams, pageKeys: number): string {
  const prefix = query.get("prefix") ?? "";
  const after = query.get("continuation-token") ?? "";
  const encode = query.get("encoding-type") === "url" ? encodeURIComponent : escaped;
  const keys = Object.keys(objects)
    .filter((key) => key.startsWith(prefix) && key > after)
    .sort();
  const page = keys.slice(0, pageKeys);
  const contents = page.map((key) => {
    const bytes = objects[key] ?? new Uint8Array(0);
    return `<Contents><Key>${encode(key)}</Key><LastModified>2024-05-01T10:00:00.000Z</LastModified><ETag>${escaped(etagOf(bytes))}</ETag><Size>${bytes.length}</Size></Contents>`;
  });
  const next = page.length < keys.length ? `<NextContinuationToken>${escaped(page.at(-1) ?? "")}</NextContinuationToken>` : "";
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EncodingType>url</EncodingType><IsTruncated>${next !== ""}</IsTruncated>${contents.join("")}${next}</ListBucketResult>`;
}
