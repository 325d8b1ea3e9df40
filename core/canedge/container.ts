/** The "Generic File" container around compressed and encrypted logs: its header, and the clear words for what is wrong with it (formats: canedge.md §8). */
import { FaultError } from "../fault.ts";
import type { ByteSource } from "../store/source.ts";

/** A heatshrink stream between `dataAtByte` and `dataEndByte`. */
export interface ContainerHeader {
  readonly kind: "compressed";
  /** "0.0" or "1.1". */
  readonly version: string;
  /** 8 upper-case hex digits. */
  readonly device: string;
  readonly lookaheadBits: number;
  /** A power of two from 16 to 32768. */
  readonly windowBytes: number;
  readonly dataAtByte: number;
  readonly dataEndByte: number;
  /** Version 1.1: where the 4 bytes of the checksum of the compressed bytes stand; null for 0.0, which has none. */
  readonly checksumAtByte: number | null;
}

export interface OpenedLog {
  /** The plain MF4 inside. */
  readonly source: ByteSource;
  /** The object of the store; the same as `source` for a plain log. */
  readonly outer: ByteSource;
  /** null for a plain log. */
  readonly container: ContainerHeader | null;
}

/** Opens a log of the store by key, whatever it is wrapped in. Faults: `storage/*`, and of `parseContainer`. */
export type OpenLog = (key: string, signal: AbortSignal) => Promise<OpenedLog>;

/** As much of a file's start as `parseContainer` wants; less if the file is smaller. */
export const CONTAINER_HEAD_BYTES = 52;

const MAGIC = "Generic File";
const COMMON_BYTES = 20;
const COMPRESSED_BYTES = 28;
const ENCRYPTED_BYTES = 52;
const TAG_BYTES = 16;
const CHECKSUM_BYTES = 4;
const COMPRESSED = 0x22;
const ENCRYPTED = 0x11;
const SUB_TYPE = 1;

/** The magic alone; a cut header still is a container. */
export function isContainer(head: Uint8Array): boolean {
  if (head.length < MAGIC.length) return false;
  for (let i = 0; i < MAGIC.length; i++) if (head[i] !== MAGIC.charCodeAt(i)) return false;
  return true;
}

/**
 * null if the file is no container. `head` = its first CONTAINER_HEAD_BYTES or more. Faults: `input/bad-container` (field, found, allowed),
 * `input/unsupported` for an unknown type or version, `access/password-needed` for an encrypted one.
 */
export function parseContainer(head: Uint8Array, sizeBytes: number, object: string): ContainerHeader | null {
  if (!isContainer(head)) return null;
  const bad = faultsOf(object);
  if (head.length < COMMON_BYTES) throw bad.short(head.length, COMMON_BYTES);
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const type = view.getUint8(14);
  const version = `${view.getUint8(12)}.${view.getUint8(13)}`;
  const device = view.getUint32(16).toString(16).toUpperCase().padStart(8, "0");
  if (type === ENCRYPTED) throw encrypted(view, version, device, sizeBytes, bad);
  if (type !== COMPRESSED) throw bad.field("container type", 14, hexByte(type), "0x11 (encrypted) or 0x22 (compressed)");
  checkSubType(view, bad);
  if (version !== "0.0" && version !== "1.1") throw bad.version(version, "0.0 or 1.1");
  return compressed(view, version, device, sizeBytes, bad);
}

function compressed(view: DataView, version: string, device: string, sizeBytes: number, bad: Faults): ContainerHeader {
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
  const checksumAtByte = checksumBytes === 0 ? null : dataEndByte;
  return {
    kind: "compressed",
    version,
    device,
    lookaheadBits,
    windowBytes,
    dataAtByte: COMPRESSED_BYTES,
    dataEndByte,
    checksumAtByte,
  };
}

/** What can be said before any password: a broken header is called broken, a whole one needs what we cannot do yet. */
function encrypted(view: DataView, version: string, device: string, sizeBytes: number, bad: Faults): FaultError {
  const leastBytes = ENCRYPTED_BYTES + TAG_BYTES;
  if (version !== "0.0" && version !== "1.0") return bad.version(version, "0.0 or 1.0");
  if (view.getUint8(15) !== SUB_TYPE)
    return bad.field("encryption sub-type", 15, hexByte(view.getUint8(15)), "0x01 (AES-256-GCM)");
  if (view.byteLength < ENCRYPTED_BYTES || sizeBytes < leastBytes) return bad.short(sizeBytes, leastBytes);
  const iterations = view.getUint32(32);
  if (iterations === 0 || iterations > ITERATIONS_MAX)
    return bad.field("iteration count", 32, iterations, `1 to ${ITERATIONS_MAX}`);
  return bad.passwordNeeded(device);
}

/** Ten million rounds take seconds; more is an attack. */
const ITERATIONS_MAX = 10_000_000;

function checkSubType(view: DataView, bad: Faults): void {
  const subType = view.getUint8(15);
  if (subType !== SUB_TYPE) throw bad.field("compression sub-type", 15, hexByte(subType), "0x01 (heatshrink)");
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
    version: (found: string, allowed: string) =>
      new FaultError({
        code: "input/unsupported",
        message: `The container has version ${found}; buslens reads ${allowed}.`,
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
    passwordNeeded: (device: string) =>
      new FaultError({
        code: "access/password-needed",
        message: `This log of device ${device} is encrypted; encrypted logs are not supported yet.`,
        object,
        atByte: 14,
        found: device,
      }),
  };
}

const hexByte = (byte: number): string => `0x${byte.toString(16).padStart(2, "0")}`;

/** Reflected CRC-32 (0xEDB88320) from 0xFFFFFFFF without a final inversion: the complement of zlib's. "123456789" gives 0x340BC6D9. */
export function containerChecksum(bytes: Uint8Array, before: number = CHECKSUM_START): number {
  let crc = before;
  for (const byte of bytes) crc = ((CRC_TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8)) >>> 0;
  return crc;
}

/** `before` of the first piece. */
export const CHECKSUM_START = 0xffffffff;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  return crc;
});

/**
 * Compares the checksum over all compressed bytes with the one stored at `checksumAtByte` (big-endian). Faults: `input/bad-container`.
 */
export function checkContainerChecksum(container: ContainerHeader, found: number, stored: Uint8Array, object: string): void {
  if (container.checksumAtByte === null) return;
  const expected = new DataView(stored.buffer, stored.byteOffset, stored.byteLength).getUint32(0);
  if (found === expected) return;
  throw faultsOf(object).field("checksum", container.checksumAtByte, hexWord(expected), `${hexWord(found)}, as its bytes give`);
}

const hexWord = (word: number): string => `0x${word.toString(16).padStart(8, "0")}`;
