/** Values of variable length before, behind and long behind their frames; cut anywhere, and hostile. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RecordLayout } from "../../../core/bus/layout.ts";
import { message, signal } from "../../support/dbc-model.ts";
import { columnsByName, decode, exactRule } from "../../support/decode.ts";
import { testKernel } from "../../support/kernel.ts";
import { bareLog } from "../../support/made-log.ts";
import { accountErrors, readRows, slowRows } from "../../support/rows.ts";
import {
  bytesOfValue,
  FRAME_BYTES,
  type Item,
  timeOf,
  VALUE_FRAME_ID,
  VALUE_LAYOUTS,
  valueLog,
  valueRecords,
} from "../../support/value-log.ts";

const kernel = testKernel();

/** Frames in order; the value of frame i stands `shifts[i]` frames later (or before). */
function shifted(shifts: readonly number[], otherEvery = 0): Item[] {
  const items = shifts.flatMap((shift, number) => [
    { at: number, item: { kind: "frame", number } as Item },
    { at: number + shift + 0.5, item: { kind: "value", number } as Item },
  ]);
  const sorted = items.sort((a, b) => a.at - b.at).map(({ item }) => item);
  return otherEvery === 0
    ? sorted
    : sorted.flatMap((item, i) => (i % otherEvery === 0 ? [{ kind: "other" } as Item, item] : [item]));
}

/** In order of time: a frame is given out when its value is there, so rows may come in another order than they are stored. */
const byTime = (rows: readonly string[]) => [...rows].sort((a, b) => Number(a.split(" ")[0]) - Number(b.split(" ")[0]));

async function expectSlow(bytes: Uint8Array, windowBytes?: number, recordIdBytes: 1 | 2 | 4 | 8 = 1): Promise<void> {
  const log = valueLog(bytes, windowBytes, recordIdBytes);
  const [slow, fast] = [await slowRows(log), await readRows(kernel, log)];
  expect(byTime(fast.rows)).toEqual(slow.rows);
  expect(fast.end).toMatchObject({
    tailBytes: slow.tailBytes,
    counts: { withoutPayload: slow.withoutPayload, otherRecords: slow.otherRecords },
  });
  expect(accountErrors(fast.end, bytes.length)).toEqual([]);
}

const firstByte = signal({ name: "First" });
const asked = message({ id: VALUE_FRAME_ID, signals: [firstByte] });

describe("values of a VLSD group", () => {
  test("may lie up to some frames before or behind theirs, in any windows", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -2, max: 8 }), { maxLength: 60 }),
        fc.constantFrom(1, 7, 64, 65536),
        fc.constantFrom(1, 2, 4, 8),
        fc.nat(4),
        async (shifts, windowBytes, idBytes, otherEvery) => {
          const recordIdBytes = idBytes as 1 | 2 | 4 | 8;
          await expectSlow(valueRecords(shifted(shifts, otherEvery), recordIdBytes), windowBytes, recordIdBytes);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("decoding finds the same values", async () => {
    const shifts = Array.from({ length: 700 }, (_, i) => ((i * 7) % 11) - 2);
    const log = valueLog(valueRecords(shifted(shifts)), 100);
    const result = await decode(kernel, log, [exactRule(asked, "physical")]);
    const column = columnsByName(result).get("First");
    const samples = column?.times.map((time, i) => [time, column.values[i]]).sort((a, b) => Number(a[0]) - Number(b[0]));
    const expected = shifts.flatMap((_, number) =>
      bytesOfValue(number).length === 0 ? [] : [[timeOf(number), bytesOfValue(number)[0]]],
    );
    expect(samples).toEqual(expected);
    expect(accountErrors(result, log.source.sizeBytes)).toEqual([]);
    expect(result.counts).toMatchObject({ frames: 700, used: expected.length, tooShort: 700 - expected.length });
  });

  test("80 frames may wait; a value 15 values back is still there", async () => {
    const frames = Array.from({ length: 80 }, (_, number): Item => ({ kind: "frame", number }));
    const values = Array.from({ length: 80 }, (_, number): Item => ({ kind: "value", number }));
    await expectSlow(valueRecords([...frames, ...values]));
    await expectSlow(valueRecords([...values.slice(0, 16), ...frames.slice(0, 16)]));
  });

  test("beyond that frames count as without payload, and nothing else is lost", async () => {
    const frames = Array.from({ length: 100 }, (_, number): Item => ({ kind: "frame", number }));
    const values = Array.from({ length: 100 }, (_, number): Item => ({ kind: "value", number }));
    const waiting = await readRows(kernel, valueLog(valueRecords([...frames, ...values])));
    expect(waiting.end.counts).toMatchObject({ frames: 100, used: 80, withoutPayload: 20 });
    const gone = await readRows(kernel, valueLog(valueRecords([...values, ...frames])));
    expect(gone.end.counts).toMatchObject({ frames: 100, used: 16, withoutPayload: 84 });
  });

  test("a log cut at any byte gives the frames before the cut, and every byte and frame is accounted for", async () => {
    const bytes = valueRecords(shifted([0, 0, 2, 0, -1, 3, 0, 0, 1, 0], 3));
    for (let end = 0; end <= bytes.length; end++) {
      await expectSlow(bytes.subarray(0, end), end % 3 === 0 ? 5 : undefined);
      const log = valueLog(bytes.subarray(0, end));
      const result = await decode(kernel, log, [exactRule(asked, "physical")]);
      expect(accountErrors(result, end)).toEqual([]);
      const slow = (await slowRows(log)).frames.filter((frame) => frame.payload.length > 0);
      expect(columnsByName(result).get("First")?.times.length).toBe(slow.length);
    }
  });

  test("a value longer than the frame says is cut, a shorter one leaves the frame short", async () => {
    const items: Item[] = [
      { kind: "frame", number: 0, lengthBytes: 4 },
      { kind: "value", number: 0, lengthBytes: 200 },
      { kind: "frame", number: 1, lengthBytes: 64 },
      { kind: "value", number: 1, lengthBytes: 3 },
      { kind: "frame", number: 2, lengthBytes: 64 },
      { kind: "value", number: 2, lengthBytes: 65 },
    ];
    const { rows } = await readRows(kernel, valueLog(valueRecords(items), 11));
    expect(rows.map((row) => (row.split(" ").at(-1) ?? "").length / 2)).toEqual([4, 3, 64]);
  });

  test("two frames may share a value", async () => {
    const items: Item[] = [
      { kind: "value", number: 5 },
      { kind: "frame", number: 5 },
      { kind: "frame", number: 6, offset: 0, lengthBytes: 5 },
    ];
    await expectSlow(valueRecords(items));
  });
});

const layoutOf = (parts: Partial<RecordLayout>): RecordLayout => ({ ...(VALUE_LAYOUTS[2] as RecordLayout), ...parts });

describe("hostile records", () => {
  const good = valueRecords(shifted([0, 0, 0]));
  const afterGood = (bytes: readonly number[]) => Uint8Array.from([...good, ...bytes]);

  test.each([0xffffffff, 0x7fffffff, 0x50000, 0xfff1])(
    "a value of %i bytes ends the walk; the rows before it stay",
    async (length) => {
      const head = [2, length & 255, (length >> 8) & 255, (length >> 16) & 255, length >>> 24];
      const bytes = afterGood([...head, ...new Uint8Array(300_000)]);
      for (const windowBytes of [40_000, 1_000_000]) {
        const { rows, end } = await readRows(kernel, valueLog(bytes, windowBytes));
        expect(rows.length).toBe(3);
        expect(accountErrors(end, bytes.length)).toEqual([]);
        expect(end.notices.map(({ fault }) => [fault?.code, fault?.atByte])).toEqual([["limit/too-large", good.length]]);
      }
    },
  );

  test("a value of 65,520 bytes is walked over", async () => {
    const bytes = afterGood([2, 0xf0, 0xff, 0, 0, ...new Uint8Array(0xfff0), ...valueRecords([{ kind: "other" }])]);
    for (const windowBytes of [40_000, 1_000_000]) {
      const { end } = await readRows(kernel, valueLog(bytes, windowBytes));
      expect(end).toMatchObject({ tailBytes: 0, notices: [], counts: { otherRecords: 1 } });
    }
  });

  test("an unknown record id ends the walk, with its number and place", async () => {
    const bytes = afterGood([77, 1, 2, 3]);
    const { rows, end } = await readRows(kernel, valueLog(bytes));
    expect(rows.length).toBe(3);
    expect(end).toMatchObject({ recordBytes: good.length, tailBytes: 4 });
    expect(end.notices.map(({ fault }) => [fault?.code, fault?.atByte, fault?.found])).toEqual([
      ["input/bad-record", good.length, 77],
    ]);
  });

  test("an unknown record id of 2 to 8 bytes is named in full", async () => {
    const bytes = Uint8Array.from([...valueRecords(shifted([0]), 4), 0x78, 0x56, 0x34, 0x12, 0, 0]);
    const { end } = await readRows(kernel, valueLog(bytes, undefined, 4));
    expect(end.notices.map(({ fault }) => fault?.found)).toEqual([0x12345678]);
  });

  test("records of no bytes without an id do not hold the walk up", async () => {
    const layouts = [layoutOf({ recordBytes: 0, recordId: 0 })];
    const { end } = await readRows(kernel, bareLog(new Uint8Array(10), { recordIdBytes: 0, layouts }));
    expect(end).toMatchObject({ recordBytes: 0, tailBytes: 10 });
  });

  test.each([65_535, 65_536, 2 ** 31, 2 ** 32 - 1])(
    "a record of %i bytes is walked over, or ends the walk, whatever the windows",
    async (recordBytes) => {
      const layouts = VALUE_LAYOUTS.map((layout) => (layout.recordId === 3 ? { ...layout, recordBytes } : layout));
      const bytes = Uint8Array.from([...good, 3, ...new Uint8Array(65_536)]);
      for (const windowBytes of [20_000, 1_000_000]) {
        const { rows, end } = await readRows(kernel, bareLog(bytes, { recordIdBytes: 1, layouts }, windowBytes));
        expect(rows.length).toBe(3);
        expect(accountErrors(end, bytes.length)).toEqual([]);
        const isRead = recordBytes === 65_535;
        expect(end.counts.otherRecords).toBe(isRead ? 1 : 0);
        expect(end.notices[0]?.fault?.code).toBe(isRead ? "input/bad-record" : "limit/too-large");
      }
    },
  );

  test("records without frames, back to back, are counted by their size and not read", async () => {
    const layouts = [layoutOf({ recordBytes: 70_000, recordId: 0 })];
    const { end } = await readRows(kernel, bareLog(new Uint8Array(150_000), { recordIdBytes: 0, layouts }));
    expect(end).toMatchObject({ recordBytes: 140_000, tailBytes: 10_000, bytesRead: 0, counts: { frames: 0, otherRecords: 2 } });
    expect(end.notices.map(({ fault }) => [fault?.code, fault?.atByte])).toEqual([["input/truncated", 140_000]]);
  });

  test("any bytes at all: nothing hangs, nothing is read outside, everything is accounted for", async () => {
    const piece = fc.oneof(
      fc.uint8Array({ maxLength: 40 }),
      fc.constantFrom(...[[0, 0], [3], [-2, 1, 0]].map((shifts) => valueRecords(shifted(shifts)))),
      fc.constantFrom(
        Uint8Array.of(2, 255, 255, 255, 255),
        Uint8Array.of(1),
        Uint8Array.of(3, 0, 0, 0, 0, 0),
        Uint8Array.of(2, 0, 0, 0, 0),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 30 }), fc.constantFrom(1, 13, 65536), async (pieces, windowBytes) => {
        const bytes = Uint8Array.from(pieces.flatMap((part) => [...part]));
        const log = valueLog(bytes, windowBytes);
        const fast = await readRows(kernel, log);
        expect(accountErrors(fast.end, bytes.length)).toEqual([]);
        const result = await decode(kernel, log, [exactRule(asked, "physical")]);
        expect(accountErrors(result, bytes.length)).toEqual([]);
        expect(result.counts.frames).toBe(fast.end.counts.frames);
        expect(fast.rows.length * FRAME_BYTES).toBeLessThanOrEqual(bytes.length);
      }),
      { numRuns: 150 },
    );
  });
});
