/** Every frame of a log as a row, in stored order: batches small enough that memory does not grow with the file. */
import type { FrameKind } from "../bus/layout.ts";
import { FaultError, type Notice } from "../fault.ts";
import type { MdfFile } from "../mdf/file.ts";
import type { ByteSource } from "../store/source.ts";
import { FRAME_ROW_BYTES, FrameRow, HEAD, Head, OUT, OUT_END, Walk } from "./abi.ts";
import { type DecodeHost, type FrameCounts, readCounts } from "./decode.ts";
import type { Kernel } from "./kernel.ts";
import { FRAME_KINDS } from "./records.ts";
import { walkStream } from "./walk.ts";

const ROWS_MAX = Math.floor((OUT_END - OUT) / FRAME_ROW_BYTES);
const NONE = 255;
const NO_ID = 0xffffffff;

/** Some frames, row after row of 96 bytes (FrameRow of abi.ts). Getters take the row's number; null = the record has no such member. */
export class FrameBatch {
  readonly rowCount: number;
  readonly bytes: Uint8Array;
  readonly #view: DataView;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.rowCount = bytes.length / FRAME_ROW_BYTES;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** ns since the file's start. */
  timeNs(row: number): bigint {
    return this.#view.getBigInt64(row * FRAME_ROW_BYTES + FrameRow.time, true);
  }
  id(row: number): number | null {
    const id = this.#view.getUint32(row * FRAME_ROW_BYTES + FrameRow.id, true);
    return id === NO_ID ? null : id & 0x1fffffff;
  }
  extended(row: number): boolean {
    const id = this.#view.getUint32(row * FRAME_ROW_BYTES + FrameRow.id, true);
    return id !== NO_ID && id >>> 31 === 1;
  }
  bus(row: number): "CAN" | "LIN" {
    return this.#byte(row, FrameRow.bus) === 1 ? "LIN" : "CAN";
  }
  channel(row: number): number {
    return this.#byte(row, FrameRow.channel);
  }
  kind(row: number): FrameKind {
    return FRAME_KINDS[this.#byte(row, FrameRow.kind)] ?? "data";
  }
  /** 0 received, 1 transmitted. */
  dir(row: number): number | null {
    return this.#optional(row, FrameRow.dir);
  }
  dlc(row: number): number | null {
    return this.#optional(row, FrameRow.dlc);
  }
  /** DataLength; the payload may be shorter. */
  length(row: number): number | null {
    return this.#optional(row, FrameRow.length);
  }
  /** Bits: 1 EDL (FD), 2 BRS, 4 ESI. */
  flags(row: number): number {
    return this.#byte(row, FrameRow.flags);
  }
  errorType(row: number): number | null {
    return this.#optional(row, FrameRow.errorType);
  }
  /** Cut to DataLength; a view into the batch. */
  payload(row: number): Uint8Array {
    const at = row * FRAME_ROW_BYTES + FrameRow.payload;
    return this.bytes.subarray(at, at + this.#byte(row, FrameRow.payloadBytes));
  }

  #byte(row: number, member: number): number {
    return this.bytes[row * FRAME_ROW_BYTES + member] ?? 0;
  }
  #optional(row: number, member: number): number | null {
    const byte = this.#byte(row, member);
    return byte === NONE ? null : byte;
  }
}

/** The account of a whole walk: what `readFrames` returns when it is done. */
export interface FramesEnd {
  /** `used` = rows given out. */
  readonly counts: FrameCounts;
  readonly recordBytes: number;
  readonly tailBytes: number;
  readonly bytesRead: number;
  readonly notices: readonly Notice[];
}

/**
 * All frames in stored order, stream by stream. A batch belongs to the receiver. The walk waits while a batch is not taken; ending the
 * generator early ends it. Faults: those of the source.
 */
export async function* readFrames(
  kernel: Kernel,
  source: ByteSource,
  mdf: MdfFile,
  host: DecodeHost,
): AsyncGenerator<FrameBatch, FramesEnd, void> {
  const hand = new Handover();
  const walk = walkAll(kernel, source, mdf, host, hand).finally(() => hand.close());
  // Somebody looks at the outcome below; until then a failure is not unhandled.
  walk.catch(() => undefined);
  try {
    for (let batch = await hand.take(); batch !== null; batch = await hand.take()) yield batch;
    return await walk;
  } finally {
    hand.stop();
    await walk.catch(() => undefined);
  }
}

async function walkAll(kernel: Kernel, source: ByteSource, mdf: MdfFile, host: DecodeHost, hand: Handover): Promise<FramesEnd> {
  kernel.bytes.fill(0, HEAD + Head.frames, HEAD + Head.notAvailable + 8);
  kernel.setHead(Head.outRows, 0);
  kernel.setHead(Head.outRowsMax, ROWS_MAX);
  const drain = (): void => {
    const rows = kernel.head(Head.outRows);
    kernel.setHead(Head.outRows, 0);
    if (rows > 0) hand.put(new FrameBatch(kernel.bytes.slice(OUT, OUT + rows * FRAME_ROW_BYTES)));
  };
  const onWindow = (bytes: number): Promise<void> | undefined => {
    drain();
    const isTaken = hand.taken();
    const pause = host.onWindow(bytes);
    return isTaken && pause ? Promise.all([isTaken, pause]).then(() => undefined) : (isTaken ?? pause);
  };
  const end = { recordBytes: 0, tailBytes: 0, bytesRead: 0, notices: [] as Notice[] };
  for (const stream of mdf.streams) {
    const walked = await walkStream(kernel, source, stream, Walk.Rows, { signal: host.signal, onWindow, onFull: drain });
    end.recordBytes += walked.recordBytes;
    end.tailBytes += walked.tailBytes;
    end.bytesRead += walked.bytesRead;
    end.notices.push(...walked.notices);
  }
  drain();
  return { ...end, counts: readCounts(kernel) };
}

/** Batches from the walk to the generator; at most one window's worth lies between them. */
class Handover {
  readonly #batches: FrameBatch[] = [];
  #isClosed = false;
  #isStopped = false;
  #onPut: (() => void) | null = null;
  #onTaken: (() => void) | null = null;

  put(batch: FrameBatch): void {
    this.#batches.push(batch);
    this.#onPut?.();
  }

  /** The next batch; null when the walk has ended. */
  async take(): Promise<FrameBatch | null> {
    while (true) {
      const batch = this.#batches.shift();
      if (batch) return batch;
      this.#onTaken?.();
      if (this.#isClosed) return null;
      await new Promise<void>((resolve) => {
        this.#onPut = resolve;
      });
    }
  }

  /** Settles when all batches are taken, and fails when nobody will; undefined if there are none. */
  taken(): Promise<void> | undefined {
    if (this.#isStopped) throw left();
    if (this.#batches.length === 0) return undefined;
    return new Promise((resolve, reject) => {
      this.#onTaken = () => (this.#isStopped ? reject(left()) : resolve());
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#onPut?.();
  }

  stop(): void {
    this.#isStopped = true;
    this.#onTaken?.();
  }
}

const left = (): FaultError => new FaultError({ code: "request/cancelled", message: "The receiver of the frames has left." });
