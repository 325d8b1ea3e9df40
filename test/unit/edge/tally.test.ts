/** What an answer took, in its headers. */
import { expect, test } from "vitest";
import { noticeText } from "../../../edge/app/notice-header.ts";
import { generateDrive } from "../../../fixtures/drive.ts";
import { driveStore, engineOver } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";
import { appOf, get, post } from "./app-of.ts";

const drive = generateDrive({ splitSeconds: 2 });
const DEVICE = "B0551001";
const own = drive.files.filter(({ key }) => key.startsWith(DEVICE));

function numbers(answer: Response): Record<string, number> {
  const names = ["Files", "Bytes", "Reads", "Work"];
  return Object.fromEntries(names.map((name) => [name, Number(answer.headers.get(`X-Buslens-${name}`))]));
}

test("files, bytes, reads, work and coverage of every kind of answer that reads logs", async () => {
  const store = driveStore(drive);
  const app = appOf(engineOver(nodeKernel(), store), { store });
  const range = { from: "2000-01-01T00:00:00Z", to: "2035-01-01T00:00:00Z" };
  const target = (one: object) => ({
    range,
    intervalMs: 60_000,
    targets: [{ target: { device: DEVICE, signal: "EngineSpeed", ...one } }],
  });
  const answers = [
    await post(app, "/query", target({})),
    await post(app, "/query", target({ expr: "EngineSpeed * 2" })),
    await get(app, `/api/series?device=${DEVICE}&signal=EngineSpeed`),
    await get(app, `/api/frames?device=${DEVICE}&sort=id`),
    await get(app, `/api/explain?device=${DEVICE}&signal=EngineSpeed`),
  ];
  for (const answer of answers) {
    const { Files, Bytes, Reads, Work } = numbers(answer);
    expect(Files).toBe(own.length);
    expect(Bytes).toBeGreaterThan(1000);
    expect(Reads).toBeGreaterThanOrEqual(own.length);
    expect(Work).toBeGreaterThan(100);
    expect(answer.headers.get("X-Buslens-Coverage")).toBe("complete");
    expect(answer.headers.get("X-Buslens-Module")).toMatch(/^[0-9a-f]{64}$/);
    await answer.text();
  }
  const list = await get(app, "/api/dbcs");
  expect(list.headers.has("X-Buslens-Bytes")).toBe(false);
});

test("answers that found nothing say why in their headers too, in every form", async () => {
  const store = driveStore(drive);
  const app = appOf(engineOver(nodeKernel(), store), { store });
  for (const format of ["segments", "json", "ndjson", "csv", "arrow", "parquet"]) {
    const answer = await get(app, `/api/series?device=${DEVICE}&signal=Töpfer&format=${format}`);
    expect([answer.status, answer.headers.get("X-Buslens-Coverage"), format]).toEqual([200, "complete", format]);
    expect(answer.headers.get("X-Buslens-Notices")).toMatch(/^warning: [\x20-\x7e]*T%C3%B6pfer/);
  }
  const panel = { targets: [{ target: { device: "FFFFFFFF", signal: "EngineSpeed" } }], range: { from: 0, to: 1 } };
  expect((await post(app, "/query", panel)).headers.get("X-Buslens-Notices")).toMatch(/no device FFFFFFFF/);
  const table = await get(app, "/api/frames?device=FFFFFFFF");
  expect(table.headers.get("X-Buslens-Notices")).toMatch(/no device FFFFFFFF/);
});

test("the notices of a header are ASCII, each once, and no longer than clients take", () => {
  const notice = { severity: "warning" as const, text: "ä\nb\u{1F600}\ud800" };
  expect(noticeText([notice, notice])).toBe("warning: %C3%A4%0Ab%F0%9F%98%80%3F");
  const long = noticeText([{ severity: "info", text: "語".repeat(3000) }]);
  expect(long.length).toBeLessThanOrEqual(4000);
  expect(decodeURIComponent(long.slice(0, long.lastIndexOf("%E8")))).toMatch(/^info: 語+$/);
});

test("a log that cannot be read makes the answer partial", async () => {
  const [first, ...rest] = drive.files;
  const broken = { key: first?.key ?? "", bytes: new TextEncoder().encode("this is no log") };
  const store = driveStore({ ...drive, files: [broken, ...rest] });
  const app = appOf(engineOver(nodeKernel(), store), { store });
  const ask = () => get(app, `/api/series?device=${DEVICE}&signal=EngineSpeed`);
  await ask(); // finds out where the last log ends
  const answer = await ask();
  expect(answer.headers.get("X-Buslens-Coverage")).toBe("partial");
  expect(numbers(answer).Files).toBe(own.length - 1);
});

test("an explanation as rows names the bytes, the rules and the reason", async () => {
  const store = driveStore(drive);
  const app = appOf(engineOver(nodeKernel(), store), { store });
  const path = `/api/explain?device=${DEVICE}&signal=EngineSpeed&signal=Nope`;
  const rows = (await (await get(app, `${path}&format=rows`)).json()) as Record<string, unknown>[];
  const of = (what: string) => rows.filter((row) => row.what === what);
  expect(new Set(of("read").map(({ log }) => log))).toEqual(new Set(own.map(({ key }) => key)));
  expect(of("rule").map(({ signal }) => signal)).toContain("EngineSpeed");
  expect(of("empty")[0]?.text).toContain("Nope");
  const csv = await (await get(app, `${path}&format=csv`)).text();
  expect(csv.split("\n")[0]).toBe("what,log,atByte,lengthBytes,db,message,signal,rule,text,partial");
});
