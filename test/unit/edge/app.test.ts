import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { bearer, nobody } from "../../../edge/app/access.ts";
import { appOf, get, panel, post, TARGET } from "./app-of.ts";
import { fakeEngine, logEntry, MODULE_HASH, segment } from "./fake-engine.ts";

// biome-ignore lint/suspicious/noExplicitAny: answers are looked at freely here
const json = async (response: Response): Promise<any> => response.json();
const speed = { series: { Speed: [segment([[1, 1641469577109000000n]])] } };
const assets = async (request: Request): Promise<Response> =>
  new URL(request.url).pathname === "/view/"
    ? new Response("<!doctype html>", { headers: { "Content-Type": "text/html" } })
    : new Response("no", { status: 404 });

describe("limits of the host", () => {
  test("a body above the limit is 413 with both numbers", async () => {
    const app = appOf(fakeEngine(), { bodyBytesMax: 100 });
    const answer = await post(app, "/query", panel([TARGET]));
    expect(answer.status).toBe(413);
    const { message, error } = (await answer.json()) as { message: string; error: { found: number; allowed: number } };
    expect(error.allowed).toBe(100);
    expect(error.found).toBeGreaterThan(100);
    expect(message).toContain("100");
  });

  test("no series has more points than allowed, in any dialect", async () => {
    const engine = fakeEngine();
    const app = appOf(engine, { budgetPoints: 7 });
    await (await post(app, "/query", panel([TARGET]))).text();
    await (await get(app, "/api/series?device=A&signal=Speed&method=raw")).text();
    expect(engine.queries.map(({ budgetPoints }) => budgetPoints)).toEqual([7, 7]);
  });
});

describe("the front door", () => {
  test("clients get OK, browsers a page that says how to connect", async () => {
    const app = appOf(fakeEngine(), { assets });
    expect(await (await get(app, "/", { Accept: "application/json, text/plain, */*" })).text()).toBe("OK");
    const head = await app.request("http://server/", { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    const page = await get(app, "/", { Accept: "text/html,application/xhtml+xml" });
    const html = await page.text();
    expect([page.status, page.headers.get("Content-Type")]).toEqual([200, "text/html; charset=utf-8"]);
    expect(html).toContain('<a href="view/">');
    expect(html).toContain("<pre>http://server/</pre>");
    const style = /<style>(.*?)<\/style>/s.exec(html)?.[1] ?? "";
    const hash = createHash("sha256").update(style).digest("base64");
    expect(page.headers.get("Content-Security-Policy")).toContain(`style-src 'sha256-${hash}'`);
    expect(await (await get(app, "/view/")).text()).toContain("<!doctype html>");
    expect((await get(app, "/view")).headers.get("Location")).toBe("view/");
    expect((await json(await get(app, "/view/nope.js"))).error.code).toBe("request/not-found");
  });

  test("the page opens without a token, says that one is needed, and holds no text of the request's making", async () => {
    const app = appOf(fakeEngine(), { checkToken: bearer("secret") });
    const page = await get(app, "/", { Accept: "text/html" });
    const html = await page.text();
    expect([page.status, html.includes("asks for a token"), html.includes('href="view/"')]).toEqual([200, true, false]);
    const odd = await app.request("http://server/?<script>alert(1)</script>", { headers: { Accept: "text/html" } });
    expect(await odd.text()).not.toContain("<script");
  });

  test("every answer carries the hash of the kernel", async () => {
    const app = appOf(fakeEngine());
    for (const path of ["/", "/nope", "/api/dbcs", "/query"])
      expect((await get(app, path)).headers.get("X-Buslens-Module")).toBe(MODULE_HASH);
  });

  test("unknown paths and methods are JSON", async () => {
    const app = appOf(fakeEngine());
    const unknown = await get(app, "/nope", { Accept: "text/html" });
    expect([unknown.status, (await json(unknown)).error.code]).toEqual([404, "request/not-found"]);
    const wrong = await get(app, "/query");
    expect([wrong.status, wrong.headers.get("Allow"), typeof (await json(wrong)).message]).toEqual([
      405,
      "POST, OPTIONS",
      "string",
    ]);
    expect((await app.request("http://server/", { method: "POST" })).status).toBe(405);
    expect((await app.request("http://server/search", { method: "DELETE" })).status).toBe(405);
  });

  test("repeated and trailing slashes do no harm, nor does the content type", async () => {
    const app = appOf(fakeEngine(speed));
    expect(await json(await post(app, "//search", { target: '{"search":"itf"}' }))).toEqual(["CAN", "LIN"]);
    expect(await json(await post(app, "/search/", { target: { search: "itf" } }, { "Content-Type": "text/plain" }))).toEqual([
      "CAN",
      "LIN",
    ]);
    expect((await post(app, "/query", panel([TARGET]), { "Content-Type": "application/x-www-form-urlencoded" })).status).toBe(
      200,
    );
  });

  test("endpoints of newer plugins answer lists, also to an empty body", async () => {
    const app = appOf(fakeEngine());
    for (const path of ["/metrics", "/metric-payload-options", "/variable", "/tag-keys", "/tag-values"]) {
      const answer = await post(app, path, "");
      expect(answer.status).toBe(200);
      expect(Array.isArray(await answer.json())).toBe(true);
      expect((await post(app, path, "{")).status).toBe(400);
    }
  });

  test("a client that goes away while it sends is no mistake of ours", async () => {
    const body = new ReadableStream({
      pull(controller) {
        controller.error(new Error("aborted"));
      },
    });
    const init: RequestInit & { duplex: string } = { method: "POST", body, duplex: "half" };
    const answer = await appOf(fakeEngine()).request("http://server/query", init);
    expect((await json(answer)).error.code).toBe("request/cancelled");
  });

  test("a body that is too large is refused", async () => {
    const response = await post(appOf(fakeEngine()), "/search", `"${"x".repeat(5_000_000)}"`);
    expect([response.status, (await json(response)).error.code]).toEqual([413, "limit/too-large"]);
  });
});

describe("access", () => {
  const origin = "http://grafana.example";

  test("the right token is let in, others are told apart, always with 403", async () => {
    const app = appOf(fakeEngine(), { checkToken: bearer("s3cret"), assets });
    const codes = async (headers: Record<string, string>): Promise<unknown> => {
      const response = await get(app, "/api/dbcs", headers);
      return [response.status, response.status === 200 ? "" : (await json(response)).error.code];
    };
    expect(await codes({ Authorization: "Bearer s3cret" })).toEqual([200, ""]);
    expect(await codes({ Authorization: "bearer  s3cret" })).toEqual([200, ""]);
    expect(await codes({})).toEqual([403, "access/token-needed"]);
    expect(await codes({ Authorization: "Bearer s3cre" })).toEqual([403, "access/token-wrong"]);
    expect(await codes({ Authorization: "Basic czNjcmV0" })).toEqual([403, "access/token-wrong"]);
    // Save & test shows whether the token is right; the viewer's files hold no data.
    expect((await get(app, "/")).status).toBe(403);
    expect((await get(app, "/view/")).status).toBe(200);
    expect((await get(app, "/nope")).status).toBe(403);
  });

  test("without a token of its own a host may serve nobody", async () => {
    const app = appOf(fakeEngine(), { checkToken: nobody("set BUSLENS_TOKEN first") });
    const response = await get(app, "/api/catalogue", { Authorization: "Bearer x" });
    expect([response.status, (await json(response)).message]).toEqual([403, "set BUSLENS_TOKEN first"]);
  });

  test("an allowed origin may read, with credentials; OPTIONS needs no token", async () => {
    const app = appOf(fakeEngine(), { checkToken: bearer("t"), allowedOrigins: [origin] });
    const preflight = await app.request("http://server/query", {
      method: "OPTIONS",
      headers: { Origin: origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("Access-Control-Allow-Origin")).toBe(origin);
    expect(preflight.headers.get("Access-Control-Allow-Credentials")).toBe("true");
    expect(preflight.headers.get("Access-Control-Allow-Methods")).toContain("POST");
    expect(preflight.headers.get("Access-Control-Allow-Headers")).toContain("content-type");
    expect(preflight.headers.get("Vary")).toContain("Origin");
    const refused = await post(app, "/search", {}, { Origin: origin });
    expect([refused.status, refused.headers.get("Access-Control-Allow-Origin")]).toEqual([403, origin]);
  });

  test("another origin gets no such header", async () => {
    const app = appOf(fakeEngine(), { allowedOrigins: [origin] });
    for (const other of ["http://grafana.example.evil", "https://grafana.example", "null"]) {
      const response = await get(app, "/", { Origin: other });
      expect(response.headers.get("Access-Control-Allow-Origin")).toBeNull();
    }
  });
});

describe("search and annotations", () => {
  const logs = [
    logEntry("2F6913DB/00000004/00000001.MF4", 100, 200),
    logEntry("2F6913DB/00000005/00000002.MF4", 300, 400),
    logEntry("2F6913DB/00000005/00000003.MF4", 400, 500),
    logEntry("AA000001/00000001/00000001.MF4", null, null, { code: "input/empty", message: "the file is empty" }),
  ];
  const app = appOf(fakeEngine({ logs }));
  const search = async (target: unknown): Promise<unknown> => json(await post(app, "/search", { target }));
  const range = { from: 0, to: 1_000_000 };
  const marks = async (query: unknown, more: object = { range }): Promise<Response> =>
    post(app, "/annotations", { annotation: { query }, ...more });

  test("the lists of the seed", async () => {
    expect(await search('{"search":"device"}')).toEqual(["2F6913DB", "AA000001"]);
    expect(await search('{"search":"device_name"}')).toEqual([
      { text: "2F6913DB my car", value: "2F6913DB" },
      { text: "AA000001 ", value: "AA000001" },
    ]);
    expect(await search('{"search":"method"}')).toEqual(["NEAREST", "MAX", "MIN"]);
    expect(await search('{"search":"chn"}')).toEqual(["CH1", "CH2", "CH9"]);
    expect(await search('{"search":"signal","db":"nope"}')).toEqual([]);
    for (const empty of ["", undefined, "device", "[]", null]) expect(await search(empty)).toEqual([]);
  });

  test("a search nobody knows is 400", async () => {
    for (const target of ['{"search":"nope"}', '{"search":"signal"}', "{}"])
      expect((await post(app, "/search", { target })).status).toBe(400);
  });

  test("a mark per split, and per session at its first split", async () => {
    const splits = await json(await marks('{"annotation":"split","device":"2F6913DB"}'));
    expect(splits.map(({ time }: { time: number }) => time)).toEqual([100_000, 300_000, 400_000]);
    expect(splits[1].text).toBe("2F6913DB/00000005/00000002.MF4\nSession: 5\nSplit: 2\nSize: 2 MB");
    const sessions = await json(
      await marks({ annotation: "Session", device: "2F6913DB" }, { range: { from: 450_000, to: 1_000_000 } }),
    );
    expect(sessions.map(({ time }: { time: number }) => time)).toEqual([300_000]);
    expect(await json(await marks('{"annotation":"split","device":"AA000001"}'))).toEqual([]);
    expect(await json(await marks('{"annotation":"split","device":"../2F6913DB"}'))).toEqual([]);
  });

  test("mistakes in a mark's query are 400, an empty one is no mark", async () => {
    expect(await json(await marks(""))).toEqual([]);
    for (const query of ['{"annotation":"foo","device":"2F6913DB"}', '{"annotation":"split"}'])
      expect((await marks(query)).status).toBe(400);
    expect((await marks('{"annotation":"split","device":"2F6913DB"}', {})).status).toBe(400);
  });
});
