/** The "Generic File" container around compressed and encrypted logs: its header, and the clear words for what is wrong with it (formats: canedge.md §8). */
import { FaultError } from "../fault.ts";
import type { ByteSource } from "../store/source.ts";
import { CONTAINER_HEAD_BYTES, isContainer } from "./container-head.ts";

interface CommonHeader {
  /** "0.0", "1.0" or "1.1". */
  readonly version: string;
  /** 8 upper-case hex digits. */
  readonly device: string;
  /** What is wrapped lies between the two. */
  readonly dataAtByte: number;
  readonly dataEndByte: number;
}

/** A heatshrink stream. */
export interface CompressedHeader extends CommonHeader {
  readonly kind: "compressed";
  readonly lookaheadBits: number;
  /** A power of two from 16 to 32768. */
  readonly windowBytes: number;
  /** Version 1.1: where the 4 bytes of the checksum of the compressed bytes stand; null for 0.0, which has none. */
  readonly checksumAtByte: number | null;
}

/** One message of AES-256-GCM; its tag, 16 bytes, stands behind the data. */
export interface EncryptedHeader extends CommonHeader {
  readonly kind: "encrypted";
  /** 12 bytes. */
  readonly iv: Uint8Array<ArrayBuffer>;
  /** Of PBKDF2-HMAC-SHA-256. */
  readonly iterations: number;
  /** 16 bytes. */
  readonly salt: Uint8Array<ArrayBuffer>;
  /** All 52 bytes: the check covers them too. */
  readonly head: Uint8Array<ArrayBuffer>;
}

export type ContainerHeader = CompressedHeader | EncryptedHeader;

/** Bytes that came out of containers, counted where it happens. */
export interface UnpackedBytes {
  decrypted: number;
  decompressed: number;
}

export interface OpenedLog {
  /** The plain MF4 inside. */
  readonly source: ByteSource;
  /** The object of the store; the same as `source` for a plain log. */
  readonly outer: ByteSource;
  /** The outermost; null for a plain log. */
  readonly container: ContainerHeader | null;
  /** From the outside in; left out for a plain log. */
  readonly layers?: readonly ContainerHeader[];
  /** What this opening of the log has unpacked up to now. */
  readonly unpacked?: Readonly<UnpackedBytes>;
}

/** Opens a log of the store by key, whatever it is wrapped in. Faults: `storage/*`, `access/*`, and of `parseContainer`. */
export type OpenLog = (key: string, signal: AbortSignal) => Promise<OpenedLog>;

export const TAG_BYTES = 16;

const COMMON_BYTES = 20;
const COMPRESSED_BYTES = 28;
const CHECKSUM_BYTES = 4;
const COMPRESSED = 0x22;
const ENCRYPTED = 0x11;
const SUB_TYPE = 1;
/** Two million rounds take a second or two, and any file can ask for them; loggers ask for thousands. */
const ITERATIONS_MAX = 2_000_000;

/**
 * null if the file is no container. `head` = its first CONTAINER_HEAD_BYTES or more. Faults: `input/bad-container` (field, found, allowed),
 * `input/unsupported` for an unknown type or version.
 */
export function parseContainer(head: Uint8Array, sizeBytes: number, object: string): ContainerHeader | null {
  if (!isContainer(head)) return null;
  const bad = faultsOf(object);
  if (head.length < COMMON_BYTES) throw bad.short(head.length, COMMON_BYTES);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const type = view.getUint8(14);
  const version = `${view.getUint8(12)}.${view.getUint8(13)}`;
  const device = view.getUint32(16).toString(16).toUpperCase().padStart(8, "0");
  if (type === ENCRYPTED) return encrypted(head, view, version, device, sizeBytes, bad);
  if (type !== COMPRESSED) throw bad.field("container type", 14, hexByte(type), "0x11 (encrypted) or 0x22 (compressed)");
  checkSubType("compression", view, "heatshrink", bad);
  if (version !== "0.0" && version !== "1.1") throw bad.version("compressed", version, "0.0 or 1.1");
  return compressed(view, version, device, sizeBytes, bad);
}

function compressed(view: DataView, version: string, device: string, sizeBytes: number, bad: Faults): CompressedHeader {
  const checksumBytes = version === "1.1" ? CHECKSUM_BYTES : 0;
  const leastBytes = COMPRESSED_BYTES + checksumBytes;
  if (view.byteLength < COMPRESSED_BYTES || sizeBytes < leastBytes) throw bad.short(sizeBytes, leastBytes);
  const lookaheadBits = view.getUint32(20);
  const windowBytes = view.getUint32(24);
  const windowBits = Math.log2(windowBytes);
  if (!Number.isInteger(windowBits) || windowBits < 4 || windowBits > 15) {
    throw bad.field("compression window", 24, windowBytes, "a power of two from 16 to 32768");
  }
  if (lookaheadBits < 3 || lookaheadBits >= windowBits) {
    throw bad.field("compression lookahead", 20, lookaheadBits, `3 to ${windowBits - 1} bits`);
  }
  const dataEndByte = sizeBytes - checksumBytes;
  return {
    kind: "compressed",
    version,
    device,
    lookaheadBits,
    windowBytes,
    dataAtByte: COMPRESSED_BYTES,
    dataEndByte,
    checksumAtByte: checksumBytes === 0 ? null : dataEndByte,
  };
}

function encrypted(
  head: Uint8Array,
  view: DataView,
  version: string,
  device: string,
  sizeBytes: number,
  bad: Faults,
): EncryptedHeader {
  const leastBytes = CONTAINER_HEAD_BYTES + TAG_BYTES;
  if (version !== "0.0" && version !== "1.0") throw bad.version("encrypted", version, "0.0 or 1.0");
  checkSubType("encryption", view, "AES-256-GCM", bad);
  if (view.byteLength < CONTAINER_HEAD_BYTES || sizeBytes < leastBytes) throw bad.short(sizeBytes, leastBytes);
  const iterations = view.getUint32(32);
  if (iterations === 0 || iterations > ITERATIONS_MAX)
    throw bad.field("iteration count", 32, iterations, `1 to ${ITERATIONS_MAX}`);
  return {
    kind: "encrypted",
    version,
    device,
    iv: new Uint8Array(head.slice(20, 32)),
    iterations,
    salt: new Uint8Array(head.slice(36, CONTAINER_HEAD_BYTES)),
    head: new Uint8Array(head.slice(0, CONTAINER_HEAD_BYTES)),
    dataAtByte: CONTAINER_HEAD_BYTES,
    dataEndByte: sizeBytes - TAG_BYTES,
  };
}

function checkSubType(what: string, view: DataView, name: string, bad: Faults): void {
  const subType = view.getUint8(15);
  if (subType !== SUB_TYPE) throw bad.field(`${what} sub-type`, 15, hexByte(subType), `0x01 (${name})`);
}

type Faults = ReturnType<typeof faultsOf>;

function faultsOf(object: string) {
  return {
    field: (name: string, atByte: number, found: string | number, allowed: string) =>
      new FaultError({
        code: "input/bad-container",
        message: `The ${name} in the container's header is ${found}; allowed is ${allowed}.`,
        object,
        atByte,
        found,
        allowed,
      }),
    version: (kind: string, found: string, allowed: string) =>
      new FaultError({
        code: "input/unsupported",
        message: `The container has version ${found}; buslens reads ${allowed} of ${kind} logs.`,
        object,
        atByte: 12,
        found,
        allowed,
      }),
    short: (found: number, allowed: number) =>
      new FaultError({
        code: "input/bad-container",
        message: `The container ends after ${found} bytes; its header alone needs ${allowed}.`,
        object,
        atByte: found,
        found,
        allowed,
      }),
  };
}

const hexByte = (byte: number): string => `0x${byte.toString(16).padStart(2, "0")}`;
