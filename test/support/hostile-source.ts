/** A host whose every path goes wrong in one way, for pages that read logs from it. Notes what it was asked. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface HostileSource {
  /** Ends in "/". */
  readonly url: string;
  readonly asked: string[];
  close(): void;
}

const XML = { "content-type": "application/xml" };
const object = (key: string): string =>
  `<Contents><Key>${key}</Key><LastModified>2024-05-01T10:00:00.000Z</LastModified><ETag>&quot;1&quot;</ETag><Size>1000</Size></Contents>`;
const listingOf = (contents: string, next: string | null): string =>
  `<?xml version="1.0"?><ListBucketResult><IsTruncated>${next !== null}</IsTruncated>${contents}${next === null ? "" : `<NextContinuationToken>${next}</NextContinuationToken>`}</ListBucketResult>`;

type Way = (request: IncomingMessage, response: ServerResponse, log: Uint8Array) => void;

/** The range that was asked for, answered with what `lie` makes of its place in the log. */
function range(request: IncomingMessage, log: Uint8Array): { readonly from: number; readonly to: number } {
  const [, from = "0", to = "0"] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
  return { from: Number(from), to: Math.min(Number(to) + 1, log.length) };
}

/** By the first part of the path; what stands behind it is the log's name. */
const WAYS: Readonly<Record<string, Way>> = {
  refused: (_request, response) => response.writeHead(403).end("no"),
  broken: (_request, response) => response.writeHead(500).end("oh"),
  whole: (_request, response, log) => response.writeHead(200, { etag: '"1"' }).end(log),
  html: (_request, response) =>
    response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Sign in</title>"),
  shifted(request, response, log) {
    const { from, to } = range(request, log);
    const head = { etag: '"1"', "content-range": `bytes ${from + 8}-${to + 7}/${log.length}` };
    response.writeHead(206, head).end(log.subarray(from, to));
  },
  short(request, response, log) {
    const { from, to } = range(request, log);
    const head = { etag: '"1"', "content-range": `bytes ${from}-${to - 1}/${log.length}` };
    response.writeHead(206, head).end(log.subarray(from, (from + to) >> 1));
  },
  nonsense(request, response, log) {
    const { from, to } = range(request, log);
    response.writeHead(206, { etag: '"1"', "content-range": "bytes 0-NaN/99999999999999999999" }).end(log.subarray(from, to));
  },
  /** Of another version each time it is asked. */
  restless(request, response, log) {
    const { from, to } = range(request, log);
    const head = { etag: `"${Math.random()}"`, "content-range": `bytes ${from}-${to - 1}/${log.length}` };
    response.writeHead(206, head).end(log.subarray(from, to));
  },
  /** Ends the connection in the middle of a body. */
  drops(request, response, log) {
    const { from, to } = range(request, log);
    response.writeHead(206, {
      etag: '"1"',
      "content-range": `bytes ${from}-${to - 1}/${log.length}`,
      "content-length": to - from,
    });
    response.write(log.subarray(from, (from + to) >> 1), () => response.socket?.destroy());
  },
  silent: () => undefined,
  /** Sends half of it and keeps the line open. */
  stalls(request, response, log) {
    const { from, to } = range(request, log);
    response.writeHead(206, {
      etag: '"1"',
      "content-range": `bytes ${from}-${to - 1}/${log.length}`,
      "content-length": to - from,
    });
    response.write(log.subarray(from, (from + to) >> 1));
  },
  circle: (request, response) => response.writeHead(302, { location: request.url ?? "/" }).end(),
  "no-keys": (_request, response) => response.writeHead(200, XML).end(listingOf("", null)),
  "cut-listing": (_request, response) => response.writeHead(200, XML).end(listingOf(object("a/b/c.MF4"), null).slice(0, 150)),
  /** Says that there is more, with the same word each time. */
  "endless-same": (_request, response) => response.writeHead(200, XML).end(listingOf("", "again")),
  /** Says that there is more, with a new word each time, and never a key. */
  "endless-new": (_request, response) => response.writeHead(200, XML).end(listingOf("", `t${Math.random()}`)),
};

export async function startHostileSource(log: Uint8Array): Promise<HostileSource> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.setHeader("access-control-allow-origin", "*");
    response.setHeader("access-control-expose-headers", "ETag, Content-Range");
    response.setHeader("access-control-allow-headers", "*");
    if (request.method === "OPTIONS") return void response.writeHead(204).end();
    const way = WAYS[(request.url ?? "").split(/[/?]/)[1] ?? ""];
    if (way === undefined) response.writeHead(404).end("nothing here");
    else way(request, response, log);
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
