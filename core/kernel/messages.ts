/** Whole messages of transport streams, as rows in batches: what a protocol carried, whoever can decode it. */
import type { StreamKey, TransportAccount } from "../bus/transport-account.ts";
import type { Notice } from "../fault.ts";
import type { MdfFile } from "../mdf/file.ts";
import type { ByteSource } from "../store/source.ts";
import { HEAD, Head, MessageRow, OUT, Walk } from "./abi.ts";
import { type DecodeHost, type FrameCounts, readCounts } from "./decode.ts";
import type { Kernel } from "./kernel.ts";
import { Ports } from "./ports.ts";
import { Program } from "./program.ts";
import { walkStream } from "./walk.ts";

/** One message. Times are ns since the file's start. */
export interface WholeMessage {
  /** Number of its stream. */
  readonly stream: number;
  readonly firstNs: bigint;
  readonly lastNs: bigint;
  /** Frames that carried it, announcements and repeats included. */
  readonly frames: number;
  /** Of its last frame, without flags. */
  readonly id: number;
  /** Protocols with parameter groups: the group, source and destination (255 = all); else 0. */
  readonly pgn: number;
  readonly source: number;
  readonly destination: number;
  /** J1939-21: announced by RTS, not BAM. */
  readonly isConnection: boolean;
  /** A view that holds until `give` returns. */
  readonly payload: Uint8Array;
}

export interface MessagesEnd {
  readonly account: TransportAccount;
  readonly counts: FrameCounts;
  readonly recordBytes: number;
  readonly tailBytes: number;
  readonly notices: readonly Notice[];
}

/** Streams of one walk, of any protocols: as many as ports fit beside each other. */
export const STREAMS_MAX = 500;

/**
 * Calls `give` for every whole message, in the order in which they were completed. At most STREAMS_MAX streams; memory does not grow with the
 * log. `isQuiet`: streams whose losses are counted but not told one by one. Faults: those of the source.
 */
export async function readMessages(
  kernel: Kernel,
  source: ByteSource,
  mdf: MdfFile,
  streams: readonly StreamKey[],
  host: DecodeHost,
  give: (message: WholeMessage) => void,
  isQuiet: (stream: StreamKey) => boolean = () => false,
): Promise<MessagesEnd> {
  const ports = loadStreams(kernel, streams.slice(0, STREAMS_MAX), mdf.header.startNs, isQuiet);
  const drain = (): void => {
    const end = OUT + kernel.head(Head.messageBytes);
    for (let at = OUT; at < end; at += kernel.u32(at + MessageRow.rowBytes)) give(rowAt(kernel, at));
    kernel.setHead(Head.messageBytes, 0);
  };
  const end = { recordBytes: 0, tailBytes: 0, notices: [] as Notice[] };
  for (const stream of mdf.streams) {
    const walked = await walkStream(kernel, source, stream, Walk.Decode, {
      signal: host.signal,
      onFull: drain,
      onWindow: (bytes) => {
        drain();
        return host.onWindow(bytes);
      },
    });
    end.recordBytes += walked.recordBytes;
    end.tailBytes += walked.tailBytes;
    end.notices.push(...walked.notices);
  }
  drain();
  return { ...end, account: ports.finish(mdf.header.startNs), counts: readCounts(kernel) };
}

/** The kernel's tables for nothing but these streams. */
function loadStreams(
  kernel: Kernel,
  streams: readonly StreamKey[],
  startNs: bigint,
  isQuiet: (stream: StreamKey) => boolean,
): Ports {
  const program = new Program(kernel, { everyFrame: false });
  const ports = new Ports(kernel, program);
  kernel.setU64(HEAD + Head.fromNs, -(2n ** 62n));
  kernel.setU64(HEAD + Head.toNs, 2n ** 62n);
  kernel.setU64(HEAD + Head.baseNs, 0n);
  kernel.setHead(Head.clamp, 0);
  kernel.bytes.fill(0, HEAD + Head.frames, HEAD + Head.notAvailable + 8);
  kernel.setHead(Head.messageRows, 1);
  kernel.setHead(Head.messageBytes, 0);
  for (const stream of streams) ports.add(stream, isQuiet(stream));
  ports.pointAll();
  kernel.exports.clearCache();
  ports.start([], startNs);
  return ports;
}

function rowAt(kernel: Kernel, at: number): WholeMessage {
  const { view, bytes } = kernel;
  const payloadAt = at + MessageRow.payload;
  return {
    stream: kernel.u32(at + MessageRow.port),
    firstNs: view.getBigInt64(at + MessageRow.first, true),
    lastNs: view.getBigInt64(at + MessageRow.last, true),
    frames: kernel.u32(at + MessageRow.frames),
    id: kernel.u32(at + MessageRow.id) & 0x1fffffff,
    pgn: kernel.u32(at + MessageRow.pgn),
    source: bytes[at + MessageRow.source] ?? 0,
    destination: bytes[at + MessageRow.destination] ?? 0,
    isConnection: bytes[at + MessageRow.kind] !== 0,
    payload: bytes.subarray(payloadAt, payloadAt + kernel.u32(at + MessageRow.lengthBytes)),
  };
}
