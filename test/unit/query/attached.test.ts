/** A database attached to a log is used when nothing else is given; events of a file are there for annotations. */
import { expect, test } from "vitest";
import type { Engine } from "../../../core/query/engine.ts";
import { MemoryStore } from "../../../core/store/memory.ts";
import { engineOver, never } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";
import { logWith } from "../../support/log-with-dbc.ts";
import { START_NS } from "../../support/mdf.ts";

const encode = (value: string): Uint8Array => new TextEncoder().encode(value);
const dbcOf = (factor: number): Uint8Array =>
  encode(`VERSION ""\nBU_:\nBO_ 33 Wiper: 2 X\n SG_ Speed : 0|16@1+ (${factor},0) [0|0] "1/min" X\n`);

const KEY = "2F6913DB/00000001/00000001.MF4";

async function speeds(engine: Engine) {
  const run = engine.query(
    {
      selectors: [{ device: "2F6913DB", signal: "Speed" }],
      ...{ fromNs: null, toNs: null, method: "raw", grid: { kind: "fixed", originNs: 0n, stepNs: 1n } },
      ...{ wholeBuckets: false, neighbours: false, budgetBytes: null, budgetPoints: null },
    },
    never(),
  );
  const [answer] = await Array.fromAsync(run.series);
  return { values: Array.from(answer?.segments[0]?.values ?? []), notices: answer?.notices.map(({ text: said }) => said) };
}

test("an attached database is used, and said, when there is no other; one in the store comes first", async () => {
  const engine = engineOver(nodeKernel(), new MemoryStore([[KEY, logWith(dbcOf(0.5))]]));
  expect((await engine.dbcs(never())).map(({ name }) => name)).toEqual(["body"]);
  expect(await speeds(engine)).toEqual({
    values: [0, 0.5, 1],
    notices: [`body.dbc is attached to ${KEY}; it is used because no other database is there`],
  });
  const given = engineOver(
    nodeKernel(),
    new MemoryStore([
      [KEY, logWith(dbcOf(0.5))],
      ["mine.dbc", dbcOf(10)],
    ]),
  );
  expect((await speeds(given)).values).toEqual([0, 10, 20]);
  const broken = engineOver(nodeKernel(), new MemoryStore([[KEY, logWith(encode("no database"))]]));
  expect((await speeds(broken)).values).toEqual([]);
});

test("events come with their log and their time, cut at the range", async () => {
  const engine = engineOver(nodeKernel(), new MemoryStore([[KEY, logWith(dbcOf(1))]]));
  const timeNs = START_NS + 2_000_000_000n;
  expect((await engine.events({ device: "2F6913DB" }, never())).events).toEqual([
    {
      device: "2F6913DB",
      session: "00000001",
      key: KEY,
      timeNs,
      name: "limit reached",
      comment: "",
      kind: "trigger",
      range: "point",
      cause: "other",
    },
  ]);
  expect((await engine.events({ toNs: timeNs }, never())).events).toEqual([]);
});
