import { describe, expect, test } from "vitest";
import { describeFrames } from "../../../core/bus/describe.ts";
import type { Channel } from "../../../core/mdf/channel.ts";
import type { Conversion } from "../../../core/mdf/conversion.ts";

const channel = (name: string, fields: Partial<Channel> = {}): Channel => ({
  atByte: 1000 + name.length,
  name,
  type: 0,
  syncType: 0,
  dataType: 0,
  bitOffset: 0,
  byteOffset: 0,
  bitCount: 8,
  dataLink: 0,
  conversion: null,
  ...fields,
});

const linear = (offset: number, factor: number): Conversion => ({ type: 1, values: [offset, factor] });
const time = (fields: Partial<Channel> = {}): Channel =>
  channel("Timestamp", { type: 2, syncType: 1, bitCount: 48, conversion: linear(0, 1e-6), ...fields });

const describeChannels = (
  channels: readonly Channel[],
  options: { vlsd?: ReadonlyMap<number, number>; offsets?: boolean } = {},
) =>
  describeFrames({ channels, dataBytes: 32, vlsdGroups: options.vlsd ?? new Map(), vlsdOffsetsWritten: options.offsets ?? true });

const frameWith = (...channels: readonly Channel[]) =>
  describeChannels([time(), channel("CAN_DataFrame", { dataType: 10, bitCount: 200 }), ...channels]);

describe("which frames a group holds", () => {
  test.each([
    ["CAN_DataFrame", "CAN", "data"],
    ["CAN_RemoteFrame", "CAN", "remote"],
    ["CAN_ErrorFrame", "CAN", "error"],
    ["CAN_OverloadFrame", "CAN", "overload"],
    ["LIN_Frame", "LIN", "data"],
    ["LIN_ChecksumError", "LIN", "checksumError"],
    ["LIN_ReceiveError", "LIN", "receiveError"],
    ["LIN_TransmissionError", "LIN", "transmissionError"],
    ["LIN_SyncError", "LIN", "syncError"],
    ["LIN_WakeUp", "LIN", "wakeUp"],
    ["LIN_Spike", "LIN", "spike"],
    ["LIN_LongDom", "LIN", "longDominance"],
  ])("%s", (name, bus, kind) => {
    expect(describeChannels([time(), channel(name, { dataType: 10 })]).frame).toMatchObject({ bus, kind });
  });

  test("members without a structure channel name the event too (LIN_SyncError of generation D)", () => {
    const { frame } = describeChannels([
      time(),
      channel("LIN_SyncError.BusChannel", { type: 6, bitCount: 0, conversion: linear(2, 0) }),
    ]);
    expect(frame).toMatchObject({ kind: "syncError", busChannel: { kind: "constant", value: 2 } });
  });

  test("names count without case", () => {
    expect(describeChannels([time(), channel("can_dataframe.id", { byteOffset: 6 })]).frame?.id).toMatchObject({ atByte: 6 });
  });

  test("a prefix that does not fit the event is passed over (mdflib: LIN_Transmission.ID, LIN_ChecksumError..DataBytes)", () => {
    const channels = [
      time(),
      channel("LIN_TransmissionError.BusChannel"),
      channel("LIN_Transmission.ID", { byteOffset: 9, bitCount: 6 }),
    ];
    expect(describeChannels(channels).frame?.id).toMatchObject({ atByte: 9, bitCount: 6 });
    const sum = [
      time(),
      channel("LIN_ChecksumError"),
      channel("LIN_ChecksumError..DataBytes", { dataType: 10, bitCount: 64, byteOffset: 11 }),
    ];
    expect(describeChannels(sum).frame?.payload).toEqual({ kind: "inline", atByte: 11, capacityBytes: 8 });
  });

  test("other groups are no frames, without a word", () => {
    expect(describeChannels([time(), channel("Speed")])).toEqual({
      frame: null,
      event: "",
      isBusEvent: false,
      why: null,
      sdLink: 0,
    });
  });

  test("events of other buses are named", () => {
    expect(describeChannels([time(), channel("ETH_Frame"), channel("ETH_Frame.BusChannel")])).toMatchObject({
      frame: null,
      event: "ETH_Frame",
      why: "buslens does not read ETH_Frame events.",
    });
  });

  test("a group without a time is not expressible", () => {
    expect(describeChannels([channel("CAN_DataFrame")])).toMatchObject({ frame: null, why: "the group has no time channel." });
  });
});

describe("members", () => {
  test("a bit field keeps its place", () => {
    expect(frameWith(channel("CAN_DataFrame.ID", { byteOffset: 8, bitOffset: 3, bitCount: 29 })).frame?.id).toEqual({
      kind: "bits",
      atByte: 8,
      bitOffset: 3,
      bitCount: 29,
    });
  });

  test("a virtual channel with factor 0 is a constant", () => {
    // CANedge 01.07+: one real file declares such a channel as type 3 with a float.
    const constant = channel("CAN_DataFrame.IDE", { type: 6, bitCount: 0, conversion: linear(1, 0) });
    expect(frameWith(constant).frame?.ide).toEqual({ kind: "constant", value: 1 });
    expect(frameWith({ ...constant, type: 3, dataType: 4 }).frame?.ide).toEqual({ kind: "constant", value: 1 });
  });

  test("what has no member is null", () => {
    const { frame } = frameWith();
    expect([frame?.edl, frame?.dir, frame?.id, frame?.dataLength, frame?.payload]).toEqual([
      null,
      null,
      null,
      null,
      { kind: "none" },
    ]);
  });

  test("a text conversion leaves the number as it is", () => {
    const dir = channel("CAN_DataFrame.Dir", { bitCount: 1, conversion: { type: 7, values: [0, 1] } });
    expect(frameWith(dir).frame?.dir).toMatchObject({ bitCount: 1 });
  });

  test.each([
    ["a virtual channel that counts", { type: 6, bitCount: 0, conversion: linear(0, 1) }, /counts records/],
    ["a constant that is no number of the kind", { type: 6, bitCount: 0, conversion: linear(-1, 0) }, /is -1 in every record/],
    ["a conversion", { conversion: linear(1, 1) }, /not 1:1/],
    ["a formula", { conversion: { type: 3, values: [] } }, /not 1:1/],
    ["a float", { dataType: 4, bitCount: 32 }, /not an integer/],
    ["65 bits to the end of the window", { bitOffset: 1, bitCount: 64 }, /64 bits from bit 1/],
    ["no bits", { bitCount: 0 }, /0 bits/],
    ["behind the record", { byteOffset: 31, bitCount: 9 }, /behind the end of the record/],
    ["behind any record", { byteOffset: 4_294_967_295 }, /behind the end of the record/],
  ])("not expressible: %s", (_name, fields, why) => {
    const described = frameWith(channel("CAN_DataFrame.BusChannel", fields));
    expect(described.frame).toBeNull();
    expect(described.why).toMatch(why);
  });

  test("the most significant byte may come first", () => {
    expect(frameWith(channel("CAN_DataFrame.DLC", { dataType: 1, bitOffset: 4, bitCount: 5 })).frame?.dlc).toEqual({
      kind: "bits",
      atByte: 0,
      bitOffset: 4,
      bitCount: 5,
      isBigEndian: true,
    });
  });

  test("one byte has no order of bytes", () => {
    expect(frameWith(channel("CAN_DataFrame.DLC", { dataType: 1, bitOffset: 4, bitCount: 4 })).frame?.dlc).toMatchObject({
      bitOffset: 4,
    });
  });
});

describe("DataLength", () => {
  const nearest: Conversion = {
    type: 5,
    values: [0, 0, 8, 8, 9, 12, 10, 16, 11, 20, 12, 24, 13, 32, 14, 48, 15, 64].flatMap((x) => [x]),
  };
  const full: Conversion = {
    type: 5,
    values: [...Array.from({ length: 9 }, (_, k) => [k, k]).flat(), ...nearest.values.slice(4)],
  };

  test("a nearest-value table over the DLC bits becomes a table of lengths (generation D)", () => {
    const { frame } = frameWith(
      channel("CAN_DataFrame.DataLength", { byteOffset: 7, bitOffset: 4, bitCount: 4, conversion: full }),
    );
    expect(frame?.dataLengthTable).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 20, 24, 32, 48, 64]);
    expect(frame?.dataLength).toMatchObject({ atByte: 7, bitOffset: 4, bitCount: 4 });
  });

  test("exactly in the middle the lower key counts", () => {
    const { frame } = frameWith(
      channel("CAN_DataFrame.DataLength", { bitCount: 2, conversion: { type: 5, values: [0, 10, 2, 20] } }),
    );
    expect(frame?.dataLengthTable).toEqual([10, 10, 20, 20]);
  });

  test("any numeric conversion of few bits becomes a table", () => {
    const withConversion = (conversion: Conversion) =>
      frameWith(channel("CAN_DataFrame.DataLength", { bitCount: 2, conversion })).frame?.dataLengthTable;
    expect(withConversion(linear(1, 2))).toEqual([1, 3, 5, 7]);
    expect(withConversion({ type: 4, values: [0, 0, 2, 8] })).toEqual([0, 4, 8, 8]);
    expect(withConversion({ type: 6, values: [0, 1, 5, 2, 2, 6, 7] })).toEqual([5, 5, 6, 7]);
    expect(withConversion({ type: 2, values: [0, 4, 0, 0, 0, 2] })).toEqual([0, 2, 4, 6]);
  });

  test("1:1 needs no table", () => {
    expect(frameWith(channel("CAN_DataFrame.DataLength", { bitCount: 7 })).frame?.dataLengthTable).toBeNull();
  });

  test("a conversion to what is no length is not expressible", () => {
    expect(frameWith(channel("CAN_DataFrame.DataLength", { bitCount: 2, conversion: linear(0.5, 1) })).frame).toBeNull();
    expect(frameWith(channel("CAN_DataFrame.DataLength", { bitCount: 32, conversion: linear(1, 1) })).frame).toBeNull();
  });
});

describe("payload", () => {
  const bytes = (fields: Partial<Channel>) =>
    channel("CAN_DataFrame.DataBytes", { dataType: 10, byteOffset: 14, bitCount: 64, ...fields });

  test("fixed and of maximum length lie in the record", () => {
    const inline = { kind: "inline", atByte: 14, capacityBytes: 8 };
    expect(frameWith(bytes({})).frame?.payload).toEqual(inline);
    expect(frameWith(bytes({ type: 5 })).frame?.payload).toEqual(inline);
  });

  test("of maximum length without DataLength, the channel it names has the length", () => {
    const used = channel("used", { atByte: 77, byteOffset: 13, bitCount: 8 });
    expect(frameWith(used, bytes({ type: 5, dataLink: 77 })).frame?.dataLength).toMatchObject({ atByte: 13 });
  });

  test("variable length leads to a group of the same data group, or to an SD stream", () => {
    const channels = [time(), channel("CAN_DataFrame"), bytes({ type: 1, bitCount: 32, dataLink: 4096 })];
    const offset = { kind: "bits", atByte: 14, bitOffset: 0, bitCount: 32 };
    expect(describeChannels(channels, { vlsd: new Map([[4096, 9]]) })).toMatchObject({
      frame: { payload: { kind: "vlsd-group", recordId: 9, offset } },
      sdLink: 0,
    });
    expect(describeChannels(channels)).toMatchObject({ frame: { payload: { kind: "sd", extents: [], offset } }, sdLink: 4096 });
  });

  test("it must fit into the record", () => {
    expect(frameWith(bytes({ byteOffset: 25 })).why).toMatch(/64 bits from byte 25, which the record does not hold/);
    expect(frameWith(bytes({ type: 1, byteOffset: 30 })).frame).toBeNull();
  });

  test("a way of storing it that is not known is not expressible", () => {
    expect(frameWith(bytes({ type: 7 })).why).toMatch(/channel type 7/);
  });
});

describe("time", () => {
  const withTime = (fields: Partial<Channel>) => describeChannels([time(fields), channel("CAN_DataFrame")]);

  test.each([
    [1e-9, 1],
    [1e-6, 1e3],
    [1e-3, 1e6],
    [1, 1e9],
    [1e-9 * (1 + 1e-15), 1],
  ])("factor %d is %d ns", (factor, scaleNs) => {
    expect(withTime({ conversion: linear(0, factor) }).frame?.time).toEqual({
      encoding: "uint",
      atByte: 0,
      bitOffset: 0,
      bitCount: 48,
      scaleNs,
    });
  });

  test("without a conversion a float is seconds", () => {
    expect(withTime({ dataType: 4, bitCount: 64, conversion: null }).frame?.time).toMatchObject({
      encoding: "f64",
      scaleNs: 1e9,
    });
  });

  test("signed integers", () => {
    expect(withTime({ dataType: 2, bitCount: 64 }).frame?.time.encoding).toBe("int");
  });

  test.each([
    ["a formula", { conversion: { type: 3, values: [] } }],
    ["the record's number", { type: 3, bitCount: 0, conversion: linear(0, 0.1) }],
    ["a float of half a number", { dataType: 4, bitCount: 16 }],
    ["a float between bytes", { dataType: 5, bitCount: 64, bitOffset: 1 }],
    ["behind the record", { byteOffset: 30 }],
  ])("not expressible: %s", (_name, fields) => {
    const described = withTime(fields);
    expect([described.frame, described.why]).toEqual([null, expect.stringContaining("Timestamp")]);
  });

  test("a master of another kind than time does not count", () => {
    expect(withTime({ syncType: 2 }).why).toBe("the group has no time channel.");
  });
});
