/** Samples of 64-bit integers keep every digit on their way through the engine, and value tables say what values mean. */
import { describe, expect, test } from "vitest";
import { exactText } from "../../../core/series/value-text.ts";
import { frame } from "../../../fixtures/frame.ts";
import { message, signal } from "../../../fixtures/message.ts";
import { random } from "../../../fixtures/random.ts";
import { answersTo, DEVICE, engineOver, oneLog, queryFor } from "../../support/engine.ts";
import { nodeKernel } from "../../support/kernel-node.ts";
import { oracleRule, samplesOf } from "../../support/oracle.ts";

const MS = 1_000_000;

/** Wide integers with what stands for raw · factor + offset, and some whose values doubles hold or which are no integers. */
const WIDE = { Plain: [1n, 0n], Signed: [1n, 0n], Scaled: [-1000n, 7n], Nearly: [1n, 0n], Middle: [3n, 1n] } as const;
const wide = message(0x100, "Wide", 8, "A", [
  signal("Plain", "0|64@1+", "(1,0)"),
  signal("Signed", "0|64@1-", "(1,0)"),
  signal("Scaled", "7|64@0-", "(-1000,7)"),
  signal("Nearly", "0|54@1+", "(1,0)"),
  signal("Middle", "4|53@1+", "(3,1)"),
  signal("Small", "0|53@1+", "(1,-1)"),
  signal("Tenths", "0|64@1+", "(0.1,0)"),
]);
const chance = random(11);
const frames = Array.from({ length: 1500 }, (_, i) =>
  frame({
    // Every ninth is late, and some have the time of another.
    timeNs: (i - (i % 9 === 8 ? 5 : 0)) * MS,
    id: 0x100,
    payload: Uint8Array.from({ length: 8 }, () => (i % 4 === 0 ? 255 : chance.int(256))),
  }),
);
const engine = engineOver(nodeKernel(), oneLog("D", frames, [wide]));

describe("raw samples of wide integers", () => {
  test.each(Object.keys(WIDE) as (keyof typeof WIDE)[])("%s: every digit", async (name) => {
    const [factor, offset] = WIDE[name];
    const expected = samplesOf(oracleRule(wide, name), frames);
    for (const budgetPoints of [null, 40]) {
      const { series } = await answersTo(engine, queryFor([{ device: DEVICE, signal: name }], { budgetPoints }));
      const [segment] = series[0]?.segments ?? [];
      const kept = expected.slice(0, budgetPoints ?? expected.length);
      const texts = Array.from(segment?.values ?? [], (value, i) => exactText(value, segment?.rests?.[i]));
      expect(texts).toEqual(kept.map(({ raw }) => String(BigInt(raw) * factor + offset)));
      expect([...(segment?.values ?? [])]).toEqual(kept.map(({ value }) => value));
    }
  });

  test("other signals have no rests", async () => {
    for (const name of ["Small", "Tenths"]) {
      const { series } = await answersTo(engine, queryFor([{ device: DEVICE, signal: name }]));
      expect(series[0]?.segments[0]?.rests).toBe(undefined);
      expect([...(series[0]?.segments[0]?.values ?? [])]).toEqual(
        samplesOf(oracleRule(wide, name), frames).map((one) => one.value),
      );
    }
  });

  test("the neighbours of a range are known as doubles", async () => {
    const { series } = await answersTo(
      engine,
      queryFor([{ device: DEVICE, signal: "Plain" }], {
        neighbours: true,
        fromNs: START + 100n * MS_N,
        toNs: START + 103n * MS_N,
      }),
    );
    const [segment] = series[0]?.segments ?? [];
    const rests = [...(segment?.rests ?? [])];
    expect([rests[0], rests.at(-1)]).toEqual([Number.NaN, Number.NaN]);
    expect(rests.slice(1, -1).some(Number.isNaN)).toBe(false);
    expect(rests.length).toBe(segment?.values.length);
  });
});

const MS_N = 1_000_000n;
const START = 1_715_666_400_000_000_000n;

test("texts of a value table are found by physical value", async () => {
  const gear = message(0x200, "Gear", 1, "A", [
    signal("Gear", "0|8@1+", "(0.1,-0.4)", "", { values: { 0: "Reverse", 4: "Neutral", 7: "Third" } }),
  ]);
  const payloads = [0, 4, 5, 7].map((raw, i) => frame({ timeNs: i * MS, id: 0x200, payload: Uint8Array.of(raw) }));
  const { series } = await answersTo(
    engineOver(nodeKernel(), oneLog("D", payloads, [gear])),
    queryFor([{ device: DEVICE, signal: "Gear" }]),
  );
  const [answer] = series;
  expect(Array.from(answer?.segments[0]?.values ?? [], (value) => answer?.texts?.get(value))).toEqual([
    "Reverse",
    "Neutral",
    undefined,
    "Third",
  ]);
});
