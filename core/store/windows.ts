/** A body as the network gives it, in windows as the kernel wants them: large, in order, exactly as many bytes as asked. */
import { cancelledFault, shortFault, unreachableFault } from "./ask.ts";

export const WINDOW_BYTES = 1024 * 1024;

/** What a fetch, an R2 object, a Blob or the AWS SDK hands out. */
export type Body = ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>;

export interface Asked {
  readonly key: string;
  readonly atByte: number;
  readonly lengthBytes: number;
}

/** Fills the front of a block and gives it back, perhaps moved to another buffer: shorter only at the body's end. */
interface Filler {
  fill(block: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
  stop(): Promise<void>;
}

/**
 * Windows of at most 1 MiB that add up to `asked.lengthBytes`; each is lent until the next step, as one block serves all.
 * Leaving early, or an abort, releases the body. Faults: `storage/short`, `request/cancelled`, what `faultOf` makes of a body's error.
 */
export async function* windowsOf(
  body: Body,
  asked: Asked,
  signal: AbortSignal,
  faultOf: (error: unknown) => Error = (error) => unreachableFault(asked.key, reasonOf(error)),
): AsyncGenerator<Uint8Array> {
  const filler = fillerOf(body);
  const stop = () => void filler.stop();
  signal.addEventListener("abort", stop, { once: true });
  try {
    let block = new Uint8Array(Math.min(WINDOW_BYTES, asked.lengthBytes));
    for (let done = 0; done < asked.lengthBytes; ) {
      if (signal.aborted) throw cancelledFault(signal);
      const wantedBytes = Math.min(block.buffer.byteLength, asked.lengthBytes - done);
      const window = await filler.fill(new Uint8Array(block.buffer, 0, wantedBytes)).catch((error: unknown) => {
        throw signal.aborted ? cancelledFault(signal) : faultOf(error);
      });
      if (signal.aborted) throw cancelledFault(signal);
      if (window.length < wantedBytes) throw shortFault(asked.key, asked.atByte, asked.lengthBytes, done + window.length);
      done += window.length;
      yield window;
      block = new Uint8Array(window.buffer);
    }
  } finally {
    signal.removeEventListener("abort", stop);
    await filler.stop();
  }
}

/** A body's bytes in one piece of their own. Faults as `windowsOf`. */
export async function bytesOf(
  body: Body,
  asked: Asked,
  signal: AbortSignal,
  faultOf?: (error: unknown) => Error,
): Promise<Uint8Array> {
  const all = new Uint8Array(asked.lengthBytes);
  let done = 0;
  for await (const window of windowsOf(body, asked, signal, faultOf)) {
    all.set(window, done);
    done += window.length;
  }
  return all;
}

/** A few words of an error for a person: its name and message, cut. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return text.replaceAll(/\s+/g, " ").slice(0, 200);
}

function fillerOf(body: Body): Filler {
  if (!(body instanceof ReadableStream)) return fromChunks(chunksOfIterable(body));
  try {
    return fromBytes(body.getReader({ mode: "byob" }));
  } catch {
    return fromChunks(chunksOfReader(body.getReader())); // not a byte stream
  }
}

// A byte stream writes into our block: no copy, no garbage. workerd's own `readAtLeast` saves a turn per 4 KiB.
function fromBytes(reader: ReadableStreamBYOBReader & { readAtLeast?: ReadAtLeast }): Filler {
  return {
    async fill(block) {
      const wantedBytes = block.length;
      let buffer = block.buffer;
      let filled = 0;
      while (filled < wantedBytes) {
        const rest = new Uint8Array(buffer, filled, wantedBytes - filled);
        const { done, value } = reader.readAtLeast ? await reader.readAtLeast(rest.length, rest) : await reader.read(rest);
        if (value) buffer = value.buffer;
        filled += value?.length ?? 0;
        if (done) break;
      }
      // At the end the block may be gone with the stream; only how much came is looked at then.
      return filled < wantedBytes ? new Uint8Array(filled) : new Uint8Array(buffer, 0, filled);
    },
    stop: () => reader.cancel().catch(() => undefined),
  };
}

type ReadAtLeast = (
  minBytes: number,
  view: Uint8Array<ArrayBuffer>,
) => Promise<ReadableStreamReadResult<Uint8Array<ArrayBuffer>>>;

interface Chunks {
  next(): Promise<Uint8Array | null>;
  stop(): Promise<void>;
}

const chunksOfReader = (reader: ReadableStreamDefaultReader<Uint8Array>): Chunks => ({
  next: async () => (await reader.read()).value ?? null,
  stop: () => reader.cancel().catch(() => undefined),
});

// Node's streams can be destroyed while a chunk is awaited; a bare iterator's `return` would wait for that chunk.
function chunksOfIterable(body: AsyncIterable<Uint8Array> & { destroy?: () => unknown }): Chunks {
  const iterator = body[Symbol.asyncIterator]();
  return {
    async next() {
      const { done, value } = await iterator.next();
      return done ? null : value;
    },
    async stop() {
      if (body.destroy) body.destroy();
      else await iterator.return?.().catch(() => undefined);
    },
  };
}

function fromChunks(chunks: Chunks): Filler {
  let left = new Uint8Array(0) as Uint8Array;
  return {
    async fill(block) {
      let filled = 0;
      while (filled < block.length) {
        if (left.length === 0) {
          const next = await chunks.next();
          if (next === null) break;
          left = next;
        }
        const part = left.subarray(0, block.length - filled);
        block.set(part, filled);
        filled += part.length;
        left = left.subarray(part.length);
      }
      return block.subarray(0, filled);
    },
    stop: () => chunks.stop(),
  };
}
