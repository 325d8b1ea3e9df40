/** What stands between the socket and the app: names, gzip, and JSON for what is no request. */
import { request as httpRequest, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { gunzipSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { httpServer } from "../../../edge/node/listener.ts";
import { appOf, panel, TARGET } from "./app-of.ts";
import { fakeEngine, segment } from "./fake-engine.ts";

const speed = segment([[1, 1641469577109000000n]]);
const body = JSON.stringify(panel([TARGET, { ...TARGET, signal: "Roll" }]));
let server: Server | null = null;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function listen(gate?: (signal: AbortSignal) => Promise<void>, onlyOwnNames = true): Promise<number> {
  const app = appOf(fakeEngine({ series: { Speed: [speed], Roll: [speed] }, ...(gate ? { gate } : {}) }));
  const listening = httpServer((request) => app.fetch(request), { hostname: "127.0.0.1", onlyOwnNames });
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
  return (listening.address() as AddressInfo).port;
}

/** The whole answer to bytes on a socket. */
const raw = (port: number, bytes: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });

const get = (port: number, host: string, path = "/api/dbcs"): Promise<string> =>
  raw(port, `GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);

describe("names", () => {
  test.each(["localhost", "LOCALHOST", "127.0.0.1", "[::1]", "grafana.localhost", "host.docker.internal", "127.1.2.3"])(
    "%s is this machine",
    async (name) => {
      const port = await listen();
      expect(await get(port, `${name}:${port}`)).toMatch(/^HTTP\/1\.1 200 /);
      expect(await get(port, name)).toMatch(/^HTTP\/1\.1 200 /);
    },
  );

  test.each(["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "192.168.0.7", "127.0.0.1@evil.example", "a b"])(
    "%s is refused, whatever is asked",
    async (name) => {
      const port = await listen();
      for (const path of ["/", "/api/dbcs", "/view/", "/nope"]) {
        const answer = await get(port, name, path);
        expect(answer).toMatch(/^HTTP\/1\.1 40[03] [\s\S]*application\/json[\s\S]*\r\n\r\n\{"message":"/);
        expect(answer).not.toContain('"dbcs"');
      }
    },
  );

  test("an absolute address counts as a name too", async () => {
    const port = await listen();
    const ask = (url: string, host: string): Promise<string> =>
      raw(port, `GET ${url} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    expect(await ask("http://localhost/api/dbcs", "evil.example")).toMatch(/^HTTP\/1\.1 403 [\s\S]*access\/wrong-host/);
    expect(await ask("http://evil.example/api/dbcs", "localhost")).toMatch(/^HTTP\/1\.1 403 /);
    expect(await ask("http://localhost/api/dbcs", "localhost")).toMatch(/^HTTP\/1\.1 200 /);
  });

  test("with a token any name will do", async () => {
    expect(await get(await listen(undefined, false), "logs.example")).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe("what is no request", () => {
  test.each([
    ["no HTTP", "hello\r\n\r\n", 400],
    ["a backslash in the path", "GET /api\\..\\x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400],
    ["no host", "GET / HTTP/1.1\r\nConnection: close\r\n\r\n", 400],
    ["an address that is none", "GET * HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 400],
    ["large headers", `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"x".repeat(40_000)}\r\n\r\n`, 431],
  ])("%s gets a status and JSON", async (_what, bytes, status) => {
    const answer = await raw(await listen(), bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).not.toMatch(/<|\bat .*\.(ts|js):/);
    expect(answer).toMatch(/\r\n\r\n\{"message":"[^"]+"/);
  });
});

describe("limits", () => {
  test("more requests at once than allowed are 429 with both numbers, and the next is welcome again", async () => {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const listening = httpServer(() => opened.then(() => new Response("done")), {
      hostname: "127.0.0.1",
      onlyOwnNames: true,
      requestsMax: 2,
    });
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    const { port } = listening.address() as AddressInfo;
    const first = [get(port, "localhost"), get(port, "localhost")];
    await new Promise((resolve) => setTimeout(resolve, 100));
    const refused = await get(port, "localhost");
    expect(refused).toMatch(/^HTTP\/1\.1 429 [\s\S]*\r\nRetry-After: \d+\r\n/i);
    expect(refused).toMatch(/"found":3,"allowed":2/);
    open();
    for (const answer of await Promise.all(first)) expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(await get(port, "localhost")).toMatch(/^HTTP\/1\.1 200 /);
  });

  test("headers that never end and a body that never comes get 408 within 10 s", { timeout: 15_000 }, async () => {
    const start = performance.now();
    const port = await listen();
    const slow = [
      "GET /api/dbcs HTTP/1.1\r\nHost: localhost\r\nX: ",
      "POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
    ];
    for (const answer of await Promise.all(slow.map((bytes) => raw(port, bytes))))
      expect(answer).toMatch(/^HTTP\/1\.1 408 [\s\S]*\r\n\r\n\{"message":"/);
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});

describe("an answer that breaks", () => {
  const broken = (first: string): Response => {
    const pieces = [first];
    return new Response(
      new ReadableStream({
        async pull(controller) {
          const piece = pieces.shift();
          await new Promise((resolve) => setTimeout(resolve, 20));
          if (piece === undefined) throw new Error("ENOENT: /secret/folder");
          controller.enqueue(new TextEncoder().encode(piece));
        },
      }),
      { headers: { "Content-Type": "application/json" } },
    );
  };

  test.each(["identity", "gzip"])("is cut off without another word (%s)", async (encoding) => {
    const listening = httpServer(() => broken("[1,"), { hostname: "127.0.0.1", onlyOwnNames: true });
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    const { port } = listening.address() as AddressInfo;
    const text = await raw(
      port,
      `GET / HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: ${encoding}\r\nConnection: close\r\n\r\n`,
    );
    expect(text).toMatch(/^HTTP\/1\.1 200 /);
    expect(text).not.toContain("secret");
    expect(text).not.toMatch(/\r\n0\r\n\r\n$/); // the end of a whole answer in chunks
    await expect(fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text())).rejects.toThrow();
  });

  test("an answer that cannot be made is 500 in JSON", async () => {
    const failing = (): Promise<Response> => Promise.reject(new Error("ENOENT: /secret/folder"));
    const listening = httpServer(failing, { hostname: "127.0.0.1", onlyOwnNames: true });
    server = listening;
    await new Promise<void>((resolve) => listening.listen(0, "127.0.0.1", resolve));
    const text = await get((listening.address() as AddressInfo).port, "localhost");
    expect(text).toMatch(/^HTTP\/1\.1 500 [\s\S]*\r\n\r\n\{"message":"[^"]+"/);
    expect(text).not.toContain("secret");
  });
});

describe("gzip", () => {
  const ask = (
    port: number,
    use: (chunk: Buffer) => void,
    headers: Readonly<Record<string, string>> = { "Accept-Encoding": "br, gzip" },
  ): Promise<{ readonly headers: NodeJS.Dict<string | string[]>; readonly bytes: Buffer }> =>
    new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      const asked = httpRequest({ port, host: "127.0.0.1", path: "/query", method: "POST", headers }, (answer) => {
        answer.on("data", (chunk: Buffer) => {
          chunks.push(chunk);
          use(chunk);
        });
        answer.on("end", () => resolve({ headers: answer.headers, bytes: Buffer.concat(chunks) }));
        answer.on("error", reject);
      });
      asked.on("error", reject);
      asked.end(body);
    });

  test("the same text, only for those who take it", async () => {
    const port = await listen();
    const small = await ask(port, () => undefined);
    expect([small.headers["content-encoding"], small.headers.vary]).toEqual(["gzip", expect.stringContaining("Accept-Encoding")]);
    for (const headers of [{}, { "Accept-Encoding": "br" }, { "Accept-Encoding": "gzip;q=0, br" }]) {
      const plain = await ask(port, () => undefined, headers);
      expect(plain.headers["content-encoding"]).toBeUndefined();
      expect(gunzipSync(small.bytes)).toEqual(plain.bytes);
    }
  });

  test("what is ready arrives while the rest is worked on", { timeout: 20_000 }, async () => {
    let open: () => void = () => undefined;
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    let turn = 0;
    const port = await listen(async () => (turn++ === 0 ? undefined : opened));
    let seen = 0;
    const { bytes } = await ask(port, (chunk) => {
      seen += chunk.length;
      if (seen > 40) open(); // nothing but the first series can have come
    });
    expect(JSON.parse(gunzipSync(bytes).toString())).toHaveLength(2);
  });

  test("a client that goes away stops the work", { timeout: 20_000 }, async () => {
    let turn = 0;
    const stopped = new Promise<boolean>((resolve, reject) => {
      const gate = async (signal: AbortSignal): Promise<void> => {
        if (++turn < 2) return;
        await new Promise<void>((gone) => signal.addEventListener("abort", () => gone()));
        resolve(true);
      };
      void listen(gate).then((port) => {
        const client = new AbortController();
        fetch(`http://127.0.0.1:${port}/query`, { method: "POST", body, signal: client.signal }).then((answer) => {
          if (answer.headers.get("Content-Encoding") !== "gzip") reject(new Error("not compressed"));
          setTimeout(() => client.abort(), 20);
        }, reject);
      });
    });
    expect(await stopped).toBe(true);
  });
});
