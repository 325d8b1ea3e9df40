/** Answers that a client may keep: an ETag from what they are made of, and 304 before a record is read (RFC 9110, 13.1.2). */
import type { EditionQuery } from "../../core/query/edition.ts";
import type { Asked } from "./context.ts";

/** Tags whose answer turned out to miss something after its headers had gone out: never confirmed again. */
const spoiled = new Set<string>();
const SPOILED_MAX = 10_000;

/** Marks the tag of an answer that is not whole. */
export function spoil(etag: string): void {
  spoiled.add(etag);
  const [oldest] = spoiled;
  if (spoiled.size > SPOILED_MAX && oldest !== undefined) spoiled.delete(oldest);
}

/**
 * 304 if the client has what `make` would make; else that, with its tag where the range is closed (null = it is not). A client asks again
 * each time (`no-cache`): a log may grow, a database may be replaced.
 */
export async function conditional(
  { request, url, app }: Asked,
  range: EditionQuery | null,
  make: () => Promise<Response>,
): Promise<Response> {
  if (range === null || range.devices.length === 0 || isRelative(url)) return make();
  const edition = await app.engine.edition(range, request.signal);
  if (edition === null) return make();
  const { budgetBytes, budgetPoints = null } = app;
  const parts = [app.engine.moduleHash, url.pathname, [...url.searchParams], budgetBytes, budgetPoints, edition];
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(parts)));
  const hex = Array.from(new Uint8Array(digest, 0, 16), (byte) => byte.toString(16).padStart(2, "0")).join("");
  // Weak: blanks that keep the line alive and what the ledger says of the work may differ.
  const headers = { ETag: `W/"${hex}"`, "Cache-Control": "private, no-cache" };
  if (!spoiled.has(headers.ETag) && matches(request.headers.get("If-None-Match"), `"${hex}"`))
    return new Response(null, { status: 304, headers });
  const answer = await make();
  if (answer.status !== 200) return answer;
  for (const [name, value] of Object.entries(headers)) answer.headers.set(name, value);
  return answer;
}

/** Times that mean something else with every second. */
const isRelative = (url: URL): boolean => ["from", "to"].some((name) => url.searchParams.get(name)?.trim().startsWith("now"));

/** Whether a list of tags has this one; `W/` makes no difference. */
export const matches = (header: string | null, etag: string): boolean =>
  header !== null && (header.trim() === "*" || header.split(",").some((one) => one.trim().replace(/^W\//, "") === etag));
