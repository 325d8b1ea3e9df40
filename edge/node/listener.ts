/** Between Node's HTTP server and the app: which names it answers to, gzip, and JSON also for what is no HTTP. */
import { createServer, type Server, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { getRequestListener, type HttpBindings, RequestError } from "@hono/node-server";
import { faultBody, faultOf, faultResponse, JSON_TYPE } from "../app/fault-answer.ts";
import { gzipped } from "./gzip.ts";

export interface ListenerOptions {
  readonly hostname: string;
  /** Only requests for a name of this machine are answered: see `isOwnName`. */
  readonly onlyOwnNames: boolean;
  /** More at the same time are refused with 429; absent = no limit. */
  readonly requestsMax?: number;
}

/** A request, headers and body, has to arrive within this time: whoever sends slower gets 408 (Node looks every `CHECK_MS`). */
const HEADERS_MS_MAX = 5000;
const REQUEST_MS_MAX = 9000;
const CHECK_MS = 500;
/** Longer than Grafana keeps idle connections (90 s): one that is closed just as the next request is sent would break that request. */
const IDLE_MS_MAX = 95_000;

type Answering = (request: Request) => Response | Promise<Response>;

/** A server that is not listening yet. */
export function httpServer(answering: Answering, options: ListenerOptions): Server {
  const { hostname, onlyOwnNames, requestsMax = Number.POSITIVE_INFINITY } = options;
  let running = 0;
  const answer = async (request: Request, { incoming, outgoing }: HttpBindings): Promise<Response> => {
    if (incoming.headers.host === undefined && incoming.httpVersion !== "1.0") return notUnderstood();
    if (onlyOwnNames && !isOwnName(request, hostname)) return foreignName();
    if (running >= requestsMax) return tooMany(running + 1, requestsMax);
    running++;
    outgoing.once("close", () => running--);
    return endingQuietly(gzipped(request, await answering(request)), outgoing);
  };
  const errorHandler = (error: unknown): Response =>
    error instanceof RequestError ? notUnderstood() : faultResponse(faultOf(error));
  const listener = getRequestListener((request, bindings) => answer(request, bindings as HttpBindings), {
    hostname,
    errorHandler,
  });
  const server = createServer(
    {
      requireHostHeader: false,
      headersTimeout: HEADERS_MS_MAX,
      requestTimeout: REQUEST_MS_MAX,
      connectionsCheckingInterval: CHECK_MS,
      keepAliveTimeout: IDLE_MS_MAX,
    },
    listener,
  );
  server.on("checkExpectation", (_, answer) => {
    const body = JSON.stringify(
      faultBody({ code: "request/bad-parameter", message: "this server expects nothing but 100-continue" }),
    );
    answer.writeHead(417, { "Content-Type": JSON_TYPE, Connection: "close" }).end(body);
  });
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => refuse(socket, error.code ?? ""));
  return server;
}

/**
 * An answer that breaks after its first byte is cut off, so that no client takes it for whole. Left to the library, the text of the error
 * would be sent as if it belonged to it. What was wrong has been reported by then.
 */
function endingQuietly(answer: Response, outgoing: HttpBindings["outgoing"]): Response {
  if (answer.body === null) return answer;
  const reader = answer.body.getReader();
  const body = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch {
        outgoing.destroy();
        controller.close();
      }
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return new Response(body, answer);
}

/** Names that lead here and that nobody else can give to an address of theirs. Containers reach their host's loopback by the last two. */
const OWN_NAME =
  /^(localhost|[a-z0-9-]+\.localhost|127(\.\d{1,3}){3}|\[::1\]|\[::ffff:7f[\da-f]{2}:[\da-f]{1,4}\]|host\.docker\.internal|host\.containers\.internal)$/;

/**
 * False for a name that is none of ours: a page of somebody else's may have let its own name lead to 127.0.0.1, and its scripts could then
 * read whatever is answered without a token (DNS rebinding).
 */
export function isOwnName(request: Request, hostname: string): boolean {
  const names = [request.url, `http://${request.headers.get("Host") ?? hostname}`].map(nameOf);
  return names.every((name) => name !== null && (OWN_NAME.test(name) || name === nameOf(`http://${hostname}`)));
}

function nameOf(url: string): string | null {
  try {
    return new URL(url).hostname.replace(/\.$/, "");
  } catch {
    return null;
  }
}

const foreignName = (): Response =>
  faultResponse({
    code: "access/wrong-host",
    message:
      "this server answers to localhost and 127.0.0.1 only, because it was started without a token; --token lets clients use other names",
  });

const tooMany = (found: number, allowed: number): Response =>
  faultResponse({
    code: "limit/too-many",
    message: `${found} requests at once are more than this server works on (${allowed}); ask again in a moment`,
    found,
    allowed,
  });

const NOT_UNDERSTOOD = { code: "request/bad-parameter", message: "the address of this request is not valid" } as const;

const notUnderstood = (): Response => faultResponse(NOT_UNDERSTOOD);

/** What the parser of HTTP could not read never becomes a request: the answer is written by hand. */
function refuse(socket: Duplex, code: string): void {
  if (code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const status = code === "HPE_HEADER_OVERFLOW" ? 431 : code === "ERR_HTTP_REQUEST_TIMEOUT" ? 408 : 400;
  const message =
    status === 431 ? "the headers are too large" : status === 408 ? "the request took too long" : "the request is not valid HTTP";
  const body = JSON.stringify(faultBody({ code: "request/bad-parameter", message }));
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, `Content-Type: ${JSON_TYPE}`, `Content-Length: ${body.length}`];
  socket.end(`${head.join("\r\n")}\r\nConnection: close\r\n\r\n${body}`);
}
