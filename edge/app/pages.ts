/** The front door and the viewer's files. */
import { FaultError } from "../../core/fault.ts";
import type { Handler } from "./context.ts";
import { frontPage, frontPolicy } from "./front-page.ts";
import { pageHeaders } from "./page-headers.ts";

/** `OK` for clients ("Save & test" needs a 200); a browser gets the page that says how to connect. */
export const front: Handler = async ({ request, url, app }) => {
  const wantsPage = (request.headers.get("Accept") ?? "").includes("text/html");
  if (!wantsPage) return new Response("OK", { headers: { "Content-Type": "text/plain; charset=utf-8", Vary: "Accept" } });
  const page = frontPage({
    url: new URL("./", url).href,
    hasViewer: app.assets !== null,
    needsToken: (await app.checkToken(request)) !== null,
    moduleHash: app.engine.moduleHash,
  });
  return new Response(page, {
    headers: {
      "Content-Type": "text/html; charset=utf-8",
      "Content-Security-Policy": await frontPolicy(),
      "Referrer-Policy": "no-referrer",
      "Cache-Control": "no-cache",
      Vary: "Accept",
    },
  });
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
