/** J1939 codes are left out of columns and cells and counted, against the bits of the frames one by one. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { maxDataRaw } from "../../../core/dbc/codes.ts";
import type { DbcSignal } from "../../../core/dbc/model.ts";
import type { Rule } from "../../../core/kernel/decode.ts";
import { CELLS } from "../../../core/kernel/output.ts";
import { type Frame, frame } from "../../../fixtures/frame.ts";
import { physical, rawByBits } from "../../support/bit-model.ts";
import { message, signal } from "../../support/dbc-model.ts";
import { COLUMNS, columnOf, decode, WHOLE_RANGE } from "../../support/decode.ts";
import { testKernel } from "../../support/kernel.ts";
import { madeLog } from "../../support/made-log.ts";
import { accountErrors } from "../../support/rows.ts";
import { type CellKind, type SlowGrid, slowCells } from "../../support/slow-cells.ts";

const kernel = testKernel();

/** Width → highest raw that is data, as the golden README has them. */
const LIMITS: readonly (readonly [bits: number, maxRaw: number])[] = [
  [4, 0xa],
  [8, 0xfa],
  [10, 0x3fa],
  [12, 0xfaf],
  [16, 0xfaff],
  [20, 0xfafff],
  [24, 0xfaffff],
  [28, 0xfafffff],
  [32, 0xfaffffff],
];

test("limits hold for unsigned integers of these widths and for no other signal", () => {
  const known = new Map(LIMITS);
  for (let lengthBits = 1; lengthBits <= 64; lengthBits++) {
    expect(maxDataRaw(signal({ lengthBits }))).toBe(known.get(lengthBits) ?? null);
    expect(maxDataRaw(signal({ lengthBits, signed: true }))).toBe(null);
  }
  expect(maxDataRaw(signal({ lengthBits: 32, float: 32, signed: true }))).toBe(null);
});

/** A signal anywhere in 8 bytes, and frames most of whose fields are near the limit. */
const anyCase = fc
  .record({
    limit: fc.constantFrom(...LIMITS),
    byteOrder: fc.constantFrom("little" as const, "big" as const),
    place: fc.nat(63),
    scale: fc.constantFrom(["1", "0"], ["0.03125", "-273"], ["-0.1", "40"], ["1E-23", "0"]),
    near: fc.array(fc.constantFrom(-5, -1, 0, 1, 2, 5, 1e9), { minLength: 1, maxLength: 700 }),
    lateness: fc.constantFrom(0, 0, 4),
    short: fc.constantFrom(0, 0, 7),
  })
  .map(({ limit: [lengthBits, maxRaw], byteOrder, place, scale, near, lateness, short }) => {
    const firstBit = place % (65 - lengthBits);
    const [factor = "", offset = ""] = scale;
    // Of a Motorola field the first bit counted from the top of the payload is its most significant one.
    const start = byteOrder === "little" ? firstBit : (firstBit >> 3) * 8 + 7 - (firstBit & 7);
    const one = signal({ name: "One", start, lengthBits, byteOrder, scale: [factor, offset] });
    const frames = near.map((by, i): Frame => {
      const raw = Math.min(maxRaw + by, 2 ** lengthBits - 1);
      const isShort = short > 0 && i % short === short - 1;
      const payload = withField(one, BigInt(raw), BigInt(i)).subarray(0, isShort ? 4 : 8);
      return frame({ timeNs: (i + ((i * 7) % (lateness + 1))) * 1000, id: 5, dlc: payload.length, payload });
    });
    return { one, maxRaw, frames };
  });

/** The field with this raw value in a payload whose other bits are noise. */
function withField(one: DbcSignal, raw: bigint, noise: bigint): Uint8Array {
  const payload = Uint8Array.from({ length: 8 }, (_, i) => Number((noise * 0x9e3779b1n) >> BigInt(i)) & 0xff);
  let position = one.start;
  for (let i = 0; i < one.lengthBits; i++) {
    const place = one.byteOrder === "little" ? i : one.lengthBits - 1 - i;
    const mask = 1 << (position & 7);
    const rest = (payload[position >> 3] ?? 0) & ~mask;
    payload[position >> 3] = rest | (((raw >> BigInt(place)) & 1n) === 1n ? mask : 0);
    if (one.byteOrder === "little") position++;
    else position = (position & 7) === 0 ? position + 15 : position - 1;
  }
  return payload;
}

test("columns and cells hold data only; each code is counted once", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyCase,
      fc.constantFrom(1, 3, 50, 10_000),
      fc.boolean(),
      async ({ one, maxRaw, frames }, stepUs, neighbours) => {
        const log = await madeLog(frames);
        const other = signal({ name: "Other", start: 8, lengthBits: 16 });
        const asked = message({ id: 5, signals: [one, other] });
        const rule = (output: "physical" | "raw"): Rule => ({
          key: { kind: "exact", bus: "CAN", channel: 1, id: 5, extended: false },
          message: asked,
          signals: [
            { signal: one, output, maxRaw },
            { signal: other, output },
          ],
        });
        const every = frames.flatMap(({ timeNs, payload }) => {
          const raw = rawByBits(payload, one);
          return raw === null ? [] : [{ time: timeNs, raw, value: physical(raw, one) }];
        });
        const data = every.filter(({ raw }) => raw <= maxRaw);
        const others = frames.filter(({ payload }) => payload.length >= 3).length;

        const columns = await decode(kernel, log, [rule("physical"), rule("raw")]);
        expect(accountErrors(columns, log.mdf.recordBytes)).toEqual([]);
        const [physicalLane, otherLane, rawLane] = columns.lanes.map(columnOf);
        expect(physicalLane).toEqual({ times: data.map(({ time }) => time), values: data.map(({ value }) => value) });
        expect(rawLane).toEqual({ times: data.map(({ time }) => time), values: data.map(({ raw }) => raw) });
        expect(otherLane?.times.length).toBe(others);
        expect(columns.counts.notAvailable).toBe(2 * (every.length - data.length));

        const originNs = neighbours ? 3000 : 0;
        const bucketCount = neighbours ? 2 : Math.ceil((frames.length + 8) / stepUs);
        const grid: SlowGrid = {
          originNs,
          stepNs: stepUs * 1000,
          bucketCount,
          neighbours,
          fromNs: originNs,
          toNs: originNs + bucketCount * stepUs * 1000,
        };
        const inRange = (list: readonly { readonly time: number }[]) =>
          list.filter(({ time }) => time >= grid.fromNs && time < grid.toNs).length;
        for (const kind of ["envelope", "m4", "nearest", "stats"] as const satisfies readonly CellKind[]) {
          const range = { ...WHOLE_RANGE, fromNs: BigInt(grid.fromNs), toNs: BigInt(grid.toNs) };
          const { originNs: origin, stepNs } = grid;
          const result = await decode(
            kernel,
            log,
            [rule("physical")],
            { kind, originNs: origin, stepNs, bucketCount, neighbours },
            range,
          );
          expect(accountErrors(result, log.mdf.recordBytes)).toEqual([]);
          expect(result.counts.notAvailable).toBe(inRange(every) - inRange(data));
          const { words } = CELLS[kind];
          const cells = result.lanes[0]?.cells ?? new Float64Array();
          for (const [bucket, cell] of slowCells(data, grid, kind).entries()) {
            const found = [...cells.subarray(bucket * words, bucket * words + cell.length)];
            // Σ and Σ² are rounded on the way; the other words are samples.
            const isSum = (word: number) => kind === "stats" && (word === 1 || word === 2);
            expect(found.filter((_, word) => !isSum(word))).toEqual(cell.filter((_, word) => !isSum(word)));
          }
        }
      },
    ),
    { numRuns: 60, seed: 20261122 },
  );
});

test("a lane without a limit keeps its codes, and nothing is counted", async () => {
  const payload = new Uint8Array(8).fill(0xff);
  const log = await madeLog([frame({ timeNs: 1000, id: 5, payload })]);
  const asked = message({ id: 5, signals: [signal({ lengthBits: 16 })] });
  const key = { kind: "exact", bus: "CAN", channel: 1, id: 5, extended: false } as const;
  const signals = asked.signals.map((one) => ({ signal: one, output: "physical" as const }));
  // After a pass with limits: rows of the kernel's tables are used again.
  await decode(kernel, log, [{ key, message: asked, signals: signals.map((one) => ({ ...one, maxRaw: 0xfaff })) }], COLUMNS);
  const result = await decode(kernel, log, [{ key, message: asked, signals }], COLUMNS);
  expect(columnOf(result.lanes[0]).values).toEqual([0xffff]);
  expect(result.counts).toMatchObject({ values: 1, samples: 1, notAvailable: 0 });
});
