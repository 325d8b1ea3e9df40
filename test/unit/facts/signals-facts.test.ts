import { describe, expect, test } from "vitest";
import type { Dbc } from "../../../core/dbc/model.ts";
import { signalsFacts } from "../../../core/facts/signals-facts.ts";
import { frame } from "../../../fixtures/frame.ts";
import { database, message, signal } from "../../support/dbc-model.ts";
import { testHost, testKernel } from "../../support/kernel.ts";
import { type MadeLog, madeLog } from "../../support/made-log.ts";

const kernel = testKernel();

interface Facts {
  readonly frames: number;
  readonly matched: number;
  readonly messages: readonly Record<string, unknown>[];
  readonly series: readonly Record<string, unknown>[];
}

async function facts({ source, mdf }: MadeLog, dbc: Dbc, channel: number | null = null): Promise<Facts> {
  const log = { source, outer: source, container: null };
  return JSON.parse(
    (await signalsFacts({ kernel, log, mdf, fileName: "x.MF4", dbc, dbcSha256: "", channel, host: testHost() })).text,
  );
}

/** PDU2 group 0xFE00 from `source`. */
const groupFrame = (timeNs: number, source: number, byte: number) =>
  frame({ timeNs, id: 0x18fe0000 | source, extended: true, payload: Uint8Array.of(byte, 0, 0, 0, 0, 0, 0, 0) });

const group = (signals: readonly ReturnType<typeof signal>[]) =>
  message({ id: 0x18fe00fe, extended: true, j1939: true, pgn: 0xfe00, signals });

describe("signalsFacts", () => {
  test("a group from 254 senders, more than a pass can hold, gives every sender its series", async () => {
    const senders = Array.from({ length: 254 }, (_, sender) => sender);
    const log = await madeLog(
      [0, 1].flatMap((round) => senders.map((sender) => groupFrame((round * 254 + sender) * 1e6, sender, sender))),
    );
    const { series, matched } = await facts(
      log,
      database("big", [group([signal({ name: "A" }), signal({ name: "B", start: 8 })])]),
    );
    expect(matched).toBe(508);
    expect(series.map((row) => [row.sourceAddress, row.signal, row.count, row.sum])).toEqual(
      senders.flatMap((sender) => [
        [sender, "A", 2, 2 * sender],
        [sender, "B", 2, 0],
      ]),
    );
  });

  test("a message of 700 signals, more than a pass can hold, gives every signal its series", async () => {
    const signals = Array.from({ length: 700 }, (_, i) =>
      signal({ name: `S${String(i).padStart(3, "0")}`, start: i % 57, lengthBits: 1 + (i % 7) }),
    );
    const payload = Uint8Array.of(0xff, 0x0f, 0xff, 0x55, 0xaa, 1, 2, 3);
    const log = await madeLog([frame({ timeNs: 0, id: 5, payload })]);
    const { series } = await facts(log, database("wide", [message({ id: 5, signals })]));
    const bits = new DataView(payload.buffer).getBigUint64(0, true);
    expect(series.map((row) => row.first)).toEqual(
      signals.map(({ start, lengthBits }) => Number((bits >> BigInt(start)) & ((1n << BigInt(lengthBits)) - 1n))),
    );
  });

  test("an identifier that is named exactly is not of the group; priorities of one sender are one series in stored order", async () => {
    const exact = message({ id: 0x0cfe0003, extended: true, name: "Exact", signals: [signal({ name: "E" })] });
    const frames = [
      groupFrame(1000, 3, 1),
      frame({ timeNs: 2000, id: 0x0cfe0003, extended: true, payload: Uint8Array.of(9) }),
      frame({ timeNs: 3000, id: 0x08fe0003, extended: true, payload: Uint8Array.of(2) }),
      groupFrame(3000, 3, 3),
    ];
    const { messages, series } = await facts(await madeLog(frames), database("both", [group([signal({ name: "A" })]), exact]));
    expect(messages.map((row) => [row.message, row.sourceAddress, row.frames, row.shorter])).toEqual([
      ["Exact", null, 1, 1],
      ["Message", 3, 3, 1],
    ]);
    expect(series.map((row) => [row.signal, row.count, row.sum, row.last])).toEqual([
      ["E", 1, 9, 9],
      ["A", 3, 6, 3],
    ]);
  });

  test("only the channel asked for; a message without signals has no series", async () => {
    const frames = [1, 2, 2].map((channel, i) => frame({ timeNs: i * 1000, id: 7, channel, payload: Uint8Array.of(i) }));
    const dbc = database("empty", [message({ id: 7, signals: [] })]);
    const { frames: looked, messages, series } = await facts(await madeLog(frames), dbc, 2);
    expect({ looked, messages: messages.length, series }).toEqual({ looked: 2, messages: 1, series: [] });
  });

  test("short and inactive: the way down from the root decides", async () => {
    const signals = [
      signal({ name: "Root", lengthBits: 4, selector: true }),
      signal({ name: "Sub", start: 16, selector: true, selectedBy: "Root", selectedWhen: [[1n, 1n]] }),
      signal({ name: "Deep", start: 24, selectedBy: "Sub", selectedWhen: [[2n, 3n]] }),
    ];
    const payloads = [[], [0], [1], [1, 0, 2], [1, 0, 9], [1, 0, 2, 77], [0, 0, 0, 0]];
    const log = await madeLog(payloads.map((bytes, i) => frame({ timeNs: i * 1000, id: 7, payload: Uint8Array.from(bytes) })));
    const { series } = await facts(log, database("mux", [message({ id: 7, signals })]));
    expect(series.map((row) => [row.signal, row.count, row.short, row.inactive])).toEqual([
      ["Root", 6, 1, 0],
      ["Sub", 3, 2, 2],
      ["Deep", 1, 3, 3],
    ]);
  });
});
