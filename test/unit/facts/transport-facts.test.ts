/** What a log carries by transport protocols, found in a log made here: streams of three protocols, noise beside them, and nothing invented. */
import { expect, test } from "vitest";
import { transportFacts } from "../../../core/facts/transport-facts.ts";
import { busiest } from "../../../core/kernel/survey.ts";
import { frameLog } from "../../support/frame-records.ts";
import { testHost, testKernel } from "../../support/kernel.ts";
import { canFrame, fastPacketFrames, isoTpFrames, j1939Frames, pattern } from "../../support/transport-frames.ts";

interface Stream {
  readonly protocol: string;
  readonly id?: number;
  readonly pgn?: number;
  readonly source?: number;
  readonly addressing?: string;
  readonly messages: number;
  readonly lost: object;
}

async function streamsOf(frames: Parameters<typeof frameLog>[0]): Promise<readonly Stream[]> {
  const { source, mdf } = await frameLog([...frames].sort((a, b) => a.timeUs - b.timeUs));
  const log = { source, outer: source, container: null } as unknown as Parameters<typeof transportFacts>[0]["log"];
  const options = { kernel: testKernel(), log, mdf, fileName: "made.MF4", protocol: null, channel: null, host: testHost() };
  return (JSON.parse((await transportFacts(options)).text) as { streams: readonly Stream[] }).streams;
}

test("each protocol by itself; other frames are no streams", async () => {
  const streams = await streamsOf([
    ...[0, 1000].flatMap((startMs) => isoTpFrames(startMs, 0x7e8, pattern(30))),
    ...[20, 1020].flatMap((startMs) => isoTpFrames(startMs, 0x6f1, pattern(40), [0x12])),
    ...j1939Frames(40, 0xfee3, 5, pattern(30)),
    ...j1939Frames(400, 0xef00, 7, pattern(20), 9),
    ...[0, 1].flatMap((i) => fastPacketFrames(50 + 100 * i, 129_029, 35, pattern(43), i)),
    ...Array.from({ length: 300 }, (_, i) => canFrame(i, 0x123, `${(i & 0xff).toString(16).padStart(2, "0")} 04 01 02 03`)),
    ...Array.from({ length: 300 }, (_, i) => canFrame(i, 0x09f11223, `${(i & 0xff).toString(16).padStart(2, "0")} 04 01 02 03`)),
  ]);
  const short = streams.map(({ protocol, id, pgn, source, addressing, messages, lost }) =>
    JSON.stringify({ protocol, id, pgn, source, addressing, messages, lost }),
  );
  expect(short).toEqual(
    [
      { protocol: "iso-tp", id: 0x6f1, addressing: "extended", messages: 2, lost: {} },
      { protocol: "iso-tp", id: 0x7e8, messages: 2, lost: {} },
      { protocol: "j1939-21", messages: 2, lost: {} },
      { protocol: "j1939-21", pgn: 0xef00, source: 7, messages: 1, lost: {} },
      { protocol: "j1939-21", pgn: 0xfee3, source: 5, messages: 1, lost: {} },
      { protocol: "fast-packet", id: 0x0df80523, pgn: 129_029, source: 35, messages: 2, lost: {} },
    ].map((one) => JSON.stringify(one)),
  );
});

test("of very many identifiers the busiest are looked at, and it is said", () => {
  const ids = Array.from({ length: 5000 }, (_, id) => ({ channel: 1, id, extended: true, frames: id, maxBytes: 8 }));
  const kept = busiest(ids);
  expect(kept.ids.map(({ id }) => id)).toEqual(Array.from({ length: 4000 }, (_, i) => 1000 + i));
  expect(kept.notices.map(({ text }) => text)).toEqual([expect.stringContaining("5000 identifiers; only the 4000")]);
  expect(busiest(ids.slice(0, 10))).toEqual({ ids: ids.slice(0, 10), notices: [] });
});
