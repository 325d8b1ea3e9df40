import { describe, expect, test } from "vitest";
import { readHeard } from "../../../core/kernel/heard.ts";
import { readStretch } from "../../../core/kernel/stretch.ts";
import { recordStart } from "../../../core/mdf/record-chain.ts";
import { type Frame, frame } from "../../../fixtures/frame.ts";
import { testHost, testKernel } from "../../support/kernel.ts";
import { madeLog } from "../../support/made-log.ts";

const kernel = testKernel();
const FIRST_BYTES = 64 * 1024;
const COUNT = 40_000;

/** Ids 0x100 to 0x10f in turn, standard and extended, with payloads of many lengths; id 0x7aa only in the middle. */
const frames: Frame[] = Array.from({ length: COUNT }, (_, i) =>
  frame({
    timeNs: i * 100_000,
    id: i === COUNT / 2 ? 0x7aa : 0x100 + (i % 16),
    extended: i % 16 > 11,
    payload: Uint8Array.from({ length: 1 + (i % 8) }, (_, byte) => (i >> byte) & 0xff),
  }),
);

describe.each(["B", "C", "D"] as const)("generation %s", (generation) => {
  test.each([false, true])("the first and last bytes tell who is heard, and when it ends (finalized: %s)", async (finalized) => {
    const { source, mdf } = await madeLog(frames, { generation, finalized });
    const whole = await readHeard(kernel, source, mdf, testHost());
    const stretch = await readStretch(kernel, source, mdf, FIRST_BYTES, testHost());
    if (stretch === null) throw new Error("frames were heard");
    expect(stretch.hasEnd).toBe(true);
    expect(stretch.share).toBeGreaterThan(0.02);
    expect(stretch.share).toBeLessThan(0.6);
    const names = (rows: readonly { id: number; extended: boolean }[]) =>
      rows.map(({ id, extended }) => `${id} ${extended}`).sort();
    expect(names(stretch.ids)).toEqual(names(whole.ids.filter(({ id }) => id !== 0x7aa)));
    for (const row of stretch.ids) {
      const all = whole.ids.find(({ id, extended }) => id === row.id && extended === row.extended);
      expect([row.firstNs, row.lastNs]).toEqual([all?.firstNs, all?.lastNs]);
      expect(row.frames / stretch.share).toBeGreaterThan((all?.frames ?? 0) * 0.7);
      expect(row.frames / stretch.share).toBeLessThan((all?.frames ?? 0) * 1.4);
    }
  });

  test("a log that is cut within a record ends with its last whole ones", async () => {
    const uncut = await madeLog(frames, { generation });
    const cutAtByte = uncut.source.sizeBytes - 7;
    const { source, mdf } = await madeLog(frames, { generation, cutAtByte });
    const stretch = await readStretch(kernel, source, mdf, FIRST_BYTES, testHost());
    const last = stretch?.ids.reduce((latest, { lastNs }) => (lastNs > latest ? lastNs : latest), 0n) ?? 0n;
    expect(stretch?.hasEnd).toBe(true);
    expect(COUNT * 100_000 - Number(last)).toBeLessThanOrEqual(300_000);
  });
});

test("what makes no chain has no start of a record", async () => {
  const { mdf } = await madeLog(frames.slice(0, 10), { generation: "D" });
  const [stream] = mdf.streams;
  if (stream === undefined) throw new Error("a log has a stream");
  expect(recordStart(new Uint8Array(50_000).fill(0xee), stream)).toBeNull();
  expect(recordStart(new Uint8Array(0), stream)).toBeNull();
});

test("nothing but other records: nothing is said", async () => {
  const { source, mdf } = await madeLog([], { generation: "D" });
  expect(await readStretch(kernel, source, mdf, FIRST_BYTES, testHost())).toBeNull();
});
