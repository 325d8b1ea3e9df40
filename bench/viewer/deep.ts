/** A log of few messages in which each of twenty signals has ten million samples, written piece by piece: its frames repeat, their times go on. */
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { LogFacts } from "../../fixtures/comments.ts";
import { dbcText } from "../../fixtures/dbc-text.ts";
import { frame } from "../../fixtures/frame.ts";
import { unfinalizedHeader } from "../../fixtures/header.ts";
import { unfinalizedLog } from "../../fixtures/log.ts";
import { message, signal } from "../../fixtures/message.ts";

export const POINTS = 10_000_000;
const MESSAGES = 2;
const SIGNALS = 10;
const BITS = 6;
/** Between frames; those of a message come every 100 µs. */
const FRAME_US = 50;
/** Frames that are made once. */
const STRETCH = 20_000;

const facts: LogFacts = {
  generation: "D",
  startNs: 1_715_666_400_000_000_000n,
  zoneMinutes: 0,
  serial: "B0551005",
  deviceType: "0000005F",
  firmware: "01.08.01",
  hardware: "00.03",
  session: 1,
  split: 1,
  userComment: "Deep",
  storageTotal: 31_154_688,
  storageFree: 31_153_632,
  storageId: "000353445341333247809B0AC8A4015B",
  configCrc32: "00C0FFEE",
  bitRatesHz: { can1: 500_000, can2: 250_000 },
};

const rows = Array.from({ length: MESSAGES }, (_, k) =>
  message(
    0x100 + k,
    `Deep${k}`,
    8,
    "Bench",
    Array.from({ length: SIGNALS }, (_, i) => signal(`Value${i}`, `${i * BITS}|${BITS}@1+`, "(1,0)", "V")),
  ),
);

export interface Given {
  readonly logPath: string;
  readonly dbc: { readonly name: string; readonly text: string };
  /** `message.signal`. */
  readonly names: readonly string[];
}

/** Waves of different length, so that curves differ; the upper bits spike. */
const payloadOf = (n: number): Uint8Array =>
  Uint8Array.from(
    { length: 8 },
    (_, i) => Math.round(127.5 + 127.5 * Math.sin((n * (i + 1)) / 900)) ^ (n % 997 === 0 ? 0xff : 0),
  );

export async function deepLog(folder: string): Promise<Given> {
  const logPath = join(folder, "00000002.MF4");
  await pipeline(Readable.from(pieces()), createWriteStream(logPath));
  const names = rows.flatMap(({ name, signals }) => signals.map((one) => `${name}.${one.name}`));
  return { logPath, dbc: { name: "deep.dbc", text: dbcText(rows, "Made up for buslens: many samples") }, names };
}

function* pieces(): Generator<Uint8Array> {
  const header = unfinalizedHeader(facts);
  const frames = Array.from({ length: STRETCH }, (_, n) =>
    frame({ timeNs: n * FRAME_US * 1000, id: rows[n % MESSAGES]?.id ?? 0, payload: payloadOf(n) }),
  );
  const stretch = unfinalizedLog(facts, frames).slice(header.length);
  const recordBytes = stretch.length / STRETCH;
  if (!Number.isInteger(recordBytes)) throw new Error("records of equal payloads have equal lengths");
  yield header;
  for (let first = 0; first < POINTS * MESSAGES; first += STRETCH) {
    const bytes = stretch.slice();
    const view = new DataView(bytes.buffer);
    for (let n = 0; n < STRETCH; n++) {
      const timeUs = (first + n) * FRAME_US;
      view.setUint32(n * recordBytes + 1, timeUs % 0x1_0000_0000, true);
      view.setUint16(n * recordBytes + 5, timeUs / 0x1_0000_0000, true);
    }
    yield bytes;
  }
}
