/** Multiplexed signals, nested and ranged, against conditions read bit by bit. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { signalBits } from "../../../core/dbc/geometry.ts";
import type { DbcMessage, DbcSignal, RawRange } from "../../../core/dbc/model.ts";
import { type Frame, frame } from "../../../fixtures/frame.ts";
import { rawByBits } from "../../support/bit-model.ts";
import { message, signal } from "../../support/dbc-model.ts";
import { columnsByName, decode, exactRule } from "../../support/decode.ts";
import { testKernel } from "../../support/kernel.ts";
import { madeLog } from "../../support/made-log.ts";

const kernel = testKernel();

const place = (bitsMax: number) =>
  fc
    .record({
      start: fc.nat(63),
      lengthBits: fc.integer({ min: 1, max: bitsMax }),
      byteOrder: fc.constantFrom("little", "big"),
    })
    .map((one) => ({ ...one, byteOrder: one.byteOrder as "little" | "big" }))
    .filter((one) => signalBits(one).lastByte < 8);

/** Ranges within 4 bits, some overlapping, some beyond what a selector can say. */
const ranges = fc
  .array(fc.tuple(fc.nat(18), fc.nat(4)), { minLength: 1, maxLength: 4 })
  .map((all) => all.map(([low, more]): RawRange => [BigInt(low), BigInt(low + more)]));

/** Signals 0 to 2 select; each of the others hangs on one of them or on none. */
const anyMessage = fc
  .record({
    root: place(4),
    nested: fc.array(fc.record({ at: place(4), on: fc.nat(1), when: ranges }), { minLength: 2, maxLength: 2 }),
    leaves: fc.array(fc.record({ at: place(16), on: fc.integer({ min: -1, max: 2 }), when: ranges, signed: fc.boolean() }), {
      maxLength: 12,
    }),
  })
  .map(({ root, nested, leaves }): DbcMessage => {
    const selected = (on: number, when: readonly RawRange[]) => (on < 0 ? {} : { selectedBy: `S${on}`, selectedWhen: when });
    const selectors = [
      signal({ ...root, name: "S0", selector: true }),
      ...nested.map(({ at, on, when }, i) =>
        signal({ ...at, name: `S${i + 1}`, selector: true, ...selected(Math.min(on, i), when) }),
      ),
    ];
    const others = leaves.map(({ at, on, when, signed }, i) => signal({ ...at, signed, name: `L${i}`, ...selected(on, when) }));
    return message({ id: 5, signals: [...selectors, ...others] });
  });

/** Is the signal there: its selector is there, can be read, and has one of the values. */
function isActive(of: DbcMessage, one: DbcSignal, payload: Uint8Array): boolean {
  if (one.selectedBy === null) return true;
  const selector = of.signals.find(({ name }) => name === one.selectedBy);
  if (!selector || !isActive(of, selector, payload)) return false;
  const raw = rawByBits(payload, { ...selector, signed: false });
  return raw !== null && (one.selectedWhen ?? []).some(([low, high]) => raw >= low && raw <= high);
}

const anyPayload = fc.uint8Array({ minLength: 0, maxLength: 8 });

describe("multiplexed signals", () => {
  test("have values in just the frames whose selectors say so", async () => {
    await fc.assert(
      fc.asyncProperty(anyMessage, fc.array(anyPayload, { minLength: 1, maxLength: 60 }), async (of, payloads) => {
        const frames = payloads.map((payload, i): Frame => frame({ timeNs: i * 1000, id: 5, payload }));
        const result = await decode(kernel, await madeLog(frames), [exactRule(of, "physical")]);
        expect(result.left).toEqual([]);
        const columns = columnsByName(result);
        let isUsed = payloads.map(() => false);
        for (const one of of.signals) {
          const expected = frames.flatMap(({ timeNs, payload }) => {
            const raw = rawByBits(payload, one);
            return raw !== null && isActive(of, one, payload) ? [[timeNs, Number(raw)]] : [];
          });
          const column = columns.get(one.name);
          // Nodes come out one after the other.
          const found = (column?.times.map((time, i) => [time, Number(column.values[i])]) ?? []).sort(
            (a, b) => (a[0] ?? 0) - (b[0] ?? 0),
          );
          expect({ name: one.name, found }).toEqual({ name: one.name, found: expected });
          isUsed = isUsed.map((used, i) => used || expected.some(([time]) => time === i * 1000));
        }
        expect(result.counts.used).toBe(isUsed.filter(Boolean).length);
        expect(result.counts.used + result.counts.tooShort + result.counts.muxInactive).toBe(frames.length);
      }),
      { numRuns: 150 },
    );
  });

  test("a frame whose branch was not asked for is inactive, one that cannot say is too short", async () => {
    const signals = [
      signal({ name: "S0", lengthBits: 4, selector: true }),
      signal({ name: "L", start: 8, selectedBy: "S0", selectedWhen: [[1n, 1n]] }),
    ];
    const of = message({ id: 5, signals });
    const payloads = [[1, 7], [2, 7], [1], [], [15, 0]];
    const log = await madeLog(payloads.map((bytes, i) => frame({ timeNs: i * 1000, id: 5, payload: Uint8Array.from(bytes) })));
    const rule = exactRule(of, "physical", signals.slice(1));
    const result = await decode(kernel, log, [rule]);
    expect(result.counts).toMatchObject({ frames: 5, used: 1, muxInactive: 2, tooShort: 2, samples: 1 });
  });

  test("a selector of 64 bits, of both byte orders", async () => {
    for (const byteOrder of ["little", "big"] as const) {
      const start = byteOrder === "little" ? 0 : 7;
      const signals = [
        signal({ name: "S0", start, lengthBits: 64, byteOrder, selector: true }),
        signal({ name: "High", start: 0, selectedBy: "S0", selectedWhen: [[2n ** 63n, 2n ** 64n - 1n]] }),
      ];
      const payloads = [
        new Uint8Array(8),
        new Uint8Array(8).fill(255),
        Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 128),
        Uint8Array.of(128, 0, 0, 0, 0, 0, 0, 0),
      ];
      const log = await madeLog(payloads.map((payload, i) => frame({ timeNs: i * 1000, id: 5, payload })));
      const columns = columnsByName(await decode(kernel, log, [exactRule(message({ id: 5, signals }), "physical")]));
      expect(columns.get("High")?.times).toEqual(byteOrder === "little" ? [1000, 2000] : [1000, 3000]);
    }
  });
});
