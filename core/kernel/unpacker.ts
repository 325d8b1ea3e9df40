/** One packed block on its way through the kernel: bytes in, bytes out, however they are cut. */
import { CODEC_STATE, CODEC_STATE_BYTES, Codec, Method, PACKED_END, UNPACKED, Unpack } from "./codec-abi.ts";
import type { Codecs, Tenant } from "./codecs.ts";
import type { Instance } from "./instance.ts";

/** `full`: `into` is. `more`: input is needed. The rest is what is wrong with the packed bytes. */
export type UnpackStop = "full" | "more" | "done" | "bad" | "cut" | "checksum" | "dictionary" | "window";

const STOPS: Readonly<Record<number, UnpackStop>> = {
  [Unpack.NeedMore]: "more",
  [Unpack.Done]: "done",
  [Unpack.Cut]: "cut",
  [Unpack.BadChecksum]: "checksum",
  [Unpack.NeedsDictionary]: "dictionary",
};

/** Input given at once, at most. */
export const PACKED_STEP_BYTES = 256 * 1024;
/** Output made at once, and what a method may write beyond it. */
const STEP_BYTES = 256 * 1024;
const BEYOND_BYTES = 132 * 1024;
/** Read behind the input's end. */
const SLACK_BYTES = 1024;
/** A part that a method takes as a whole: a Zstandard block, an LZ4 block (their largest), a description of codes. */
const WHOLE_BYTES = { deflate: 1024, zstd: 132 * 1024, lz4: 4 * 1024 * 1024 + 64 } as const;
const METHODS = { deflate: Method.Zlib, zstd: Method.Zstd, lz4: Method.Lz4 } as const;
/** Output is moved to the front of its place this seldom, and stays in the processor's cache. */
const MOVE_BYTES = 512 * 1024;

export class Unpacker implements Tenant {
  /** Packed bytes used so far. */
  usedBytes = 0;
  /** After `checksum`: what the bytes give, and what is stored. */
  checksum = { found: 0, stored: 0 };
  /** After `window`: bytes of history needed, and the most there is room for. */
  window = { neededBytes: 0, mostBytes: 0 };
  readonly #codecs: Codecs;
  readonly #method: number;
  /** Input goes from here to PACKED_END. */
  readonly #inputAt: number;
  /** Unused input. */
  #heldAt: number;
  #heldBytes = 0;
  #isLast = false;
  /** Output not taken yet begins here, and ends at CODEC_STATE.out. */
  #outAt = UNPACKED;
  #moved: { readonly state: Uint8Array; readonly outFrom: number; readonly out: Uint8Array; readonly held: Uint8Array } | null =
    null;
  #hasBegun = false;

  constructor(codecs: Codecs, method: keyof typeof METHODS) {
    this.#codecs = codecs;
    this.#method = METHODS[method];
    this.#inputAt = PACKED_END - SLACK_BYTES - 2 * PACKED_STEP_BYTES - WHOLE_BYTES[method];
    this.#heldAt = this.#inputAt;
  }

  /** Adds input, at most PACKED_STEP_BYTES; only after `more`, or at the start. `isLast`: nothing follows. */
  give(packed: Uint8Array, isLast: boolean): void {
    const { bytes } = this.#moveIn();
    if (this.#heldAt + this.#heldBytes + packed.length + SLACK_BYTES > PACKED_END) {
      bytes.copyWithin(this.#inputAt, this.#heldAt, this.#heldAt + this.#heldBytes);
      this.#heldAt = this.#inputAt;
    }
    bytes.set(packed, this.#heldAt + this.#heldBytes);
    this.#heldBytes += packed.length;
    this.#isLast = isLast;
    // What is read behind the end decides nothing, but which mistake is found first: so it is always the same.
    if (isLast) bytes.fill(0, this.#heldAt + this.#heldBytes, this.#heldAt + this.#heldBytes + SLACK_BYTES);
  }

  /** Fills `into` from its start. */
  take(into: Uint8Array): { readonly filled: number; readonly stop: UnpackStop } {
    const { bytes, view, exports } = this.#moveIn();
    let filled = 0;
    while (true) {
      const made = view.getUint32(CODEC_STATE + Codec.out, true) - this.#outAt;
      const part = Math.min(made, into.length - filled);
      into.set(bytes.subarray(this.#outAt, this.#outAt + part), filled);
      this.#outAt += part;
      filled += part;
      if (part < made || filled === into.length) return { filled, stop: "full" };
      if (!this.#makeRoom(view, exports)) return { filled, stop: "window" };
      const result = exports.unpack(
        this.#method,
        this.#heldAt,
        this.#heldAt + this.#heldBytes,
        this.#isLast ? 1 : 0,
        this.#outAt + STEP_BYTES,
      );
      const used = view.getUint32(CODEC_STATE + Codec.used, true);
      this.#heldAt += used;
      this.#heldBytes -= used;
      this.usedBytes += used;
      const out = view.getUint32(CODEC_STATE + Codec.out, true);
      if (result === Unpack.Full || out - this.#outAt > into.length - filled) continue;
      into.set(bytes.subarray(this.#outAt, out), filled);
      filled += out - this.#outAt;
      this.#outAt = out;
      this.checksum = {
        found: view.getUint32(CODEC_STATE + Codec.found, true),
        stored: view.getUint32(CODEC_STATE + Codec.allowed, true),
      };
      return { filled, stop: STOPS[result] ?? "bad" };
    }
  }

  /** Nothing more is wanted. */
  end(): void {
    this.#codecs.leave(this);
    this.#moved = null;
  }

  moveOut(): void {
    const { bytes, view } = this.#codecs.moveIn(this).instance;
    const outEnd = view.getUint32(CODEC_STATE + Codec.out, true);
    const outFrom = Math.max(UNPACKED, Math.min(this.#outAt, outEnd - this.#windowBytes(view)));
    this.#moved = {
      state: bytes.slice(CODEC_STATE, CODEC_STATE + CODEC_STATE_BYTES),
      outFrom,
      out: bytes.slice(outFrom, outEnd),
      held: bytes.slice(this.#heldAt, this.#heldAt + this.#heldBytes + (this.#isLast ? SLACK_BYTES : 0)),
    };
  }

  #moveIn(): Instance {
    const { instance, isOwn } = this.#codecs.moveIn(this);
    if (!this.#hasBegun) {
      instance.exports.unpackStart(this.#method, UNPACKED);
      this.#hasBegun = true;
    } else if (!isOwn && this.#moved !== null) {
      instance.bytes.set(this.#moved.state, CODEC_STATE);
      instance.bytes.set(this.#moved.out, this.#moved.outFrom);
      instance.bytes.set(this.#moved.held, this.#heldAt);
    }
    return instance;
  }

  #windowBytes(view: DataView): number {
    return view.getFloat64(CODEC_STATE + Codec.window, true);
  }

  /** Room for a step, its history kept. False: there is too much of it. */
  #makeRoom(view: DataView, exports: Instance["exports"]): boolean {
    const windowBytes = this.#windowBytes(view);
    const roomEnd = this.#inputAt - STEP_BYTES - BEYOND_BYTES;
    const isRoomy = this.#outAt <= UNPACKED + 2 * windowBytes + MOVE_BYTES;
    if (isRoomy && this.#outAt <= roomEnd) return true;
    const keepBytes = Math.min(windowBytes, this.#outAt - UNPACKED);
    if (UNPACKED + keepBytes > roomEnd) {
      this.window = { neededBytes: windowBytes, mostBytes: roomEnd - UNPACKED };
      return false;
    }
    exports.unpackKeep(UNPACKED, keepBytes);
    this.#outAt = UNPACKED + keepBytes;
    return true;
  }
}
