/** Values of variable length (SD streams, VLSD groups): u32 length and bytes at an offset, read mostly in order, within bounds in any order. */
import { FaultError } from "../fault.ts";

export interface ValueSource {
  readonly object: string;
  /** Bytes of the stream. */
  readonly sizeBytes: number;
  /** Windows of the stream from a byte on; each is lent until the next step. */
  open(fromByte: number): AsyncIterable<Uint8Array>;
}

/** Offsets may go back this far at least without another read. */
const KEPT_BYTES_MIN = 256 * 1024;
/** One value. */
const VALUE_BYTES_MAX = 16 * 1024 * 1024;
/** Offsets may lead to and fro, and share values; but not without end. In bytes of the stream, and what small streams may add. */
const REREAD_TIMES_MAX = 16;
const REREAD_BYTES_EXTRA = 64 * 1024 * 1024;

export class ValueStream {
  readonly #source: ValueSource;
  readonly #keptBytes: number;
  #windows: AsyncIterator<Uint8Array> | null = null;
  #buffer: Uint8Array = new Uint8Array();
  /** Place in the stream of the buffer's first byte, and behind its last. */
  #startByte = 0;
  #endByte = 0;
  #readBytes = 0;
  #givenBytes = 0;
  /** Where the value behind the last one given begins: what the offsets would be, had the writer stored them. */
  nextOffset = 0;

  /** Keeps up to `keptBytes` in memory, besides the value at hand. */
  constructor(source: ValueSource, keptBytes: number) {
    this.#source = source;
    this.#keptBytes = Math.max(KEPT_BYTES_MIN, keptBytes);
  }

  /** The value at an offset, lent until the next call; null if the stream does not hold it whole. Faults: `limit/too-many`, `limit/too-large`, those of the source. */
  async at(offset: number): Promise<Uint8Array | null> {
    const known = this.here(offset);
    if (known !== undefined) return known;
    if (!(await this.#load(offset, 4))) return null;
    const lengthBytes = this.#lengthAt(offset);
    if (offset + 4 + lengthBytes > this.#source.sizeBytes) return null;
    if (lengthBytes > VALUE_BYTES_MAX) throw this.#tooLarge(offset, lengthBytes);
    if (!(await this.#load(offset, 4 + lengthBytes))) return null;
    return this.here(offset) ?? null;
  }

  /** The value if it is in memory, null if there is none; undefined: it must be waited for. */
  here(offset: number): Uint8Array | null | undefined {
    if (!(offset + 4 <= this.#source.sizeBytes)) return null;
    if (offset < this.#startByte || offset + 4 > this.#endByte) return undefined;
    const lengthBytes = this.#lengthAt(offset);
    if (offset + 4 + lengthBytes > this.#endByte) return undefined;
    const from = offset + 4 - this.#startByte;
    this.#givenBytes += lengthBytes;
    if (this.#givenBytes > this.#budget()) throw this.#tooMany(offset);
    this.nextOffset = offset + 4 + lengthBytes;
    return this.#buffer.subarray(from, from + lengthBytes);
  }

  async close(): Promise<void> {
    await this.#windows?.return?.();
    this.#windows = null;
  }

  #lengthAt(offset: number): number {
    const at = offset - this.#startByte;
    const [a = 0, b = 0, c = 0, d = 0] = this.#buffer.subarray(at, at + 4);
    return (a | (b << 8) | (c << 16) | (d << 24)) >>> 0;
  }

  /** False if the stream ends before. */
  async #load(offset: number, lengthBytes: number): Promise<boolean> {
    if (offset < this.#startByte || this.#windows === null) await this.#reopen(offset);
    while (this.#endByte < offset + lengthBytes) {
      const next = await this.#windows?.next();
      if (next === undefined || next.done === true) return false;
      this.#readBytes += next.value.length;
      if (this.#readBytes > this.#budget()) throw this.#tooMany(offset);
      this.#append(next.value, offset);
    }
    return true;
  }

  async #reopen(offset: number): Promise<void> {
    await this.close();
    this.#windows = this.#source.open(offset)[Symbol.asyncIterator]();
    this.#buffer = new Uint8Array();
    this.#startByte = offset;
    this.#endByte = offset;
  }

  /** What lies far in front of the wanted value is dropped, seldom enough that moving the rest costs little. */
  #append(window: Uint8Array, wantedFrom: number): void {
    const held = this.#endByte - this.#startByte;
    if (held + window.length > this.#buffer.length) {
      const keepFrom = Math.min(wantedFrom, Math.max(this.#startByte, this.#endByte - this.#keptBytes));
      const kept = this.#buffer.subarray(Math.max(0, keepFrom - this.#startByte), held);
      const wider = new Uint8Array(2 * (kept.length + window.length));
      wider.set(kept);
      this.#buffer = wider;
      this.#startByte = this.#endByte - kept.length;
    }
    this.#buffer.set(window, this.#endByte - this.#startByte);
    this.#endByte += window.length;
  }

  #budget(): number {
    return REREAD_TIMES_MAX * this.#source.sizeBytes + REREAD_BYTES_EXTRA;
  }

  #tooMany(offset: number): FaultError {
    return new FaultError({
      code: "limit/too-many",
      message: `Values of variable length are read to and fro, or again and again, beyond ${REREAD_TIMES_MAX} times their ${this.#source.sizeBytes} bytes (offset ${offset}).`,
      object: this.#source.object,
      found: this.#readBytes + this.#givenBytes,
      allowed: this.#budget(),
    });
  }

  #tooLarge(offset: number, found: number): FaultError {
    return new FaultError({
      code: "limit/too-large",
      message: `The value of variable length at offset ${offset} has ${found} bytes; buslens reads values of up to ${VALUE_BYTES_MAX}.`,
      object: this.#source.object,
      found,
      allowed: VALUE_BYTES_MAX,
    });
  }
}
