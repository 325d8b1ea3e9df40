/** Frames as writers other than CANedge may store them: members in either order of bytes, times in any unit, ids of records up to 64 bits. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { firstTimes } from "../../../core/catalogue/first-time.ts";
import { Codecs } from "../../../core/kernel/codecs.ts";
import { readMdf } from "../../../core/mdf/read.ts";
import { memorySource } from "../../../core/store/memory.ts";
import { testKernel, testModule } from "../../support/kernel.ts";
import type { MadeLog } from "../../support/made-log.ts";
import {
  type BuiltBlock,
  block,
  type ChannelFields,
  chain,
  channel,
  dataGroup,
  group,
  header,
  joinBytes,
  linear,
  mdfFile,
  pack,
} from "../../support/mdf.ts";
import { accountErrors, readRows, slowRows } from "../../support/rows.ts";

const kernel = testKernel();
const codecs = new Codecs(testModule());
const signal = AbortSignal.timeout(60_000);

async function logOf(members: readonly BuiltBlock[], recordBytes: number, records: readonly Uint8Array[]): Promise<MadeLog> {
  const cg = group({ bytes: recordBytes, records: records.length, channels: chain(members) });
  const source = memorySource("other.mf4", mdfFile(header(dataGroup(0, cg, block("DT", [], joinBytes(...records))))).bytes, 97);
  return { source, mdf: await readMdf(source, signal) };
}

const time = (fields: ChannelFields) => channel("t", { type: 2, sync: 1, bits: 64, ...fields });
const member = (name: string, fields: ChannelFields) => channel(`CAN_DataFrame.${name}`, fields);
const UINT_BE = 1;
const INT_LE = 2;
const INT_BE = 3;
const FLOAT_LE = 4;
const FLOAT_BE = 5;

test("a frame with the most significant byte first in all its members", async () => {
  const record = new Uint8Array(22);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, 1_234_567_890_123_456_789n);
  view.setUint32(8, (1 << 31) | (0x18f00403 << 0));
  view.setUint16(12, 2);
  view.setUint16(14, 3 << 4);
  record.set([0xaa, 0xbb, 0xcc], 16);
  const members = [
    time({ dataType: UINT_BE, conversion: linear(0, 1e-9) }),
    member("ID", { dataType: UINT_BE, at: 8, bits: 32 }),
    member("BusChannel", { dataType: UINT_BE, at: 12, bits: 16 }),
    member("DataLength", { dataType: UINT_BE, at: 14, bit: 4, bits: 12 }),
    member("DataBytes", { dataType: 10, at: 16, bits: 48 }),
  ];
  const log = await logOf(members, 22, [record]);
  const { rows } = await readRows(kernel, log);
  expect(rows).toEqual([`1234567890123456789 CAN 2 data ${0x18f00403} true 3 0 aabbcc`]);
  expect((await firstTimes(log.mdf, log.source, codecs, signal)).earliestNs).toBe(
    log.mdf.header.startNs + 1_234_567_890_123_456_789n,
  );
});

const RECORD_BYTES = 40;
const anyPlace = fc
  .record({ at: fc.integer({ min: 0, max: 31 }), bit: fc.integer({ min: 0, max: 7 }), bits: fc.integer({ min: 1, max: 57 }) })
  .chain((place) => fc.constantFrom(0, UINT_BE).map((dataType) => ({ ...place, dataType })));
const anyRecord = fc.uint8Array({ minLength: RECORD_BYTES, maxLength: RECORD_BYTES });

test("members of any place, width and order of bytes are read bit by bit alike", async () => {
  await fc.assert(
    fc.asyncProperty(
      anyPlace,
      fc.constantFrom(0, UINT_BE, INT_LE, INT_BE),
      fc.array(anyPlace, { minLength: 7, maxLength: 7 }),
      fc.array(anyRecord, { minLength: 1, maxLength: 4 }),
      async (timePlace, timeType, places, records) => {
        const names = ["ID", "IDE", "BusChannel", "Dir", "EDL", "BRS", "ESI"];
        const narrow: Readonly<Record<string, number>> = { IDE: 1, BusChannel: 8, Dir: 1, EDL: 1, BRS: 1, ESI: 1 };
        const members = names.map((name, i) => {
          const place = places[i] ?? { at: 0, bit: 0, bits: 1, dataType: 0 };
          return member(name, { ...place, bits: narrow[name] ?? place.bits });
        });
        const master = time({ ...timePlace, dataType: timeType, conversion: linear(0, 1e-9) });
        const payload = member("DataBytes", { dataType: 10, at: 32, bits: 64 });
        const length = member("DataLength", { dataType: UINT_BE, at: 30, bit: 3, bits: 6 });
        const log = await logOf([master, ...members, length, payload], RECORD_BYTES, records);
        const { rows, end } = await readRows(kernel, log);
        expect(rows).toEqual((await slowRows(log)).rows);
        expect(accountErrors(end, RECORD_BYTES * records.length)).toEqual([]);
      },
    ),
    { numRuns: 150 },
  );
});

describe("a time is seconds as its conversion says", () => {
  const record = (write: (view: DataView) => void): Uint8Array => {
    const bytes = new Uint8Array(8);
    write(new DataView(bytes.buffer));
    return bytes;
  };
  test.each([
    ["10 ns", time({ conversion: linear(0, 1e-8) }), record((view) => view.setBigUint64(0, 123_456_789n, true)), 1_234_567_890n],
    ["an odd unit", time({ conversion: linear(0, 0.0031) }), record((view) => view.setUint32(0, 1000, true)), 3_100_000_000n],
    ["an offset", time({ conversion: linear(2.5, 1e-6) }), record((view) => view.setUint32(0, 7, true)), 2_500_007_000n],
    [
      "before the start",
      time({ dataType: INT_BE, bits: 32, conversion: linear(0, 0.01) }),
      record((view) => view.setInt32(0, -150)),
      -1_500_000_000n,
    ],
    ["a short float", time({ dataType: FLOAT_LE, bits: 32 }), record((view) => view.setFloat32(0, 1.25, true)), 1_250_000_000n],
    [
      "a short float, most significant byte first",
      time({ dataType: FLOAT_BE, bits: 32 }),
      record((view) => view.setFloat32(0, 0.5)),
      500_000_000n,
    ],
    [
      "a float, most significant byte first",
      time({ dataType: FLOAT_BE }),
      record((view) => view.setFloat64(0, 0.1)),
      100_000_000n,
    ],
    [
      "a float of minutes",
      time({ dataType: FLOAT_LE, conversion: linear(1, 60) }),
      record((view) => view.setFloat64(0, 0.1, true)),
      7_000_000_000n,
    ],
  ])("%s", async (_name, master, bytes, expected) => {
    const log = await logOf([master, member("ID", { at: 0, bits: 8 })], 8, [bytes]);
    const { rows } = await readRows(kernel, log);
    expect(rows.map((row) => row.split(" ")[0])).toEqual([String(expected)]);
    expect(rows).toEqual((await slowRows(log)).rows);
    const { earliestNs } = await firstTimes(log.mdf, log.source, codecs, signal);
    expect(earliestNs).toBe(log.mdf.header.startNs + expected);
  });
});

test("record ids of 8 bytes are told apart by their last bit", async () => {
  const ids = [2n ** 60n, 2n ** 60n + 1n];
  const members = () =>
    chain([time({ conversion: linear(0, 1e-9) }), member("ID", { at: 8, bits: 8 }), member("DataLength", { at: 9, bits: 8 })]);
  const withId = (recordId: bigint, bytes: number, next: BuiltBlock | null) => {
    const built = group({ bytes, records: 1, channels: members(), next });
    built.data.set(pack(["u64", recordId]));
    return built;
  };
  const [first = 0n, second = 0n] = ids;
  const groups = withId(first, 10, withId(second, 12, null));
  const records = joinBytes(
    pack(["u64", second], ["u64", 5], ["u8", 0x22], ["u8", 0], ["u16", 0]),
    pack(["u64", first], ["u64", 6], ["u8", 0x11], ["u8", 0]),
  );
  const source = memorySource("ids.mf4", mdfFile(header(dataGroup(8, groups, block("DT", [], records)))).bytes);
  const log = { source, mdf: await readMdf(source, signal) };
  const { rows, end } = await readRows(kernel, log);
  expect(rows.map((row) => row.split(" ")[4])).toEqual(["34", "17"]);
  expect(end.notices).toEqual([]);
  expect(log.mdf.notices).toEqual([]);
  expect((await firstTimes(log.mdf, source, codecs, signal)).earliestNs).toBe(log.mdf.header.startNs + 5n);
});
