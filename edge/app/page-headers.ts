/** What the viewer's page and its files may do, said by both hosts with every answer below /view/. */

/** The policy of web/index.html, which a worker script does not inherit from its page; and who may frame the page, which only a header can say. */
export const CONTENT_POLICY = [
  "default-src 'none'",
  // The hash is that of the snippet that sets the theme before the first paint.
  "script-src 'self' 'wasm-unsafe-eval' 'sha256-U/u3/8zySyXbFHTWJiC+jwpMfjwOwqGPOk2M8ADZEJs='",
  "style-src 'self'",
  "img-src 'self' data:",
  // Logs lie in buckets and on servers a person names: requests to them come from one place only (worker/sources/reach.ts).
  "connect-src 'self' https: http://localhost:* http://127.0.0.1:*",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join("; ");

/** Names with a hash of their content in them never change. */
const HASHED = /\/assets\/[^/]+-[\w-]{8,}\.\w+$/;

/** Headers of the answer with the file at `path`. */
export function pageHeaders(path: string): Readonly<Record<string, string>> {
  return {
    "Content-Security-Policy": CONTENT_POLICY,
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": HASHED.test(path) ? "public, max-age=31536000, immutable" : "no-cache",
  };
}
