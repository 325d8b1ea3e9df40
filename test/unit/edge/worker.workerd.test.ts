/** The Worker in workerd, over the local R2. */
import { env } from "cloudflare:workers";
import { beforeAll, describe, expect, test } from "vitest";
import worker from "../../../edge/cloudflare/worker.ts";
import { generateDrive } from "../../../fixtures/drive.ts";

const drive = generateDrive({ splitSeconds: 4 });
const device = drive.files[0]?.key.split("/")[0] ?? "";
const TOKEN = "s3cret";

beforeAll(async () => {
  for (const { key, bytes } of drive.files) await env.LOGS.put(`drive/${key}`, bytes);
  for (const { name, text } of drive.dbcs) await env.LOGS.put(`drive/${name}`, new TextEncoder().encode(text));
});

const settings = { LOGS: env.LOGS, BUSLENS_PREFIX: "drive" };
const ask = (path: string, init: RequestInit = {}, more: object = { BUSLENS_TOKEN: TOKEN }): Promise<Response> =>
  worker.fetch(new Request(`http://worker${path}`, init), { ...settings, ...more });
const withToken = { headers: { Authorization: `Bearer ${TOKEN}` } };

describe("the Worker", () => {
  test("serves no data until a token is set, and then only with it", async () => {
    const closed = await ask("/api/catalogue", withToken, {});
    expect([closed.status, await closed.json()]).toMatchObject([
      403,
      { message: expect.stringContaining("wrangler secret put BUSLENS_TOKEN") },
    ]);
    expect((await ask("/api/catalogue")).status).toBe(403);
    expect((await ask("/api/catalogue", withToken)).status).toBe(200);
  });

  test.each([
    ["a bucket", {}, "LOGS"],
    ["the name of the bucket", { S3_ENDPOINT: "https://s3.example" }, "S3_BUCKET"],
    ["the keys of the bucket", { S3_ENDPOINT: "https://s3.example", S3_BUCKET: "logs" }, "S3_SECRET_ACCESS_KEY"],
  ])("says that %s is not configured", async (_what, more, name) => {
    const response = await worker.fetch(new Request("http://worker/"), { BUSLENS_TOKEN: TOKEN, ...more });
    expect([response.status, await response.json()]).toMatchObject([503, { message: expect.stringContaining(name) }]);
  });

  test("answers Grafana and the API from R2, with the hash of the kernel it runs", async () => {
    const signals = (await (await ask(`/api/signals?device=${device}`, withToken)).json()) as {
      ids: { channel: number; matches: { db: string; signals: { name: string; selectedBy: string | null }[] }[] }[];
    };
    const heard = signals.ids.find(({ matches }) => matches.length > 0);
    const target = {
      device,
      itf: "CAN",
      chn: `CH${heard?.channel}`,
      db: heard?.matches[0]?.db,
      signal: heard?.matches[0]?.signals.find(({ selectedBy }) => selectedBy === null)?.name,
    };
    const body = JSON.stringify({
      range: { from: "2020-01-01T00:00:00Z", to: "2030-01-01T00:00:00Z" },
      intervalMs: 1000,
      targets: [{ refId: "A", target }],
    });
    const answer = await ask("/query", { method: "POST", body, ...withToken });
    expect(answer.headers.get("X-Buslens-Module")).toMatch(/^[0-9a-f]{64}$/);
    const [series] = (await answer.json()) as { target: string; datapoints: unknown[] }[];
    expect(series?.target).toBe(Object.values({ ...target, db: target.db?.toLowerCase() }).join(":"));
    expect(series?.datapoints.length).toBeGreaterThan(5);
  });

  test("gives the viewer's files below /view/", async () => {
    const paths: string[] = [];
    const ASSETS = {
      fetch: async (request: Request) => {
        paths.push(new URL(request.url).pathname);
        return new Response("page");
      },
    };
    const response = await ask("/view/", {}, { ASSETS });
    expect([response.status, await response.text(), paths]).toEqual([200, "page", ["/"]]);
    expect(response.headers.get("Content-Security-Policy")).toContain("'wasm-unsafe-eval'");
    expect(response.headers.get("Referrer-Policy")).toBe("no-referrer");
    const front = await ask("/", { headers: { Accept: "text/html" } }, { ASSETS });
    expect(await front.text()).toContain('<a href="view/">');
  });
});
