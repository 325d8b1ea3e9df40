import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bestFit, type FitId } from "../../../core/dbc/best-fit.ts";
import { rawOf } from "../../../core/dbc/raw-value.ts";
import { rawByBits } from "../../support/bit-model.ts";
import { database, message, signal } from "../../support/dbc-model.ts";

const heard = (id: number, more: Partial<FitId> = {}): FitId => ({
  id,
  extended: false,
  frames: 100,
  minLengthBytes: 8,
  maxLengthBytes: 8,
  payloads: [],
  ...more,
});

const three = database(
  "three",
  [1, 2, 3].map((id) => message({ id, name: `M${id}` })),
);

describe("bestFit", () => {
  test("counts frames, not identifiers", () => {
    const fit = bestFit(three, [heard(1, { frames: 900 }), heard(9, { frames: 100 })]);
    expect(fit).toMatchObject({ ids: 0.5, frames: 0.9, score: 0.9 });
  });

  test("is 0 where nothing matches, and where nothing was heard", () => {
    expect(bestFit(three, [heard(8)]).score).toBe(0);
    expect(bestFit(three, []).score).toBe(0);
  });

  test("a length that is not the message's speaks against it", () => {
    expect(bestFit(three, [heard(1), heard(2, { maxLengthBytes: 4 })])).toMatchObject({ frames: 1, lengths: 0.5, score: 0.5 });
  });

  test("so do selectors with values nobody mentions, and values out of their range", () => {
    const muxed = database("muxed", [
      message({
        id: 1,
        signals: [
          signal({ name: "S", selector: true }),
          signal({ name: "A", start: 8, selectedBy: "S", selectedWhen: [[1n, 2n]], min: 0, max: 100 }),
        ],
      }),
    ]);
    const payloads = [Uint8Array.of(1, 50), Uint8Array.of(2, 200), Uint8Array.of(7, 200), Uint8Array.of(1, 100)];
    expect(bestFit(muxed, [heard(1, { payloads })])).toMatchObject({ mux: 0.75, ranges: 2 / 3 });
  });

  test("codes of a parameter group are not out of range", () => {
    const pgn = 0xfeee;
    const group = database("group", [
      message({ id: 0x18feeefe, extended: true, j1939: true, pgn, signals: [signal({ min: 0, max: 250 })] }),
    ]);
    const asked = (payload: number) => heard(0x18feee00, { extended: true, payloads: [Uint8Array.of(payload)] });
    expect(bestFit(group, [asked(0xff)]).ranges).toBe(1);
    expect(bestFit(group, [asked(0x40)]).ranges).toBe(1);
  });
});

test("raw values of single payloads equal the model that reads bit by bit", () => {
  const any = fc.record({
    payload: fc.uint8Array({ minLength: 0, maxLength: 16 }),
    start: fc.nat(120),
    lengthBits: fc.integer({ min: 1, max: 64 }),
    byteOrder: fc.constantFrom("little" as const, "big" as const),
    signed: fc.boolean(),
  });
  fc.assert(
    fc.property(any, ({ payload, ...parts }) => {
      const one = signal(parts);
      expect(rawOf(payload, one)).toBe(rawByBits(payload, one));
    }),
    { numRuns: 2000 },
  );
});
