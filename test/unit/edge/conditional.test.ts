/** ETag and 304: what a client may keep, and what makes it ask anew. */
import { beforeEach, describe, expect, test } from "vitest";
import { CountingStore } from "../../../core/store/counting.ts";
import type { MemoryStore } from "../../../core/store/memory.ts";
import { generateDrive } from "../../../fixtures/drive.ts";
import { driveStore, engineOver } from "../../support/engine.ts";
import { FaultyStore } from "../../support/faulty.ts";
import { nodeKernel } from "../../support/kernel-node.ts";
import { type App, appOf, get } from "./app-of.ts";

const drive = generateDrive({ splitSeconds: 2 });
const DEVICE = "B0551001";
const own = drive.files.filter(({ key }) => key.startsWith(`${DEVICE}/`));
const CLOSED = "from=2000-01-01T00:00:00Z&to=2035-01-01T00:00:00Z";
const SERIES = `/api/series?device=${DEVICE}&signal=EngineSpeed&${CLOSED}`;

/** What an answer took is another thing the second time. */
const WORK = /"bytesRead":\d+,"bytesDecrypted":\d+,"bytesDecompressed":\d+/;

let memory: MemoryStore;
let counting: CountingStore;
let app: App;
beforeEach(() => {
  memory = driveStore(drive);
  counting = new CountingStore(memory);
  app = appOf(engineOver(nodeKernel(), counting), { store: counting });
});

const asked = async (path: string, etag?: string) => {
  const answer = await get(app, path, etag === undefined ? {} : { "If-None-Match": etag });
  return { status: answer.status, etag: answer.headers.get("ETag"), headers: answer.headers, text: await answer.text() };
};

describe("an answer about a closed range", () => {
  test.each([
    SERIES,
    `${SERIES}&format=json`,
    `${SERIES}&method=raw&format=csv`,
    `/api/frames?device=${DEVICE}&limit=5&${CLOSED}`,
    `/api/frames?device=B*&limit=5&${CLOSED}`,
  ])("GET %s has a tag, and 304 to it reads nothing", async (path) => {
    const first = await asked(path);
    expect([first.status, first.headers.get("Cache-Control")]).toEqual([200, "private, no-cache"]);
    expect(first.etag).toMatch(/^W\/"[0-9a-f]{32}"$/);
    counting.reset();
    for (const etag of [first.etag ?? "", (first.etag ?? "").slice(2), `"x", ${first.etag}`]) {
      const second = await asked(path, etag);
      expect([second.status, second.etag, second.text]).toEqual([304, first.etag, ""]);
    }
    expect([counting.counts.reads, counting.counts.streams, counting.counts.bytes]).toEqual([0, 0, 0]);
    const third = await asked(path, '"other"');
    expect([third.status, third.text.replace(WORK, "")]).toEqual([200, first.text.replace(WORK, "")]);
  });

  test("another question, another log and another database have another tag", async () => {
    const { etag } = await asked(SERIES);
    expect((await asked(`${SERIES}&points=5`, etag ?? "")).status).toBe(200);
    const log = own[0];
    if (!log) throw new Error("the drive has logs");
    memory.put(log.key, log.bytes.slice(0, log.bytes.length - 100));
    const grown = await asked(SERIES, etag ?? "");
    expect(grown.status).toBe(200);
    expect(grown.etag).not.toBe(etag);
    const [dbc] = drive.dbcs;
    memory.put(dbc?.name ?? "", new TextEncoder().encode(`${dbc?.text}\n`));
    expect((await asked(SERIES, grown.etag ?? "")).status).toBe(200);
  });

  test("the tag of a range outlives a log that is written after it", async () => {
    const past = `/api/series?device=${DEVICE}&signal=EngineSpeed&from=2000-01-01T00:00:00Z&to=2001-01-01T00:00:00Z`;
    const { etag } = await asked(past);
    expect(etag).not.toBeNull();
    const last = own.at(-1);
    memory.put(`${DEVICE}/00000099/00000001.MF4`, last?.bytes ?? new Uint8Array());
    expect((await asked(past, etag ?? "")).status).toBe(drive.dbcs.length > 1 ? 200 : 304);
  });
});

describe("no tag", () => {
  test.each([
    `/api/series?device=${DEVICE}&signal=EngineSpeed`,
    `/api/series?device=${DEVICE}&signal=EngineSpeed&from=now-9000d&to=now`,
    `/api/series?device=${DEVICE}&signal=EngineSpeed&from=2000-01-01T00:00:00Z`,
    `/api/frames?device=nobody&${CLOSED}`,
  ])("has GET %s", async (path) => {
    const answer = await asked(path);
    expect([answer.status, answer.etag, answer.headers.get("Cache-Control")]).toEqual([200, null, "no-store"]);
  });

  test("has an answer that misses a log which the store did not give", async () => {
    const found = new Set<string>();
    for (const afterRequests of [0, 1, 2, 3, 4]) {
      const failing = new FaultyStore(memory, [{ failure: "broken", key: own[0]?.key ?? "", afterRequests }]);
      app = appOf(engineOver(nodeKernel(), failing), { store: failing });
      const answer = await asked(SERIES);
      found.add(`${answer.headers.get("X-Buslens-Coverage")} ${answer.etag === null ? "without" : "with"}`);
    }
    expect([...found]).toContain("partial without");
    expect([...found]).not.toContain("partial with");
  });
});
