/** Reassembled messages in the kernel: their values, their time and range, what continues in the next split, and what bounds them. */
import { describe, expect, test } from "vitest";
import type { TransportProtocol } from "../../../core/bus/transport.ts";
import { type StreamKey, streamImbalance } from "../../../core/bus/transport-account.ts";
import type { DbcMessage } from "../../../core/dbc/model.ts";
import { type DecodeRange, decodePass, type Rule } from "../../../core/kernel/decode.ts";
import { readMessages } from "../../../core/kernel/messages.ts";
import { frame } from "../../../fixtures/frame.ts";
import { rawByBits } from "../../support/bit-model.ts";
import { message, signal } from "../../support/dbc-model.ts";
import { COLUMNS, columnOf, decode, exactRule, WHOLE_RANGE } from "../../support/decode.ts";
import { frameLog, type PlainFrame } from "../../support/frame-records.ts";
import { testHost, testKernel } from "../../support/kernel.ts";
import { type MadeLog, madeLog } from "../../support/made-log.ts";
import { accountErrors } from "../../support/rows.ts";
import { seededRandom } from "../../support/transport-bus.ts";
import {
  bytesOf,
  canFrame,
  fastPacketFrames,
  isoTpFrames,
  j1939Frames,
  pattern,
  tpAnswer,
} from "../../support/transport-frames.ts";

const kernel = testKernel();
const place = { bus: "CAN", channel: 1 } as const;
const isoTp = (id: number, addressing: "normal" | "extended" = "normal"): StreamKey => ({
  ...place,
  protocol: "iso-tp",
  id,
  extended: id > 0x7ff,
  addressing,
});
const TP: StreamKey = { ...place, protocol: "j1939-21" };
const fast = (pgn: number): StreamKey => ({ ...place, protocol: "fast-packet", pgn, id: null });

async function messagesOf(frames: readonly PlainFrame[] | MadeLog, key: StreamKey) {
  const log = "source" in frames ? frames : await frameLog(frames);
  const payloads: string[] = [];
  const { account } = await readMessages(kernel, log.source, log.mdf, [key], testHost(), ({ payload }) => {
    payloads.push(Buffer.from(payload).toString("hex"));
  });
  const [stream] = account.streams;
  if (!stream) throw new Error("one stream was asked for");
  expect(streamImbalance(stream, true)).toEqual([]);
  return { payloads, stream, losses: account.losses, lossesBeyond: account.lossesBeyond };
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** A rule for the raw values of all signals of a message that comes reassembled. */
const longRule = (asked: DbcMessage, transport: TransportProtocol, pgn = 0): Rule => {
  const { key, ...rest } = exactRule(asked, "raw");
  return transport.startsWith("iso")
    ? { key, ...rest, transport }
    : { ...rest, key: { ...place, kind: "group", pgn }, transport };
};

describe("values of reassembled messages", () => {
  const lengths: Readonly<Record<TransportProtocol, number>> = {
    "iso-tp": 4095,
    "iso-tp-payload": 4095,
    "j1939-21": 1785,
    "fast-packet": 223,
  };

  test.each(Object.entries(lengths) as [TransportProtocol, number][])(
    "%s: bits anywhere in up to %i bytes equal the bit-by-bit model",
    async (transport, longest) => {
      const random = seededRandom(longest);
      const below = (limit: number) => Math.floor(random() * limit);
      for (let round = 0; round < 6; round++) {
        const signals = Array.from({ length: 60 }, (_, i) => {
          const byteOrder = random() < 0.5 ? ("little" as const) : ("big" as const);
          const lengthBits = 1 + below(64);
          // Half of them around the end, so that some are short.
          const start = random() < 0.5 ? below(8 * longest) : 8 * longest - below(200) - 1;
          return signal({ name: `S${i}`, start, lengthBits, byteOrder, signed: random() < 0.5 });
        });
        const asked = message({ id: transport.startsWith("iso") ? 0x7e8 : 0x18fee3fe, signals, lengthBytes: longest });
        const payload = pattern(round === 0 ? longest : longest - below(longest - 9), round);
        const frames =
          transport === "j1939-21"
            ? j1939Frames(10, 0xfee3, 5, payload)
            : transport === "fast-packet"
              ? fastPacketFrames(10, 129_029, 5, payload)
              : isoTpFrames(10, 0x7e8, payload);
        const rule = longRule({ ...asked, extended: false }, transport, transport === "j1939-21" ? 0xfee3 : 129_029);
        const result = await decode(kernel, await frameLog(frames), [rule]);
        expect(result.left).toEqual([]);
        const seen = transport === "iso-tp" ? Uint8Array.of(payload.length & 0xff, ...payload) : payload;
        for (const lane of result.lanes) {
          const raw = lane.signal.start >= 8 * 4096 ? null : rawByBits(seen, lane.signal);
          const name = `${lane.signal.name} ${lane.signal.start}|${lane.signal.lengthBits} of ${seen.length}`;
          expect(columnOf(lane).values, name).toEqual(raw === null ? [] : [BigInt.asUintN(64, raw)]);
        }
        expect(result.transport?.streams.flatMap((stream) => streamImbalance(stream))).toEqual([]);
      }
    },
  );

  test("both conventions of one identifier, and the frames themselves", async () => {
    const asked = message({ id: 0x7e8, signals: [signal({ name: "Second", start: 8, lengthBits: 8 })] });
    const rules = [longRule(asked, "iso-tp"), longRule(asked, "iso-tp-payload"), exactRule(asked, "raw")];
    const result = await decode(kernel, await frameLog(isoTpFrames(0, 0x7e8, bytesOf("62f190112233445566"))), rules);
    expect(result.lanes.map((lane) => [lane.rule, columnOf(lane).values])).toEqual([
      [0, [0x62n]],
      [1, [0xf1n]],
      [2, [0x09n, 0x44n]],
    ]);
    expect(result.counts.used).toBe(2);
  });

  test("multiplexors behind byte 64 select", async () => {
    const signals = [
      signal({ name: "M", start: 8 * 100, lengthBits: 8, selector: true }),
      signal({ name: "A", start: 8 * 150, lengthBits: 8, selectedBy: "M", selectedWhen: [[7n, 7n]] }),
      signal({ name: "B", start: 8 * 150, lengthBits: 8, selectedBy: "M", selectedWhen: [[8n, 8n]] }),
    ];
    const payload = new Uint8Array(160);
    payload[100] = 7;
    payload[150] = 42;
    const log = await frameLog(j1939Frames(0, 0xfee3, 5, payload));
    const result = await decode(kernel, log, [longRule(message({ id: 1, signals }), "j1939-21", 0xfee3)]);
    expect(result.lanes.map((lane) => columnOf(lane).values)).toEqual([[7n], [42n], []]);
  });

  test("each source address by itself, met only when its first message is whole; other sources are left out if asked", async () => {
    const asked = message({ id: 1, signals: [signal({ name: "First", start: 0, lengthBits: 8 })] });
    const frames = [3, 9, 3, 200].flatMap((source, i) => j1939Frames(i * 1000, 0xfee3, source, pattern(30, i + 1)));
    for (const generation of ["B", "D"] as const) {
      const log = await madeLog(
        frames.map(({ timeUs, ...rest }) => frame({ timeNs: timeUs * 1000, ...rest })),
        { generation },
      );
      const rule = longRule(asked, "j1939-21", 0xfee3);
      const all = await decode(kernel, log, [rule]);
      const values = (result: typeof all) => result.lanes.map((lane) => [lane.sourceAddress, columnOf(lane).values]);
      expect(values(all)).toEqual([
        [3, [11n, 33n]],
        [9, [22n]],
        [200, [44n]],
      ]);
      expect(values(await decode(kernel, log, [{ ...rule, sources: [9] }]))).toEqual([[9, [22n]]]);
      expect(all.counts.frames).toBe(frames.length);
      expect(accountErrors(all, all.recordBytes + all.tailBytes)).toEqual([]);
    }
  });

  test("frames of TP.CM that a database asks for by identifier or by group still announce messages", async () => {
    const long = message({ id: 1, signals: [signal({ name: "Long", start: 8 * 20, lengthBits: 8 })] });
    const plain = message({ id: 0x1cecff05, extended: true, signals: [signal({ name: "Control", start: 0, lengthBits: 8 })] });
    const log = await frameLog(j1939Frames(0, 0xfee3, 5, pattern(30)));
    const byId = await decode(kernel, log, [longRule(long, "j1939-21", 0xfee3), exactRule(plain, "raw")]);
    expect(byId.lanes.map((lane) => [lane.signal.name, columnOf(lane).values])).toEqual([
      ["Control", [0x20n]],
      ["Long", [BigInt(pattern(30)[20] ?? 0)]],
    ]);
    const group: Rule = { ...exactRule(plain, "raw"), key: { ...place, kind: "group", pgn: 0xec00 } };
    const byGroup = await decode(kernel, log, [longRule(long, "j1939-21", 0xfee3), group]);
    expect(byGroup.lanes.map((lane) => [lane.signal.name, lane.sourceAddress, columnOf(lane).values])).toEqual([
      ["Control", 5, [0x20n]],
      ["Long", 5, [BigInt(pattern(30)[20] ?? 0)]],
    ]);
  });
});

describe("time and range", () => {
  const asked = message({ id: 0x7e8, signals: [signal({ name: "S", start: 16, lengthBits: 8 })] });
  // Frames at 100, 110, 120 ms and so on: messages end at 120, 520, 920.
  const frames = [100, 500, 900].flatMap((startMs, i) => isoTpFrames(startMs, 0x7e8, pattern(20, i)));
  const range = (fromMs: number, toMs: number): DecodeRange => ({
    fromNs: BigInt(fromMs) * 1_000_000n,
    toNs: BigInt(toMs) * 1_000_000n,
    baseNs: 0n,
  });

  test("a message that begins before the range comes out whole and counts by its last frame; one that ends behind it does not", async () => {
    const result = await decode(kernel, await frameLog(frames), [longRule(asked, "iso-tp")], COLUMNS, range(515, 915));
    expect(result.lanes.map((lane) => columnOf(lane).times)).toEqual([[520e6]]);
    expect(result.transport?.streams[0]).toMatchObject({ frames: 9, messages: 3, used: 1, outOfRange: 2 });
    expect(result.counts).toMatchObject({ frames: 9, used: 3, outOfRange: 6 });
  });

  test("the time of the first frame, if asked for, which then says what is in range", async () => {
    const output = { ...COLUMNS, firstFrameTimes: true };
    const result = await decode(kernel, await frameLog(frames), [longRule(asked, "iso-tp")], output, range(515, 2000));
    expect(result.lanes.map((lane) => columnOf(lane).times)).toEqual([[900e6]]);
  });

  test("what is open when a split ends goes on in the next one, for each of its passes", async () => {
    const mixed = [
      ...isoTpFrames(0, 0x7e8, pattern(300)),
      ...j1939Frames(3, 0xfee3, 9, pattern(200, 1)),
      ...fastPacketFrames(5, 129_029, 4, pattern(150, 2), 3),
    ].sort((a, b) => a.timeUs - b.timeUs);
    const streams = [isoTp(0x7e8), TP, fast(129_029)];
    const rule = longRule(asked, "iso-tp");
    for (const cut of [1, 10, 40, mixed.length - 1]) {
      const [before, after] = [await frameLog(mixed.slice(0, cut)), await frameLog(mixed.slice(cut))];
      const run = ({ source, mdf }: MadeLog, open: readonly Uint8Array[]) =>
        decodePass(kernel, source, mdf, [rule], WHOLE_RANGE, COLUMNS, testHost(), { streams, open });
      const first = await run(before, []);
      const second = await run(after, first.transport ? [first.transport.open] : []);
      const messages = [first, second].flatMap(({ transport }) => transport?.streams.map((stream) => stream.messages) ?? []);
      expect(messages.reduce((sum, count) => sum + count, 0)).toBe(3);
      expect(second.transport?.streams.flatMap((stream) => streamImbalance(stream))).toEqual([]);
      expect(second.transport?.streams.map(({ lost }) => lost)).toEqual([{}, {}, {}]);
      const values = [first, second].flatMap(({ lanes }) => lanes.flatMap((lane) => columnOf(lane).values));
      expect(values).toEqual([BigInt(pattern(300)[1] ?? 0)]);
    }
  });

  test("what waited too long between two splits is late in the second one", async () => {
    const [start, ...rest] = isoTpFrames(0, 0x7e8, pattern(20));
    if (!start) throw new Error("a first frame comes first");
    const run = async (frames: readonly PlainFrame[], open: readonly Uint8Array[]) => {
      const { source, mdf } = await frameLog(frames);
      return (await decodePass(kernel, source, mdf, [longRule(asked, "iso-tp")], WHOLE_RANGE, COLUMNS, testHost(), { open }))
        .transport;
    };
    const before = await run([start], []);
    const after = await run(
      rest.map((one) => ({ ...one, timeUs: one.timeUs + 1_000_000 })),
      before ? [before.open] : [],
    );
    expect(after?.streams[0]?.lost).toEqual({ timeout: 1, orphanFrames: 2 });
  });
});

describe("what is refused or lost", () => {
  test("ISO-TP lengths that cannot be", async () => {
    const bad = [
      canFrame(0, 0x7e8, "08 112233445566"), // longer than its frame
      canFrame(1, 0x7e8, "00 112233445566"), // says nothing
      canFrame(2, 0x7e8, "10 06 112233445566"), // would fit a single frame
      canFrame(3, 0x7e8, "10 00 0001 0000 1122"), // 65536 bytes
      canFrame(4, 0x7e8, "45 11"),
    ];
    const { stream, payloads, losses } = await messagesOf(bad, isoTp(0x7e8));
    expect(payloads).toEqual([]);
    expect(stream.lost).toEqual({ badLength: 2, empty: 1, tooLong: 1, unknownType: 1 });
    expect(losses.map(({ cause, timeNs, id }) => [cause, timeNs, id])).toEqual([
      ["badLength", 0n, 0x7e8],
      ["badLength", 2_000_000n, 0x7e8],
      ["tooLong", 3_000_000n, 0x7e8],
    ]);
  });

  test.each([
    ["ISO-TP", 1_000_000, isoTp(0x7e8), isoTpFrames(0, 0x7e8, pattern(20))],
    ["J1939-21", 1_250_000, TP, j1939Frames(0, 0xfee3, 5, pattern(20))],
    ["fast packet", 750_000, fast(129_029), fastPacketFrames(0, 129_029, 5, pattern(20))],
  ] as const)("%s waits %i µs for the next frame, and not one more", async (_name, patienceUs, key, frames) => {
    const apart = (gapUs: number) => frames.map((one, i) => ({ ...one, timeUs: i * gapUs }));
    expect((await messagesOf(apart(patienceUs), key)).payloads).toEqual([hex(pattern(20))]);
    const { payloads, stream } = await messagesOf(apart(patienceUs + 1), key);
    expect(payloads).toEqual([]);
    expect(stream.lost).toEqual({ timeout: 1, orphanFrames: frames.length - 1 });
  });

  test("the longest message comes out", async () => {
    const { payloads } = await messagesOf(isoTpFrames(0, 0x7e8, pattern(32_768)), isoTp(0x7e8));
    expect(payloads).toEqual([hex(pattern(32_768))]);
  });

  test("a consecutive frame shorter than the first one ends the message, unless it is the last", async () => {
    const frameOf = (timeNs: number, text: string) => frame({ timeNs, id: 0x7e8, payload: bytesOf(text) });
    const log = await madeLog([
      frameOf(0, "10 0f 010203040506"),
      frameOf(1, "21 0708"),
      frameOf(2, "10 09 010203040506"),
      frameOf(3, "21 070809"),
    ]);
    const { stream, payloads } = await messagesOf(log, isoTp(0x7e8));
    expect(payloads).toEqual(["010203040506070809"]);
    expect(stream.lost).toEqual({ badLength: 1 });
  });

  test("extended addressing: an address byte before, each address by itself", async () => {
    const [a, b] = [isoTpFrames(0, 0x6f1, pattern(30), [0x12]), isoTpFrames(5, 0x6f1, pattern(40, 1), [0x40])];
    const frames = [...a, ...b].sort((one, other) => one.timeUs - other.timeUs);
    const { payloads } = await messagesOf(frames, isoTp(0x6f1, "extended"));
    expect(payloads).toEqual([hex(pattern(30)), hex(pattern(40, 1))]);
  });

  test("J1939: sizes that contradict each other, an abort for another group, an end with packets missing", async () => {
    const rts = j1939Frames(0, 0xef00, 5, pattern(30), 9);
    const wrongCount = canFrame(500, 0x1cecff05, "20 1e00 04 ff e3fe00");
    const [start, ...data] = rts;
    if (!start) throw new Error("an announcement comes first");
    const frames = [
      wrongCount,
      start,
      tpAnswer(5, 9, 5, "ff 01 ffffff e3fe00"),
      ...data.slice(0, 3),
      tpAnswer(55, 9, 5, "13 1e00 05 ff 00ef00"),
      ...data.slice(3).map((one) => ({ ...one, timeUs: one.timeUs + 100_000 })),
    ];
    const { stream, payloads } = await messagesOf(frames, TP);
    expect(payloads).toEqual([]);
    expect(stream.lost).toEqual({ badLength: 1, sequence: 1, orphanFrames: 2 });
    expect(stream.frameKinds).toEqual({ bam: 1, rts: 1, abort: 1, endOfMessage: 1, data: 5 });
  });

  test("J1939: packets sent again with the same bytes go on, wherever in the message", async () => {
    const frames = j1939Frames(0, 0xef00, 5, pattern(600), 9);
    for (const next of [1, 2, 36, 37, 38, 72, 73]) {
      const number = next + 2;
      const asked = {
        ...tpAnswer(0, 9, 5, `11 05 ${next.toString(16).padStart(2, "0")} ffff 00ef00`),
        timeUs: number * 10_000 + 1,
      };
      const again = frames.slice(next).map((one) => ({ ...one, timeUs: one.timeUs + 500_000 }));
      const { payloads } = await messagesOf([...frames.slice(0, number + 1), asked, ...again], TP);
      expect(payloads, `from packet ${next}`).toEqual([hex(pattern(600))]);
    }
  });

  test("J1939: packets sent again with other bytes are another message", async () => {
    const one = j1939Frames(0, 0xef00, 5, pattern(30), 9);
    const other = j1939Frames(100, 0xef00, 5, pattern(30, 7), 9);
    const asked = tpAnswer(101, 9, 5, "11 05 01 ffff 00ef00");
    const { stream, payloads } = await messagesOf([...one.slice(0, 4), asked, ...other.slice(1)], TP);
    expect(payloads).toEqual([]);
    expect(stream.lost).toEqual({ sequence: 1, orphanFrames: 5 });
  });
});

describe("bounds", () => {
  test("more than 1024 open messages: the one fed longest ago is dropped and counted", async () => {
    const starts = Array.from({ length: 3000 }, (_, i) =>
      canFrame(i / 1000, 0x1cec0000 + (i % 250) * 0x100 + Math.floor(i / 250), "10 1400 03 ff 00ef00"),
    );
    const { stream, losses, lossesBeyond } = await messagesOf(starts, TP);
    expect(stream.lost).toEqual({ dropped: 3000 - 1024, unfinished: 1024 });
    expect(losses.length).toBe(1024);
    expect(lossesBeyond).toBe(3000 - 1024);
  });

  test("long messages that are never ended give way to new ones, which come out whole", async () => {
    const open = Array.from({ length: 18 }, (_, i) => isoTpFrames(i, 0x18da0000 + i, pattern(30_000)).slice(0, -1)).flat();
    const last = isoTpFrames(60_000, 0x18da0000 + 41, pattern(30_000, 5));
    const keys = Array.from({ length: 42 }, (_, i) => isoTp(0x18da0000 + i));
    const frames = [...open.sort((a, b) => a.timeUs - b.timeUs), ...last];
    const { source, mdf } = await frameLog(frames);
    let whole = 0;
    const { account } = await readMessages(kernel, source, mdf, keys, testHost(), ({ payload }) => {
      if (hex(payload) === hex(pattern(30_000, 5))) whole++;
    });
    expect(whole).toBe(1);
    const dropped = account.streams.reduce((sum, { lost }) => sum + (lost.dropped ?? 0) + (lost.timeout ?? 0), 0);
    expect(dropped).toBeGreaterThanOrEqual(4);
    expect(account.streams.flatMap((stream) => streamImbalance(stream, true))).toEqual([]);
  });

  test("more source addresses than the kernel has room for are left out, not asked about for ever", async () => {
    const asked = message({ id: 1, signals: [signal({ name: "S", start: 0, lengthBits: 8 })] });
    const groups = Array.from({ length: 20 }, (_, i) => 0xff00 + i);
    const rules = groups.map((pgn): Rule => ({ ...exactRule(asked, "raw"), key: { ...place, kind: "group", pgn } }));
    const frames = groups.flatMap((pgn, i) =>
      Array.from({ length: 256 }, (_, source) => canFrame(i, 0x18000000 + pgn * 0x100 + source, "11", true)),
    );
    const result = await decode(kernel, await frameLog(frames), rules);
    expect(result.counts.used + result.counts.unmatched).toBe(frames.length);
    expect(result.left.length).toBeGreaterThan(0);
  });
});
