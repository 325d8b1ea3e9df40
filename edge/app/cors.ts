/** Which web pages may read our answers: exact origins only (formats/grafana-api.md §1, "Browser mode"). */

const REQUEST_HEADERS = "accept, authorization, content-type, if-match, if-none-match, if-range, range, x-grafana-org-id";
const ANSWER_HEADERS = [
  ...["Accept-Ranges", "Content-Length", "Content-Range", "ETag", "X-Buslens-Module", "X-Buslens-More", "X-Buslens-Notices"],
  ...["X-Buslens-Files", "X-Buslens-Bytes", "X-Buslens-Reads", "X-Buslens-Work", "X-Buslens-Coverage"],
].join(", ");
const PREFLIGHT_S = 600;

/** Headers for an answer to `request`; without an allowed origin only `Vary`, so that no cache mixes the two. */
export function corsHeaders(request: Request, allowedOrigins: readonly string[]): Record<string, string> {
  const origin = request.headers.get("Origin");
  if (allowedOrigins.length === 0) return {};
  if (origin === null || !allowedOrigins.includes(origin)) return { Vary: "Origin" };
  return {
    Vary: "Origin",
    "Access-Control-Allow-Origin": origin,
    // simPod sends credentials whenever its setting exists, even as false.
    "Access-Control-Allow-Credentials": "true",
    "Access-Control-Expose-Headers": ANSWER_HEADERS,
  };
}

/** The answer to OPTIONS, before any token is asked for: browsers send none with it. */
export function preflight(request: Request, allowedOrigins: readonly string[], allow: string): Response {
  const headers = corsHeaders(request, allowedOrigins);
  const granted = "Access-Control-Allow-Origin" in headers;
  const grant = {
    "Access-Control-Allow-Methods": allow,
    "Access-Control-Allow-Headers": REQUEST_HEADERS,
    "Access-Control-Max-Age": String(PREFLIGHT_S),
  };
  return new Response(null, { status: 204, headers: { Allow: allow, ...(granted ? grant : {}) } });
}

/** An origin as browsers write it (`https://host:port`), or null if the text is none. */
export function originOf(text: string): string | null {
  try {
    const url = new URL(text);
    return url.origin === "null" ? null : url.origin;
  } catch {
    return null;
  }
}
