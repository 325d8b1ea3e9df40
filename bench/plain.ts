// biome-ignore-all lint/style/noNonNullAssertion: every index is in bounds, and a fallback would be paid for in every loop
/**
 * The same columns in plain TypeScript, as well as it can be written: typed arrays only, frames staged per message and unpacked signal by
 * signal, 32-bit integers in the loops. It checks nothing, knows neither exact values nor damaged files, and takes only the records the
 * workloads have (11- and 29-bit frames of generation D, generation B with its values).
 */
import { signalBits } from "../core/dbc/geometry.ts";
import { pgnOf } from "../core/dbc/match.ts";
import type { DbcMessage, DbcSignal } from "../core/dbc/model.ts";
import { cpuNs } from "./clock.ts";
import type { Workload } from "./workloads.ts";

const ROWS = 512;
const HASH = 0x9e3779b1;

interface PlainSignal {
  readonly isBig: boolean;
  /** From the least significant bit of the 64-bit word. */
  readonly shift: number;
  readonly bits: number;
  readonly signed: boolean;
  readonly factor: number;
  readonly offset: number;
  readonly column: Float64Array;
}

interface PlainMessage {
  readonly signals: readonly PlainSignal[];
  readonly times: Float64Array;
  readonly low: Int32Array;
  readonly high: Int32Array;
  rows: number;
}

export class PlainDecoder {
  readonly #workload: Workload;
  readonly #messages: PlainMessage[] = [];
  /** Open addressing: identifier → message + 1, 0 = not asked for, −1 = never seen. */
  readonly #keys = new Int32Array(4096).fill(-1);
  readonly #found = new Int32Array(4096);
  /** By record id: 0 other, 1 D standard, 2 D extended, 3 B. */
  readonly #kind = new Uint8Array(256);
  readonly #size = new Int32Array(256);
  readonly #channel = new Uint8Array(256);
  samples = 0;
  sum = 0;

  constructor(workload: Workload) {
    this.#workload = workload;
    for (const layout of workload.stream.layouts) {
      const { frame } = layout;
      const recordId = Number(layout.recordId);
      this.#size[recordId] = layout.recordBytes + 1;
      if (frame?.kind !== "data" || frame.bus !== "CAN") continue;
      const channel = frame.busChannel?.kind === "constant" ? frame.busChannel.value : 0;
      this.#channel[recordId] = channel;
      if (frame.payload.kind === "vlsd-group") this.#kind[recordId] = frame.time.encoding === "f64" ? 3 : 0;
      else this.#kind[recordId] = layout.recordBytes === 16 ? 1 : layout.recordBytes === 19 ? 2 : 0;
    }
  }

  /** Every identifier is met once; who it belongs to is found out then. */
  #resolve(key: number, place: number): number {
    const extended = (key & 0x20000000) !== 0;
    const id = key & 0x1fffffff;
    const message = this.#workload.messages.find((one) =>
      one.pgn !== null ? extended && one.pgn === pgnOf(id) : one.id === id && one.extended === extended,
    );
    this.#keys[place] = key;
    this.#found[place] = message ? this.#messages.push(plainMessage(message)) : 0;
    return this.#found[place] ?? 0;
  }

  /** CPU ns for the whole workload. `each`: columns of a full chunk, for checking. */
  run(each?: (message: number, rows: number) => void): number {
    for (const message of this.#messages) message.rows = 0;
    this.samples = 0;
    const started = cpuNs();
    this.#scan(each);
    for (let i = 0; i < this.#messages.length; i++) this.#flush(i, each);
    return cpuNs() - started;
  }

  #scan(each?: (message: number, rows: number) => void): void {
    const { bytes, channel } = this.#workload;
    const [kinds, sizes, channels, keys, found, messages] = [
      this.#kind,
      this.#size,
      this.#channel,
      this.#keys,
      this.#found,
      this.#messages,
    ];
    const end = bytes.length;
    let p = 0;
    while (p < end) {
      const recordId = bytes[p]!;
      const kind = kinds[recordId]!;
      let key = 0;
      let isHere = true;
      let payload = 0;
      let next = p + sizes[recordId]!;
      if (kind === 1) {
        key = bytes[p + 7]! | ((bytes[p + 8]! & 7) << 8);
        payload = p + 9;
        isHere = channels[recordId] === channel;
      } else if (kind === 2) {
        key = bytes[p + 7]! | (bytes[p + 8]! << 8) | (bytes[p + 9]! << 16) | ((bytes[p + 10]! & 0x1f) << 24) | 0x20000000;
        payload = p + 12;
        isHere = channels[recordId] === channel;
      } else if (kind === 3) {
        const word = bytes[p + 9]! | (bytes[p + 10]! << 8) | (bytes[p + 11]! << 16) | (bytes[p + 12]! << 24);
        key = (word >>> 3) | ((word & 1) << 29);
        payload = p + 28;
        next = p + 28 + bytes[p + 24]!;
        isHere = ((word >> 1) & 3) === channel;
      } else isHere = false;
      if (isHere) {
        let place = Math.imul(key, HASH) >>> 20;
        while (keys[place] !== key && keys[place] !== -1) place = (place + 1) & 4095;
        const at = keys[place] === key ? found[place]! : this.#resolve(key, place);
        if (at !== 0) {
          const message = messages[at - 1]!;
          const row = message.rows;
          message.times[row] =
            kind === 3
              ? floatAt(bytes, p + 1)
              : ((bytes[p + 1]! | (bytes[p + 2]! << 8) | (bytes[p + 3]! << 16)) +
                  (bytes[p + 4]! | (bytes[p + 5]! << 8) | (bytes[p + 6]! << 16)) * 0x1000000) *
                1000;
          message.low[row] =
            bytes[payload]! | (bytes[payload + 1]! << 8) | (bytes[payload + 2]! << 16) | (bytes[payload + 3]! << 24);
          message.high[row] =
            bytes[payload + 4]! | (bytes[payload + 5]! << 8) | (bytes[payload + 6]! << 16) | (bytes[payload + 7]! << 24);
          message.rows = row + 1;
          if (row + 1 === ROWS) this.#flush(at - 1, each);
        }
      }
      p = next;
    }
  }

  #flush(at: number, each?: (message: number, rows: number) => void): void {
    const message = this.#messages[at]!;
    const { rows, low, high } = message;
    message.rows = 0;
    for (const signal of message.signals) unpack(signal, low, high, rows);
    this.samples += rows * message.signals.length;
    each?.(at, rows);
  }

  /** Sum of all values, to compare with the kernel's: without exact values the last bits may differ. */
  check(): number {
    let sum = 0;
    this.run((at, rows) => {
      for (const { column } of this.#messages[at]!.signals) for (let row = 0; row < rows; row++) sum += column[row]!;
    });
    return sum;
  }
}

const FLOAT = new Float64Array(1);
const FLOAT_WORDS = new Int32Array(FLOAT.buffer);

function floatAt(bytes: Uint8Array, at: number): number {
  FLOAT_WORDS[0] = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
  FLOAT_WORDS[1] = bytes[at + 4]! | (bytes[at + 5]! << 8) | (bytes[at + 6]! << 16) | (bytes[at + 7]! << 24);
  return FLOAT[0]!;
}

function plainMessage(message: DbcMessage): PlainMessage {
  const signals = message.signals.map(plainSignal);
  return { signals, times: new Float64Array(ROWS), low: new Int32Array(ROWS), high: new Int32Array(ROWS), rows: 0 };
}

function plainSignal(signal: DbcSignal): PlainSignal {
  const { firstBit, lengthBits } = signalBits(signal);
  const isBig = signal.byteOrder === "big";
  return {
    isBig,
    shift: isBig ? 64 - firstBit - lengthBits : firstBit,
    bits: lengthBits,
    signed: signal.signed,
    factor: signal.factorNumber,
    offset: signal.offsetNumber,
    column: new Float64Array(ROWS),
  };
}

const swap = (word: number): number => (word >>> 24) | ((word >>> 8) & 0xff00) | ((word & 0xff00) << 8) | (word << 24);

/** One loop for each place a field can have: in one of the two words, across both, wider than 32 bits. */
function unpack(signal: PlainSignal, low: Int32Array, high: Int32Array, rows: number): void {
  const { isBig, shift, bits, signed, factor, offset, column } = signal;
  if (bits > 32) unpackWide(signal, low, high, rows);
  else if (shift + bits <= 32 || shift >= 32) {
    const isLow = shift < 32;
    // The low word of a Motorola payload are its last four bytes.
    const words = isLow !== isBig ? low : high;
    unpackWord(words, isBig, 32 - (shift & 31) - bits, 32 - bits, signed, factor, offset, column, rows);
  } else {
    const left = 32 - bits;
    for (let row = 0; row < rows; row++) {
      const a = isBig ? swap(high[row]!) : low[row]!;
      const b = isBig ? swap(low[row]!) : high[row]!;
      const raw = ((a >>> shift) | (b << (32 - shift))) << left;
      column[row] = (signed ? raw >> left : raw >>> left) * factor + offset;
    }
  }
}

function unpackWord(
  words: Int32Array,
  isBig: boolean,
  up: number,
  down: number,
  signed: boolean,
  factor: number,
  offset: number,
  column: Float64Array,
  rows: number,
): void {
  if (isBig) {
    if (signed) for (let row = 0; row < rows; row++) column[row] = ((swap(words[row]!) << up) >> down) * factor + offset;
    else for (let row = 0; row < rows; row++) column[row] = ((swap(words[row]!) << up) >>> down) * factor + offset;
  } else if (signed) for (let row = 0; row < rows; row++) column[row] = ((words[row]! << up) >> down) * factor + offset;
  else for (let row = 0; row < rows; row++) column[row] = ((words[row]! << up) >>> down) * factor + offset;
}

function unpackWide(signal: PlainSignal, low: Int32Array, high: Int32Array, rows: number): void {
  const { isBig, shift, bits, signed, factor, offset, column } = signal;
  const top = 2 ** (bits - 32);
  for (let row = 0; row < rows; row++) {
    const a = isBig ? swap(high[row]!) : low[row]!;
    const b = isBig ? swap(low[row]!) : high[row]!;
    const first = shift === 0 ? a >>> 0 : ((a >>> shift) | (b << (32 - shift))) >>> 0;
    let second = (b >>> shift) % top;
    if (signed && second >= top / 2) second -= top;
    column[row] = (second * 4294967296 + first) * factor + offset;
  }
}
