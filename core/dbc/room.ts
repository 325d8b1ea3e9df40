/** How much one database may hold, so that no text takes more time and memory than a host has. */
import { FaultError } from "../fault.ts";

/** The largest public ones have 10 MB; an isolate has 128 MB for everything. */
const DBC_BYTES_MAX = 20 * 1024 * 1024;
/** Messages and signals together; SAE's whole J1939 digital annex makes about 20,000. */
const SIGNALS_MAX = 150_000;
/** Nodes, senders, receivers, comments, attributes, value texts, ranges of multiplexors. */
const PARTS_MAX = 1_000_000;
/** More bits than any payload has; keeps work that compares the signals of a message small. */
const SIGNALS_PER_MESSAGE_MAX = 10_000;

type Place = { readonly line: number; readonly column: number };

/** Faults: `limit/too-large`, with both numbers. */
export function checkSize(sizeBytes: number, file: string): void {
  if (sizeBytes <= DBC_BYTES_MAX) return;
  throw new FaultError({
    code: "limit/too-large",
    object: file,
    message: `The DBC has ${sizeBytes} bytes, ${DBC_BYTES_MAX} are allowed; leave out what the logs do not need.`,
    line: 1,
    column: 1,
    found: sizeBytes,
    allowed: DBC_BYTES_MAX,
  });
}

/** Counts what a database keeps. Faults of all methods: `limit/too-many`, at the place where it is too much. */
export class Room {
  readonly #file: string;
  #signals = 0;
  #parts = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** Room for one message or signal. */
  takeSignal(at: Place): void {
    if (++this.#signals > SIGNALS_MAX) throw this.#tooMany(at, "messages and signals", SIGNALS_MAX);
  }

  /** Room for some of everything else. */
  takeParts(count: number, at: Place): void {
    this.#parts += count;
    if (this.#parts > PARTS_MAX) throw this.#tooMany(at, "names, comments, attributes, value texts and ranges", PARTS_MAX);
  }

  #tooMany({ line, column }: Place, what: string, allowed: number): FaultError {
    const message = `The DBC has more than ${allowed} ${what}, which is what is allowed; leave out what the logs do not need.`;
    return new FaultError({
      code: "limit/too-many",
      object: this.#file,
      message,
      line,
      column,
      found: `more than ${allowed}`,
      allowed,
    });
  }
}

/** Whether a message with so many signals takes one more. */
export const takesSignal = (signalCount: number): boolean => signalCount < SIGNALS_PER_MESSAGE_MAX;
export const MESSAGE_FULL = `a message has at most ${SIGNALS_PER_MESSAGE_MAX} signals`;
