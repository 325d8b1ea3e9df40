/**
 * Interleaved messages of all kinds through a lossless and a lossy bus. Lossless: every message, in order, to the byte. Lossy: none that was
 * not sent, and as many losses of each cause as the frames that are left betray. BUSLENS_MESSAGES=1000000 sends so many instead of 100,000.
 */
import { describe, expect, test } from "vitest";
import { type StreamKey, streamImbalance } from "../../core/bus/transport-account.ts";
import { readMessages } from "../../core/kernel/messages.ts";
import { frameLog } from "../support/frame-records.ts";
import { testKernel } from "../support/kernel.ts";
import { busOf, fastPacketSender, isoTpSender, j1939Sender, type SentFrame, seededRandom } from "../support/transport-bus.ts";
import { type OracleResult, oracle } from "../support/transport-oracle.ts";

const MESSAGES = Number(process.env.BUSLENS_MESSAGES ?? 100_000);
const MESSAGES_A_ROUND = 10_000;
/** Senders that rest lose more, or hardly ever a gap would be met by a late frame. */
const lossShare = ({ stream }: SentFrame): number => (RESTED.has(stream) ? 0.2 : 0.01);

const RESTED_COUNT = 12;
const RESTED = new Set(Array.from({ length: RESTED_COUNT }, (_, i) => `iso ${0x700 + i}`));
const kernel = testKernel();
const place = { bus: "CAN", channel: 1 } as const;
const FAST_GROUPS = [129_029, 130_323, 127_489];

/**
 * Where the end of one message and the start of the next one are lost at once, what is left may look like one message: nobody can tell. Senders
 * that rest longer than a receiver waits, or send no short messages of several frames, make that too rare to happen here, and the oracle looks.
 */
function senders() {
  const rested = Array.from({ length: RESTED_COUNT }, (_, i) => isoTpSender(0x700 + i, 1_100_000));
  const busy = Array.from({ length: 28 }, (_, i) => isoTpSender(0x740 + i, 0));
  const fast = FAST_GROUPS.flatMap((pgn) => Array.from({ length: 10 }, (_, source) => fastPacketSender(pgn, source)));
  const bam = Array.from({ length: 16 }, (_, i) => j1939Sender(0xfe00 + i, 0x10 + i, 255, 0));
  const connections = Array.from({ length: 24 }, (_, i) => j1939Sender(0xef00, 0x30 + i, 0x60 + (i % 5), 0));
  return [...rested, ...busy, ...fast, ...bam, ...connections];
}

const nameOf = (key: StreamKey): string =>
  key.protocol === "iso-tp" ? `iso ${key.id}` : key.protocol === "j1939-21" ? "tp" : `fast ${key.pgn}`;

const streamKeys: readonly StreamKey[] = [
  ...Array.from(
    { length: 0x60 },
    (_, i): StreamKey => ({ ...place, protocol: "iso-tp", id: 0x700 + i, extended: false, addressing: "normal" }),
  ),
  { ...place, protocol: "j1939-21" },
  ...FAST_GROUPS.map((pgn): StreamKey => ({ ...place, protocol: "fast-packet", pgn, id: null })),
];

/** Compares what the kernel makes of these frames with what the oracle knows. */
async function compare(frames: readonly SentFrame[], expected: OracleResult): Promise<void> {
  const { source, mdf } = await frameLog(frames);
  let at = 0;
  let wrong = 0;
  const host = { signal: AbortSignal.timeout(300_000), onWindow: () => undefined };
  const { account } = await readMessages(kernel, source, mdf, streamKeys, host, (found) => {
    const one = expected.whole[at++];
    const isSame =
      one !== undefined &&
      one.message.payload.length === found.payload.length &&
      one.frames === found.frames &&
      one.firstUs * 1000 === Number(found.firstNs) &&
      one.lastUs * 1000 === Number(found.lastNs) &&
      Buffer.compare(one.message.payload, found.payload) === 0;
    if (!isSame) wrong++;
  });
  expect({ wrong, messages: at }).toEqual({ wrong: 0, messages: expected.whole.length });
  for (const stream of account.streams) {
    const { frames: seen, messages, framesUsed, framesLost, framesOpen, lost } = stream;
    const known = expected.streams.get(nameOf(stream.key));
    if (known) expect({ frames: seen, messages, framesUsed, framesLost, framesOpen, lost }, nameOf(stream.key)).toEqual(known);
    else expect(seen).toBe(0);
    expect(streamImbalance(stream, true)).toEqual([]);
  }
}

describe(`${MESSAGES} messages of ISO-TP, J1939 BAM, RTS/CTS and fast packet`, () => {
  test("come out whole on a lossless bus; on a bus that loses 1 % none is corrupt and every loss has its cause", async () => {
    const causes: Record<string, number> = {};
    for (let round = 0; round * MESSAGES_A_ROUND < MESSAGES; round++) {
      const random = seededRandom(20_260 + round);
      const sent = busOf(senders(), MESSAGES_A_ROUND, random);
      const lossless = oracle(sent);
      expect(lossless.whole.length).toBe(MESSAGES_A_ROUND);
      await compare(sent, lossless);

      const left = sent.filter((frame) => random() >= lossShare(frame));
      const lossy = oracle(left);
      expect(lossy.undetectable).toBe(0);
      await compare(left, lossy);
      for (const { lost } of lossy.streams.values())
        for (const [cause, count] of Object.entries(lost)) causes[cause] = (causes[cause] ?? 0) + count;
    }
    expect(Object.keys(causes).sort()).toEqual(["interrupted", "orphanFrames", "sequence", "timeout", "unfinished"]);
  }, 600_000);
});
