/** Requests that mean no good, to a real server on a real folder: JSON, a status of its own, and never a word about the folder. */
import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { anyone } from "../../../edge/app/access.ts";
import { createApp } from "../../../edge/app/app.ts";
import { hostEngine, loadKernel } from "../../../edge/node/host-engine.ts";
import { httpServer } from "../../../edge/node/listener.ts";
import { viewerFiles } from "../../../edge/node/viewer-files.ts";
import { DiskStore } from "../../../edge/stores/disk.ts";
import { generateDrive } from "../../../fixtures/drive.ts";
import { type ScratchFolder, scratchFolder, writeObject } from "../../support/folder.ts";

const drive = generateDrive({ splitSeconds: 2 });
const log = drive.files[0]?.key ?? "";
const reports: unknown[] = [];
let folder: ScratchFolder;
let server: Server;
let port = 0;

beforeAll(async () => {
  folder = await scratchFolder();
  for (const { key, bytes } of drive.files) await writeObject(folder.path, key, bytes);
  for (const { name, text } of drive.dbcs) await writeObject(folder.path, name, new TextEncoder().encode(text));
  await writeObject(folder.path, "passwords.json", new TextEncoder().encode('{"default":"hush"}'));
  const store = await DiskStore.open(folder.path);
  const app = createApp({
    engine: hostEngine(await loadKernel(), store, []),
    store,
    checkToken: anyone,
    allowedOrigins: [],
    now: Date.now,
    assets: await viewerFiles(),
    budgetBytes: null,
    givenDbcs: [],
    report: (error) => reports.push(error),
  });
  server = httpServer((request) => app.fetch(request), { hostname: "127.0.0.1", onlyOwnNames: true });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(async () => {
  server.closeAllConnections();
  server.close();
  await folder.remove();
});

/** A request as bytes: clients of good manners would mend the paths. */
const ask = (line: string, body: Uint8Array | string = "", headers = ""): Promise<string> =>
  new Promise((resolve, reject) => {
    const bytes = Buffer.from(body);
    let text = "";
    const socket = connect(port, "127.0.0.1", () => {
      const length = bytes.length === 0 ? "" : `Content-Length: ${bytes.length}\r\n`;
      socket.write(`${line} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${length}${headers}\r\n`);
      socket.write(bytes);
    });
    socket.on("data", (chunk) => (text += chunk.toString("utf8")));
    socket.on("close", () => resolve(text));
    socket.on("error", reject);
  });

function expectHarmless(answer: string, status: RegExp): void {
  expect(answer).toMatch(status);
  expect(answer).not.toContain(folder.path);
  expect(answer).not.toMatch(/hush|<html|<!doctype|\n +at |node_modules|\.ts:\d/i);
  if (!/^HTTP\/1\.1 [45]/.test(answer)) return;
  expect(answer).toMatch(/\r\nContent-Type: application\/json; charset=utf-8\r\n/i);
  expect(answer.slice(answer.indexOf("\r\n\r\n") + 4)).toMatch(/^(?:[0-9a-f]+\r\n)?\{"message":"[^"]/);
}

describe("paths", () => {
  const up = "/api/logs/";
  test.each([
    `${up}%2e%2e/%2e%2e/etc/passwd.MF4`,
    `${up}../../etc/passwd.MF4`,
    `${up}..%2f..%2fetc%2fpasswd.MF4`,
    `${up}..%5c..%5cx.MF4`,
    `${up}..\\..\\x.MF4`,
    `${up}x%00.MF4`,
    `${up}%2fetc%2fpasswd.MF4`,
    `${up}/etc/passwd.MF4`,
    `${up}C:%5cx.MF4`,
    `${up}C:/x.MF4`,
    `${up}passwords.json`,
    `${up}%2e/passwords.json`,
    `${up}%zz.MF4`,
    `${up}%ff%fe.MF4`,
    `${up}${"a/".repeat(3000)}x.MF4`,
    `${up}.MF4`,
    "/api/dbcs/..%2fpasswords.json",
    "/api/dbcs/%00",
    "/api/dbcs/%zz",
    "/view/..%2f..%2fpackage.json",
    "/view/%2e%2e/%2e%2e/package.json",
    "/view/../../../etc/passwd",
    "/view/..%5cx",
    "/view/%00",
    "/view/%zz",
    "/view//etc/passwd",
    "/passwords.json",
    "/%",
    "/api/series?device=../..",
    "/api/series?device=x&signal=y&points=1e99",
    "/api/catalogue?nope=1",
  ])("GET %s", async (path) => {
    expectHarmless(await ask(`GET ${path}`), /^HTTP\/1\.1 40[04] /);
  });

  test.each([
    "/api/catalogue?device=../..",
    "/api/signals?device=..",
    "/api/signals?device=x&key=../../x",
    "/api/series?device=../x&signal=y",
  ])("GET %s finds nothing", async (path) => expectHarmless(await ask(`GET ${path}`), /^HTTP\/1\.1 200 /));
});

describe("headers", () => {
  const many = (count: number, value: string) => Array.from({ length: count }, (_, i) => `X-${i}: ${value}\r\n`).join("");
  test("three hundred do no harm, three thousand are too large", async () => {
    expectHarmless(await ask("GET /api/dbcs", "", many(300, "v")), /^HTTP\/1\.1 200 /);
    expectHarmless(await ask("GET /api/dbcs", "", many(3000, "value")), /^HTTP\/1\.1 431 /);
  });

  test.each([
    ["an expectation that is none", "Expect: something\r\n", 417],
    ["two lengths", "Content-Length: 5\r\nContent-Length: 6\r\n", 400],
    ["a length and chunks", "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", 400],
  ])("%s", async (_what, headers, status) => {
    expectHarmless(await ask("POST /query", "", headers), new RegExp(`^HTTP/1\\.1 ${status} `));
  });
});

describe("methods", () => {
  test.each(["PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "GET"])("%s /query", async (method) => {
    const answer = await ask(`${method} /query`);
    expectHarmless(answer, /^HTTP\/1\.1 405 /);
    expect(answer).toMatch(/\r\nAllow: POST, OPTIONS\r\n/i);
  });

  test.each(["/", "/query", "/nope", "/api/catalogue", `/api/logs/${log}`, "/view/", "/api/series"])(
    "HEAD %s has no body",
    async (path) => {
      expect(await ask(`HEAD ${path}`)).toMatch(/\r\n\r\n$/);
    },
  );

  test.each(["/", "/query", "/nope", `/api/logs/${log}`])("OPTIONS %s says what is allowed", async (path) => {
    expect(await ask(`OPTIONS ${path}`)).toMatch(/^HTTP\/1\.1 204 [\s\S]*\r\nAllow: [A-Z, ]*OPTIONS\r\n/i);
  });
});

describe("bodies", () => {
  const text = (json: string): Uint8Array => new TextEncoder().encode(json);
  test.each([
    ["nothing", text(""), 400],
    ["null", text("null"), 400],
    ["half an object", text("{"), 400],
    ["more than an object", text("{}x"), 400],
    ["a form", text("a=b"), 400],
    ["UTF-16", new Uint8Array(Buffer.from('{"a":1}', "utf16le")), 400],
    ["bytes that are not UTF-8", new Uint8Array([0x7b, 0x22, 0xff, 0xc3, 0x28, 0x22, 0x3a, 0x31, 0x7d]), 400],
    ["brackets without end", text("[".repeat(200_000)), 400],
    ["brackets as a target", text(`{"range":{"from":0,"to":1},"targets":${"[".repeat(100_000)}${"]".repeat(100_000)}}`), 400],
    [
      "objects as a target",
      text(`{"range":{"from":0,"to":1},"targets":[{"target":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}]}`),
      400,
    ],
    ["objects in a field that nobody reads", text(`{"scopedVars":${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}}`), 400],
    [
      "objects in the text of a target",
      text(
        JSON.stringify({ range: { from: 0, to: 1 }, targets: [{ target: `${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}` }] }),
      ),
      200,
    ],
    ["numbers that are none", text('{"targets":[],"range":{"from":1e400,"to":-1e400}}'), 400],
  ])("%s", async (_name, bytes, status) => {
    expectHarmless(await ask("POST /query", bytes), new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  test("more than fits is refused before it has all come", async () => {
    const body = `{"x":"${"y".repeat(8_000_000)}"}`;
    const answer = await fetch(`http://127.0.0.1:${port}/query`, { method: "POST", body });
    expect([answer.status, ((await answer.json()) as { error: { code: string } }).error.code]).toEqual([413, "limit/too-large"]);
  });

  test("a byte order mark, any content type, and a prototype do no harm", async () => {
    const body = '\ufeff{"__proto__":{"a":1},"targets":[{"target":{"__proto__":{"device":"x"}}}],"range":{"from":0,"to":1}}';
    for (const type of ["application/octet-stream", "text/plain", "multipart/form-data; boundary=x"])
      expectHarmless(await ask("POST /query", body, `Content-Type: ${type}\r\n`), /^HTTP\/1\.1 200 /);
  });
});

test("two hundred panels at once are all answered", async () => {
  const body = JSON.stringify({
    range: { from: "2000-01-01T00:00:00Z", to: "2030-01-01T00:00:00Z" },
    intervalMs: 100,
    targets: [
      { refId: "A", target: { device: log.split("/")[0], itf: "CAN", chn: "CH1", db: "buslens-drive", signal: "EngineSpeed" } },
    ],
  });
  const answers = await Promise.all(
    Array.from({ length: 200 }, async () => (await fetch(`http://127.0.0.1:${port}/query`, { method: "POST", body })).text()),
  );
  expect(new Set(answers).size).toBe(1);
  expect(JSON.parse(answers[0] ?? "")[0].datapoints.length).toBeGreaterThan(10);
});

test("none of it was a mistake of ours", () => {
  expect(reports).toEqual([]);
});
