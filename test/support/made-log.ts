/** Logs of CANedge made in memory, opened: what a kernel test starts from. */
import type { RecordStream } from "../../core/bus/layout.ts";
import type { MdfFile, MdfHeader } from "../../core/mdf/file.ts";
import { readMdf } from "../../core/mdf/read.ts";
import { memorySource } from "../../core/store/memory.ts";
import type { ByteSource } from "../../core/store/source.ts";
import type { Generation, LogFacts } from "../../fixtures/comments.ts";
import type { Frame } from "../../fixtures/frame.ts";
import { finalizedLog, unfinalizedLog } from "../../fixtures/log.ts";

export const MADE_START_NS = 1_700_000_000_000_000_000n;

export const madeFacts = (generation: Generation): LogFacts => ({
  generation,
  startNs: MADE_START_NS,
  zoneMinutes: 0,
  serial: "0B0E0001",
  deviceType: "0000001F",
  firmware: generation === "D" ? "01.07.04" : "01.04.02",
  hardware: "00.03",
  session: 1,
  split: 1,
  userComment: "",
  storageTotal: 1,
  storageFree: 1,
  storageId: "00",
  configCrc32: "00000000",
  bitRatesHz: { can1: 500000, can2: 500000 },
});

export interface MadeLog {
  readonly source: ByteSource;
  readonly mdf: MdfFile;
}

export interface MadeLogOptions {
  readonly generation?: Generation;
  /** Sorted, payloads in SD blocks. */
  readonly finalized?: boolean;
  /** Of the source's stream. */
  readonly windowBytes?: number;
  /** Only so many bytes of the file are there. */
  readonly cutAtByte?: number;
}

/** Frames in stored order. */
export async function madeLog(frames: readonly Frame[], options: MadeLogOptions = {}): Promise<MadeLog> {
  const facts = madeFacts(options.generation ?? "D");
  const bytes = options.finalized ? finalizedLog(facts, frames) : unfinalizedLog(facts, frames);
  const source = memorySource("made.MF4", bytes.subarray(0, options.cutAtByte ?? bytes.length), options.windowBytes);
  return { source, mdf: await readMdf(source, AbortSignal.timeout(10_000)) };
}

const HEADER: MdfHeader = {
  version: "4.11",
  program: "test",
  finalized: false,
  startNs: MADE_START_NS,
  startIsLocal: false,
  zoneMinutes: 0,
  summerMinutes: 0,
  deviceSerial: null,
  deviceType: null,
  hardware: null,
  firmware: null,
  session: null,
  split: null,
  userComment: null,
  configCrc32: null,
  storageTotal: null,
  storageFree: null,
};

/** Records without a file around them: any layout, also what no writer would write. Streams without extents get all bytes. */
export function bareLog(bytes: Uint8Array, stream: Omit<RecordStream, "extents">, windowBytes?: number): MadeLog {
  const extents = [{ atByte: 0, lengthBytes: bytes.length }];
  const source = memorySource("bare.MF4", bytes, windowBytes);
  const mdf = {
    ...{ header: HEADER, streams: [{ ...stream, extents }], measuredGroups: 0, hasEvents: false, hasAttachments: false },
    ...{ recordBytes: bytes.length, unpackedBytes: bytes.length, notices: [] },
  };
  return { source, mdf };
}
