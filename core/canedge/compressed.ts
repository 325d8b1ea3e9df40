/** A compressed log (.MFC) as the plain log inside it: read from its start, window by window, through the kernel's heatshrink. */
import { FaultError } from "../fault.ts";
import { OUT, OUT_END, WINDOW, WINDOW_BYTES } from "../kernel/abi.ts";
import type { KernelPool } from "../kernel/kernel.ts";
import type { ByteSource, LogStore } from "../store/source.ts";
import { CONTAINER_HEAD_BYTES, type ContainerHeader, containerChecksum, type OpenLog, parseContainer } from "./container.ts";

const HISTORY_BYTES = 32_768;
const OUT_AT = OUT + HISTORY_BYTES;
const OUT_BYTES = Math.min(1 << 20, OUT_END - OUT_AT);
/** What is known of logs, by key and version. */
const KNOWN_MAX = 16_384;

/** What a log is wrapped in, and how large it is inside. */
interface Wrapping {
  readonly container: ContainerHeader | null;
  readonly sizeBytes: number;
}

/** Opens logs whatever they are wrapped in. `codecs` is a pool apart from the decoding one, which waits for these bytes. */
export function openLogs(store: LogStore, codecs: KernelPool): OpenLog {
  const known = new Map<string, Wrapping>();
  return async (key, signal) => {
    const outer = await store.open(key, signal);
    const name = `${outer.version}\n${key}`;
    let wrapping = known.get(name);
    if (!wrapping) {
      wrapping = await unwrap(outer, codecs, signal);
      if (known.size >= KNOWN_MAX) known.clear();
      known.set(name, wrapping);
    }
    const { container, sizeBytes } = wrapping;
    return { source: container ? inflated(outer, container, codecs, sizeBytes) : outer, outer, container };
  };
}

async function unwrap(outer: ByteSource, codecs: KernelPool, signal: AbortSignal): Promise<Wrapping> {
  const head = await outer.read(0, Math.min(CONTAINER_HEAD_BYTES, outer.sizeBytes), signal);
  const container = parseContainer(head, outer.sizeBytes, outer.key);
  return { container, sizeBytes: container ? await measure(outer, container, codecs, signal) : outer.sizeBytes };
}

/** Size of the log inside; nothing in the file says it. Faults: `input/bad-container` when the checksum of version 1.1 is wrong. */
async function measure(outer: ByteSource, container: ContainerHeader, codecs: KernelPool, signal: AbortSignal): Promise<number> {
  let sizeBytes = 0;
  const sum = { value: 0xffffffff };
  for await (const window of inflate(outer, container, codecs, signal, sum)) sizeBytes += window.length;
  if (container.checksumAtByte !== null) {
    const stored = new DataView((await outer.read(container.checksumAtByte, 4, signal)).buffer).getUint32(0);
    const found = sum.value >>> 0;
    if (stored !== found) {
      throw new FaultError({
        code: "input/bad-container",
        message: `The checksum at byte ${container.checksumAtByte} does not fit the compressed bytes: it says ${hex(stored)}, they give ${hex(found)}`,
        object: outer.key,
        atByte: container.checksumAtByte,
        found: hex(found),
        allowed: hex(stored),
      });
    }
  }
  return sizeBytes;
}

function inflated(outer: ByteSource, container: ContainerHeader, codecs: KernelPool, sizeBytes: number): ByteSource {
  async function* stream(atByte: number, lengthBytes: number, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    let at = 0;
    const end = atByte + lengthBytes;
    if (lengthBytes === 0) return;
    for await (const window of inflate(outer, container, codecs, signal)) {
      const from = Math.max(0, atByte - at);
      const to = Math.min(window.length, end - at);
      if (from < to) yield window.subarray(from, to);
      at += window.length;
      if (at >= end) return;
    }
    throw new FaultError({
      code: "storage/short",
      message: `Its log ends at byte ${at}, and bytes up to ${end} were asked for`,
      object: outer.key,
      atByte: at,
    });
  }
  return {
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
}

/** Windows of the log inside, lent until the next step. `sum` takes the running checksum of the compressed bytes. */
async function* inflate(
  outer: ByteSource,
  container: ContainerHeader,
  codecs: KernelPool,
  signal: AbortSignal,
  sum?: { value: number },
): AsyncGenerator<Uint8Array> {
  const lease = await codecs.lease();
  try {
    const { exports, bytes } = lease.kernel;
    const windowBits = Math.log2(container.windowBytes);
    exports.heatshrinkStart(OUT_AT);
    let heldBytes = 0;
    for await (const piece of outer.stream(container.dataAtByte, container.dataEndByte - container.dataAtByte, signal)) {
      if (sum) sum.value = containerChecksum(piece, sum.value);
      for (let from = 0; from < piece.length; ) {
        const part = piece.subarray(from, from + WINDOW_BYTES - heldBytes);
        from += part.length;
        bytes.set(part, WINDOW + heldBytes);
        let inputBytes = heldBytes + part.length;
        let input = WINDOW;
        while (true) {
          const outBytes = exports.heatshrink(input, inputBytes, OUT_AT, OUT_BYTES, windowBits, container.lookaheadBits);
          const used = exports.heatshrinkUsed();
          input += used;
          inputBytes -= used;
          if (outBytes === 0) break;
          yield bytes.subarray(OUT_AT, OUT_AT + outBytes);
          exports.heatshrinkKeep(OUT_AT, outBytes);
        }
        bytes.copyWithin(WINDOW, input, input + inputBytes);
        heldBytes = inputBytes;
      }
    }
  } finally {
    lease.release();
  }
}

const hex = (value: number): string => value.toString(16).toUpperCase().padStart(8, "0");
