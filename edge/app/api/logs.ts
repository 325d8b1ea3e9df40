/** GET /api/logs/<key>: the bytes of a log, with ranges and an etag, for those who decode themselves. */
import { FaultError } from "../../../core/fault.ts";
import type { ByteSource } from "../../../core/store/source.ts";
import { matches } from "../conditional.ts";
import type { Handler } from "../context.ts";
import { jsonResponse } from "../fault-answer.ts";
import { decoded } from "./parameters.ts";

/** What a logger writes. Nothing else of the folder is given out: `passwords.json` may lie beside the logs. */
const LOG = /\.(mf4|mfc|mfm|mfe)$/i;

/** 200, 206, 304, 412 or 416. Faults: `request/not-found`, `storage/*`. */
export const logBytes: Handler = async ({ request, url, app }) => {
  const key = decoded(url.pathname.slice("/api/logs/".length));
  if (!LOG.test(key))
    throw new FaultError({ code: "request/not-found", message: "there is no log of this name; GET /api/catalogue lists them" });
  const source = await app.store.open(key, request.signal);
  const etag = `"${encodeURIComponent(source.version)}"`;
  const headers = {
    ETag: etag,
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, no-cache",
    "Content-Type": "application/octet-stream",
  };
  const ifMatch = request.headers.get("If-Match");
  if (ifMatch !== null && !matches(ifMatch, etag)) return changed(etag);
  if (matches(request.headers.get("If-None-Match"), etag)) return new Response(null, { status: 304, headers });
  const range = rangeOf(request, source.sizeBytes, etag);
  if (range === "outside") return outside(source.sizeBytes);
  const { atByte, lengthBytes } = range ?? { atByte: 0, lengthBytes: source.sizeBytes };
  const partial = range === null ? {} : { "Content-Range": `bytes ${atByte}-${atByte + lengthBytes - 1}/${source.sizeBytes}` };
  const body = request.method === "HEAD" ? null : bodyOf(source, atByte, lengthBytes);
  return new Response(body, {
    status: range === null ? 200 : 206,
    headers: { ...headers, ...partial, "Content-Length": String(lengthBytes) },
  });
};

interface ByteRange {
  readonly atByte: number;
  readonly lengthBytes: number;
}

/** One range; null = the whole object, also for several ranges at once, which HTTP lets a server ignore. */
function rangeOf(request: Request, sizeBytes: number, etag: string): ByteRange | "outside" | null {
  const ifRange = request.headers.get("If-Range");
  const match = /^bytes=(\d*)-(\d*)$/.exec((request.headers.get("Range") ?? "").replaceAll(" ", ""));
  if (match === null || (ifRange !== null && ifRange !== etag)) return null;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return null;
  const atByte = first === "" ? Math.max(0, sizeBytes - Number(last)) : Number(first);
  const endByte = first === "" || last === "" ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  if (first !== "" && last !== "" && Number(last) < Number(first)) return null;
  return atByte >= sizeBytes || endByte <= atByte ? "outside" : { atByte, lengthBytes: endByte - atByte };
}

function changed(etag: string): Response {
  const error = { code: "storage/changed", message: "the log is not the one you asked for any more" };
  return jsonResponse({ message: error.message, error }, 412, { ETag: etag });
}

function outside(sizeBytes: number): Response {
  const error = { code: "request/bad-parameter", message: `the log has ${sizeBytes} bytes; the range lies behind them` };
  return jsonResponse({ message: error.message, error }, 416, {
    "Content-Range": `bytes */${sizeBytes}`,
    "Accept-Ranges": "bytes",
  });
}

/** Windows are lent until the next step, the client reads later: each is copied. A client that goes away ends the read. */
function bodyOf(source: ByteSource, atByte: number, lengthBytes: number): ReadableStream<Uint8Array> {
  const gone = new AbortController();
  const windows = source.stream(atByte, lengthBytes, gone.signal)[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await windows.next();
      if (done === true) controller.close();
      else controller.enqueue(value.slice());
    },
    async cancel() {
      gone.abort();
      await windows.return?.();
    },
  });
}
