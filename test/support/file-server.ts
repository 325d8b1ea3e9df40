/**
 * A server on the loopback for tests that have no file system (workerd, Chromium), and the other side of HTTP sources:
 * /shared/… is the folder of goldens and samples; /scratch/… takes PUT and DELETE; /whole/… is scratch without ranges.
 */
import { createHash } from "node:crypto";
import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join, sep } from "node:path";

export interface FileServer {
  readonly url: string;
  close(): Promise<void>;
}

/** Extra answers by "METHOD /path", JSON out: how tests start what only Node can start. */
export type Actions = Readonly<Record<string, () => Promise<unknown>>>;

export async function startFileServer(sharedFolder: string | null, actions: Actions = {}): Promise<FileServer> {
  const scratch = new Map<string, Uint8Array>();
  const server = createServer((request, response) => {
    answer(request, response, sharedFolder, scratch, actions).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

const CORS = {
  "access-control-allow-origin": "*",
  "access-control-allow-methods": "GET, HEAD, PUT, DELETE, POST",
  "access-control-allow-headers": "*",
  "access-control-expose-headers": "etag, content-range, accept-ranges, content-length",
} as const;

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  sharedFolder: string | null,
  scratch: Map<string, Uint8Array>,
  actions: Actions,
): Promise<void> {
  for (const [name, value] of Object.entries(CORS)) response.setHeader(name, value);
  const path = decodeURIComponent(new URL(request.url ?? "/", "http://files").pathname);
  const key = path.replace(/^\/(scratch|whole)\//, "");
  const action = actions[`${request.method} ${path}`];
  if (request.method === "OPTIONS") return void response.writeHead(204).end();
  if (action) return void response.setHeader("content-type", "application/json").end(JSON.stringify(await action()));
  if (request.method === "PUT") {
    scratch.set(key, await bodyOf(request));
    return void response.writeHead(204).end();
  }
  if (request.method === "DELETE") {
    scratch.delete(key);
    return void response.writeHead(204).end();
  }
  const bytes = path.startsWith("/shared/") ? await fromFolder(sharedFolder, path.slice("/shared/".length)) : scratch.get(key);
  if (!bytes) return void response.writeHead(404).end("there is no such file");
  send(request, response, bytes, !path.startsWith("/whole/"));
}

function send(request: IncomingMessage, response: ServerResponse, bytes: Uint8Array, withRanges: boolean): void {
  response.setHeader("content-type", "application/octet-stream");
  response.setHeader("etag", `"${createHash("sha256").update(bytes).digest("hex").slice(0, 32)}"`);
  const range = withRanges ? /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") : null;
  if (!range) {
    response.writeHead(200, { "content-length": bytes.length });
    return void response.end(request.method === "HEAD" ? undefined : bytes);
  }
  const start = Number(range[1]);
  const end = Math.min(Number(range[2]) + 1, bytes.length);
  if (start >= bytes.length) return void response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
  response.writeHead(206, { "content-range": `bytes ${start}-${end - 1}/${bytes.length}`, "content-length": end - start });
  response.end(request.method === "HEAD" ? undefined : bytes.subarray(start, end));
}

/** A file's bytes, or for a folder the JSON list of its names (folders end in "/"); null if it is not inside. */
async function fromFolder(folder: string | null, path: string): Promise<Uint8Array | undefined> {
  if (folder === null) return undefined;
  const root = await realpath(folder);
  const real = await realpath(join(root, path)).catch(() => null);
  if (real === null || (real !== root && !real.startsWith(root + sep))) return undefined;
  if (!(await stat(real)).isDirectory()) return await readFile(real);
  const names = (await readdir(real, { withFileTypes: true })).map((item) => (item.isDirectory() ? `${item.name}/` : item.name));
  return new TextEncoder().encode(JSON.stringify(names.sort()));
}

async function bodyOf(request: IncomingMessage): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return new Uint8Array(Buffer.concat(parts));
}
