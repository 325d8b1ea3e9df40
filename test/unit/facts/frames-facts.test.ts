import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { framesFacts } from "../../../core/facts/frames-facts.ts";
import { frame } from "../../../fixtures/frame.ts";
import { anyFrame } from "../../support/any-frame.ts";
import { channelFacts } from "../../support/frame-facts.ts";
import { testHost, testKernel } from "../../support/kernel.ts";
import { type MadeLog, madeLog } from "../../support/made-log.ts";
import { slowFrames } from "../../support/slow-frames.ts";

const kernel = testKernel();

async function facts({ source, mdf }: MadeLog): Promise<{ records: number; channels: unknown }> {
  const log = { source, outer: source, container: null };
  return JSON.parse((await framesFacts({ kernel, log, mdf, fileName: "x.MF4", host: testHost() })).text);
}

async function expected({ source, mdf }: MadeLog) {
  const bytes = await source.read(0, source.sizeBytes, AbortSignal.timeout(5000));
  const walk = slowFrames(mdf, bytes);
  return { records: walk.frames.length, channels: channelFacts(walk.frames) };
}

describe("framesFacts", () => {
  test("equals the slow walk for every generation, finalized or not", async () => {
    const options = fc.record({
      generation: fc.constantFrom("A", "B", "C", "D"),
      finalized: fc.boolean(),
      windowBytes: fc.constantFrom(61, 4096),
    });
    await fc.assert(
      fc.asyncProperty(options, fc.array(anyFrame({ otherKinds: true }), { maxLength: 60 }), async (given, frames) => {
        const generation = given.generation as "A" | "B" | "C" | "D";
        const stored = generation === "A" ? frames.filter((one) => one.kind === "data") : frames;
        const log = await madeLog(stored, { ...given, generation });
        const { records, channels } = await facts(log);
        expect({ records, channels }).toEqual(await expected(log));
      }),
      { numRuns: 60 },
    );
  });

  test("frames far out of order, after thousands were hashed, are hashed in their place", async () => {
    const frames = Array.from({ length: 12_000 }, (_, i) =>
      frame({ timeNs: i * 1_000_000, id: i & 7, payload: Uint8Array.of(i & 255) }),
    );
    const late = [...frames.slice(5), ...frames.slice(0, 5)];
    const [straight, mixed] = [await facts(await madeLog(frames)), await facts(await madeLog(late))];
    expect(mixed.channels).toEqual(straight.channels);
    expect(mixed.channels).toEqual((await expected(await madeLog(late))).channels);
  });

  test("a log without frames has no rows", async () => {
    expect(await facts(await madeLog([]))).toMatchObject({ records: 0, channels: [] });
  });
});
