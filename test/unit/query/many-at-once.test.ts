/** Two hundred panels at once are all answered, by few kernels and in their own right. */
import { afterEach, expect, test } from "vitest";
import { generateDrive } from "../../../fixtures/drive.ts";
import { generatedQueries } from "../../contract/engine-queries.ts";
import { canonical } from "../../contract/engine-worlds.ts";
import { answersTo, driveStore, engineOver, queryFor, turns, wrongIn } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";

const drive = generateDrive({ splitSeconds: 3 });
const RealMemory = WebAssembly.Memory;

afterEach(() => {
  WebAssembly.Memory = RealMemory;
});

/** Counts the kernels that are made: each has one memory, and none is given back. */
function countKernels(): { made: number } {
  const count = { made: 0 };
  WebAssembly.Memory = class extends RealMemory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor);
      count.made++;
    }
  };
  return count;
}

test("200 queries at once: the same answers as one after the other, by at most kernelsMax kernels", async () => {
  // The compressed log has kernels of its own, which unpack while these decode.
  const plain = { ...drive, files: drive.files.filter(({ key }) => !key.endsWith(".MFC")) };
  const queries = generatedQueries(drive, 200, 41);
  const alone = engineOver(nodeKernel(), driveStore(plain));
  const expected: string[] = [];
  for (const { query } of queries) expected.push(canonical((await answersTo(alone, query)).series));
  for (const [kernelsMax, count] of [
    [3, 200],
    [1, 30],
  ] as const) {
    const kernels = countKernels();
    const engine = engineOver(nodeKernel(), driveStore(plain), { kernelsMax, host: turns });
    const answers = await Promise.all(queries.slice(0, count).map(({ query }) => answersTo(engine, query)));
    expect(kernels.made).toBeLessThanOrEqual(kernelsMax);
    expect(answers.flatMap(({ ledger }) => wrongIn(ledger))).toEqual([]);
    const differs = answers.flatMap(({ series }, i) => (canonical(series) === expected[i] ? [] : [queries[i]?.name]));
    expect(differs).toEqual([]);
  }
});

test("with compressed logs twice as many kernels at most, and nobody waits for ever", async () => {
  const kernels = countKernels();
  const engine = engineOver(nodeKernel(), driveStore(drive), { kernelsMax: 2, host: turns });
  const query = queryFor([{ device: "B0551001", signal: "SetSpeed", merge: true }], { method: "m4" });
  const answers = await Promise.all(Array.from({ length: 40 }, () => answersTo(engine, query)));
  expect(kernels.made).toBeLessThanOrEqual(4);
  expect(new Set(answers.map(({ series }) => canonical(series))).size).toBe(1);
  expect(answers[0]?.series[0]?.segments.some(({ file }) => file.endsWith(".MFC"))).toBe(true);
});

test("a reader that leaves half way frees what it used", async () => {
  const engine = engineOver(nodeKernel(), driveStore(drive), { kernelsMax: 1, host: turns });
  const two = queryFor([
    { device: "B0551001", signal: "SetSpeed" },
    { device: "B0551002", signal: "SetSpeed" },
  ]);
  for (let i = 0; i < 5; i++) {
    for await (const answer of engine.query(two, new AbortController().signal).series) {
      expect(answer.segments.length).toBeGreaterThan(0);
      break;
    }
  }
  expect((await answersTo(engine, two)).series).toHaveLength(2);
});
