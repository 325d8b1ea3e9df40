/** Bodies as clients really send them (formats/grafana-api.md §2, §3), over real logs. */
import { beforeAll, describe, expect, test } from "vitest";
import { generateDrive } from "../../../fixtures/drive.ts";
import { driveStore, engineOver } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";
import { type App, appOf, get, post, TARGET } from "./app-of.ts";
import { fakeEngine, logEntry } from "./fake-engine.ts";

const drive = generateDrive({ splitSeconds: 2 });
const DEVICES = ["B0551001", "B0551002"];
let app: App;

beforeAll(() => {
  const store = driveStore(drive);
  app = appOf(engineOver(nodeKernel(), store), { store });
});

interface Item {
  readonly refId: string;
  readonly target?: string;
  readonly datapoints: readonly (readonly [number | null, number])[];
  readonly columns?: readonly { readonly text: string }[];
  readonly meta?: { readonly notices: readonly { readonly text: string }[] };
}
const query = async (body: object): Promise<readonly Item[]> => {
  const answer = await post(app, "/query", body, { "Content-Type": "text/plain" });
  expect(answer.status).toBe(200);
  return (await answer.json()) as Item[];
};

describe("a body without a range, as people paste it into Infinity", () => {
  test("is the last 24 hours of what there is, up to its very last sample", async () => {
    const raw = { device: DEVICES[0], signal: "EngineSpeed", method: "raw" };
    const [item] = await query({ targets: [{ target: JSON.stringify(raw) }] });
    const all = await get(app, `/api/series?device=${DEVICES[0]}&signal=EngineSpeed&method=raw&format=json`);
    const rows = (await all.json()) as { time: number; value: number }[];
    const lastMs = Math.max(...rows.map(({ time }) => time));
    const day = rows.filter(({ time }) => time > lastMs - 86_400_000);
    expect(day.length).toBeGreaterThan(10);
    expect(item?.refId).toBe("A");
    expect(item?.datapoints.filter(([value]) => value !== null)).toEqual(day.map(({ time, value }) => [value, time]));
  });

  test("counts for the devices that are named, not for others with later logs", async () => {
    const DAY_S = 86_400;
    const engine = fakeEngine({
      logs: [
        logEntry("2F6913DB/00000001/00000001.MF4", 5 * DAY_S, 5 * DAY_S + 60),
        logEntry("2F6913DB/00000001/00000002.MF4", 4 * DAY_S, 4 * DAY_S + 60),
        logEntry("3BA199E2/00000001/00000001.MF4", 9 * DAY_S, 9 * DAY_S + 60),
      ],
    });
    await post(appOf(engine), "/query", { targets: [{ target: TARGET }] });
    const endNs = BigInt(5 * DAY_S + 60) * 1_000_000_000n + 1n;
    // The seed's form has both ends of its range in it.
    expect(engine.queries).toMatchObject([{ fromNs: endNs - BigInt(DAY_S) * 1_000_000_000n, toNs: endNs + 1n }]);
  });

  test("the name of a signal alone is that signal of every device that has it", async () => {
    const items = await query({ targets: [{ target: "EngineSpeed" }, { target: "Nowhere" }] });
    expect(new Set(items.map(({ refId }) => refId))).toEqual(new Set(["A", "B"]));
    expect(items[0]?.target).toMatch(/^B055100\d:CAN:.*:EngineSpeed$/);
    expect(items[0]?.datapoints.length).toBeGreaterThan(0);
    expect([items.at(-1)?.refId, items.at(-1)?.datapoints, items.at(-1)?.meta?.notices.length]).toEqual(["B", [], 1]);
  });

  test("an empty store has no last day, and a range that is no range is 400", async () => {
    const empty = appOf(engineOver(nodeKernel(), driveStore({ ...drive, files: [] })));
    const answer = await post(empty, "/query", { targets: [{ target: "EngineSpeed" }] });
    expect([answer.status, await answer.json()]).toEqual([200, [expect.objectContaining({ refId: "A", datapoints: [] })]]);
    expect((await post(app, "/query", { range: {}, targets: [{ target: "EngineSpeed" }] })).status).toBe(400);
  });
});

test("lost messages by /query, as newer plugins ask for annotations", async () => {
  const [item] = await query({
    range: { from: 0, to: "2035-01-01T00:00:00Z" },
    targets: [{ refId: "Anno", target: '{"annotation":"loss","device":"*"}', payload: "" }],
  });
  expect(item?.refId).toBe("Anno");
  expect(item?.columns?.map(({ text }) => text)).toEqual(["time", "timeEnd", "title", "text", "tags", "id"]);
});
