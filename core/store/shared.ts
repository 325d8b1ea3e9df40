/**
 * A decorator that asks a store for each byte once: what was read stays for a while, by key and version, and on Node and in the preview
 * worker those who want the same at the same time share one request. Not between requests of a Worker, where one may not await another's
 * promise: there only settled bytes are shared.
 */
import { checkRange, throwIfCancelled } from "./ask.ts";
import { Flights } from "./flights.ts";
import { Flow } from "./flow.ts";
import { KeptBytes, type Piece, Shelf } from "./kept-bytes.ts";
import type { ByteSource, Entry, ListOptions, LogStore } from "./source.ts";

export interface SharedOptions {
  /** Most bytes kept of streams; default none: then each has a request of its own. */
  readonly streamedBytesMax?: number;
  /** Most bytes kept of small reads (headers): a long stream does not push them out. */
  readonly keptBytesMax?: number;
  /** Larger reads are shared while they run, but not kept. */
  readonly readBytesMax?: number;
  /** Requests wait for each other; default yes. */
  readonly sharesRequests?: boolean;
}

const KEPT_BYTES_MAX = 16 * 1024 * 1024; // headers of some thousand logs
const READ_BYTES_MAX = 256 * 1024;
/** Who wants a byte that a request under way brings soon waits for it; who is further ahead asks for it. */
const WAIT_BYTES_MAX = 4 * 1024 * 1024;
const WINDOW_BYTES_MAX = 1024 * 1024;

/** One object in one version. */
interface Thing {
  readonly shelf: Shelf;
  /** Requests under way. */
  readonly flows: Set<Flow>;
}

type Kind = "read" | "stream";

export class SharedStore implements LogStore {
  readonly #store: LogStore;
  readonly #opens = new Flights<ByteSource>();
  readonly #things = new Map<string, Thing>();
  readonly #kept: Readonly<Record<Kind, KeptBytes>>;
  readonly #readBytesMax: number;
  readonly #sharesRequests: boolean;
  readonly #keepsStreams: boolean;

  constructor(store: LogStore, options: SharedOptions = {}) {
    this.#store = store;
    this.#kept = {
      read: new KeptBytes(options.keptBytesMax ?? KEPT_BYTES_MAX),
      stream: new KeptBytes(options.streamedBytesMax ?? 0),
    };
    this.#readBytesMax = options.readBytesMax ?? READ_BYTES_MAX;
    this.#sharesRequests = options.sharesRequests ?? true;
    this.#keepsStreams = (options.streamedBytesMax ?? 0) > 0;
  }

  list(prefix: string, options: ListOptions): AsyncIterable<Entry> {
    return this.#store.list(prefix, options);
  }

  /** Never kept: the version must be of now. */
  async open(key: string, signal: AbortSignal): Promise<ByteSource> {
    const source = this.#sharesRequests
      ? await this.#opens.join(key, signal, (stop) => this.#store.open(key, stop))
      : await this.#store.open(key, signal);
    return this.#shared(source);
  }

  #shared(source: ByteSource): ByteSource {
    return {
      key: source.key,
      version: source.version,
      sizeBytes: source.sizeBytes,
      stream: (atByte, lengthBytes, signal) =>
        this.#keepsStreams
          ? this.#windows(source, "stream", atByte, lengthBytes, signal)
          : source.stream(atByte, lengthBytes, signal),
      read: async (atByte, lengthBytes, signal) => {
        const bytes = new Uint8Array(lengthBytes); // each caller owns what it gets
        let done = 0;
        for await (const window of this.#windows(source, "read", atByte, lengthBytes, signal)) {
          bytes.set(window, done);
          done += window.length;
        }
        return bytes;
      },
    };
  }

  async *#windows(
    source: ByteSource,
    kind: Kind,
    atByte: number,
    lengthBytes: number,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array> {
    checkRange(source, atByte, lengthBytes);
    throwIfCancelled(signal);
    const endByte = atByte + lengthBytes;
    let joined: Flow | null = null;
    try {
      for (let at = atByte; at < endByte; ) {
        throwIfCancelled(signal);
        const name = `${source.key}\0${source.version}\0${source.sizeBytes}`;
        let piece = this.#settled(name, at);
        if (piece === null) {
          const flow = this.#flowTo(source, name, kind, at, endByte);
          if (flow !== joined) {
            flow.join();
            joined?.leave();
            joined = flow;
          }
          piece = await flow.next(signal);
        }
        try {
          const from = at - piece.atByte;
          if (from < 0 || from >= piece.bytes.length) continue; // it is still on its way
          const window = piece.bytes.subarray(from, Math.min(piece.bytes.length, from + endByte - at, from + WINDOW_BYTES_MAX));
          at += window.length;
          yield window;
        } finally {
          piece.release();
        }
      }
    } finally {
      joined?.leave();
    }
  }

  /** Held for the caller. */
  #settled(name: string, atByte: number): Piece | null {
    const piece = this.#things.get(name)?.shelf.find(atByte) ?? null;
    if (piece === null) return null;
    this.#kept.read.use(piece);
    this.#kept.stream.use(piece);
    piece.hold();
    return piece;
  }

  /** A request under way that brings the byte soon, or a new one up to what is there already. */
  #flowTo(source: ByteSource, name: string, kind: Kind, atByte: number, endByte: number): Flow {
    const forget = (): void => {
      if (thing.shelf.isEmpty && thing.flows.size === 0 && this.#things.get(name) === thing) this.#things.delete(name);
    };
    const thing: Thing = this.#things.get(name) ?? { shelf: new Shelf(forget), flows: new Set() };
    let untilByte = Math.min(endByte, thing.shelf.nextAfter(atByte));
    for (const flow of this.#sharesRequests ? thing.flows : []) {
      const isAhead = flow.atByte <= atByte && atByte < flow.endByte;
      if (isAhead && atByte - flow.atByte <= WAIT_BYTES_MAX) return flow;
      if (isAhead) flow.endAt(atByte);
      else if (flow.atByte > atByte) untilByte = Math.min(untilByte, flow.atByte);
    }
    this.#things.set(name, thing);
    const lengthBytes = untilByte - atByte;
    const begin = kind === "read" ? this.#readPieces : this.#streamPieces;
    const flow = new Flow(
      atByte,
      untilByte,
      (stop) => begin.call(this, source, thing.shelf, atByte, lengthBytes, stop),
      (ended) => {
        thing.flows.delete(ended);
        forget();
      },
    );
    thing.flows.add(flow);
    return flow;
  }

  async *#readPieces(source: ByteSource, shelf: Shelf, atByte: number, lengthBytes: number, stop: AbortSignal) {
    const kept = this.#kept.read;
    const piece = kept.pieceOf(atByte, await source.read(atByte, lengthBytes, stop));
    if (lengthBytes <= this.#readBytesMax) kept.keep(piece, shelf);
    yield piece;
  }

  async *#streamPieces(source: ByteSource, shelf: Shelf, atByte: number, lengthBytes: number, stop: AbortSignal) {
    const kept = this.#kept.stream;
    let last: Piece | null = null;
    let at = atByte;
    try {
      for await (const window of source.stream(atByte, lengthBytes, stop)) {
        last = kept.copyOf(at, window);
        at += window.length;
        kept.keep(last, shelf);
        // The last one is given out when the store has nothing more to say about it.
        if (at < atByte + lengthBytes) yield last;
      }
      if (last !== null) yield last;
    } catch (error) {
      // A store may find out with the next step that what it has just given was another version.
      if (last !== null) kept.drop(last);
      throw error;
    }
  }
}
