/** Our answers against those of the CANedge Grafana Backend, record by record (golden/seed-http). */
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { difference, type SeedAnswer, type SeedRecord, type SeedRequest } from "../support/seed-record.ts";
import { SeedServers } from "../support/seed-server.ts";
import { hasShared, sharedJson } from "../support/shared.ts";

const GROUPS = [
  "alive",
  "search",
  "dashboard",
  "query-nearest",
  "query-minmax",
  "query-sessions",
  "query-table",
  "query-errors",
  "annotations",
  "limit",
  "sequence",
  "odd-tree",
  "tp",
];

/** Records that are not right yet. A record that is listed here and passes fails: the list only shrinks. */
const NOT_YET: readonly string[] = [];

describe.skipIf(!hasShared)("golden/seed-http", () => {
  const servers = new SeedServers();
  afterAll(() => servers.remove());

  for (const group of GROUPS) {
    const records = hasShared ? sharedJson<readonly SeedRecord[]>(`golden/seed-http/${group}.json`) : [];
    for (const record of records) {
      const name = `${group}/${record.name}`;
      const isExpectedToFail = NOT_YET.includes(name);
      test(isExpectedToFail ? `${name} (not yet)` : name, async () => {
        const wrong = await replay(record, servers);
        if (isExpectedToFail) expect(wrong, "this record passes now: take it off the list").not.toBeNull();
        else expect(wrong, record.why).toBeNull();
      });
    }
  }

  test("every answer that is not the seed's on purpose is listed in docs/grafana.md", () => {
    const text = readFileSync(new URL("../../docs/grafana.md", import.meta.url), "utf8");
    const listed = ({ name, group }: { name: string; group: string }): boolean =>
      new RegExp(`\\b${name}\\b`).test(text) || text.includes(`${group}/*`) || text.includes(`${group}/${name.split("-")[0]}-*`);
    const fixed = GROUPS.flatMap((group) =>
      sharedJson<readonly SeedRecord[]>(`golden/seed-http/${group}.json`)
        .filter((record) => record.must === "fixed")
        .map(({ name }) => ({ group, name })),
    );
    expect(fixed.filter((record) => !listed(record))).toEqual([]);
  });

  test("every name on the lists is a record", () => {
    const known = GROUPS.flatMap((group) =>
      sharedJson<readonly SeedRecord[]>(`golden/seed-http/${group}.json`).map(({ name }) => `${group}/${name}`),
    );
    expect([...NOT_YET].filter((name) => !known.includes(name))).toEqual([]);
  });
});

/** The first difference, or null. */
async function replay(record: SeedRecord, servers: SeedServers): Promise<string | null> {
  const ask = await servers.start(record.tree, record.flags);
  const requests = [record.request].flat() as readonly SeedRequest[];
  const answers = [record.response].flat() as readonly SeedAnswer[];
  const run = async (request: SeedRequest, at: number): Promise<string | null> => {
    const seed = answers[at];
    if (seed === undefined) return "the record has no answer for this request";
    const wrong = difference(record, request, seed, await ask(request));
    return wrong === null || requests.length === 1 ? wrong : `request ${at}: ${wrong}`;
  };
  if (record.how === "parallel") {
    const all = requests.map(async (request, at) => {
      await new Promise((resolve) => setTimeout(resolve, request.afterMs ?? 0));
      return run(request, at);
    });
    return (await Promise.all(all)).find((wrong) => wrong !== null) ?? null;
  }
  for (const [at, request] of requests.entries()) {
    const wrong = await run(request, at);
    if (wrong !== null) return wrong;
  }
  return null;
}
