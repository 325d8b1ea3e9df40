/** What an answer took, in its headers. */
import { expect, test } from "vitest";
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
  expect(csv.split("\n")[0]).toBe("what,log,atByte,lengthBytes,db,message,signal,rule,text");
});
