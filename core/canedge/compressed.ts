/** A compressed layer (heatshrink) as the plain bytes inside it: gone through once for its size, then read from the nearest seek point. */
import { FaultError } from "../fault.ts";
import { OUT, OUT_END, WINDOW, WINDOW_BYTES } from "../kernel/abi.ts";
import type { KernelPool } from "../kernel/kernel.ts";
import { checkRange } from "../store/ask.ts";
import type { ByteSource } from "../store/source.ts";
import { CHECKSUM_START, checkContainerChecksum, containerChecksum } from "./checksum.ts";
import type { CompressedHeader, UnpackedBytes } from "./container.ts";
import type { OnPass } from "./encrypted.ts";
import { type SeekPoint, SeekPoints } from "./seek-points.ts";

const HISTORY_BYTES = 32_768;
const OUT_AT = OUT + HISTORY_BYTES;
const OUT_BYTES = Math.min(1 << 20, OUT_END - OUT_AT);

export interface CompressedLayer {
  readonly outer: ByteSource;
  readonly header: CompressedHeader;
  readonly codecs: KernelPool;
}

/** What one pass over a compressed layer finds out. */
export interface Measured {
  readonly sizeBytes: number;
  readonly points: SeekPoints;
}

/** Size of what is inside, which nothing in the file says, and where to begin. Faults: `input/bad-container` when the checksum of version 1.1 is wrong. */
export async function measure(
  layer: CompressedLayer,
  unpacked: UnpackedBytes,
  signal: AbortSignal,
  onPass: OnPass,
): Promise<Measured> {
  const { outer, header } = layer;
  const points = new SeekPoints(header.windowBytes);
  let sizeBytes = 0;
  let checksum = CHECKSUM_START;
  const onInput = (piece: Uint8Array) => {
    if (header.checksumAtByte !== null) checksum = containerChecksum(piece, checksum);
    return onPass(piece.length);
  };
  const whole = { from: points.before(0), endByte: header.dataEndByte, onInput };
  for await (const step of inflate(layer, whole, () => points.spacingBytes, signal)) {
    sizeBytes += step.window.length;
    if (points.wants(sizeBytes)) points.add({ atByte: sizeBytes, atBit: step.atBit, history: step.history() });
  }
  unpacked.decompressed += sizeBytes;
  if (header.checksumAtByte !== null)
    checkContainerChecksum(await outer.read(header.checksumAtByte, 4, signal), checksum, outer.key, header.checksumAtByte);
  return { sizeBytes, points };
}

/** The plain bytes. Reads of the layer below begin and end at the seek points around what is asked for. */
export function decompressedSource(layer: CompressedLayer, { sizeBytes, points }: Measured, unpacked: UnpackedBytes): ByteSource {
  const { outer, header } = layer;
  async function* stream(atByte: number, lengthBytes: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    checkRange(source, atByte, lengthBytes);
    if (lengthBytes === 0) return;
    const end = atByte + lengthBytes;
    const from = points.before(atByte);
    const endBit = points.bitBehind(end);
    const endByte = endBit === null ? header.dataEndByte : header.dataAtByte + Math.ceil(endBit / 8);
    let at = from.atByte;
    for await (const { window } of inflate(layer, { from, endByte }, () => OUT_BYTES, signal)) {
      unpacked.decompressed += window.length;
      const begin = Math.max(0, atByte - at);
      const stop = Math.min(window.length, end - at);
      if (begin < stop) yield window.subarray(begin, stop);
      at += window.length;
      if (at >= end) return;
    }
    const message = `Its log ends at byte ${at}, and bytes up to ${end} were asked for`;
    throw new FaultError({ code: "storage/short", message, object: outer.key, atByte: at });
  }
  const source: ByteSource = {
    key: outer.key,
    version: outer.version,
    sizeBytes,
    async read(atByte, lengthBytes, signal) {
      const bytes = new Uint8Array(lengthBytes);
      let filled = 0;
      for await (const window of stream(atByte, lengthBytes, signal)) {
        bytes.set(window, filled);
        filled += window.length;
      }
      return bytes;
    },
    stream,
  };
  return source;
}

/** Some of a stream. */
interface Part {
  readonly from: SeekPoint;
  /** Of the layer: the compressed bytes end here. */
  readonly endByte: number;
  readonly onInput?: (piece: Uint8Array) => Promise<void> | undefined;
}

interface Step {
  /** Plain bytes, lent until the next step. */
  readonly window: Uint8Array;
  /** Of the stream, behind the window. */
  readonly atBit: number;
  /** A copy of the last bytes, as many as the window of the compression has. */
  history(): Uint8Array;
}

/** Plain bytes from a seek point on, about `outBytes()` at a time. */
async function* inflate(layer: CompressedLayer, part: Part, outBytes: () => number, signal: AbortSignal): AsyncGenerator<Step> {
  const { outer, header, codecs } = layer;
  const { from, endByte, onInput } = part;
  const lease = await codecs.lease();
  try {
    const { exports, bytes } = lease.kernel;
    const windowBits = Math.log2(header.windowBytes);
    const slackBytes = (1 << header.lookaheadBits) + 16;
    let at = header.dataAtByte + Math.floor(from.atBit / 8);
    const usedBits = from.atBit % 8;
    exports.heatshrinkStart(OUT_AT);
    bytes.set(from.history, OUT_AT - from.history.length);
    let isBegun = usedBits === 0;
    let heldBytes = 0;
    for await (const piece of outer.stream(at, endByte - at, signal)) {
      const pause = onInput?.(piece);
      if (pause) await pause;
      for (let next = 0; next < piece.length; ) {
        if (!isBegun) {
          isBegun = true;
          exports.heatshrinkResume((piece[next++] ?? 0) & (0xff >> usedBits), 8 - usedBits);
          at++;
        }
        const taken = piece.subarray(next, next + WINDOW_BYTES - heldBytes);
        next += taken.length;
        bytes.set(taken, WINDOW + heldBytes);
        let inputBytes = heldBytes + taken.length;
        let input = WINDOW;
        while (true) {
          const capacity = Math.min(OUT_BYTES, outBytes() + slackBytes);
          const made = exports.heatshrink(input, inputBytes, OUT_AT, capacity, windowBits, header.lookaheadBits);
          const used = exports.heatshrinkUsed();
          input += used;
          inputBytes -= used;
          at += used;
          if (made === 0) break;
          yield {
            window: bytes.subarray(OUT_AT, OUT_AT + made),
            atBit: (at - header.dataAtByte) * 8 - exports.heatshrinkHeldBits(),
            history: () => bytes.slice(OUT_AT + made - header.windowBytes, OUT_AT + made),
          };
          exports.heatshrinkKeep(OUT_AT, made);
        }
        bytes.copyWithin(WINDOW, input, input + inputBytes);
        heldBytes = inputBytes;
      }
    }
  } finally {
    lease.release();
  }
}
