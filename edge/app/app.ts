/** The one HTTP app of both edges: Grafana's dialect at the root, our own form below /api, the viewer below /view/. */
import { Hono } from "hono";
import { admit } from "./access.ts";
import { bus } from "./api/bus.ts";
import { catalogue } from "./api/catalogue.ts";
import { dbcList, dbcText } from "./api/dbcs.ts";
import { events } from "./api/events.ts";
import { explain } from "./api/explain.ts";
import { frames } from "./api/frames.ts";
import { devices, logList } from "./api/lists.ts";
import { logBytes } from "./api/logs.ts";
import { series } from "./api/series.ts";
import { signals } from "./api/signals.ts";
import { spoil } from "./conditional.ts";
import type { AppOptions, Asked, Handlers } from "./context.ts";
import { corsHeaders, preflight } from "./cors.ts";
import { faultOf, faultResponse, isBug } from "./fault-answer.ts";
import { annotations, annotationsByGet } from "./grafana/annotations.ts";
import { metrics, payloadOptions } from "./grafana/metrics.ts";
import { query } from "./grafana/query.ts";
import { search, variable } from "./grafana/search.ts";
import { tagKeys, tagValues } from "./grafana/tags.ts";
import { limited } from "./limited.ts";
import { NOTICES_HEADER } from "./notice-header.ts";
import { openapi } from "./openapi/document.ts";
import { front, view } from "./pages.ts";
import { Tally, tallied } from "./tally.ts";

/** Paths and what they answer; anything else is 404, another method 405. A path that ends in "/" answers all below it. */
export const routes: Readonly<Record<string, Handlers>> = {
  "/": { GET: front },
  "/openapi.json": { GET: openapi },
  "/search": { POST: search },
  "/query": { POST: query },
  "/annotations": { GET: annotationsByGet, POST: annotations },
  "/metrics": { POST: metrics },
  "/metric-payload-options": { POST: payloadOptions },
  "/variable": { POST: variable },
  "/tag-keys": { POST: tagKeys },
  "/tag-values": { POST: tagValues },
  "/api/catalogue": { GET: catalogue },
  "/api/signals": { GET: signals },
  "/api/dbcs": { GET: dbcList },
  "/api/dbcs/": { GET: dbcText },
  "/api/devices": { GET: devices },
  "/api/logs": { GET: logList },
  "/api/logs/": { GET: logBytes },
  "/api/frames": { GET: frames },
  "/api/bus": { GET: bus },
  "/api/events": { GET: events },
  "/api/series": { GET: series },
  "/api/explain": { GET: explain },
  "/view": { GET: view },
  "/view/": { GET: view },
};

/** What needs no token: it holds no data, and a browser cannot send one before it has the page. */
const isOpen = (path: string, request: Request): boolean =>
  path === "/openapi.json" || path === "/view" || path.startsWith("/view/") || (path === "/" && wantsPage(request));

const wantsPage = (request: Request): boolean => (request.headers.get("Accept") ?? "").includes("text/html");

/** The app as a Hono instance: `app.fetch` serves it, `app.request` tests it. */
export function createApp(options: AppOptions): Hono {
  const app = new Hono({ getPath: (request) => plainPath(new URL(request.url).pathname) });
  app.all("*", async (c) => {
    const answer = await respond(options, c.req.raw, c.req.path);
    addHeaders(answer.headers, commonHeaders(options, c.req.raw));
    return answer;
  });
  return app;
}

async function respond(options: AppOptions, request: Request, path: string): Promise<Response> {
  try {
    const handlers = routes[path] ?? routes[folderOf(path)];
    const allow = allowOf(handlers);
    if (request.method === "OPTIONS") return preflight(request, options.allowedOrigins, allow);
    if (!isOpen(path, request)) await admit(options.checkToken, request);
    if (handlers === undefined) return notFound(path);
    const handler = handlers[methodOf(request)];
    if (handler === undefined) return wrongMethod(request, path, allow);
    const url = new URL(request.url);
    url.pathname = path;
    const tally = new Tally();
    let etag: string | null = null;
    tally.onPartial = () => {
      if (etag !== null) spoil(etag);
    };
    const asked: Asked = {
      request,
      url,
      app: { ...options, engine: tallied(limited(options.engine, options.budgetPoints ?? null), tally) },
    };
    const answer = mutable(await handler(asked));
    const told = answer.headers.get(NOTICES_HEADER);
    // A table's own notices hold those of the engine.
    addHeaders(answer.headers, { ...tally.headers(), ...(told === null ? {} : { [NOTICES_HEADER]: told }) });
    if (tally.isPartial && answer.headers.has("ETag") && answer.status === 200 && !path.startsWith("/api/logs/")) {
      answer.headers.delete("ETag");
      answer.headers.set("Cache-Control", "no-store");
    }
    etag = answer.headers.get("ETag");
    // Nobody will read it: stop the work behind it.
    if (request.method === "HEAD") await answer.body?.cancel();
    return request.method === "HEAD" ? new Response(null, answer) : answer;
  } catch (error) {
    const fault = faultOf(error);
    if (isBug(fault)) options.report(error);
    return faultResponse(fault);
  }
}

/** Repeated slashes are one (Browser mode sends `//query`), and one at the end counts only where it means a folder. */
function plainPath(pathname: string): string {
  const path = pathname.replace(/\/{2,}/g, "/");
  if (path === "/" || path.startsWith("/view/") || path.startsWith("/api/logs/")) return path;
  return path.endsWith("/") ? path.slice(0, -1) : path;
}

function folderOf(path: string): string {
  for (const folder of ["/api/dbcs/", "/api/logs/", "/view/"]) if (path.startsWith(folder)) return folder;
  return path;
}

const methodOf = (request: Request): "GET" | "POST" => (request.method === "HEAD" ? "GET" : (request.method as "GET" | "POST"));

function allowOf(handlers: Handlers | undefined): string {
  if (handlers === undefined) return "GET, HEAD, POST, OPTIONS";
  return [...(handlers.GET ? ["GET", "HEAD"] : []), ...(handlers.POST ? ["POST"] : []), "OPTIONS"].join(", ");
}

const notFound = (path: string): Response =>
  faultResponse({
    code: "request/not-found",
    message: "there is nothing at this path; see docs/api.md and docs/grafana.md",
    found: path.slice(0, 200),
  });

const wrongMethod = (request: Request, path: string, allow: string): Response =>
  faultResponse(
    {
      code: "request/method-not-allowed",
      message: `${path.slice(0, 200)} answers ${allow}`,
      found: request.method,
      allowed: allow,
    },
    { Allow: allow },
  );

// Answers of `fetch` and of an assets binding have headers that cannot be changed.
const mutable = (answer: Response): Response => new Response(answer.body, answer);

function addHeaders(headers: Headers, added: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(added)) {
    if (name === "Vary") headers.append(name, value);
    else headers.set(name, value);
  }
}

function commonHeaders(options: AppOptions, request: Request): Record<string, string> {
  return {
    ...corsHeaders(request, options.allowedOrigins),
    "X-Buslens-Module": options.engine.moduleHash,
    "X-Content-Type-Options": "nosniff",
  };
}
