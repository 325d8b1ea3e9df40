/** The built viewer (build/web) as answers below /view/. */
import { createReadStream } from "node:fs";
import { realpath, stat } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import { Readable } from "node:stream";
import { fileURLToPath } from "node:url";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".wasm": "application/wasm",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".webmanifest": "application/manifest+json",
  ".txt": "text/plain; charset=utf-8",
  ".map": "application/json; charset=utf-8",
};

/** null if the viewer was not built. The folder lies at the same place from edge/node and from build/node. */
export async function viewerFiles(): Promise<((request: Request) => Promise<Response>) | null> {
  const root = await realpath(fileURLToPath(new URL("../../build/web/", import.meta.url))).catch(() => null);
  if (root === null || !(await isFile(join(root, "index.html")))) return null;
  return (request) => answer(root, request);
}

async function answer(root: string, request: Request): Promise<Response> {
  const path = await fileOf(root, new URL(request.url).pathname.slice("/view/".length));
  if (path === null) return new Response(null, { status: 404 });
  const { size, mtimeMs } = await stat(path);
  const etag = `"${size.toString(36)}-${Math.floor(mtimeMs).toString(36)}"`;
  const headers = {
    ETag: etag,
    "Content-Type": TYPES[extname(path).toLowerCase()] ?? "application/octet-stream",
  };
  if (request.headers.get("If-None-Match")?.replace(/^W\//, "") === etag) return new Response(null, { status: 304, headers });
  const body = request.method === "HEAD" ? null : (Readable.toWeb(createReadStream(path)) as ReadableStream<Uint8Array>);
  return new Response(body, { headers: { ...headers, "Content-Length": String(size) } });
}

/** The file a path below /view/ names, inside the root; null if there is none. */
async function fileOf(root: string, encoded: string): Promise<string | null> {
  let name: string;
  try {
    name = decodeURIComponent(encoded);
  } catch {
    return null;
  }
  if (/[\\\0]/.test(name) || name.split("/").includes("..")) return null;
  const path = await realpath(join(root, name === "" || name.endsWith("/") ? `${name}index.html` : name)).catch(() => null);
  return path?.startsWith(root + sep) && (await isFile(path)) ? path : null;
}

const isFile = async (path: string): Promise<boolean> => (await stat(path).catch(() => null))?.isFile() ?? false;
