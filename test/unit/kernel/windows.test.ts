/** The same rows, columns and cells in whatever windows the bytes come; logs cut at any byte; the walk as a generator. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DecodeHost } from "../../../core/kernel/decode.ts";
import { readFrames } from "../../../core/kernel/frames.ts";
import { memorySource } from "../../../core/store/memory.ts";
import type { Generation } from "../../../fixtures/comments.ts";
import { type Frame, frame } from "../../../fixtures/frame.ts";
import { recordPlaces } from "../../../fixtures/log.ts";
import { storedOrder } from "../../../fixtures/stored-order.ts";
import { anyFrame } from "../../support/any-frame.ts";
import { message, signal } from "../../support/dbc-model.ts";
import { COLUMNS, columnOf, decode, exactRule } from "../../support/decode.ts";
import { testHost, testKernel } from "../../support/kernel.ts";
import { bareLog, type MadeLog, madeFacts, madeLog } from "../../support/made-log.ts";
import { accountErrors, readRows, slowRows } from "../../support/rows.ts";
import { type Item, VALUE_LAYOUTS, valueRecords } from "../../support/value-log.ts";

const kernel = testKernel();
const asked = message({
  id: 0x123,
  signals: [signal({ name: "Low", lengthBits: 12 }), signal({ name: "Far", start: 90, lengthBits: 60 })],
});
const generations: readonly Generation[] = ["A", "B", "C", "D"];

/** Bytes of all records; values in SD blocks are not among them. */
const streamBytes = ({ mdf }: MadeLog): number =>
  mdf.streams.flatMap(({ extents }) => extents).reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);

async function decoded(log: MadeLog) {
  const result = await decode(kernel, log, [exactRule(asked, "physical")], COLUMNS);
  expect(accountErrors(result, streamBytes(log))).toEqual([]);
  return { lanes: result.lanes.map(columnOf), counts: result.counts };
}

const frames = fc.array(anyFrame({ otherKinds: true, ids: [0x123, 7] }), { maxLength: 80 });

describe("windows", () => {
  test("of 1, 7 and 64 Ki bytes give what one window gives", async () => {
    await fc.assert(
      fc.asyncProperty(frames, fc.constantFrom(...generations), fc.boolean(), async (given, generation, finalized) => {
        const some = generation === "A" ? given.filter((one) => one.kind === "data") : given;
        const stored = storedOrder(
          [...some].sort((a, b) => a.timeNs - b.timeNs),
          generation,
        );
        const whole = await madeLog(stored, { generation, finalized });
        const [rows, columns] = [await readRows(kernel, whole), await decoded(whole)];
        for (const windowBytes of [1, 7, 65_536]) {
          const log = await madeLog(stored, { generation, finalized, windowBytes });
          expect(await readRows(kernel, log)).toEqual(rows);
          expect(await decoded(log)).toEqual(columns);
        }
      }),
      { numRuns: 25 },
    );
  });

  test("an empty last data block changes nothing", async () => {
    const items: Item[] = [{ kind: "frame", number: 3 }];
    const bytes = valueRecords(items);
    const log = bareLog(bytes, { recordIdBytes: 1, layouts: [...VALUE_LAYOUTS] });
    const streams = log.mdf.streams.map((stream) => ({
      ...stream,
      extents: [...stream.extents, { atByte: bytes.length, lengthBytes: 0 }],
    }));
    const { end } = await readRows(kernel, { ...log, mdf: { ...log.mdf, streams } });
    expect(end).toMatchObject({ recordBytes: bytes.length, tailBytes: 0, counts: { frames: 1, withoutPayload: 1 } });
  });

  test("records may lie across data blocks", async () => {
    const items = [0, 1, 2, 3].flatMap((number): Item[] => [
      { kind: "frame", number },
      { kind: "value", number },
    ]);
    const bytes = valueRecords(items);
    const whole = await readRows(kernel, bareLog(bytes, { recordIdBytes: 1, layouts: [...VALUE_LAYOUTS] }));
    for (let cut = 1; cut < bytes.length; cut++) {
      // The same bytes with a gap of 9 bytes between two blocks.
      const apart = Uint8Array.from([...bytes.subarray(0, cut), ...new Uint8Array(9).fill(77), ...bytes.subarray(cut)]);
      const log = bareLog(apart, { recordIdBytes: 1, layouts: [...VALUE_LAYOUTS] });
      const extents = [
        { atByte: 0, lengthBytes: cut },
        { atByte: cut + 9, lengthBytes: bytes.length - cut },
      ];
      const streams = log.mdf.streams.map((stream) => ({ ...stream, extents }));
      expect((await readRows(kernel, { ...log, mdf: { ...log.mdf, streams } })).rows).toEqual(whole.rows);
    }
  });
});

describe("a log cut at any byte", () => {
  const mixed = (): Frame[] =>
    Array.from({ length: 7 }, (_, i) =>
      frame({
        timeNs: i * 1000,
        id: i % 3 === 0 ? 0x18ef1234 : 0x123,
        extended: i % 3 === 0,
        fd: i % 4 === 3,
        dlc: i % 4 === 3 ? 10 : i % 9,
        payload: Uint8Array.from({ length: i % 4 === 3 ? 16 : i % 9 }, (_, at) => (i * 16 + at) & 255),
      }),
    );

  test.each(generations)("generation %s: the frames before the cut", async (generation) => {
    const stored = mixed();
    const places = recordPlaces(madeFacts(generation), stored);
    const [first, last] = [places[0] ?? 0, places.at(-1) ?? 0];
    const { source, mdf } = await madeLog(stored, { generation });
    const bytes = await source.read(0, source.sizeBytes, AbortSignal.timeout(5000));
    for (let cutAtByte = first; cutAtByte <= last; cutAtByte++) {
      // The header does not change with the cut: only the open data block does.
      const extents = [{ atByte: first, lengthBytes: cutAtByte - first }];
      const streams = mdf.streams.map((stream) => ({ ...stream, extents }));
      const log = { source: memorySource("cut.MF4", bytes.subarray(0, cutAtByte)), mdf: { ...mdf, streams } };
      const { rows, end } = await readRows(kernel, log);
      expect(rows.length).toBe(places.slice(1).filter((place) => place <= cutAtByte).length);
      expect(accountErrors(end, cutAtByte - first)).toEqual([]);
      expect(rows).toEqual((await slowRows(log)).rows);
      await decoded(log);
    }
    const whole = await madeLog(stored, { generation, cutAtByte: last - 1 });
    expect((await readRows(kernel, whole)).rows.length).toBe(stored.length - 1);
  });
});

describe("values in SD blocks", () => {
  /** Frames whose values stand in a stream of their own, at the offsets given. */
  function sdLog(offsets: readonly number[], values: Uint8Array, lengthBytes = 8): MadeLog {
    const records = Uint8Array.from(
      offsets.flatMap((offset, number) => [...valueRecords([{ kind: "frame", number, lengthBytes, offset }]).subarray(1)]),
    );
    const bytes = Uint8Array.from([...records, ...values]);
    const [layout] = VALUE_LAYOUTS;
    const frameLayout = layout?.frame;
    if (!layout || !frameLayout || frameLayout.payload.kind !== "vlsd-group") throw new Error("the first layout has frames");
    const extents = [{ atByte: records.length, lengthBytes: values.length }];
    const payload = { kind: "sd" as const, extents, offset: frameLayout.payload.offset };
    const log = bareLog(bytes, { recordIdBytes: 0, layouts: [{ ...layout, frame: { ...frameLayout, payload } }] });
    const stream = { ...log.mdf.streams[0], extents: [{ atByte: 0, lengthBytes: records.length }] };
    return { ...log, mdf: { ...log.mdf, streams: [stream as (typeof log.mdf.streams)[number]] } };
  }

  /** `count` values of 8 bytes: number, 7 × 0. */
  const eights = (count: number): Uint8Array =>
    Uint8Array.from(Array.from({ length: count }, (_, i) => [8, 0, 0, 0, i & 255, i >> 8, 0, 0, 0, 0, 0, 0]).flat());

  const payloads = async (log: MadeLog) => (await readRows(kernel, log)).rows.map((row) => row.split(" ").at(-1));
  const hexOf = (i: number) => `${Buffer.from([i & 255, i >> 8]).toString("hex")}000000000000`;

  test("over many windows, in order, repeated and backwards now and then", async () => {
    const count = 20_000;
    const numbers = Array.from({ length: count }, (_, i) => (i % 5000 === 4999 ? i - 1000 : i));
    const log = sdLog(
      numbers.map((i) => 12 * i),
      eights(count),
    );
    expect(await payloads(log)).toEqual(numbers.map(hexOf));
    const { end } = await readRows(kernel, log);
    expect(end.counts).toMatchObject({ frames: count, used: count, withoutPayload: 0 });
  });

  test("offsets and lengths that lie outside cost the frame its payload, and no other one", async () => {
    const values = eights(3);
    values.set([0xff, 0xff, 0xff, 0xff], 12); // the second value claims 4 GB
    const log = sdLog([0, 12, 24, 36, 37, 0xffffffff, 33, 24], values);
    const { rows, end } = await readRows(kernel, log);
    const slow = await slowRows(log);
    expect(rows.length).toBe(slow.rows.length);
    expect(rows).toEqual(slow.rows);
    expect(end.counts.withoutPayload).toBe(slow.withoutPayload);
    expect(accountErrors(end, end.recordBytes)).toEqual([]);
  });

  test("an order that would read the values over and over is given up, and said", async () => {
    const count = 30_000;
    const offsets = Array.from({ length: 400 }, (_, i) => (i % 2 === 0 ? 0 : 12 * (count - 1)));
    const log = sdLog(offsets, eights(count));
    const { end } = await readRows(kernel, log);
    expect(end.counts.frames).toBe(400);
    expect(end.counts.used + end.counts.withoutPayload).toBe(400);
    expect(end.counts.withoutPayload).toBeGreaterThan(0);
    expect(end.bytesRead).toBeLessThan(7 * log.source.sizeBytes);
    expect(end.notices.map(({ text }) => text).join()).toMatch(/out of order/);
  });
});

describe("readFrames", () => {
  const many = Array.from({ length: 70_000 }, (_, i) => frame({ timeNs: i * 1000, id: i & 0x7ff }));

  test("gives more frames than its memory holds, in stored order", async () => {
    const { rows, end } = await readRows(kernel, await madeLog(many));
    expect(end.counts.used).toBe(70_000);
    expect(rows.every((row, i) => row.startsWith(`${i * 1000} CAN 1 data ${i & 0x7ff} `))).toBe(true);
  });

  test("ends the walk when its receiver leaves, and the kernel is free at once", async () => {
    const log = await madeLog(many, { windowBytes: 4096 });
    for await (const batch of readFrames(kernel, log.source, log.mdf, testHost())) {
      expect(batch.rowCount).toBeGreaterThan(0);
      break;
    }
    expect((await readRows(kernel, await madeLog([frame({ timeNs: 5, id: 9 })]))).rows.length).toBe(1);
  });

  test("does not run ahead of its receiver", async () => {
    const log = await madeLog(many, { windowBytes: 4096 });
    let windows = 0;
    const host: DecodeHost = { ...testHost(), onWindow: () => void windows++ as undefined };
    const walk = readFrames(kernel, log.source, log.mdf, host);
    await walk.next();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(windows).toBeLessThanOrEqual(2);
    await walk.return(undefined as never);
  });

  test("a cancelled walk is a fault", async () => {
    const cancel = new AbortController();
    const log = await madeLog(many, { windowBytes: 4096 });
    const walk = readFrames(kernel, log.source, log.mdf, { signal: cancel.signal, onWindow: () => undefined });
    await walk.next();
    cancel.abort();
    const rest = async () => {
      while (!(await walk.next()).done);
    };
    await expect(rest()).rejects.toMatchObject({ fault: { code: "request/cancelled" } });
  });
});
