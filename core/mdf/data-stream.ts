/** The bytes of a data stream, whatever blocks it is cut into: positions are those of the stream as its writer wrote it, unpacked. */
import { sizeOf } from "../bus/extents.ts";
import type { Extent } from "../bus/layout.ts";
import type { Codecs } from "../kernel/codecs.ts";
import type { ByteSource } from "../store/source.ts";
import { type FileRange, Forward, runsOf, type StreamSource } from "./near-blocks.ts";
import { unpacked } from "./packed-block.ts";

export interface StreamRange {
  /** First byte of the stream that is wanted; 0. */
  readonly fromByte?: number;
  /** Behind the last; all of the extents. */
  readonly toByte?: number;
}

/**
 * Windows in order that add up to the range; each is lent until the next step. A compressed block whose checksum or length is wrong gives none of
 * its bytes, unless it is larger than 8 MiB or only its beginning was asked for; one that is cut gives those before the cut.
 * Faults: those of the source; `input/bad-block`, `input/unsupported`, `limit/too-large` for a block that cannot be unpacked.
 */
export async function* streamExtents(
  source: ByteSource,
  extents: readonly Extent[],
  codecs: Codecs,
  signal: AbortSignal,
  range: StreamRange = {},
): AsyncGenerator<Uint8Array> {
  for (const run of runsOf(within(extents, range), storedRange)) {
    if (run.parts.length === 1) {
      for (const part of run.parts) yield* partOf(source, part, codecs, signal);
      continue;
    }
    const forward = new Forward(source, run, signal);
    try {
      for (const part of run.parts) yield* partOf(forward, part, codecs, signal);
    } finally {
      await forward.close();
    }
  }
}

/** What must be read for a part: of a compressed block all of it. */
const storedRange = ({ extent, from, to }: Part): FileRange =>
  extent.packed ?? { atByte: extent.atByte + from, lengthBytes: to - from };

async function* partOf(source: StreamSource, { extent, from, to }: Part, codecs: Codecs, signal: AbortSignal) {
  if (extent.packed) yield* unpacked(source, extent, extent.packed, codecs, signal, { from, to });
  else yield* source.stream(extent.atByte + from, to - from, signal);
}

/** The bytes of a range in one piece, which belongs to the caller; fewer if the extents end before. Faults: as `streamExtents`. */
export async function readExtents(
  source: ByteSource,
  extents: readonly Extent[],
  codecs: Codecs,
  signal: AbortSignal,
  range: StreamRange = {},
): Promise<Uint8Array> {
  const { fromByte = 0, toByte = sizeOf(extents) } = range;
  const bytes = new Uint8Array(Math.max(0, Math.min(toByte, sizeOf(extents)) - fromByte));
  let filled = 0;
  for (const { extent, from, to } of within(extents, range)) {
    if (extent.packed) {
      for await (const window of unpacked(source, extent, extent.packed, codecs, signal, { from, to })) {
        bytes.set(window, filled);
        filled += window.length;
      }
    } else {
      bytes.set(await source.read(extent.atByte + from, to - from, signal), filled);
      filled += to - from;
    }
  }
  return bytes;
}

interface Part {
  readonly extent: Extent;
  /** Of the extent's own bytes. */
  readonly from: number;
  readonly to: number;
}

/** The extents that a range touches, and what it wants of each. */
function* within(extents: readonly Extent[], { fromByte = 0, toByte = Number.POSITIVE_INFINITY }: StreamRange): Generator<Part> {
  let startByte = 0;
  for (const extent of extents) {
    const from = Math.max(fromByte - startByte, 0);
    const to = Math.min(toByte - startByte, extent.lengthBytes);
    if (from < to) yield { extent, from, to };
    startByte += extent.lengthBytes;
    if (startByte >= toByte) return;
  }
}
