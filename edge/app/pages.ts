/** The front door and the viewer's files. */
import { FaultError } from "../../core/fault.ts";
import type { Handler } from "./context.ts";
import { pageHeaders } from "./page-headers.ts";

/** `OK` for clients ("Save & test" needs a 200); a browser is sent to the viewer. */
export const front: Handler = async ({ request, app }) => {
  const wantsPage = (request.headers.get("Accept") ?? "").includes("text/html");
  // Relative, so that it holds behind a proxy that adds a path.
  if (wantsPage && app.assets !== null)
    return new Response(null, { status: 302, headers: { Location: "view/", Vary: "Accept" } });
  return new Response("OK", { headers: { "Content-Type": "text/plain; charset=utf-8", Vary: "Accept" } });
};

/** Files of the viewer. Faults: `request/not-found`, as JSON like every other error. */
export const view: Handler = async ({ request, url, app }) => {
  if (app.assets === null)
    throw new FaultError({ code: "request/not-found", message: "this server was started without the viewer's files" });
  if (url.pathname === "/view") return new Response(null, { status: 302, headers: { Location: "view/" } });
  const answer = await app.assets(new Request(url, request));
  if (answer.status < 400) return withHeaders(answer, pageHeaders(url.pathname));
  await answer.body?.cancel();
  throw new FaultError({ code: "request/not-found", message: "the viewer has no such file", found: url.pathname.slice(0, 200) });
};

/** Answers of `fetch` and of an assets binding have headers that cannot be changed. */
function withHeaders(answer: Response, added: Readonly<Record<string, string>>): Response {
  const changed = new Response(answer.body, answer);
  for (const [name, value] of Object.entries(added)) changed.headers.set(name, value);
  return changed;
}
