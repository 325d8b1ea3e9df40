import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readHeard } from "../../../core/kernel/heard.ts";
import { frame } from "../../../fixtures/frame.ts";
import { anyFrame } from "../../support/any-frame.ts";
import { testHost, testKernel } from "../../support/kernel.ts";
import { MADE_START_NS, type MadeLog, madeLog } from "../../support/made-log.ts";
import { accountErrors } from "../../support/rows.ts";
import { type SlowFrame, slowFrames } from "../../support/slow-frames.ts";

const kernel = testKernel();
const heard = ({ source, mdf }: MadeLog) => readHeard(kernel, source, mdf, testHost());

/** Rows from the slow walk. */
async function expected({ source, mdf }: MadeLog) {
  const { frames } = slowFrames(mdf, await source.read(0, source.sizeBytes, AbortSignal.timeout(5000)));
  const groups = Map.groupBy(frames, (one) => JSON.stringify([one.bus, one.channel, one.kind, one.id ?? 0, one.extended]));
  return [...groups.values()].map((group) => {
    const { bus, channel, kind, id, extended } = group[0] as SlowFrame;
    const times = group.map((one) => one.timeNs - MADE_START_NS).sort((a, b) => Number(a - b));
    const lengths = group.map((one) => one.length ?? 255);
    return {
      bus,
      channel,
      kind,
      id: id ?? 0,
      extended,
      frames: group.length,
      firstNs: times[0],
      lastNs: times.at(-1),
      minBytes: Math.min(...lengths),
      maxBytes: Math.max(...lengths),
    };
  });
}

describe("readHeard", () => {
  test("counts every identifier of every channel and kind", async () => {
    const frames = fc.array(anyFrame({ otherKinds: true, ids: [0, 1, 0x7ff, 0x1fffffff, 0x18ff0201] }), { maxLength: 80 });
    await fc.assert(
      fc.asyncProperty(frames, fc.constantFrom("B", "C", "D"), fc.boolean(), async (given, generation, finalized) => {
        const log = await madeLog(given, { generation: generation as "B", finalized });
        const { ids, counts, recordBytes, tailBytes } = await heard(log);
        const byName = (rows: readonly object[]) => rows.map((row) => JSON.stringify(Object.entries(row).map(String))).sort();
        expect(byName(ids)).toEqual(byName(await expected(log)));
        expect(accountErrors({ counts, recordBytes, tailBytes }, recordBytes + tailBytes)).toEqual([]);
        expect(counts.frames).toBe(given.length);
      }),
      { numRuns: 40 },
    );
  });

  test("rows stand by bus, channel, kind, identifier, extended", async () => {
    const frames = [
      frame({ timeNs: 1000, id: 9, channel: 2 }),
      frame({ timeNs: 2000, id: 5, extended: true }),
      frame({ timeNs: 3000, id: 5 }),
      frame({ timeNs: 4000, kind: "error", errorType: 1 }),
    ];
    const { ids } = await heard(await madeLog(frames));
    expect(ids.map((row) => [row.channel, row.kind, row.id, row.extended])).toEqual([
      [1, "data", 5, false],
      [1, "data", 5, true],
      [1, "error", 0, false],
      [2, "data", 9, false],
    ]);
  });

  test("more identifiers than the table holds: the frames of the others are counted, and that is said", async () => {
    const frames = Array.from({ length: 20_000 }, (_, i) => frame({ timeNs: i * 1000, id: i * 101, extended: true }));
    const { ids, counts, notices } = await heard(await madeLog(frames));
    expect(ids.length).toBe(16_384);
    expect(counts).toMatchObject({ frames: 20_000, used: 16_384, unmatched: 3_616 });
    expect(notices.map(({ text }) => text).join()).toMatch(/16384 identifiers; 3616 frames/);
  });
});
